//! The compile worker: this program started again as `counterfoil rules compile-worker`. The parent hands it the
//! component on standard input and reads the machine code from standard output. Before it reads a byte, the worker
//! limits itself in processor time, memory and files; the parent limits what it reads and how long it waits.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use counterfoil_core::pricing::Fault;
use nix::sys::resource::{Resource, setrlimit};

use super::not_compiled;
use crate::abi::refused;
use crate::class::{Class, Compilation};
use crate::engine;
use crate::limits::Limits;

/// How often the parent looks.
const LOOK: Duration = Duration::from_millis(5);

/// How to start the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    program: PathBuf,
    args: Vec<String>,
}

impl WorkerCommand {
    /// A program with arguments that calls [`serve`].
    #[must_use]
    pub fn new(program: PathBuf, args: &[&str]) -> Self {
        Self { program, args: args.iter().map(|&arg| arg.to_owned()).collect() }
    }

    /// This program, as `rules compile-worker`.
    ///
    /// # Errors
    /// When the operating system does not tell which program this is.
    pub fn this_program() -> std::io::Result<Self> {
        Ok(Self::new(std::env::current_exe()?, &["rules", "compile-worker"]))
    }

    /// Compiles a component in a fresh worker.
    pub(crate) fn run(&self, limits: &Limits, component: &[u8]) -> Result<Vec<u8>, Fault> {
        let allowed = limits.class.compilation();
        let mut worker = Command::new(&self.program)
            .args(&self.args)
            .args([limits.stack_bytes.to_string(), limits.class.to_string()])
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|cause| unavailable(&cause))?;
        let talked = talk(&mut worker, &allowed, component);
        let ended = end(&mut worker);
        let (code, said) = talked.map_err(|cause| unavailable(&cause))?;
        match ended {
            Ended::Well if u64::try_from(code.len()).is_ok_and(|len| len <= allowed.output_bytes) => Ok(code),
            Ended::Refused if !said.is_empty() => Err(refused(said)),
            _ => Err(refused(format!(
                "compiling it took more than {} seconds or {} GiB: make its functions smaller and fewer",
                allowed.cpu_seconds,
                allowed.memory_bytes >> 30
            ))),
        }
    }
}

enum Ended {
    Well,
    Refused,
    Killed,
}

/// Feeds the worker and reads all it says, from three threads so that no pipe can fill up and block another.
fn talk(worker: &mut Child, allowed: &Compilation, component: &[u8]) -> std::io::Result<(Vec<u8>, String)> {
    let (stdin, stdout, stderr) = (worker.stdin.take(), worker.stdout.take(), worker.stderr.take());
    let (code_done, code_ready) = std::sync::mpsc::channel();
    let started = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // a worker that dies early closes the pipe; what it said on the way counts
            stdin.map(|mut stdin| stdin.write_all(component)).transpose().unwrap_or_default();
        });
        let said = scope.spawn(move || read(stderr, 4 * 1024));
        let code = scope.spawn(move || {
            let code = read(stdout, allowed.output_bytes + 1);
            // nobody listens any more only when patience ran out
            code_done.send(()).unwrap_or_default();
            code
        });
        if code_ready.recv_timeout(allowed.patience.saturating_sub(started.elapsed())).is_err() {
            worker.kill()?;
        }
        let code = code.join().unwrap_or_else(|_| Ok(Vec::new()))?;
        let said = said.join().unwrap_or_else(|_| Ok(Vec::new()))?;
        Ok((code, String::from_utf8_lossy(&said).trim().to_owned()))
    })
}

fn read(from: Option<impl Read>, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(from) = from {
        from.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Waits a little for the worker to end, then ends it.
fn end(worker: &mut Child) -> Ended {
    let until = Instant::now() + Duration::from_secs(1);
    loop {
        match worker.try_wait() {
            Ok(Some(status)) if status.success() => return Ended::Well,
            // any other code is the compiler's own failure, in words that nobody at a council could act on
            Ok(Some(status)) if status.code() == Some(1) => return Ended::Refused,
            Ok(Some(_)) => return Ended::Killed,
            Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
            Ok(None) | Err(_) => {
                // it is gone already, or goes now; either way it is not waited for any longer
                worker.kill().and_then(|()| worker.wait().map(|_| ())).unwrap_or_default();
                return Ended::Killed;
            }
        }
    }
}

fn unavailable(cause: &std::io::Error) -> Fault {
    tracing::error!(%cause, "the compile worker could not be run");
    refused("the compiler could not be started on this machine; try again, or tell whoever runs the service".to_owned())
}

/// The worker's side: limits itself, reads a component, writes machine code. Exit code 0, or 1 with a sentence on
/// standard error.
///
/// `stack_bytes` is the one limit that shapes code; the parent passes its own, and the class whose bounds are the worker's.
#[must_use]
pub fn serve(stack_bytes: usize, class: Class) -> ExitCode {
    match serve_one(stack_bytes, class) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn serve_one(stack_bytes: usize, class: Class) -> Result<(), String> {
    let allowed = class.compilation();
    let limited = [
        (Resource::RLIMIT_CPU, allowed.cpu_seconds),
        (Resource::RLIMIT_AS, allowed.memory_bytes),
        (Resource::RLIMIT_FSIZE, allowed.output_bytes),
        (Resource::RLIMIT_CORE, 0),
        (Resource::RLIMIT_NOFILE, 16),
    ];
    for (resource, most) in limited {
        setrlimit(resource, most, most).map_err(|_| "the compiler could not limit itself".to_owned())?;
    }
    let limits = Limits { stack_bytes, ..class.limits() };
    let mut component = Vec::new();
    let most = u64::try_from(limits.component_bytes).unwrap_or(u64::MAX);
    std::io::stdin().take(most).read_to_end(&mut component).map_err(|_| "the file could not be read".to_owned())?;
    let engine = engine::compiling(&limits).map_err(|fault| sentence(&fault))?;
    let code = engine.precompile_component(&component).map_err(|error| sentence(&not_compiled(&error, &limits)))?;
    std::io::stdout().write_all(&code).map_err(|_| "the machine code could not be handed over".to_owned())
}

fn sentence(fault: &Fault) -> String {
    match fault {
        Fault::NotARule { sentence } => sentence.clone(),
        other => other.to_string(),
    }
}
