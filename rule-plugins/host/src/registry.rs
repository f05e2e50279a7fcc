//! The rules that are loaded, by the digest of their bytes, and the [`Pricer`] that steps call.
//!
//! A rule is read, compiled and described once; from then on each claim takes a fresh instance from it. Loading
//! and pricing go on from many threads at once, and a rule that fails does not touch another's claims.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use counterfoil_core::pricing::canonical;
use counterfoil_core::pricing::{
    Answer, CaseOutcome, CheckedRule, ClaimFacts, Description, Fault, Priced, Pricer, RuleDigest, Wording, check,
};
use wasmtime::component::Linker;
use wasmtime::{Engine, Store};

use crate::abi::{Abi, Instance, Ready, refused, surface};
use crate::case::Case;
use crate::compile::{Compiler, WorkerCommand};
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

/// Runs councils' rules. One for a process; share it by reference.
pub struct RuleEngine {
    engine: Engine,
    linker: Linker<Guest>,
    limits: Limits,
    compiler: Compiler,
    slots: Slots,
    rules: RwLock<HashMap<RuleDigest, Arc<Loaded>>>,
    /// Where uploads are compiled; as everything else where nothing is said.
    apart: Option<Compiler>,
    /// Whether rules of a draft of the interface are taken.
    drafts: bool,
    /// One upload is checked at a time, so that compile bombs take one worker's share of the machine and no more.
    checking: Mutex<()>,
    /// Rules that price are made ready apart from those that are only checked, so that no bomb makes claims wait.
    making_ready: Mutex<()>,
}

struct Loaded {
    ready: Ready,
    abi: Abi,
    description: Description,
    /// The bytes of a rule that comes with the service; an uploaded one is kept by its council.
    bundled: Option<Box<[u8]>>,
}

impl RuleEngine {
    /// An engine with these limits that compiles in this process, as is right for the packs of the repository.
    ///
    /// # Errors
    /// A [`Fault`] when the machine gives no room for the pool of instances.
    pub fn new(limits: Limits) -> Result<Self, Fault> {
        Self::compiling_by(limits, Compiler::InProcess)
    }

    /// An engine with these limits that compiles by `compiler`.
    ///
    /// # Errors
    /// A [`Fault`] when the machine gives no room for the pool of instances.
    pub fn compiling_by(limits: Limits, compiler: Compiler) -> Result<Self, Fault> {
        let engine = engine::running(&limits)?;
        let linker = Linker::new(&engine);
        let slots = Slots::new(limits.concurrent);
        Ok(Self {
            engine,
            linker,
            limits,
            compiler,
            slots,
            rules: RwLock::default(),
            apart: None,
            drafts: false,
            checking: Mutex::default(),
            making_ready: Mutex::default(),
        })
    }

    /// The same engine, compiling what somebody uploads in a process of its own.
    #[must_use]
    pub fn uploads_compiled_by(mut self, worker: WorkerCommand) -> Self {
        self.apart = Some(Compiler::Worker(worker));
        self
    }

    /// The same engine, taking rules of a draft of the interface as well: for their authors, where nobody is paid by them.
    #[must_use]
    pub const fn with_drafts(mut self) -> Self {
        self.drafts = true;
        self
    }

    /// The limits that this engine was made with.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Reads, compiles and describes a rule that comes with the service; loading the same bytes again is quick and changes
    /// nothing.
    ///
    /// # Errors
    /// [`Fault::NotARule`] with what to change; another fault when the rule fails while it describes itself.
    pub fn load(&self, component: &[u8]) -> Result<RuleDigest, Fault> {
        let digest = RuleDigest(canonical::digest(component));
        if self.loaded(&digest).is_err() {
            let loaded = Loaded { bundled: Some(component.into()), ..self.prepare(&self.compiler, component)? };
            self.keep(digest.clone(), Arc::new(loaded));
        }
        Ok(digest)
    }

