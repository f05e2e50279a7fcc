//! Which database server to use: the one that `DATABASE_URL` names, or a private one on this machine.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `DATABASE_URL` | see `counterfoil_tenants::connections` |
//! | `COUNTERFOIL_DATA` | folder of the private database; by default `/var/lib/counterfoil` as root, else `$XDG_DATA_HOME/counterfoil` |

use std::env;
use std::path::PathBuf;

use anyhow::Context as _;
use counterfoil_services::{PostgresOptions, PrivatePostgres, SUPERUSER};
use counterfoil_tenants::Config;
use nix::unistd::geteuid;

/// The server, and how to connect to it. A private one stops when this is dropped.
pub(crate) struct Server {
    config: Config,
    private: Option<PrivatePostgres>,
}

impl Server {
    /// The server that the environment names, or a private one whose data stay from one start to the next.
    ///
    /// # Errors
    /// Where `DATABASE_URL` cannot be understood, or the private server does not start.
    pub(crate) async fn from_environment() -> anyhow::Result<Self> {
        if let Some(config) = Config::from_env()? {
            return Ok(Self { config, private: None });
        }
        let folder = folder().context("no folder for the private database: set COUNTERFOIL_DATA")?;
        tracing::info!(folder = %folder.display(), "DATABASE_URL is not set: starting a private database");
        Self::private(Some(folder)).await
    }

    /// The server that the environment names, or a private one whose data go when it stops.
    ///
    /// # Errors
    /// Where `DATABASE_URL` cannot be understood, or the private server does not start.
    pub(crate) async fn fresh() -> anyhow::Result<Self> {
        match Config::from_env()? {
            Some(config) => Ok(Self { config, private: None }),
            None => Self::private(None).await,
        }
    }

    /// A private server, in a folder that is kept, or in a temporary one.
    ///
    /// # Errors
    /// Where it does not start.
    pub(crate) async fn private(folder: Option<PathBuf>) -> anyhow::Result<Self> {
        let options = PostgresOptions { folder, ..PostgresOptions::default() };
        let started = tokio::task::spawn_blocking(|| PrivatePostgres::start(options));
        let private = started.await.context("starting the private database")??;
        let config = Config::new(&private.url(SUPERUSER, "postgres"))?;
        Ok(Self { config, private: Some(private) })
    }

    /// How to connect.
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// An error after the last words of a private server, whose log goes with it.
    pub(crate) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        match self.private.as_ref().map(PrivatePostgres::last_words) {
            Some(said) if !said.is_empty() => error.context(format!("the private database logged:\n{said}\nThen")),
            _ => error,
        }
    }

    /// The address of a private server, which other commands reach it by.
    pub(crate) fn private_url(&self) -> Option<String> {
        self.private.as_ref().map(|private| private.url(SUPERUSER, "postgres"))
    }

    /// Whether nobody but this process knows the server.
    pub(crate) fn is_private(&self) -> bool {
        self.private.is_some()
    }
}

fn folder() -> Option<PathBuf> {
    if let Some(folder) = env::var_os("COUNTERFOIL_DATA") {
        return Some(PathBuf::from(folder));
    }
    if geteuid().is_root() {
        // The server runs as an account of its own, which root's home is closed to.
        return Some(PathBuf::from("/var/lib/counterfoil"));
    }
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| env::home_dir().map(|home| home.join(".local/share")))?;
    Some(data.join("counterfoil"))
}
