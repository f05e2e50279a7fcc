//! What TypeScript and Python have in common when they are built: the interface beside the rule, and tools of the language
//! that are run in its folder.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, bail, ensure};
use counterfoil_rules::abi::frozen;

use super::super::language::Language;
use super::super::new::give;

/// The folder of the interface that a rule is built against: the newest that lies in its `vendor`, which is written where it
/// is not there, as for the examples of the repository.
pub(super) fn interface(root: &Path, language: Language) -> anyhow::Result<PathBuf> {
    let given = root.join("vendor");
    if !given.is_dir() {
        give(root, language)?;
    }
    let folders = frozen().map(|version| given.join("wit").join(version));
    let mut there = folders.filter(|folder| folder.is_dir());
    there.next().with_context(|| {
        format!(
            "{} holds no interface that this program supports: delete that folder, and it is written anew",
            given.display()
        )
    })
}

/// A program in the folder of a rule, with its arguments.
pub(super) fn command<const N: usize>(root: &Path, program: impl AsRef<OsStr>, args: [&OsStr; N]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).args(args);
    command
}

/// Runs it to its end; `missing` says what to install where there is no such program, `failed` what to do where it fails.
pub(super) fn run(mut command: Command, missing: &str, failed: &str) -> anyhow::Result<()> {
    match command.status() {
        Ok(status) => {
            ensure!(status.success(), "{failed}");
            Ok(())
        }
        Err(cause) if cause.kind() == ErrorKind::NotFound => bail!("{missing}"),
        Err(cause) => Err(cause).with_context(|| format!("{:?} could not be started", command.get_program())),
    }
}

/// Whether what was made of a file is as new as that file.
pub(super) fn as_new(made: &Path, of: &Path) -> bool {
    let changed = |path: &Path| -> Option<SystemTime> { fs::metadata(path).ok()?.modified().ok() };
    changed(made).is_some_and(|made| changed(of).is_none_or(|of| made >= of))
}
