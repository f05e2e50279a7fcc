//! What the engine says went wrong, as a [`Fault`]: a sentence that tells an administrator what to change.

use counterfoil_core::pricing::Fault;
use wasmtime::{Error, Trap};

use crate::abi::refused;
use crate::instance::MemoryRefused;
use crate::limits::Limits;

/// What wasmtime says, and no type carries, when an answer is larger than may be copied out.
const COPIED_TOO_MUCH: &str = "fuel allocated for hostcalls has been exhausted";

/// A call that did not end with an answer.
pub(crate) fn of_call(error: &Error, limits: &Limits, fuel: u64) -> Fault {
    if error.is::<MemoryRefused>() {
        return Fault::OutOfMemory { limit_mib: limits.memory_mib() };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Fault::OutOfFuel { allowed: fuel },
        Some(Trap::StackOverflow) => Fault::OutOfStack,
        Some(Trap::Interrupt) => Fault::Deadline,
        Some(trap) => Fault::Trapped { detail: trapped(*trap) },
        None => of_answer(error, limits),
    }
}

/// A component that did not start: it misbehaved, is too large, or offers other functions than those of the interface.
pub(crate) fn of_start(error: &Error, limits: &Limits, fuel: u64) -> Fault {
    if error.is::<MemoryRefused>() || error.is::<Trap>() {
        return of_call(error, limits, fuel);
    }
    of_exports(error, limits)
}

/// A component whose exports are not those of the interface.
pub(crate) fn of_exports(error: &Error, limits: &Limits) -> Fault {
    of_component(error, limits, |detail| {
        format!("its exports do not match the published interface: build it against the WIT of that version ({detail})")
    })
}

/// A call that came back with something that cannot be read as an answer.
fn of_answer(error: &Error, limits: &Limits) -> Fault {
    let detail = format!("{error:#}");
    if detail.contains(COPIED_TOO_MUCH) {
        let most = limits.answer_bytes / (1024 * 1024);
        return Fault::AnswerTooLarge {
            detail: format!("at most {most} MiB are read; give fewer charges and findings"),
        };
    }
    Fault::Trapped { detail: format!("its answer cannot be read ({})", shown(&detail)) }
}

/// The engine's trap in words for somebody who did not write an engine.
fn trapped(trap: Trap) -> String {
    match trap {
        Trap::UnreachableCodeReached => {
            "it gave up on purpose (a panic, a failed check, or arithmetic that overflowed)".to_owned()
        }
        Trap::IntegerDivisionByZero => "it divided by zero".to_owned(),
        Trap::IntegerOverflow => "a division overflowed".to_owned(),
        Trap::MemoryOutOfBounds => "it read or wrote outside of its own memory".to_owned(),
        other => shown(&other.to_string()),
    }
}

/// A component that cannot be made ready: the reason in `otherwise`, unless the pool of instances says that it asks
/// for too much before it has even started.
pub(crate) fn of_component(error: &Error, limits: &Limits, otherwise: impl FnOnce(&str) -> String) -> Fault {
    let detail = shown(&format!("{error:#}"));
    if detail.contains("memory index") && detail.contains("exceeds the limit") {
        return refused(format!(
            "it needs more than {} MiB of memory before it has started: let it ask for less",
            limits.memory_mib()
        ));
    }
    if detail.contains("pooling allocator") {
        return refused(format!("it consists of more or larger parts than a rule may have ({detail})"));
    }
    refused(otherwise(&detail))
}

/// The engine's words, on one line, cut to what can be shown.
pub(crate) fn shown(detail: &str) -> String {
    detail.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}
