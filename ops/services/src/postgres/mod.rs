//! A private PostgreSQL: made, started, stopped, killed and restarted by us.
//!
//! It listens on a Unix socket only, in a folder of mode 0700 owned by the account it runs as. That is
//! why `trust` authentication is safe: whoever can reach the socket could read the data files as well.
//! Roles and row level security inside the database are exactly those of a hosted one.

mod binaries;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

pub use binaries::Binaries;
pub use server::PgServer;

use crate::ServiceError;
use crate::account::Account;
use crate::folder::PrivateFolder;
use crate::supervise::{Supervised, runs};

/// The role that owns a private server.
pub const SUPERUSER: &str = "postgres";

/// How long a start may take: recovery after a kill included.
const START_LIMIT: Duration = Duration::from_secs(60);

const PROGRAM: &str = "PostgreSQL";

/// What a private PostgreSQL is to be like.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    /// Where its data are kept from one start to the next; a temporary folder, removed at the end, where
    /// nothing is given.
    pub folder: Option<PathBuf>,
    /// Whether a commit survives a power cut and a killed server. Tests that kill neither turn it off, which is
    /// faster.
    pub durable: bool,
    /// Further server settings, as in `postgresql.conf`.
    pub settings: Vec<(String, String)>,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self { folder: None, durable: true, settings: Vec::new() }
    }
}

/// A running private PostgreSQL; stopped when dropped, and when this process ends in whatever way.
#[derive(Debug)]
pub struct PrivatePostgres {
    // Before the folder: the server is stopped, then the folder is let go.
    process: Option<Supervised>,
    folder: PrivateFolder,
    binaries: Binaries,
    options: PostgresOptions,
}

impl PrivatePostgres {
    /// Makes the database cluster where there is none yet (about a second) and starts the server (about a
    /// tenth of a second). Blocks until it takes connections.
    ///
    /// # Errors
    /// No PostgreSQL found, the folder in use or out of reach, or the server's own words when it fails.
    pub fn start(options: PostgresOptions) -> Result<Self, ServiceError> {
        let account = Account::for_services()?;
        let folder = PrivateFolder::open(PROGRAM, options.folder.as_deref(), account)?;
        let found = data_version(&folder.path().join("data"))?;
        let binaries = Binaries::find(found).map_err(|error| match found {
            Some(found) => ServiceError::WrongVersion { folder: folder.path().to_path_buf(), found },
            None => error,
        })?;
        let mut server = Self { process: None, folder, binaries, options };
        if found.is_none() {
            server.make_cluster()?;
        }
        server.launch()?;
        Ok(server)
    }

    /// The server's address.
    #[must_use]
    pub fn server(&self) -> PgServer {
        PgServer::at_socket(&self.socket_folder())
    }

    /// The connection URL for a role and a database, over the socket.
    #[must_use]
    pub fn url(&self, user: &str, database: &str) -> String {
        self.server().url(user, database)
    }

    /// The folder with the socket, as `psql -h` takes it.
    #[must_use]
    pub fn socket_folder(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// The installation it runs from.
    #[must_use]
    pub fn binaries(&self) -> &Binaries {
        &self.binaries
    }

    /// The process id of the postmaster.
    #[must_use]
    pub fn process_id(&self) -> Option<i32> {
        self.process.as_ref().map(|process| process.pid().as_raw())
    }

    /// Whether the server's process runs.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.process.as_ref().is_some_and(Supervised::is_running)
    }

    /// Kills the postmaster and all of its children with SIGKILL, for tests of what a crash leaves behind.
    /// [`restart`](Self::restart) starts it again on the same data and at the same address.
    ///
    /// # Errors
    /// Where the process cannot be waited for.
    pub fn kill_hard(&mut self) -> Result<(), ServiceError> {
        match self.process.take() {
            Some(mut process) => process.kill_hard(),
            None => Ok(()),
        }
    }

