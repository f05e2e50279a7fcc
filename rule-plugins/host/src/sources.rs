//! Which sources a pack's component was built from: one digest over the pack, the SDK and the interface. It is kept
//! beside the component, and a test of the repository fails when the sources have moved on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What `rules build` leaves beside a component, as `<pack>.lock`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// SHA-256 of the component.
    pub component: String,
    /// SHA-256 over the sources, as [`digest`] makes it.
    pub sources: String,
}

/// The version of the interface that the SDK and the packs speak, under the folder `rule-plugins`.
const WIT: &str = "wit/1.0.0";

/// The component of a pack and its lock, under the folder `rule-plugins`.
#[must_use]
pub fn built(rule_plugins: &Path, pack: &str) -> (PathBuf, PathBuf) {
    let folder = rule_plugins.join("councils").join(pack);
    (folder.join(format!("{pack}.wasm")), folder.join(format!("{pack}.lock")))
}

/// The digest of everything that shapes a pack's component: each file's path and bytes, in order of path. Cases,
/// configurations and messages are not part of it.
///
/// # Errors
/// When a file cannot be read, or the pack is not there.
pub fn digest(rule_plugins: &Path, pack: &str) -> io::Result<String> {
    let pack = Path::new("councils").join(pack);
    let mut files = Vec::new();
    for root in [pack.join("src"), "sdk/src".into(), WIT.into()] {
        collect(rule_plugins, &root, &mut files)?;
    }
    files.extend([pack.join("Cargo.toml"), pack.join("settings.schema.json"), "sdk/Cargo.toml".into()]);
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let bytes = fs::read(rule_plugins.join(&file))?;
        // lengths keep one file's end apart from the next one's beginning
        all.extend_from_slice(format!("{}\n{}\n", file.display(), bytes.len()).as_bytes());
        all.extend_from_slice(&bytes);
    }
    Ok(counterfoil_core::pricing::canonical::digest(&all))
}

fn collect(base: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(base.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(base, &path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
