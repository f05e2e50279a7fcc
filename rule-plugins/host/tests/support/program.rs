//! A test program with a main of its own: called with `compile-worker` it compiles, as the service's program does; else it
//! is asked by the test runners to list its tests, or to run those that they name.

use std::process::ExitCode;

use counterfoil_rules::compile::worker;
use counterfoil_rules::{Compiler, Limits, RuleEngine, WorkerCommand};

/// A test, and what it is called.
pub type Test = (&'static str, fn());

/// What a program is called for.
pub fn main(tests: &[Test]) -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "compile-worker") {
        return worker::serve(args[at + 1].parse().unwrap(), args[at + 2].parse().unwrap());
    }
    let asked = |flag: &str| args.iter().any(|arg| arg == flag);
    let named: Vec<&String> = args.iter().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let wanted = |name: &str| match asked("--exact") {
        true => named.iter().any(|asked| *asked == name),
        false => named.is_empty() || named.iter().any(|asked| name.contains(asked.as_str())),
    };
    for (name, test) in tests {
        if asked("--list") {
            if !asked("--ignored") {
                println!("{name}: test");
            }
        } else if wanted(name) {
            test();
            println!("test {name} ... ok");
        }
    }
    ExitCode::SUCCESS
}

/// This program as the compile worker.
pub fn ourselves() -> WorkerCommand {
    WorkerCommand::new(std::env::current_exe().unwrap(), &["compile-worker"])
}

/// An engine of which everything is compiled by a worker.
pub fn compiling_by(worker: WorkerCommand) -> RuleEngine {
    RuleEngine::compiling_by(Limits::default(), Compiler::Worker(worker)).unwrap()
}

/// The service's engine: its own packs are compiled here, what somebody uploads by a worker.
pub fn serving() -> RuleEngine {
    RuleEngine::new(Limits::default()).unwrap().uploads_compiled_by(ourselves())
}
