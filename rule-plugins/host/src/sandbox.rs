//! One class of rules: its engine with a pool of instances, its limits, and what it does with a component (made ready and
//! described once) and with a claim (priced in a fresh instance).

use std::sync::{Mutex, MutexGuard, PoisonError};

use counterfoil_core::pricing::{Answer, ClaimFacts, Description, Fault, RuleDigest, Wording, check};
use wasmtime::component::Linker;
use wasmtime::{Engine, Store};

use crate::abi::{Abi, Instance, Ready, refused, surface};
use crate::compile::Compiler;
use crate::instance::{Guest, Slot, Slots, renew, store};
use crate::limits::Limits;
use crate::{engine, fault};

/// The longest name or version that a rule may give itself, in bytes.
const LONGEST_NAME: usize = 100;
/// The longest settings schema, in bytes.
const LONGEST_SCHEMA: usize = 256 * 1024;
/// The most services that a rule may name as covered; one that covers more names none, which is all.
const MOST_COVERED: usize = 200;
/// The longest reason code, in bytes.
const LONGEST_CODE: usize = 60;
/// The longest sentence for one, in bytes.
const LONGEST_SENTENCE: usize = 500;
/// The most sentences that a rule may bring.
const MOST_WORDINGS: usize = 400;
/// The languages that they may be in.
const LANGUAGES: [&str; 2] = ["en", "cy"];
/// As far back as a rule may look, in days.
const LONGEST_LOOK_BACK: u16 = 400;

/// Where rules of one class run.
pub(crate) struct Sandbox {
    engine: Engine,
    linker: Linker<Guest>,
    limits: Limits,
    slots: Slots,
    /// One upload is checked at a time, so that compile bombs take one worker's share of the machine and no more.
    pub(crate) checking: Mutex<()>,
    /// Rules that price are made ready apart from those that are only checked, so that no bomb makes claims wait.
    pub(crate) making_ready: Mutex<()>,
}

/// A component that is ready.
pub(crate) struct Sandboxed {
    ready: Ready,
    pub(crate) abi: Abi,
    pub(crate) description: Description,
}

impl Sandbox {
    pub(crate) fn new(limits: Limits) -> Result<Self, Fault> {
        let engine = engine::running(&limits)?;
        let linker = Linker::new(&engine);
        let slots = Slots::new(limits.concurrent);
        Ok(Self { engine, linker, limits, slots, checking: Mutex::default(), making_ready: Mutex::default() })
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reads, compiles and describes a component; one of a draft of the interface only where `drafts` are taken.
    pub(crate) fn prepare(&self, compiler: &Compiler, component: &[u8], drafts: bool) -> Result<Sandboxed, Fault> {
        let abi = Abi::of(&surface(component)?)?;
        if !drafts {
            abi.in_earnest()?;
        }
        let compiled = compiler.compile(&self.engine, &self.limits, component)?;
        let ready =
            Ready::new(abi, &self.linker, &compiled).map_err(|error| fault::of_exports(&error, &self.limits))?;
        let description = self.described(&ready)?;
        Ok(Sandboxed { ready, abi, description })
    }

    fn described(&self, ready: &Ready) -> Result<Description, Fault> {
        let fuel = self.limits.fuel_base;
        let _slot = self.slots.take();
        let started = store(&self.engine, &self.limits, fuel)
            .and_then(|mut store| ready.instantiate(&mut store).map(|instance| (instance, store)));
        let (instance, mut store) = started.map_err(|error| fault::of_start(&error, &self.limits, fuel))?;
        let description = instance.describe(&mut store).map_err(|error| fault::of_call(&error, &self.limits, fuel))?;
        believable(description)
    }

    /// An instance that is kept for many claims.
    pub(crate) fn keep(&self, rule: &Sandboxed) -> Result<KeptInstance<'_>, Fault> {
        let slot = self.slots.take();
        let fuel = self.limits.fuel_base;
        let started = store(&self.engine, &self.limits, fuel)
            .and_then(|mut store| Ok((rule.ready.instantiate(&mut store)?, store)));
        let (instance, store) = started.map_err(|error| fault::of_call(&error, &self.limits, fuel))?;
        Ok(KeptInstance { limits: &self.limits, store, instance, _slot: slot })
    }

