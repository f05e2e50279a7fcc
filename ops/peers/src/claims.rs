//! The claims that all price: those that are timed, and the cases that say whether all follow the same rule.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use counterfoil_core::pricing::ClaimFacts;
use counterfoil_core::pricing::facts::Recording;
use counterfoil_rules::case::Case;

#[path = "../../counterfoil/src/bench/rules/claim.rs"]
mod bench;

/// The configuration of `standard` that the rule is.
const CONFIGURATION: &str = "worcestershire-2024";

/// A claim and what it shows.
pub(crate) struct Claim {
    pub(crate) name: String,
    pub(crate) facts: ClaimFacts,
}

/// What is timed: the claim of `bench rules` that its figures to reach are for, and one as long whose lines differ from
/// their plan.
pub(crate) fn timed() -> anyhow::Result<Vec<Claim>> {
    let as_planned = Claim { name: "stated as planned".to_owned(), facts: bench::of(0) };
    let case = read(&folder("ops/peers/cases").join("a-week-of-differences.json"))?;
    let mut facts = case.facts;
    let lines = facts.lines.clone();
    let repeated = lines.iter().cycle().zip(0..bench::LINES);
    facts.lines = repeated
        .map(|(line, number)| counterfoil_core::pricing::facts::LineFacts { line: number, ..line.clone() })
        .collect();
    Ok(vec![as_planned, Claim { name: "a week of differences".to_owned(), facts }])
}

/// Every claim: what is timed, our own cases, and those of `standard` that are the rule's.
pub(crate) fn all() -> anyhow::Result<Vec<Claim>> {
    let mut claims = timed()?;
    for place in ["ops/peers/cases", "rule-plugins/councils/standard/cases"] {
        let mut files: Vec<PathBuf> =
            fs::read_dir(folder(place))?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        files.sort();
        for file in files {
            let case = read(&file)?;
            let the_rules = case.configuration.as_deref() == Some(CONFIGURATION)
                && case.facts.recording == Recording::Quantities
                && case.facts.stated;
            if the_rules {
                claims.push(Claim { name: case.name, facts: case.facts });
            }
        }
    }
    Ok(claims)
}

fn folder(place: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(place)
}

fn read(file: &Path) -> anyhow::Result<Case> {
    let json = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Case::from_json(&json).with_context(|| file.display().to_string())
}