    /// Stops the server where it still runs, and starts it on the same data and at the same address.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restart(&mut self) -> Result<(), ServiceError> {
        if let Some(mut process) = self.process.take() {
            process.stop(true)?;
        }
        self.launch()
    }

    /// Stops the server, waiting for its last checkpoint; `drop` does the same without telling of errors.
    ///
    /// # Errors
    /// Where the process cannot be waited for.
    pub fn stop(mut self) -> Result<(), ServiceError> {
        match self.process.take() {
            Some(mut process) => process.stop(false),
            None => Ok(()),
        }
    }

    /// The last lines that the server logged, at most 20: why it broke a connection, where it says so.
    #[must_use]
    pub fn last_words(&self) -> String {
        const LINES: usize = 20;
        let said = log_since(&self.log(), 0);
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Runs initdb beside the final place and renames, so that a half-made cluster is never opened.
    fn make_cluster(&self) -> Result<(), ServiceError> {
        let unfinished = self.folder.path().join("data.new");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished)
                .map_err(|e| ServiceError::io(format!("removing {}", unfinished.display()), e))?;
        }
        let mut initdb = Command::new(self.binaries.program("initdb"));
        initdb
            .arg("-D")
            .arg(&unfinished)
            .args(["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["--no-instructions"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        if !self.options.durable {
            initdb.arg("--no-sync");
        }
        self.folder.account().apply(&mut initdb);
        let said = initdb.output().map_err(|e| ServiceError::io("starting initdb", e))?;
        if !said.status.success() {
            return Err(ServiceError::Start {
                program: PROGRAM,
                detail: String::from_utf8_lossy(&said.stderr).trim().to_owned(),
            });
        }
        fs::rename(&unfinished, self.data())
            .map_err(|e| ServiceError::io(format!("naming {}", self.data().display()), e))
    }

    fn launch(&mut self) -> Result<(), ServiceError> {
        let run = self.folder.subfolder("run")?;
        let deadline = Instant::now() + START_LIMIT;
        clear_stale_pid_file(&self.data(), deadline)?;
        loop {
            let log_before = fs::metadata(self.log()).map_or(0, |meta| meta.len());
            let process = Supervised::start(
                PROGRAM,
                &self.command(&run),
                &self.folder,
                &self.log(),
                // "Fast" shutdown: sessions are ended, data are checkpointed.
                Signal::SIGINT,
            )?;
            if wait_until_ready(&process, &self.data(), deadline) {
                self.process = Some(process);
                return Ok(());
            }
            let mut process = process;
            process.kill_hard()?;
            let said = log_since(&self.log(), log_before);
            // Children of a postmaster that somebody else killed need a moment to notice and go.
            if !said.contains("shared memory block") || Instant::now() >= deadline {
                return Err(ServiceError::Start { program: PROGRAM, detail: said });
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn command(&self, run: &Path) -> Vec<String> {
        let mut settings = vec![
            ("listen_addresses".to_owned(), String::new()),
            ("unix_socket_directories".to_owned(), run.to_string_lossy().into_owned()),
            ("unix_socket_permissions".to_owned(), "0700".to_owned()),
            ("max_connections".to_owned(), "200".to_owned()),
            ("timezone".to_owned(), "UTC".to_owned()),
            ("log_timezone".to_owned(), "UTC".to_owned()),
        ];
        if !self.options.durable {
            for name in ["fsync", "synchronous_commit", "full_page_writes"] {
                settings.push((name.to_owned(), "off".to_owned()));
            }
        }
        settings.extend(self.options.settings.iter().cloned());
        let mut command = vec![
            self.binaries.program("postgres").to_string_lossy().into_owned(),
            "-D".to_owned(),
            self.data().to_string_lossy().into_owned(),
        ];
        for (name, value) in settings {
            command.push("-c".to_owned());
            command.push(format!("{name}={value}"));
        }
        command
    }
}

/// The major version that wrote the data, where there are data.
fn data_version(data: &Path) -> Result<Option<u32>, ServiceError> {
    let path = data.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(ServiceError::io(format!("reading {}", path.display()), e)),
    }
}

/// A killed server leaves `postmaster.pid` behind. PostgreSQL refuses to start while any process has that
/// number, whosever it is; only one that sits in this data folder really is a server on its way out.
fn clear_stale_pid_file(data: &Path, deadline: Instant) -> Result<(), ServiceError> {
    let path = data.join("postmaster.pid");
    loop {
        let Ok(text) = fs::read_to_string(&path) else {
            return Ok(());
        };
        let pid = text.lines().next().and_then(|line| line.trim().parse().ok()).map(Pid::from_raw);
        let ours = pid
            .filter(|pid| runs(*pid) && fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == data));
        let Some(pid) = ours else {
            return match fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    Err(ServiceError::io(format!("removing {}", path.display()), e))
                }
                _ => Ok(()),
            };
        };
        if Instant::now() >= deadline {
            return Err(ServiceError::InUse(data.to_path_buf()));
        }
        // We hold the folder's lock, so nobody needs that server: its watcher was killed as well.
        let _ = kill(pid, Signal::SIGINT);
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The eighth line of `postmaster.pid` says `ready` once connections are taken; `pg_ctl` reads the same.
fn wait_until_ready(process: &Supervised, data: &Path, deadline: Instant) -> bool {
    let pid = process.pid().to_string();
    while Instant::now() < deadline {
        if let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) {
            let mut lines = text.lines();
            let own = lines.next().is_some_and(|line| line.trim() == pid);
            if own && lines.nth(6).is_some_and(|line| line.trim() == "ready") {
                return true;
            }
        }
        if !process.is_running() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

fn log_since(log: &Path, from: u64) -> String {
    let text = fs::read(log).unwrap_or_default();
    let from = usize::try_from(from).unwrap_or(0).min(text.len());
    String::from_utf8_lossy(text.get(from..).unwrap_or_default()).trim().to_owned()
}
