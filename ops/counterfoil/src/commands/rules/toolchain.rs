//! Which compiler makes WebAssembly: rustup's with its target or, where that cannot be fetched, one that `ops/wasm-target`
//! unpacked from the distribution's packages, with which the standard library is built from its source.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_WASM_RUST` | the folder that `ops/wasm-target` made; by default `target/tools/wasm-rust` of the repository |

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

/// What rules are compiled for.
pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Where `ops/wasm-target` unpacks, within the repository.
const UNPACKED: &str = "target/tools/wasm-rust";

/// A compiler.
pub(super) enum Toolchain {
    /// rustup's, with the target.
    Installed,
    /// The distribution's, unpacked aside; it lacks a linker, which is rustup's.
    Unpacked {
        /// Its `/usr`.
        usr: PathBuf,
        /// The folder of rustup's `rust-lld`.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// The compiler for a crate in a folder.
    ///
    /// # Errors
    /// Where there is no rustc.
    pub(super) fn find(root: &Path) -> anyhow::Result<Self> {
        let sysroot = sysroot(root)?;
        let named = std::env::var_os("COUNTERFOIL_WASM_RUST").map(PathBuf::from);
        // what is named comes first, what lies there only where rustup's compiler lacks the target
        let lacking = !sysroot.join("lib/rustlib").join(TARGET).is_dir();
        let unpacked = named.or_else(|| lacking.then(|| root.join(UNPACKED)));
        let usr = unpacked.map(|unpacked| unpacked.join("usr")).filter(|usr| usr.join("bin/rustc").is_file());
        // where there is neither, cargo says best what is missing
        let Some(usr) = usr else { return Ok(Self::Installed) };
        let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        Ok(Self::Unpacked { usr, linker: sysroot.join("lib/rustlib").join(host).join("bin") })
    }

    /// Lets a command of cargo use it.
    pub(super) fn prepare(&self, command: &mut Command, flags: &mut OsString) {
        let Self::Unpacked { usr, linker } = self else { return };
        flags.push("\u{1f}-Clinker=rust-lld\u{1f}-Clinker-flavor=wasm-ld");
        let libraries = usr.join("lib").join(format!("{}-linux-gnu", std::env::consts::ARCH));
        let mut path = linker.clone().into_os_string();
        if let Some(others) = std::env::var_os("PATH") {
            path.push(":");
            path.push(others);
        }
        command
            .args(["-Z", "build-std=std,panic_abort"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTC", usr.join("bin/rustc"))
            .env("LD_LIBRARY_PATH", libraries)
            .env("PATH", path);
    }
}

fn sysroot(root: &Path) -> anyhow::Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .current_dir(root)
        .args(["--print", "sysroot"])
        .output()
        .context("rustc could not be started: install Rust with rustup")?;
    ensure!(output.status.success(), "rustc does not work: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}
