//! `counterfoil bench rules --peers`: the same rule over the same claims in other engines, ours first. That is done by a
//! program of its own, `ops/peers`, outside of the workspace and with its own lock file: as optional dependencies of this
//! one the peers would still put hundreds of packages and a second wasmtime into everybody's lock file. This only has it
//! built and run, where the feature `peers` says that it may.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail, ensure};

use super::BenchRulesArgs;

/// The program, within the repository.
const MANIFEST: &str = "ops/peers/Cargo.toml";

/// Builds and runs it.
///
/// # Errors
/// Without the feature, outside of the repository, or when it does not build or finds that the peers disagree.
pub(super) fn run(args: &BenchRulesArgs) -> anyhow::Result<ExitCode> {
    ensure!(
        cfg!(feature = "peers"),
        "this program was built without its peers: build it with \u{2018}cargo build --workspace --all-targets --features \
         counterfoil/peers\u{2019}"
    );
    let root = repository(&std::env::current_dir()?)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let status = command(&root, &target.join("peers"), args)
        .status()
        .context("cargo could not be started: install Rust with rustup")?;
    ensure!(status.success(), "the peers could not be measured: what is above says why");
    Ok(ExitCode::SUCCESS)
}

fn command(root: &Path, target: &Path, args: &BenchRulesArgs) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["run", "--release", "--locked", "--quiet", "--manifest-path"])
        .arg(root.join(MANIFEST))
        .arg("--target-dir")
        .arg(target)
        .args(["--", "--rounds", &args.rounds.to_string()])
        .args(args.json.then_some("--json"));
    command
}

/// The repository that a folder lies in.
fn repository(from: &Path) -> anyhow::Result<PathBuf> {
    match from.ancestors().find(|folder| folder.join(MANIFEST).is_file()) {
        Some(root) => Ok(root.to_owned()),
        None => bail!("there is no {MANIFEST} here or above: call this in the repository"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_program_is_found_from_any_folder_of_the_repository_and_given_what_was_asked_for() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").canonicalize().unwrap();
        let root = repository(&here).unwrap();
        assert!(root.join("core/Cargo.toml").is_file());
        let asked = BenchRulesArgs { json: true, rounds: 3, component: None, peers: true };
        let command = command(&root, Path::new("elsewhere"), &asked);
        let given: Vec<&str> = command.get_args().map(|arg| arg.to_str().unwrap()).collect();
        assert!(given.ends_with(&["--target-dir", "elsewhere", "--", "--rounds", "3", "--json"]), "{given:?}");
        assert!(given.contains(&"--locked"));
    }

    #[test]
    fn outside_of_the_repository_the_message_says_where_to_call_it() {
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(repository(elsewhere.path()).unwrap_err().to_string().contains("in the repository"));
    }

    #[cfg(not(feature = "peers"))]
    #[test]
    fn without_the_feature_the_message_says_how_to_have_it() {
        let refused =
            run(&BenchRulesArgs { json: false, rounds: 1, component: None, peers: true }).unwrap_err().to_string();
        assert!(refused.contains("--features counterfoil/peers"), "{refused}");
    }
}
