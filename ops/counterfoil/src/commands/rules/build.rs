//! `counterfoil rules build`: cargo to WebAssembly, and encoding as a component: of an author's own folder, or of a pack of the
//! repository, with the lock that ties it to its sources. The same sources give the same bytes wherever they lie: paths
//! are taken out. A folder in TypeScript or Python is built by the tools of its language ([`typescript`], [`python`]), whose
//! bytes differ from one build to the next.

mod interpreted;
mod python;
mod typescript;

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

use super::language::Language;
use super::new::is_name;
use super::toolchain::{TARGET, Toolchain};

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

const EXAMPLES: &str = "\
Examples:
  counterfoil rules build                    the rule in this folder, into its .wasm file
  counterfoil rules build rules/home-care    the rule in another folder
  counterfoil rules build standard           a pack of the repository, called in it

Compiling for WebAssembly needs the target wasm32-unknown-unknown: rustup target add wasm32-unknown-unknown.
A rule in TypeScript needs Node.js with npm, one in Python python3 with venv; each installs the rest into its folder.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BuildArgs {
    /// The folder of a rule, or a pack of rule-plugins/councils; else this folder
    rule: Option<String>,
    /// The repository of a pack; else the folder that this is called in, or one above it
    #[arg(long, value_name = "DIR")]
    repository: Option<PathBuf>,
    /// Fail instead of writing when a pack's component is not what its sources make
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &BuildArgs) -> anyhow::Result<ExitCode> {
    let named = args.rule.as_deref().unwrap_or(".");
    if args.repository.is_none()
        && let Some(language) = Language::of(Path::new(named))
    {
        return own(Path::new(named), language);
    }
    match &args.rule {
        Some(pack) => of_repository(args, pack),
        None => bail!(
            "there is no rule in this folder: begin one with \u{2018}counterfoil rules new\u{2019}, or name its folder"
        ),
    }
}

/// An author's own rule, in a folder of its own.
fn own(folder: &Path, language: Language) -> anyhow::Result<ExitCode> {
    let root = folder.canonicalize().with_context(|| format!("{} cannot be opened", folder.display()))?;
    let (name, component) = match language {
        Language::Rust => compiled(&root)?,
        Language::TypeScript => typescript::component(&root)?,
        Language::Python => python::component(&root)?,
    };
    Abi::of(&surface(&component)?)?;
    let path = folder.join(format!("{name}.wasm"));
    fs::write(&path, &component).with_context(|| format!("{} cannot be written", path.display()))?;
    println!("{}: {} bytes, digest {}", path.display(), component.len(), canonical::digest(&component));
    Ok(ExitCode::SUCCESS)
}

/// The name of a crate, and its component.
fn compiled(root: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let package = package(root)?;
    let target_dir = root.join("target/rules");
    let module = Compilation { root, package: &package, target_dir: &target_dir, locked: false }.run()?;
    let component = encode(&fs::read(module).context("cargo left no module")?)?;
    Ok((package, component))
}

/// What cargo calls the package of a folder.
fn package(root: &Path) -> anyhow::Result<String> {
    let manifest = root.join("Cargo.toml");
    let output = Command::new(cargo())
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(&manifest)
        .output()
        .context(NO_CARGO)?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("what cargo says cannot be read")?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let own =
        packages.iter().find(|package| package["manifest_path"].as_str().map(Path::new) == Some(manifest.as_path()));
    let name = own.and_then(|package| package["name"].as_str()).map(str::to_owned);
    name.with_context(|| format!("{} is no package: call this in the folder of one rule", manifest.display()))
}

fn of_repository(args: &BuildArgs, pack: &str) -> anyhow::Result<ExitCode> {
    let root = match &args.repository {
        Some(root) => root.canonicalize().with_context(|| format!("{} cannot be opened", root.display()))?,
        None => repository(&std::env::current_dir()?, pack)?,
    };
    let rule_plugins = root.join("rule-plugins");
    ensure!(
        rule_plugins.join("councils").join(pack).join("Cargo.toml").is_file(),
        "there is no pack \u{2018}{pack}\u{2019} in {}",
        rule_plugins.join("councils").display()
    );
    let target_dir = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => PathBuf::from(dir).join("rules"),
        None => root.join("target/rules"),
    };
    let package = format!("counterfoil-rules-{pack}");
    let module = Compilation { root: &root, package: &package, target_dir: &target_dir, locked: true }.run()?;
    let component = encode(&fs::read(module).context("cargo left no module")?)?;
    let lock = Lock {
        component: canonical::digest(&component),
        sources: sources::digest(&rule_plugins, pack).context("the pack's sources cannot be read")?,
    };
    let (component_path, lock_path) = sources::built(&rule_plugins, pack);
    if args.check {
        let same = fs::read(&component_path).is_ok_and(|committed| committed == component);
        println!("{pack}: {}", if same { "as built" } else { "not what its sources make" });
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
fn repository(from: &Path, pack: &str) -> anyhow::Result<PathBuf> {
    let holds_packs = |folder: &&Path| folder.join("rule-plugins/councils").is_dir();
    match from.ancestors().find(holds_packs) {
        Some(root) => Ok(root.to_owned()),
        None => bail!(
            "there is no rule in a folder \u{2018}{pack}\u{2019}, and no repository with packs here or above: name the folder of a \
             rule, or the repository with --repository"
        ),
    }
}

const NO_CARGO: &str = "cargo could not be started: install Rust with rustup";

fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// One package to WebAssembly, in a target folder of its own so that it waits for no other build.
struct Compilation<'a> {
    root: &'a Path,
    package: &'a str,
    target_dir: &'a Path,
    /// Whether the lock file has to be as it is.
    locked: bool,
}

impl Compilation<'_> {
    /// Gives the module's path.
    fn run(&self) -> anyhow::Result<PathBuf> {
        let toolchain = Toolchain::find(self.root)?;
        let mut command = Command::new(cargo());
        command
            .current_dir(self.root)
            .args(["build", "--release", "--lib", "--target", TARGET])
            .args(self.locked.then_some("--locked"))
            .args(["--package", self.package])
            .arg("--target-dir")
            .arg(self.target_dir)
            .args(PROFILE.iter().flat_map(|setting| ["--config", setting]))
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_TARGET_DIR");
        let mut flags = self.flags();
        toolchain.prepare(&mut command, &mut flags);
        let status = command.env("CARGO_ENCODED_RUSTFLAGS", flags).status().context(NO_CARGO)?;
        ensure!(
            status.success(),
            "the rule did not build; if the target is missing, run \u{2018}rustup target add {TARGET}\u{2019}, or \
             \u{2018}ops/wasm-target\u{2019} of the repository where rustup cannot fetch it"
        );
        let module = format!("{}.wasm", self.package.replace('-', "_"));
        Ok(self.target_dir.join(TARGET).join("release").join(module))
    }

    /// The compiler's flags, separated as cargo wants them: a small stack, and no path of this machine in the bytes.
    fn flags(&self) -> OsString {
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
        let mut flags = OsString::from("-Clink-arg=-zstack-size=65536");
        for (path, instead) in [(Some(self.root.to_owned()), "counterfoil"), (home, "cargo")] {
            if let Some(path) = path {
                flags.push("\u{1f}--remap-path-prefix=");
                flags.push(path);
                flags.push(format!("={instead}"));
            }
        }
        flags
    }
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
