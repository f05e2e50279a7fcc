//! This service: the pack `standard` as councils use it, with all that it can do, in a fresh instance of its component; and
//! the same pack called natively, without a sandbox.

use counterfoil_core::pricing::{Answer, ClaimFacts, Pricer as _, RuleDigest, check};
use counterfoil_rules::{Limits, RuleEngine, packs};
use counterfoil_rules_standard::Standard;

use super::Peer;

#[path = "../../../counterfoil/src/commands/rules/native.rs"]
#[allow(dead_code, reason = "the benchmark beside which this is run uses all of it")]
mod native;

/// As the service prices.
pub(crate) struct Sandboxed {
    engine: RuleEngine,
    rule: RuleDigest,
}

impl Sandboxed {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let engine = RuleEngine::new(Limits::default())?;
        let rule = engine.load(packs::standard().component)?;
        Ok(Self { engine, rule })
    }
}

impl Peer for Sandboxed {
    fn name(&self) -> String {
        format!("Counterfoil, standard ({})", counterfoil_rules::engine::VERSION.replace('-', " "))
    }

    fn limits(&self) -> String {
        "a store and an instance a claim; fuel by the claim's size, 32 MiB of memory, 512 KiB of stack, deadline, size of the answer"
            .to_owned()
    }

    fn assess(&self, facts: &ClaimFacts) -> anyhow::Result<Answer> {
        Ok(self.engine.assess(&self.rule, facts)?.answer)
    }
}

/// Without a sandbox.
pub(crate) struct Native;

impl Peer for Native {
    fn name(&self) -> String {
        "Counterfoil, standard compiled in".to_owned()
    }

    fn limits(&self) -> String {
        "no sandbox and no limits: what the others are compared with, to the penny".to_owned()
    }

    fn assess(&self, facts: &ClaimFacts) -> anyhow::Result<Answer> {
        natively(facts)
    }
}

/// What `standard` answers when it is called natively.
pub(crate) fn natively(facts: &ClaimFacts) -> anyhow::Result<Answer> {
    let answer = native::assess::<Standard>(facts);
    check(facts, &answer)?;
    Ok(answer)
}
