//! A rule pack called directly, compiled into this program: what a component is compared with, in what it answers
//! and in what it costs.

use counterfoil_core::pricing::{Answer, ClaimFacts};
use counterfoil_rule_sdk::Rule;

/// The core's shapes in the SDK's and back.
mod wire {
    counterfoil_rules::wire!(counterfoil_rule_sdk::types);
}

use wire::Wire as _;

/// The facts as the rule takes them.
pub(crate) fn facts(facts: &ClaimFacts) -> counterfoil_rule_sdk::ClaimFacts {
    facts.to_abi()
}

/// What the rule answers, not yet checked.
pub(crate) fn assess<R: Rule>(facts: &ClaimFacts) -> Answer {
    Answer::from_abi(R::assess(&facts.to_abi()))
}
