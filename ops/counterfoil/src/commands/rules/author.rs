//! What the commands for a rule's author share: files that cannot be read, the isolated engine, and which component and cases
//! are meant where none are named.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use counterfoil_core::pricing::Fault;
use counterfoil_rules::class::PERMITTED_BY;
use counterfoil_rules::{Compiler, Limits, RuleEngine, WorkerCommand};

/// A file's bytes; none, and a word on standard error, where it cannot be read.
pub(super) fn read(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) => {
            writeln!(std::io::stderr(), "{}: {cause}", path.display())?;
            Ok(None)
        }
    }
}

/// Which rules an author's command takes.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Permitted {
    /// Take a rule with an interpreter inside too, as TypeScript and Python make them
    #[arg(long, env = PERMITTED_BY)]
    interpreted: bool,
}

/// The engine that uploads are checked and priced by: everything is compiled in a process of its own, under limits. Here
/// an author may try a draft of the interface as well.
pub(super) fn isolated(permitted: Permitted) -> Result<RuleEngine, Fault> {
    let unavailable = |_| Fault::NotARule { sentence: "the compiler cannot be found on this machine".to_owned() };
    let worker = WorkerCommand::this_program().map_err(unavailable)?;
    let one_at_a_time = |limits: Limits| Limits { concurrent: 1, ..limits };
    let engine = RuleEngine::compiling_by(one_at_a_time(Limits::default()), Compiler::Worker(worker))?.with_drafts();
    if permitted.interpreted { engine.permitting(one_at_a_time(Limits::interpreted())) } else { Ok(engine) }
}

/// The component that is meant: the one named, or the only one in this folder.
pub(super) fn component(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let mut found = with_ending(Path::new("."), "wasm")?;
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (None, _) => {
            bail!("there is no component here: make it with \u{2018}counterfoil rules build\u{2019}, or name one")
        }
        (Some(_), false) => bail!("there are several components here: name the one that is meant"),
    }
}

/// The case files of a folder, in order.
///
/// # Errors
/// Where there is none: a check of nothing would pass.
pub(super) fn case_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let files = with_ending(folder, "json")?;
    ensure!(
        !files.is_empty(),
        "there is no case in {}: write one as a .json file, a claim with what it must come to",
        folder.display()
    );
    Ok(files)
}

fn with_ending(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|is| is == ending) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
