//! The rule in Rhai: the claim as its maps and arrays. A script is parsed once; each claim has an engine of its own, to which
//! the standard functions are lent, and a scope of its own.

use anyhow::anyhow;
use counterfoil_core::pricing::{Answer, ClaimFacts, check};
use rhai::packages::{Package as _, StandardPackage};
use rhai::serde::{from_dynamic, to_dynamic};
use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};

use super::{Peer, version};

const RULE: &str = include_str!("../../rules/worcestershire.rhai");
/// Operations of one claim.
const OPERATIONS: u64 = 1_000_000;

pub(crate) struct Rhai {
    functions: StandardPackage,
    rule: AST,
}

impl Rhai {
    pub(crate) fn new() -> anyhow::Result<Self> {
        Self::of(RULE)
    }

    fn of(script: &str) -> anyhow::Result<Self> {
        let functions = StandardPackage::new();
        let rule = engine(&functions).compile(script).map_err(|error| anyhow!("{error}"))?;
        Ok(Self { functions, rule })
    }
}

fn engine(functions: &StandardPackage) -> Engine {
    let mut engine = Engine::new_raw();
    functions.register_into_engine(&mut engine);
    engine.disable_symbol("eval");
    engine
        .set_max_operations(OPERATIONS)
        .set_max_call_levels(16)
        .set_max_expr_depths(64, 64)
        .set_max_modules(0)
        .set_max_string_size(4_096)
        .set_max_array_size(100_000)
        .set_max_map_size(100_000);
    engine
}

fn failed(error: Box<EvalAltResult>) -> anyhow::Error {
    anyhow!("{error}")
}

impl Peer for Rhai {
    fn name(&self) -> String {
        format!("Rhai {}", version("rhai"))
    }

    fn limits(&self) -> String {
        "an engine and a scope a claim, the script parsed once; operations, call levels, depth of expressions, sizes of strings, arrays and maps; it has no limit for memory as such"
            .to_owned()
    }

    fn assess(&self, facts: &ClaimFacts) -> anyhow::Result<Answer> {
        let engine = engine(&self.functions);
        let claim: Dynamic = to_dynamic(facts).map_err(failed)?;
        let answer: Dynamic = engine.call_fn(&mut Scope::new(), &self.rule, "assess", (claim,)).map_err(failed)?;
        let answer: Answer = from_dynamic(&answer).map_err(failed)?;
        check(facts, &answer)?;
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::claims;

    #[test]
    fn a_script_that_never_ends_is_stopped() {
        let endless = Rhai::of("fn assess(claim) { loop {} }").unwrap();
        let stopped = endless.assess(&claims::timed().unwrap()[0].facts).unwrap_err().to_string();
        assert!(stopped.contains("operations"), "{stopped}");
    }

    #[test]
    fn a_script_that_hoards_is_stopped() {
        let hoarding = Rhai::of("fn assess(claim) { let all = []; loop { all.push(0); } }").unwrap();
        let stopped = hoarding.assess(&claims::timed().unwrap()[0].facts).unwrap_err().to_string();
        assert!(stopped.contains("array"), "{stopped}");
    }
}
