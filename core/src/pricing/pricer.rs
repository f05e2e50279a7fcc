//! The trait that steps price through, and the faults of a rule. Whoever implements it (the component host, or a
//! rule compiled in for comparison) runs [`check`](super::check::check) before it answers.

use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::check::AnswerError;
use super::facts::ClaimFacts;
use super::upload::{CheckedRule, LARGEST_COMPONENT};

/// SHA-256 of a rule's component, in lower-case hex: which rule, to the byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleDigest(pub String);

/// Whether a rule prices lines on their own or needs the whole claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitOfPricing {
    /// Each line could be priced alone.
    Line,
    /// Lines depend on one another.
    Claim,
}

/// What a reason code of a rule says in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The code, as reasons carry it: 1 to 60 bytes.
    pub code: String,
    /// `en` or `cy`.
    pub language: String,
    /// The sentence, with `{0}` to `{7}` for the reason's arguments; at most 500 bytes.
    pub sentence: String,
}

/// What a rule says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// Its author's version.
    pub version: String,
    /// The kinds of service that it covers; empty for all.
    pub covers: Vec<String>,
    /// JSON Schema of its settings.
    pub settings_schema: String,
    /// Whether lines depend on one another.
    pub unit: UnitOfPricing,
    /// How many days of earlier statements it needs (0 to 400).
    pub look_back_days: u16,
    /// Words for the codes that it uses; at most 400, and none from rules of versions before 1.1.0 of the interface.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wordings: Vec<Wording>,
}

/// A checked answer and what it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Priced {
    /// The checked answer.
    pub answer: Answer,
    /// The component that gave it.
    pub digest: RuleDigest,
    /// Version of the interface that it speaks, for example `1.0.0`.
    pub interface: String,
    /// Version of the engine that ran it, for example `wasmtime-48.0.8`.
    pub engine: String,
    /// Fuel burnt; the same for the same input on the same engine. 0 for a rule that is compiled in.
    pub fuel: u64,
}

/// Why a rule gave no answer. A fault suspends the claim with this reason; it never pays zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// No component of that digest is loaded.
    #[error(
        "the rule {digest} is not loaded here: build it with \u{2018}counterfoil rules build\u{2019} or choose a rule that is listed"
    )]
    NotLoaded {
        /// The digest asked for.
        digest: String,
    },
    /// The bytes are not a rule that this service can run.
    #[error("this file cannot be used as a rule: {sentence}")]
    NotARule {
        /// What is wrong and what to change.
        sentence: String,
    },
    /// The computing allowance ran out.
    #[error("the rule used up its computing allowance of {allowed} units on this claim: it may be caught in a loop")]
    OutOfFuel {
        /// Units of fuel allowed for this claim.
        allowed: u64,
    },
    /// It asked for more memory than a claim may use.
    #[error("the rule asked for more than {limit_mib} MiB of memory on one claim: let it keep less at once")]
    OutOfMemory {
        /// The limit in mebibytes.
        limit_mib: u32,
    },
    /// It called itself too deeply.
    #[error("the rule ran out of stack: it calls itself too deeply")]
    OutOfStack,
    /// It stopped itself.
    #[error("the rule stopped with an error of its own: {detail}")]
    Trapped {
        /// What the engine says of it.
        detail: String,
    },
    /// It said more than an answer may hold.
    #[error("the rule's answer is larger than an answer may be: {detail}")]
    AnswerTooLarge {
        /// What was too large.
        detail: String,
    },
    /// Its answer does not hold.
    #[error("the rule's answer does not hold: {0}")]
    AnswerWrong(AnswerError),
    /// What was stated no longer fits the plan, which changed since.
    #[error("what was stated no longer fits the plan: {sentence}")]
    StatementDoesNotFit {
        /// What does not fit, in the provider's words.
        sentence: String,
    },
    /// The claim is larger than a rule may be given.
    #[error("the claim is too large to be priced: {detail}")]
    ClaimTooLarge {
        /// What is too large, with the limit.
        detail: String,
    },
    /// The council's service has put the rule aside: it failed too often.
    #[error(
        "the rule is in quarantine, since it failed on several claims: a council administrator decides what follows"
    )]
    Quarantined,
    /// The machine was too slow: an operational error that is tried again, never a verdict.
    #[error("pricing took too long on this machine and will be tried again")]
    Deadline,
}