    /// The checked answer to one claim, and the fuel that it took.
    pub(crate) fn assess(
        &self,
        rule: &Sandboxed,
        digest: &RuleDigest,
        facts: &ClaimFacts,
    ) -> Result<(Answer, u64), Fault> {
        self.limits.admit(facts)?;
        let allowed = self.limits.fuel(facts);
        let _slot = self.slots.take();
        let called = store(&self.engine, &self.limits, allowed).and_then(|mut store| {
            let answer = rule.ready.instantiate(&mut store)?.assess(&mut store, facts)?;
            Ok((answer, allowed.saturating_sub(store.get_fuel()?)))
        });
        let (answer, fuel) = called.map_err(|error| {
            let fault = fault::of_call(&error, &self.limits, allowed);
            tracing::warn!(rule = %digest.0, fault = fault.code(), cause = %fault::shown(&format!("{error:#}")), "a rule gave no answer");
            fault
        })?;
        check(facts, &answer).map_err(Fault::AnswerWrong)?;
        Ok((answer, fuel))
    }
}

/// Whose turn it is, however somebody before ended.
pub(crate) fn waited(turn: &Mutex<()>) -> MutexGuard<'_, ()> {
    turn.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An instance that outlives a claim; see [`RuleEngine::keep_instance`](crate::RuleEngine::keep_instance).
pub struct KeptInstance<'a> {
    limits: &'a Limits,
    store: Store<Guest>,
    instance: Instance,
    _slot: Slot<'a>,
}

impl KeptInstance<'_> {
    /// Prices one claim, with the allowance that it would have in a fresh instance.
    ///
    /// # Errors
    /// A [`Fault`], as from [`Pricer::assess`](crate::Pricer::assess).
    pub fn assess(&mut self, facts: &ClaimFacts) -> Result<Answer, Fault> {
        let fuel = self.limits.fuel(facts);
        renew(&mut self.store, self.limits, fuel)
            .and_then(|()| self.instance.assess(&mut self.store, facts))
            .map_err(|error| fault::of_call(&error, self.limits, fuel))
            .and_then(|answer| check(facts, &answer).map(|()| answer).map_err(Fault::AnswerWrong))
    }
}

/// Whether a description may be shown and acted on.
fn believable(description: Description) -> Result<Description, Fault> {
    let names = [&description.name, &description.version];
    if names.iter().any(|name| name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control)) {
        return Err(refused(format!("its name and version must each be 1 to {LONGEST_NAME} characters")));
    }
    if description.look_back_days > LONGEST_LOOK_BACK {
        return Err(refused(format!(
            "it asks for {} days of earlier statements; at most {LONGEST_LOOK_BACK} are given",
            description.look_back_days
        )));
    }
    let covers = &description.covers;
    if covers.len() > MOST_COVERED || covers.iter().any(|service| service.len() > LONGEST_NAME) {
        return Err(refused(format!(
            "it names {} services that it covers; name at most {MOST_COVERED} of at most {LONGEST_NAME} characters, or none \
             for all",
            covers.len()
        )));
    }
    let schema = &description.settings_schema;
    let is_object = serde_json::from_str::<serde_json::Value>(schema).is_ok_and(|schema| schema.is_object());
    if schema.len() > LONGEST_SCHEMA || !is_object {
        return Err(refused("its schema of settings is not a JSON Schema object of at most 256 KiB".to_owned()));
    }
    believable_words(&description.wordings)?;
    Ok(description)
}

/// Whether the words that a rule brings may be shown.
fn believable_words(wordings: &[Wording]) -> Result<(), Fault> {
    if wordings.len() > MOST_WORDINGS {
        return Err(refused(format!("it brings {} wordings; bring at most {MOST_WORDINGS}", wordings.len())));
    }
    let wrong = |wording: &&Wording| {
        let Wording { code, language, sentence } = wording;
        let fits = (1..=LONGEST_CODE).contains(&code.len()) && (1..=LONGEST_SENTENCE).contains(&sentence.len());
        !fits || sentence.chars().any(char::is_control) || !LANGUAGES.contains(&language.as_str())
    };
    match wordings.iter().find(wrong) {
        None => Ok(()),
        Some(wording) => Err(refused(format!(
            "its wording of \u{2018}{}\u{2019} must be one line of at most {LONGEST_SENTENCE} bytes in \u{2018}en\u{2019} or \
             \u{2018}cy\u{2019}",
            fault::shown(&wording.code)
        ))),
    }
}
