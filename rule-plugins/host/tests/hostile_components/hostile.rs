//! One hostile component, what has to become of it, and whether it does.

use std::time::{Duration, Instant};

use counterfoil_core::pricing::{Fault, Pricer as _, RuleDigest, canonical};
use counterfoil_rules::RuleEngine;

use crate::measure::{MIB, Server, workers_peak};
use crate::support::{claim, program, right};

/// The most that the server's memory may grow by while one upload is checked and tried: the code that a worker may give
/// back (64 MiB) while it is read, and once it is loaded.
const SERVER_MAY_GROW: usize = 256 * MIB;
/// The most memory that a worker may have had at once.
const WORKER_MAY_HAVE: usize = 2048 * MIB;
/// How long an upload may take at most, however slow the machine is: the parent's patience, and the machine's slowness.
const LONGEST: Duration = Duration::from_secs(120);

/// What has to become of a component.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// The check refuses it in these words.
    Refused(&'static str),
    /// It takes more to compile than a worker has, makes more than an instance may be, or is quick enough on this machine:
    /// refused in words about its size, or harmless.
    Bounded,
    /// The check lets it pass, and on a claim it fails in these words.
    Fails(&'static str),
    /// It passes and prices the claim as it should.
    Harmless,
    /// Whatever it does, it is contained.
    Anything,
}

/// A component that means harm.
pub(crate) struct Hostile {
    /// What it is.
    pub(crate) what: &'static str,
    make: Box<dyn Fn() -> Vec<u8>>,
    expected: Expected,
}

pub(crate) fn hostile(what: &'static str, make: impl Fn() -> Vec<u8> + 'static, expected: Expected) -> Hostile {
    Hostile { what, make: Box::new(make), expected }
}

pub(crate) fn refused(what: &'static str, make: impl Fn() -> Vec<u8> + 'static, words: &'static str) -> Hostile {
    hostile(what, make, Expected::Refused(words))
}

pub(crate) fn fails(what: &'static str, make: impl Fn() -> Vec<u8> + 'static, words: &'static str) -> Hostile {
    hostile(what, make, Expected::Fails(words))
}

/// Each of several, through one engine; afterwards it prices as if nothing had been.
pub(crate) fn each_is_contained(all: Vec<Hostile>) {
    let engine = program::serving();
    for hostile in all {
        hostile.is_contained(&engine);
    }
    let sound = engine.load(&crate::support::answering(&right())).unwrap();
    assert_eq!(engine.assess(&sound, &claim()).unwrap().answer, right());
}

impl Hostile {
    /// Checks it and, where it passes, lets it price; says how long that took.
    pub(crate) fn is_contained(&self, engine: &RuleEngine) -> Duration {
        let bytes = (self.make)();
        let server = Server::at_rest();
        let started = Instant::now();
        let outcome = self.outcome(engine, &bytes);
        let (took, grew) = (started.elapsed(), server.grew_by());
        let (length, ms, mib) = (bytes.len(), took.as_millis(), grew / MIB);
        println!("{length:>9} bytes {ms:>6} ms, server +{mib:>3} MiB  {}: {outcome:?}", self.what);
        self.is_as_expected(&outcome).unwrap_or_else(|wrong| panic!("{}: {wrong}", self.what));
        assert!(grew <= SERVER_MAY_GROW, "{}: the server grew by {mib} MiB", self.what);
        assert!(workers_peak() <= WORKER_MAY_HAVE, "{}: a worker had {} MiB", self.what, workers_peak() / MIB);
        assert!(took <= LONGEST, "{}: it took {took:?}", self.what);
        took
    }

    /// The same, and says in a few words what became of it.
    pub(crate) fn quietly(&self, engine: &RuleEngine) -> Result<String, String> {
        let bytes = (self.make)();
        let server = Server::at_rest();
        let outcome = self.outcome(engine, &bytes);
        self.is_as_expected(&outcome)?;
        match server.grew_by() {
            grew if grew <= SERVER_MAY_GROW => Ok(outcome.kind()),
            grew => Err(format!("the server grew by {} MiB", grew / MIB)),
        }
    }

    fn outcome(&self, engine: &RuleEngine, bytes: &[u8]) -> Outcome {
        let digest = RuleDigest(canonical::digest(bytes));
        if let Err(fault) = engine.check_uploaded(bytes, &[]) {
            assert!(!engine.holds(&digest), "{}: it was kept", self.what);
            return Outcome::Refused(said(&fault));
        }
        let rule = engine.load_uploaded(bytes).unwrap_or_else(|fault| panic!("{}: {fault}", self.what));
        match engine.assess(&rule, &claim()) {
            Ok(priced) if priced.answer == right() => Outcome::Priced,
            Ok(_) => Outcome::PricedOtherwise,
            Err(fault) => {
                assert!(!fault.is_operational(), "{}: it would be tried again for ever", self.what);
                assert_eq!(engine.assess(&rule, &claim()), Err(fault.clone()), "{}: not the same again", self.what);
                Outcome::Failed(said(&fault))
            }
        }
    }

    fn is_as_expected(&self, outcome: &Outcome) -> Result<(), String> {
        let as_expected = match (self.expected, outcome) {
            (Expected::Refused(words), Outcome::Refused(said)) | (Expected::Fails(words), Outcome::Failed(said)) => {
                said.contains(words)
            }
            (Expected::Bounded, Outcome::Refused(said)) => {
                said.contains("compiling it took more than") || said.contains("it consists of more or larger parts")
            }
            (Expected::Bounded | Expected::Harmless, Outcome::Priced) | (Expected::Anything, _) => true,
            _ => false,
        };
        if as_expected { Ok(()) } else { Err(format!("{outcome:?}, where it should be {:?}", self.expected)) }
    }
}

/// What became of it.
#[derive(Debug)]
enum Outcome {
    Refused(String),
    Failed(String),
    Priced,
    PricedOtherwise,
}

impl Outcome {
    /// What it is one of: the sentence without what is particular to one component.
    fn kind(&self) -> String {
        let (word, said) = match self {
            Self::Refused(said) => ("refused", said.as_str()),
            Self::Failed(said) => ("failed", said.as_str()),
            Self::Priced => ("priced", ""),
            Self::PricedOtherwise => ("priced otherwise", ""),
        };
        let said = said.trim_start_matches("this file cannot be used as a rule: ");
        let general: String = said.chars().take_while(|c| !matches!(c, '(' | '\u{2018}' | '0'..='9')).collect();
        format!("{word} {}", general.trim()).trim_end().to_owned()
    }
}

/// The sentence of a fault, which has to be one that can be shown.
fn said(fault: &Fault) -> String {
    let said = fault.to_string();
    assert!(said.chars().count() <= 600 && !said.chars().any(char::is_control), "{said:?}");
    said
}
