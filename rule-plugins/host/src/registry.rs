//! The rules that are loaded, by the digest of their bytes, and the [`Pricer`] that steps call.
//!
//! A rule is read, compiled and described once; from then on each claim takes a fresh instance from it. Loading
//! and pricing go on from many threads at once, and a rule that fails does not touch another's claims.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use counterfoil_core::pricing::canonical;
use counterfoil_core::pricing::{CaseOutcome, CheckedRule, ClaimFacts, Description, Fault, Priced, Pricer, RuleDigest};

use crate::abi::refused;
use crate::case::Case;
use crate::class::{Class, PERMITTED_BY};
use crate::compile::{Compiler, WorkerCommand};
use crate::engine;
use crate::limits::Limits;
use crate::sandbox::{KeptInstance, Sandbox, Sandboxed, waited};

/// Runs councils' rules. One for a process; share it by reference.
pub struct RuleEngine {
    ordinary: Arc<Sandbox>,
    /// Where it is permitted.
    interpreted: Option<Arc<Sandbox>>,
    compiler: Compiler,
    rules: RwLock<HashMap<RuleDigest, Arc<Loaded>>>,
    /// Where uploads are compiled; as everything else where nothing is said.
    apart: Option<Compiler>,
    /// Whether rules of a draft of the interface are taken.
    drafts: bool,
}

struct Loaded {
    sandbox: Arc<Sandbox>,
    rule: Sandboxed,
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
        let ordinary = Arc::new(Sandbox::new(limits)?);
        Ok(Self { ordinary, interpreted: None, compiler, rules: RwLock::default(), apart: None, drafts: false })
    }

    /// The same engine, which takes rules of the class [`Class::Interpreted`] too, under these limits and in a pool of their
    /// own.
    ///
    /// # Errors
    /// A [`Fault`] when the machine gives no room for that pool.
    pub fn permitting(mut self, interpreted: Limits) -> Result<Self, Fault> {
        self.interpreted = Some(Arc::new(Sandbox::new(interpreted)?));
        Ok(self)
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

    /// The limits that this engine was made with for ordinary rules.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        self.ordinary.limits()
    }

    /// Reads, compiles and describes a rule that comes with the service; loading the same bytes again is quick and changes
    /// nothing.
    ///
    /// # Errors
    /// [`Fault::NotARule`] with what to change; another fault when the rule fails while it describes itself.
    pub fn load(&self, component: &[u8]) -> Result<RuleDigest, Fault> {
        let digest = RuleDigest(canonical::digest(component));
        if self.loaded(&digest).is_err() {
            let loaded = self.prepared(self.sandbox_of(component)?, &self.compiler, component)?;
            let loaded = Loaded { bundled: Some(component.into()), ..loaded };
            self.keep(digest.clone(), Arc::new(loaded));
        }
        Ok(digest)
    }

    fn keep(&self, digest: RuleDigest, loaded: Arc<Loaded>) {
        self.rules.write().unwrap_or_else(PoisonError::into_inner).insert(digest, loaded);
    }

    /// What pricing needs of a component.
    fn prepared(&self, sandbox: &Arc<Sandbox>, compiler: &Compiler, component: &[u8]) -> Result<Loaded, Fault> {
        let rule = sandbox.prepare(compiler, component, self.drafts)?;
        Ok(Loaded { sandbox: Arc::clone(sandbox), rule, bundled: None })
    }

    /// The sandbox of the class that a component is of: the narrowest that takes its size.
    fn sandbox_of(&self, component: &[u8]) -> Result<&Arc<Sandbox>, Fault> {
        let sandboxes = std::iter::once(&self.ordinary).chain(&self.interpreted);
        let mut fitting = sandboxes.filter(|sandbox| component.len() <= sandbox.limits().component_bytes);
        fitting.next().ok_or_else(|| self.too_large(component.len()))
    }

    fn too_large(&self, bytes: usize) -> Fault {
        let other = Class::Interpreted;
        let instead = match &self.interpreted {
            None if bytes <= other.limits().component_bytes => format!(
                "; a rule in TypeScript or Python, with its interpreter inside, is of the class \u{2018}{other}\u{2019}, which is \
                 permitted by \u{2018}--{other}\u{2019} on this command line and by {PERMITTED_BY} for a service"
            ),
            None | Some(_) => String::new(),
        };
        refused(format!(
            "it is {bytes} bytes long, and at most {} are accepted: build it with \u{2018}counterfoil rules build\u{2019}, which \
             leaves out debugging information{instead}",
            self.largest_component()
        ))
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
        let of_it = |sandbox: &&Arc<Sandbox>| Arc::ptr_eq(sandbox, &loaded.sandbox);
        self.interpreted.as_ref().filter(of_it).unwrap_or(&self.ordinary).keep(&loaded.rule)
    }

    fn loaded(&self, digest: &RuleDigest) -> Result<Arc<Loaded>, Fault> {
        let rules = self.rules.read().unwrap_or_else(PoisonError::into_inner);
        rules.get(digest).cloned().ok_or_else(|| Fault::NotLoaded { digest: digest.0.clone() })
    }
}