    fn keep(&self, digest: RuleDigest, loaded: Arc<Loaded>) {
        self.rules.write().unwrap_or_else(PoisonError::into_inner).insert(digest, loaded);
    }

    /// What pricing needs of a component; nothing is kept.
    fn prepare(&self, compiler: &Compiler, component: &[u8]) -> Result<Loaded, Fault> {
        if component.len() > self.limits.component_bytes {
            return Err(refused(format!(
                "it is {} bytes long, and at most {} are accepted: build it with \u{2018}counterfoil rules build\u{2019}, which \
                 leaves out debugging information",
                component.len(),
                self.limits.component_bytes
            )));
        }
        let abi = Abi::of(&surface(component)?)?;
        if !self.drafts {
            abi.in_earnest()?;
        }
        let compiled = compiler.compile(&self.engine, &self.limits, component)?;
        let ready =
            Ready::new(abi, &self.linker, &compiled).map_err(|error| fault::of_exports(&error, &self.limits))?;
        let description = self.described(&ready)?;
        Ok(Loaded { ready, abi, description, bundled: None })
    }

    /// The digests of what is loaded, in order.
    #[must_use]
    pub fn digests(&self) -> Vec<RuleDigest> {
        let mut digests: Vec<_> = self.rules.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        digests.sort();
        digests
    }

    /// One instance that is kept for many claims. The benchmark compares it with a fresh one for each, which is what
    /// the service uses: here a claim could leave something behind for the next.
    ///
    /// # Errors
    /// A [`Fault`] when the rule is not loaded or does not start.
    pub fn keep_instance(&self, rule: &RuleDigest) -> Result<KeptInstance<'_>, Fault> {
        let loaded = self.loaded(rule)?;
        let slot = self.slots.take();
        let started = store(&self.engine, &self.limits, self.limits.fuel_base)
            .and_then(|mut store| Ok((loaded.ready.instantiate(&mut store)?, store)));
        let (instance, store) = started.map_err(|error| fault::of_call(&error, &self.limits, self.limits.fuel_base))?;
        Ok(KeptInstance { limits: &self.limits, store, instance, _slot: slot })
    }

    fn loaded(&self, digest: &RuleDigest) -> Result<Arc<Loaded>, Fault> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.get(digest).cloned().ok_or_else(|| Fault::NotLoaded { digest: digest.0.clone() })
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
}

/// An instance that outlives a claim; see [`RuleEngine::keep_instance`].
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
    /// A [`Fault`], as from [`Pricer::assess`].
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
    for Wording { code, language, sentence } in &description.wordings {
        let short = (1..=LONGEST_CODE).contains(&code.len()) && (1..=LONGEST_SENTENCE).contains(&sentence.len());
        if !short || sentence.chars().any(char::is_control) || !LANGUAGES.contains(&language.as_str()) {
            return Err(refused(format!(
                "its wording of \u{2018}{}\u{2019} must be one line of at most {LONGEST_SENTENCE} bytes in \u{2018}en\u{2019} or \
                 \u{2018}cy\u{2019}",
                fault::shown(code)
            )));
        }
    }
    if description.wordings.len() > MOST_WORDINGS {
        return Err(refused(format!(
            "it brings {} wordings; bring at most {MOST_WORDINGS}",
            description.wordings.len()
        )));
    }
    Ok(description)
}

impl Pricer for RuleEngine {
    fn describe(&self, rule: &RuleDigest) -> Result<Description, Fault> {
        Ok(self.loaded(rule)?.description.clone())
    }

    fn assess(&self, rule: &RuleDigest, facts: &ClaimFacts) -> Result<Priced, Fault> {
        self.assess_by(&*self.loaded(rule)?, rule, facts)
    }

    fn holds(&self, rule: &RuleDigest) -> bool {
        self.loaded(rule).is_ok()
    }

