//! A service's process and the small shell that watches over it.
//!
//! A service must end when Counterfoil ends, even by `kill -9`. The kernel's parent-death signal fires
//! when the *thread* that started a child ends, and asking for it needs unsafe code. So the shell reads
//! a pipe whose other end only Counterfoil holds: when Counterfoil is gone, in whatever way, the kernel
//! closes the pipe, the shell stops the service, and removes its folder where that was temporary.
//!
//! The shell is in a process group of its own: Ctrl-C reaches Counterfoil alone, which then stops its
//! services in order.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::ServiceError;
use crate::folder::PrivateFolder;

/// `$1` log, `$2` signal that asks the service to stop, `$3` folder to remove afterwards or nothing.
const WATCH: &str = r#"
log=$1 stop=$2 remove=$3
shift 3
"$@" </dev/null >>"$log" 2>&1 &
pid=$!
trap '' HUP INT TERM
echo "$pid"
exec >/dev/null
read -r word
kill -s "$stop" "$pid" 2>/dev/null
wait "$pid"
status=$?
if [ "$word" != keep ] && [ -n "$remove" ]; then rm -rf -- "$remove"; fi
exit "$status"
"#;

/// How long a service gets to stop by itself before it is killed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running service.
#[derive(Debug)]
pub(crate) struct Supervised {
    program: &'static str,
    pid: Pid,
    watcher: Child,
    pipe: Option<ChildStdin>,
}

impl Supervised {
    /// Starts `command` in the folder, as the folder's account, its output appended to `log`.
    pub(crate) fn start(
        program: &'static str,
        command: &[String],
        folder: &PrivateFolder,
        log: &Path,
        stop: Signal,
    ) -> Result<Self, ServiceError> {
        let failed = |e| ServiceError::io(format!("starting {program}"), e);
        let remove = if folder.is_temporary() { folder.path().as_os_str() } else { "".as_ref() };
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", WATCH, "counterfoil-watch"])
            .arg(log)
            .arg(stop.as_str().trim_start_matches("SIG"))
            .arg(remove)
            .args(command)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0);
        folder.account().apply(&mut shell);
        let mut watcher = shell.spawn().map_err(failed)?;
        let pipe = watcher.stdin.take();
        let mut line = String::new();
        if let Some(out) = watcher.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(failed)?;
        }
        let pid = line.trim().parse().map(Pid::from_raw).map_err(|_| ServiceError::Start {
            program,
            detail: "the shell that watches over it did not name a process".to_owned(),
        })?;
        Ok(Self { program, pid, watcher, pipe })
    }

    /// The service's own process.
    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    /// Whether the process runs (a zombie does not).
    pub(crate) fn is_running(&self) -> bool {
        runs(self.pid)
    }

    /// Asks the service to stop and waits. `keep` leaves a temporary folder for the next start.
    pub(crate) fn stop(&mut self, keep: bool) -> Result<(), ServiceError> {
        let Some(mut pipe) = self.pipe.take() else {
            return Ok(());
        };
        if keep {
            // Where the shell is gone already there is nobody left to remove the folder either.
            let _ = pipe.write_all(b"keep\n");
        }
        drop(pipe);
        if self.watcher_ends_within(PATIENCE)? {
            return Ok(());
        }
        tracing::warn!(program = self.program, "does not stop; killing it");
        kill_tree(self.pid);
        self.watcher_ends_within(PATIENCE)?;
        Ok(())
    }

    /// Kills the service and its children at once, as a power cut would. The folder stays.
    pub(crate) fn kill_hard(&mut self) -> Result<(), ServiceError> {
        kill_tree(self.pid);
        self.stop(true)
    }

    fn watcher_ends_within(&mut self, patience: Duration) -> Result<bool, ServiceError> {
        let deadline = Instant::now() + patience;
        loop {
            let ended =
                self.watcher.try_wait().map_err(|e| ServiceError::io(format!("waiting for {}", self.program), e))?;
            if ended.is_some() {
                return Ok(true);
            }
            if Instant::now() >= deadline {
                return Ok(false);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        if let Err(error) = self.stop(false) {
            tracing::error!(program = self.program, %error, "could not be stopped");
        }
    }
}

/// Stops the parent first so that it cannot start more, then kills it with its children and waits until
/// none of them runs: a survivor would still hold the shared memory that the next start wants.
fn kill_tree(parent: Pid) {
    let _ = kill(parent, Signal::SIGSTOP);
    let mut all = children(parent);
    all.push(parent);
    for pid in &all {
        // Already gone is what we want.
        let _ = kill(*pid, Signal::SIGKILL);
    }
    let deadline = Instant::now() + PATIENCE;
    while all.iter().any(|pid| runs(*pid)) && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// State letter and parent from `/proc/PID/stat`; the command between brackets may hold spaces.
fn stat(pid: Pid) -> Option<(char, i32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut rest = text.rsplit_once(')')?.1.split_whitespace();
    Some((rest.next()?.chars().next()?, rest.next()?.parse().ok()?))
}

/// Whether a process exists and is not a zombie.
pub(crate) fn runs(pid: Pid) -> bool {
    stat(pid).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

fn children(parent: Pid) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok().map(Pid::from_raw))
        .filter(|pid| stat(*pid).is_some_and(|(_, of)| of == parent.as_raw()))
        .collect()
}