impl Pricer for RuleEngine {
    fn describe(&self, rule: &RuleDigest) -> Result<Description, Fault> {
        Ok(self.loaded(rule)?.rule.description.clone())
    }

    fn assess(&self, rule: &RuleDigest, facts: &ClaimFacts) -> Result<Priced, Fault> {
        self.loaded(rule)?.assess(rule, facts)
    }

    fn holds(&self, rule: &RuleDigest) -> bool {
        self.loaded(rule).is_ok()
    }

    fn load_uploaded(&self, component: &[u8]) -> Result<RuleDigest, Fault> {
        let digest = RuleDigest(canonical::digest(component));
        if self.loaded(&digest).is_err() {
            let sandbox = self.sandbox_of(component)?;
            let _one_at_a_time = waited(&sandbox.making_ready);
            // whoever was first has made it ready for those who waited
            if self.loaded(&digest).is_err() {
                let loaded = self.prepared(sandbox, self.apart.as_ref().unwrap_or(&self.compiler), component)?;
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
                let sandbox = self.sandbox_of(component)?;
                let _one_at_a_time = waited(&sandbox.checking);
                Arc::new(self.prepared(sandbox, self.apart.as_ref().unwrap_or(&self.compiler), component)?)
            }
        };
        let cases = cases.iter().map(|case| loaded.outcome(&digest, case)).collect();
        Ok(loaded.checked(digest, cases))
    }

    fn largest_component(&self) -> usize {
        self.interpreted.as_ref().unwrap_or(&self.ordinary).limits().component_bytes
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
        let interface = self.rule.abi.version().to_owned();
        CheckedRule { digest, interface, description: self.rule.description.clone(), cases }
    }

    fn assess(&self, rule: &RuleDigest, facts: &ClaimFacts) -> Result<Priced, Fault> {
        let (answer, fuel) = self.sandbox.assess(&self.rule, rule, facts)?;
        Ok(Priced {
            answer,
            digest: rule.clone(),
            interface: self.rule.abi.version().to_owned(),
            engine: engine::VERSION.to_owned(),
            fuel,
        })
    }

    /// A case through a rule; a fault is a difference from what was expected.
    fn outcome(&self, digest: &RuleDigest, json: &str) -> CaseOutcome {
        let case = match Case::from_json(json) {
            Ok(case) => case,
            Err(Fault::NotARule { sentence }) => return CaseOutcome::Unreadable { sentence },
            Err(other) => return CaseOutcome::Unreadable { sentence: other.to_string() },
        };
        if case.expect.is_none() {
            let sentence = "it does not say what the claim must come to: give it an \u{2018}expect\u{2019}".to_owned();
            return CaseOutcome::Unreadable { sentence };
        }
        let differences = match self.assess(digest, &case.facts) {
            Ok(priced) => case.differences(&priced.answer),
            Err(fault) => vec![fault.to_string()],
        };
        CaseOutcome::Ran { name: case.name, differences }
    }
}
