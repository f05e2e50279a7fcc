//! The rule as a decision graph of GoRules: the claim as its variables, a decision table for what becomes of each part of
//! care, expressions for rates and sums. The graph is compiled once; each claim is an evaluation of its own.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use counterfoil_core::pricing::{Answer, ClaimFacts, check};
use zen_engine::model::GraphContent;
use zen_engine::{Decision, EvaluationOptions, Variable};

use super::{Peer, version};

const RULE: &str = include_str!("../../rules/worcestershire.jdm.json");
/// How deeply decisions may call one another: the one limit that there is.
const DEPTH: u8 = 1;

pub(crate) struct GoRules {
    graph: Arc<GraphContent>,
}

impl GoRules {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let mut graph: GraphContent = serde_json::from_str(RULE).context("the decision graph cannot be read")?;
        graph.compile();
        Ok(Self { graph: Arc::new(graph) })
    }
}

impl Peer for GoRules {
    fn name(&self) -> String {
        format!("GoRules (zen-engine {})", version("zen-engine"))
    }

    fn limits(&self) -> String {
        "an evaluation a claim, the graph compiled once; it has no limits for time or memory, only for how deeply decisions call one another"
            .to_owned()
    }

    fn assess(&self, facts: &ClaimFacts) -> anyhow::Result<Answer> {
        let claim: Variable = serde_json::to_value(facts)?.into();
        let decision = Decision::from(self.graph.clone());
        let options = EvaluationOptions { trace: false, max_depth: DEPTH };
        let response =
            pollster::block_on(decision.evaluate_with_opts(claim, options)).map_err(|error| anyhow!("{error}"))?;
        let answer: Answer = serde_json::from_value(response.result.to_value())?;
        check(facts, &answer)?;
        Ok(answer)
    }
}
