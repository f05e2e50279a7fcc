//! A private Redis on a Unix socket, without persistence: it holds sessions and passing events only.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::ServiceError;
use crate::account::Account;
use crate::folder::PrivateFolder;
use crate::supervise::Supervised;

const PROGRAM: &str = "Redis";

const START_LIMIT: Duration = Duration::from_secs(20);

/// A running private Redis; stopped when dropped, and when this process ends in whatever way.
#[derive(Debug)]
pub struct PrivateRedis {
    // Before the folder: the server is stopped, then the folder is let go.
    process: Option<Supervised>,
    folder: PrivateFolder,
    binary: PathBuf,
}

impl PrivateRedis {
    /// The path of `redis-server`, where it is installed.
    #[must_use]
    pub fn binary() -> Option<PathBuf> {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join("redis-server")).find(|file| file.is_file())
    }

    /// Starts it in a temporary folder and waits until it answers.
    ///
    /// # Errors
    /// Where `redis-server` is not installed or does not start.
    pub fn start() -> Result<Self, ServiceError> {
        let binary = Self::binary().ok_or(ServiceError::NotFound {
            program: "redis-server",
            remedy: "install your distribution's `redis-server` package",
        })?;
        let folder = PrivateFolder::open(PROGRAM, None, Account::for_services()?)?;
        let mut redis = Self { process: None, folder, binary };
        redis.launch()?;
        Ok(redis)
    }

    /// Kills it with SIGKILL, for tests of what happens while it is away. Everything in it is lost;
    /// [`restart`](Self::restart) starts an empty one at the same address.
    ///
    /// # Errors
    /// Where the process cannot be waited for.
    pub fn kill_hard(&mut self) -> Result<(), ServiceError> {
        match self.process.take() {
            Some(mut process) => process.kill_hard(),
            None => Ok(()),
        }
    }

    /// Stops it where it still runs, and starts an empty one at the same address.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restart(&mut self) -> Result<(), ServiceError> {
        if let Some(mut process) = self.process.take() {
            process.stop(true)?;
        }
        self.launch()
    }

    fn launch(&mut self) -> Result<(), ServiceError> {
        let socket = self.socket();
        let log = self.folder.path().join("log");
        let command: Vec<String> = [
            self.binary.to_string_lossy().as_ref(),
            "--port",
            "0",
            "--unixsocket",
            socket.to_string_lossy().as_ref(),
            "--unixsocketperm",
            "700",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        .map(str::to_owned)
        .to_vec();
        let process = Supervised::start(PROGRAM, &command, &self.folder, &log, Signal::SIGTERM)?;
        let deadline = Instant::now() + START_LIMIT;
        while !answers(&socket) {
            if !process.is_running() || Instant::now() >= deadline {
                let detail = std::fs::read_to_string(&log).unwrap_or_default();
                return Err(ServiceError::Start { program: PROGRAM, detail });
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.process = Some(process);
        Ok(())
    }

    /// The path of the socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    /// The address in the form that Redis clients take.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// The process id of the server, while it runs.
    #[must_use]
    pub fn process_id(&self) -> Option<i32> {
        self.process.as_ref().map(|process| process.pid().as_raw())
    }
}

fn answers(socket: &Path) -> bool {
    let Ok(mut stream) = UnixStream::connect(socket) else {
        return false;
    };
    let mut answer = [0; 5];
    stream.set_read_timeout(Some(Duration::from_secs(1))).is_ok()
        && stream.write_all(b"PING\r\n").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer == *b"+PONG"
}
