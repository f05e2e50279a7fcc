//! What can go wrong when a service is started here, said so that the reader knows what to do.

use std::path::PathBuf;

/// Why a private service could not be found, started or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// No program to start was found.
    #[error("{program} was not found on this machine; {remedy}")]
    NotFound {
        /// What was looked for.
        program: &'static str,
        /// What to install or set.
        remedy: &'static str,
    },
    /// The data in a folder was written by another major version than any that is installed.
    #[error(
        "the data in {} is of PostgreSQL {found}, and no PostgreSQL {found} is installed; install it or choose another folder",
        folder.display()
    )]
    WrongVersion {
        /// The data folder.
        folder: PathBuf,
        /// The major version that wrote it.
        found: u32,
    },
    /// The service's account cannot reach the folder.
    #[error(
        "the folder {} cannot be used by the account `{account}` that {program} runs as ({source}); choose a folder that every account may enter",
        folder.display()
    )]
    Unreachable {
        /// What was to be started.
        program: &'static str,
        /// The folder.
        folder: PathBuf,
        /// The account's name.
        account: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another process has the folder in use.
    #[error("another Counterfoil is using {}; stop it or choose another folder", .0.display())]
    InUse(PathBuf),
    /// The path is too long for a Unix socket in it.
    #[error("the path {} is too long for a socket; choose a folder with a path under 90 characters", .0.display())]
    PathTooLong(PathBuf),
    /// The program ended, or did not become ready, while it was being started.
    #[error("{program} did not start: {detail}")]
    Start {
        /// What was to be started.
        program: &'static str,
        /// The end of its log, or what was waited for.
        detail: String,
    },
    /// A folder, file or process could not be handled.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: String,
        /// What the system said.
        source: std::io::Error,
    },
}

impl ServiceError {
    /// Wraps an operating system error with what was being done.
    pub(crate) fn io(doing: impl Into<String>, source: impl Into<std::io::Error>) -> Self {
        Self::Io { doing: doing.into(), source: source.into() }
    }
}
