//! `counterfoil rules test`: the claims in `cases/` through the component, each held to what it must come to, in pence.
//!
//! Exit code 0 when every case comes to what it says, 1 when one does not or the component cannot be used, 2 when a file
//! cannot be read.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use counterfoil_core::pricing::{CaseOutcome, Pricer as _};

use super::author;

const EXAMPLES: &str = "\
Examples:
  counterfoil rules test                      the component and the cases of this folder
  counterfoil rules test other.wasm --cases cases

A case is a claim as JSON, with what it must come to in pence:
  {\"name\": \"...\", \"facts\": {\"period\": ..., \"lines\": [...]},
   \"expect\": {\"payable\": 5375, \"charges\": [{\"pence\": 5375, \"reason\": \"delivered\"}]}}";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TestArgs {
    /// The component; else the one in this folder
    file: Option<PathBuf>,
    /// The folder with the cases
    #[arg(long, value_name = "DIR", default_value = "cases")]
    cases: PathBuf,
    #[command(flatten)]
    permitted: author::Permitted,
}

pub(crate) fn run(args: &TestArgs) -> anyhow::Result<ExitCode> {
    let path = author::component(args.file.as_deref())?;
    let files = author::case_files(&args.cases)?;
    let Some(component) = author::read(&path)? else {
        return Ok(ExitCode::from(2));
    };
    let mut cases = Vec::with_capacity(files.len());
    for file in &files {
        let Some(bytes) = author::read(file)? else {
            return Ok(ExitCode::from(2));
        };
        cases.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    let checked = match author::isolated(args.permitted).and_then(|engine| engine.check_uploaded(&component, &cases)) {
        Ok(checked) => checked,
        Err(fault) => {
            writeln!(std::io::stderr(), "{}: {fault}", path.display())?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut out = std::io::stdout().lock();
    let (mut passed, mut unreadable) = (0_usize, false);
    for (file, outcome) in files.iter().zip(&checked.cases) {
        let file = file.file_name().unwrap_or_default().to_string_lossy();
        match outcome {
            CaseOutcome::Ran { name, differences } if differences.is_empty() => {
                passed += 1;
                writeln!(out, "as expected  {file}  {name}")?;
            }
            CaseOutcome::Ran { name, differences } => {
                writeln!(out, "DIFFERS      {file}  {name}")?;
                for difference in differences {
                    writeln!(out, "             {difference}")?;
                }
            }
            CaseOutcome::Unreadable { sentence } => {
                unreadable = true;
                writeln!(out, "NO CASE      {file}  {sentence}")?;
            }
        }
    }
    let rule = format!("{} {}", checked.description.name, checked.description.version);
    writeln!(out, "{rule}: {passed} of {} cases come to what they say", files.len())?;
    Ok(match (passed == files.len(), unreadable) {
        (true, _) => ExitCode::SUCCESS,
        (false, false) => ExitCode::FAILURE,
        (false, true) => ExitCode::from(2),
    })
}