    fn load_uploaded(&self, component: &[u8]) -> Result<RuleDigest, Fault> {
        let digest = RuleDigest(canonical::digest(component));
        if self.loaded(&digest).is_err() {
            let _one_at_a_time = self.making_ready.lock().unwrap_or_else(PoisonError::into_inner);
            // whoever was first has made it ready for those who waited
            if self.loaded(&digest).is_err() {
                let loaded = self.prepare(self.apart.as_ref().unwrap_or(&self.compiler), component)?;
                self.keep(digest.clone(), Arc::new(loaded));
            }
        }
        Ok(digest)
    }

    fn check_uploaded(&self, component: &[u8], cases: &[String]) -> Result<CheckedRule, Fault> {
        let digest = RuleDigest(canonical::digest(component));
        let loaded = match self.loaded(&digest) {
            Ok(loaded) => loaded,
            Err(_) => {
                let _one_at_a_time = self.checking.lock().unwrap_or_else(PoisonError::into_inner);
                Arc::new(self.prepare(self.apart.as_ref().unwrap_or(&self.compiler), component)?)
            }
        };
        let cases = cases.iter().map(|case| self.outcome(&loaded, &digest, case)).collect();
        Ok(loaded.checked(digest, cases))
    }

    fn bundled(&self) -> Vec<CheckedRule> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        let bundled = rules.iter().filter(|(_, loaded)| loaded.bundled.is_some());
        let mut bundled: Vec<_> = bundled.map(|(digest, loaded)| loaded.checked(digest.clone(), Vec::new())).collect();
        bundled.sort_by(|one, other| one.digest.cmp(&other.digest));
        bundled
    }

    fn bundled_component(&self, rule: &RuleDigest) -> Option<Vec<u8>> {
        self.loaded(rule).ok()?.bundled.as_deref().map(<[u8]>::to_vec)
    }
}

impl Loaded {
    fn checked(&self, digest: RuleDigest, cases: Vec<CaseOutcome>) -> CheckedRule {
        CheckedRule { digest, interface: self.abi.version().to_owned(), description: self.description.clone(), cases }
    }
}

impl RuleEngine {
    /// A case through a rule; a fault is a difference from what was expected.
    fn outcome(&self, loaded: &Loaded, digest: &RuleDigest, json: &str) -> CaseOutcome {
        let case = match Case::from_json(json) {
            Ok(case) => case,
            Err(Fault::NotARule { sentence }) => return CaseOutcome::Unreadable { sentence },
            Err(other) => return CaseOutcome::Unreadable { sentence: other.to_string() },
        };
        if case.expect.is_none() {
            let sentence = "it does not say what the claim must come to: give it an \u{2018}expect\u{2019}".to_owned();
            return CaseOutcome::Unreadable { sentence };
        }
        let differences = match self.assess_by(loaded, digest, &case.facts) {
            Ok(priced) => case.differences(&priced.answer),
            Err(fault) => vec![fault.to_string()],
        };
        CaseOutcome::Ran { name: case.name, differences }
    }

    fn assess_by(&self, loaded: &Loaded, rule: &RuleDigest, facts: &ClaimFacts) -> Result<Priced, Fault> {
        self.limits.admit(facts)?;
        let allowed = self.limits.fuel(facts);
        let _slot = self.slots.take();
        let called = store(&self.engine, &self.limits, allowed).and_then(|mut store| {
            let answer = loaded.ready.instantiate(&mut store)?.assess(&mut store, facts)?;
            Ok((answer, allowed.saturating_sub(store.get_fuel()?)))
        });
        let (answer, fuel) = called.map_err(|error| {
            let fault = fault::of_call(&error, &self.limits, allowed);
            tracing::warn!(rule = %rule.0, fault = fault.code(), cause = %fault::shown(&format!("{error:#}")), "a rule gave no answer");
            fault
        })?;
        check(facts, &answer).map_err(Fault::AnswerWrong)?;
        Ok(Priced {
            answer,
            digest: rule.clone(),
            interface: loaded.abi.version().to_owned(),
            engine: engine::VERSION.to_owned(),
            fuel,
        })
    }
}