impl Fault {
    /// Whether the same claim should be tried again: the fault was the machine's, not the rule's.
    #[must_use]
    pub const fn is_operational(&self) -> bool {
        matches!(self, Self::Deadline)
    }

    /// Whether the rule itself failed on a claim: faults that count towards its quarantine. What was stated, the size of a
    /// claim and the machine are not its doing.
    #[must_use]
    pub const fn is_the_rules_own(&self) -> bool {
        matches!(
            self,
            Self::OutOfFuel { .. }
                | Self::OutOfMemory { .. }
                | Self::OutOfStack
                | Self::Trapped { .. }
                | Self::AnswerTooLarge { .. }
                | Self::AnswerWrong(_)
        )
    }

    /// The reason code under which a claim is suspended.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotLoaded { .. } => "rule-not-loaded",
            Self::NotARule { .. } => "rule-not-usable",
            Self::OutOfFuel { .. } => "rule-out-of-fuel",
            Self::OutOfMemory { .. } => "rule-out-of-memory",
            Self::OutOfStack => "rule-out-of-stack",
            Self::Trapped { .. } => "rule-trapped",
            Self::AnswerTooLarge { .. } => "rule-answer-too-large",
            Self::AnswerWrong(_) => "rule-answer-wrong",
            Self::StatementDoesNotFit { .. } => "statement-does-not-fit",
            Self::ClaimTooLarge { .. } => "claim-too-large",
            Self::Quarantined => "rule-quarantined",
            Self::Deadline => "pricing-deadline",
        }
    }
}

/// Prices claims by a council's rule. Blocking: steps call it on a blocking thread with no connection held.
pub trait Pricer: Send + Sync {
    /// What the rule says about itself.
    ///
    /// # Errors
    /// A [`Fault`] when it is not loaded or cannot be asked.
    fn describe(&self, rule: &RuleDigest) -> Result<Description, Fault>;

    /// Prices one claim and checks the answer.
    ///
    /// # Errors
    /// A [`Fault`]; the caller suspends the claim with its code, or tries again when it is operational.
    fn assess(&self, rule: &RuleDigest, facts: &ClaimFacts) -> Result<Priced, Fault>;

    /// Whether the rule can price here and now.
    fn holds(&self, rule: &RuleDigest) -> bool {
        self.describe(rule).is_ok()
    }

    /// Makes a rule ready that somebody uploaded and that was checked, wherever that was. The same bytes again are quick
    /// and change nothing.
    ///
    /// # Errors
    /// A [`Fault`] that says why not; where rules are compiled in, none can be added.
    fn load_uploaded(&self, component: &[u8]) -> Result<RuleDigest, Fault> {
        let _ = component;
        Err(Fault::NotARule { sentence: "no rule can be added here".to_owned() })
    }

    /// Checks what somebody uploads, and runs cases (JSON, a claim with what it must come to) through it, without keeping
    /// it.
    ///
    /// # Errors
    /// [`Fault::NotARule`] with a sentence that says what to change; another fault where the rule fails while it
    /// describes itself.
    fn check_uploaded(&self, component: &[u8], cases: &[String]) -> Result<CheckedRule, Fault> {
        let _ = cases;
        self.load_uploaded(component)?;
        Err(Fault::NotARule { sentence: "no rule can be checked here".to_owned() })
    }

    /// The most that a component may weigh here, in bytes.
    fn largest_component(&self) -> usize {
        LARGEST_COMPONENT
    }

    /// The rules that come with the service.
    fn bundled(&self) -> Vec<CheckedRule> {
        Vec::new()
    }

    /// The component of a rule that comes with the service.
    fn bundled_component(&self, rule: &RuleDigest) -> Option<Vec<u8>> {
        let _ = rule;
        None
    }
}
