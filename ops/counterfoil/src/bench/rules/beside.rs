//! A component that somebody names, beside the pack `norfolk` as a component and natively: what a rule costs in another
//! language. All three price the same claim; where the named one comes to another answer (it is another rule), that is said.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use counterfoil_core::pricing::{ClaimFacts, Pricer as _, RuleDigest, check};
use counterfoil_rules::{Limits, RuleEngine, packs};
use counterfoil_rules_norfolk::Norfolk;
use serde::Serialize;

use super::{VISITS, claim, median, micros, time};
use crate::commands::rules::native;

/// What was measured of the three. Times are nanoseconds of processor time for one claim.
#[derive(Debug, Serialize)]
pub(super) struct Beside {
    component: String,
    bytes: usize,
    /// Whether it answers as the pack `norfolk` does.
    same_answer: bool,
    lines: u32,
    visits_per_line: u32,
    named: Fresh,
    rust: Fresh,
    native_ns: u64,
}

/// A fresh instance for each claim.
#[derive(Debug, Serialize)]
struct Fresh {
    ns: u64,
    lines_per_second: u64,
    /// By the native time, in hundredths.
    ratio_hundredths: u64,
    fuel: u64,
}

impl Beside {
    pub(super) fn of(path: &Path, rounds: u32) -> anyhow::Result<Self> {
        let component = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let engine = RuleEngine::new(Limits::default())?.permitting(Limits::interpreted())?;
        let (rust, named) = (engine.load(packs::norfolk().component)?, engine.load(&component)?);
        let facts = claim::of_norfolk(VISITS);
        let (of_rust, of_named) = (engine.assess(&rust, &facts)?, engine.assess(&named, &facts)?);
        let native = native::assess::<Norfolk>(&facts);
        anyhow::ensure!(of_rust.answer == native, "the component and the native rule disagree");
        let mut times: [Vec<u64>; 3] = Default::default();
        for _ in 0..rounds {
            times[0].push(fresh(&engine, &named, &facts)?);
            times[1].push(fresh(&engine, &rust, &facts)?);
            times[2].push(time(|| check(&facts, &native::assess::<Norfolk>(&facts)).map_err(Into::into))?);
        }
        let [named_ns, rust_ns, native_ns] = times.map(median);
        let fresh = |ns: u64, fuel| Fresh {
            ns,
            lines_per_second: u64::from(claim::LINES) * 1_000_000_000 / ns.max(1),
            ratio_hundredths: ns * 100 / native_ns.max(1),
            fuel,
        };
        let described = engine.describe(&named)?;
        Ok(Self {
            component: format!("{} {}", described.name, described.version),
            bytes: component.len(),
            same_answer: of_named.answer == native,
            lines: claim::LINES,
            visits_per_line: VISITS,
            named: fresh(named_ns, of_named.fuel),
            rust: fresh(rust_ns, of_rust.fuel),
            native_ns,
        })
    }

    pub(super) fn text(&self) -> String {
        let answer = if self.same_answer { "the same answer" } else { "another answer" };
        let row = |what: &str, fresh: &Fresh| {
            format!(
                "  {what:<15}{:>11}   {} lines/s, {} units of fuel, {}.{:02} x native\n",
                micros(fresh.ns),
                fresh.lines_per_second,
                fresh.fuel,
                fresh.ratio_hundredths / 100,
                fresh.ratio_hundredths % 100,
            )
        };
        format!(
            "\n{} ({} bytes) beside the pack norfolk: {answer}; {} lines, timetabled, {} visits each\n{}{}  {:<15}{:>11}\n",
            self.component,
            self.bytes,
            self.lines,
            self.visits_per_line,
            row("this component", &self.named),
            row("norfolk", &self.rust),
            "native",
            micros(self.native_ns),
        )
    }
}

fn fresh(engine: &RuleEngine, rule: &RuleDigest, facts: &ClaimFacts) -> anyhow::Result<u64> {
    time(|| engine.assess(rule, facts).map(|_| ()).map_err(Into::into))
}
