//! `counterfoil rules build PACK`: cargo to WebAssembly, encoding as a component, the lock that ties it to its
//! sources. The same sources give the same bytes wherever the repository lies: paths are taken out.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use counterfoil_core::pricing::canonical;
use counterfoil_rules::abi::{Abi, surface};
use counterfoil_rules::sources::{self, Lock};
use wit_component::ComponentEncoder;

const TARGET: &str = "wasm32-unknown-unknown";

/// How packs are compiled: fast code in one piece, without names; arithmetic that overflows stops the rule.
const PROFILE: &[&str] = &[
    "profile.release.opt-level=3",
    "profile.release.lto=\"fat\"",
    "profile.release.codegen-units=1",
    "profile.release.strip=true",
    "profile.release.panic=\"abort\"",
    "profile.release.overflow-checks=true",
    "profile.release.debug=false",
];

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// The pack: a folder of rule-plugins/councils
    pack: String,
    /// The repository; else the folder that this is called in, or one above it
    #[arg(long, value_name = "DIR")]
    repository: Option<PathBuf>,
    /// Fail instead of writing when the component is not what the sources make
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &BuildArgs) -> anyhow::Result<ExitCode> {
    let root = match &args.repository {
        Some(root) => root.canonicalize().with_context(|| format!("{} cannot be opened", root.display()))?,
        None => repository(&std::env::current_dir()?)?,
    };
    let rule_plugins = root.join("rule-plugins");
    ensure!(
        rule_plugins.join("councils").join(&args.pack).join("Cargo.toml").is_file(),
        "there is no pack \u{2018}{}\u{2019} in {}",
        args.pack,
        rule_plugins.join("councils").display()
    );
    let module = fs::read(compile(&root, &args.pack)?).context("cargo left no module")?;
    let component = encode(&module)?;
    let lock = Lock {
        component: canonical::digest(&component),
        sources: sources::digest(&rule_plugins, &args.pack).context("the pack's sources cannot be read")?,
    };
    let (component_path, lock_path) = sources::built(&rule_plugins, &args.pack);
    if args.check {
        let same = fs::read(&component_path).is_ok_and(|committed| committed == component);
        println!("{}: {}", args.pack, if same { "as built" } else { "not what its sources make" });
        return Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    fs::write(&component_path, &component)
        .with_context(|| format!("{} cannot be written", component_path.display()))?;
    fs::write(&lock_path, serde_json::to_string_pretty(&lock)? + "\n")
        .with_context(|| format!("{} cannot be written", lock_path.display()))?;
    println!("{}: {} bytes, digest {}", component_path.display(), component.len(), lock.component);
    Ok(ExitCode::SUCCESS)
}

/// The repository that a folder lies in.
fn repository(from: &Path) -> anyhow::Result<PathBuf> {
    let holds_packs = |folder: &&Path| folder.join("rule-plugins/councils").is_dir();
    match from.ancestors().find(holds_packs) {
        Some(root) => Ok(root.to_owned()),
        None => bail!(
            "no folder rule-plugins/councils here or above: call it in the repository, or name it with --repository"
        ),
    }
}

/// Compiles the pack, in a target folder of its own so that it waits for no other build. Gives the module's path.
fn compile(root: &Path, pack: &str) -> anyhow::Result<PathBuf> {
    let target_dir = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => PathBuf::from(dir).join("rules"),
        None => root.join("target/rules"),
    };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["build", "--locked", "--release", "--lib", "--target", TARGET])
        .args(["--package", &format!("counterfoil-rules-{pack}")])
        .arg("--target-dir")
        .arg(&target_dir)
        .args(PROFILE.iter().flat_map(|setting| ["--config", setting]))
        .env("CARGO_ENCODED_RUSTFLAGS", flags(root)?)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR");
    let status = command.status().context("cargo could not be started: install Rust with rustup")?;
    ensure!(
        status.success(),
        "the pack did not build; if the target is missing, run \u{2018}rustup target add {TARGET}\u{2019}"
    );
    Ok(target_dir.join(TARGET).join("release").join(format!("counterfoil_rules_{pack}.wasm")))
}

/// The compiler's flags, separated as cargo wants them: a small stack, and no path of this machine in the bytes.
fn flags(root: &Path) -> anyhow::Result<OsString> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let mut flags = OsString::from("-Clink-arg=-zstack-size=65536");
    for (path, instead) in [(Some(root.to_owned()), "counterfoil"), (home, "cargo")] {
        if let Some(path) = path {
            flags.push("\u{1f}--remap-path-prefix=");
            flags.push(path);
            flags.push(format!("={instead}"));
        }
    }
    Ok(flags)
}

/// The component that a core module built against the interface stands for.
fn encode(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let component = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut encoder| encoder.encode())
        .map_err(|cause| anyhow::anyhow!("the module is no rule: {cause:#}"))?;
    Abi::of(&surface(&component)?)?;
    Ok(component)
}
