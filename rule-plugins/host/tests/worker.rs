//! The compile worker from its parent's side: what it makes runs; when it fails, hangs or floods, the file is refused
//! and nothing else happens.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use std::process::{Command, ExitCode};

use counterfoil_core::pricing::{Fault, Pricer};
use counterfoil_rules::{Limits, RuleEngine, WorkerCommand, packs};
use support::program::{self, compiling_by as engine, ourselves};
use support::{answering, claim, needing_pages, padded, right};

fn main() -> ExitCode {
    program::main(&[
        ("what_the_worker_makes_runs", what_the_worker_makes_runs),
        ("what_does_not_compile_is_refused_with_the_workers_words", what_does_not_compile_is_refused),
        ("what_carries_an_interpreter_is_compiled_under_bounds_of_its_own", under_bounds_of_its_own),
        ("a_worker_that_fails_or_floods_is_contained", a_worker_that_fails_or_floods_is_contained),
        ("a_component_that_takes_too_much_to_compile_is_given_up", too_much_to_compile_is_given_up),
    ])
}

fn what_the_worker_makes_runs() {
    let (apart, here) = (engine(ourselves()), RuleEngine::new(Limits::default()).unwrap());
    for pack in packs::ALL {
        let rule = apart.load(pack.component).unwrap();
        assert_eq!(here.load(pack.component).unwrap(), rule);
        assert_eq!(apart.assess(&rule, &claim()), here.assess(&rule, &claim()), "the same answer for the same fuel");
    }
}

fn what_does_not_compile_is_refused() {
    let whole = answering(&right());
    // a body that leaves the wrong type: it parses, and only validation finds it
    let wat = "(component (core module (func (result i32) (i64.const 1))) (component $c) (instance $i (instantiate $c)) \
               (export \"counterfoil:rules/pricing@1.0.0\" (instance $i)))";
    let fault = engine(ourselves()).load(&wat::parse_str(wat).unwrap()).unwrap_err();
    assert!(fault.to_string().contains("not valid WebAssembly"), "{fault}");
    let fault = engine(ourselves()).load(&needing_pages(1_024)).unwrap_err();
    assert!(fault.to_string().contains("needs more than 32 MiB of memory"), "{fault}");
    assert!(engine(ourselves()).load(&whole).is_ok());
}

/// A shell that says under which bounds it was started, instead of compiling.
fn under_bounds_of_its_own() {
    let large = padded(&answering(&right()), Limits::default().component_bytes);
    let permitting = |worker| engine(worker).permitting(Limits::interpreted()).unwrap();
    let rule = permitting(ourselves()).load(&large).unwrap();
    assert!(engine(ourselves()).load(&large).is_err(), "{rule:?}");
    let says = WorkerCommand::new("/bin/sh".into(), &["-c", "echo \"asked for $0 $1\" >&2; exit 1"]);
    for (component, class) in [(answering(&right()), "ordinary"), (large, "interpreted")] {
        let fault = permitting(says.clone()).load(&component).unwrap_err();
        assert!(fault.to_string().ends_with(&format!("asked for 524288 {class}")), "{fault}");
    }
}

fn a_worker_that_fails_or_floods_is_contained() {
    let shell = |script: &str| WorkerCommand::new("/bin/sh".into(), &["-c", script]);
    let rule = answering(&right());
    for script in ["exit 1", "kill -9 $$", "head -c 100000000 /dev/zero", "cat >/dev/null; head -c 1000 /dev/zero"] {
        let fault = engine(shell(script)).load(&rule).unwrap_err();
        assert!(matches!(fault, Fault::NotARule { .. }), "{script}: {fault}");
    }
    let missing = WorkerCommand::new("/nowhere/counterfoil".into(), &[]);
    let fault = engine(missing).load(&rule).unwrap_err();
    assert!(fault.to_string().contains("could not be started"), "{fault}");
}

/// The worker under tighter limits than its own: what it would take is more than it gets.
fn too_much_to_compile_is_given_up() {
    let program = std::env::current_exe().unwrap();
    let script = format!("ulimit -v 60000; exec '{}' compile-worker 524288 ordinary", program.display());
    let starved = WorkerCommand::new("/bin/sh".into(), &["-c", &script]);
    let fault = engine(starved).load(packs::standard().component).unwrap_err();
    assert!(matches!(fault, Fault::NotARule { .. }), "{fault}");
    let fine = Command::new("/bin/true").status().unwrap();
    assert!(fine.success(), "this process goes on");
}
