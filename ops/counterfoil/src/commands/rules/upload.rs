//! `counterfoil rules upload FILE`: what an administrator does on the page of the council's rules, from a terminal: the
//! component is checked, its cases are run, and it waits for another administrator.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;
use counterfoil_tenants::rule_version;
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::upload_rule::{Sent, Upload, upload_rule};

use super::acting::{Acting, ActingArgs};
use super::author;

const EXAMPLES: &str = "\
Example:
  counterfoil rules upload ambridge.wasm --council ambridge --as ada@ambridge.example \\
    --note \"Pays to the quarter of an hour\" --cases cases";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct UploadArgs {
    /// The component
    file: PathBuf,
    #[command(flatten)]
    acting: ActingArgs,
    /// What changed, for whoever approves it
    #[arg(long)]
    note: String,
    /// A folder of cases that it has to come to
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
}

pub(crate) async fn run(args: UploadArgs) -> anyhow::Result<ExitCode> {
    let Some(component) = sent(&args.file)? else {
        return Ok(ExitCode::from(2));
    };
    let mut cases = Vec::new();
    if let Some(folder) = &args.cases {
        for file in author::case_files(folder)? {
            let Some(case) = sent(&file)? else {
                return Ok(ExitCode::from(2));
            };
            cases.push(case);
        }
    }
    let acting = Acting::open(&args.acting, "upload").await?;
    let upload = Upload { component, note: args.note.trim().to_owned(), cases };
    let digest = upload_rule(&acting.scope, &acting.means, Utc::now(), acting.who(), &upload).await?;
    let read = acting.scope.read(async |tx: &mut Tx<'_>| {
        Ok((rule_version::version(tx, &digest).await?, rule_version::cases(tx, &digest).await?))
    });
    let (version, ran) = read.await?;
    let mut out = std::io::stdout().lock();
    if let Some(version) = version {
        writeln!(out, "{} {} is uploaded as {digest}.", version.name, version.version)?;
    }
    let failing: Vec<_> = ran.iter().filter(|case| !case.differences.is_empty()).collect();
    writeln!(out, "{} of {} cases come to what they say.", ran.len() - failing.len(), ran.len())?;
    for case in &failing {
        writeln!(out, "  {}: {}", case.name, case.differences.join("; "))?;
    }
    if failing.is_empty() {
        writeln!(
            out,
            "Another administrator approves it: counterfoil rules approve {}",
            digest.get(..12).unwrap_or(&digest)
        )?;
        Ok(ExitCode::SUCCESS)
    } else {
        writeln!(out, "It cannot be approved before all of them do: mend it, and upload it again.")?;
        Ok(ExitCode::FAILURE)
    }
}

fn sent(path: &Path) -> anyhow::Result<Option<Sent>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(author::read(path)?.map(|bytes| Sent { name, bytes }))
}
