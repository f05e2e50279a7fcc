//! Every case of every pack, on the way that figures take: what is shown while somebody types, what is made again from
//! the bytes that are stored, and what a run posts are one sum, which is the case's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_core::disposition::{Assessed, Assessment, ClaimToAssess, Disposition, Totals, assess};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::{ClaimFacts, RuleDigest, canonical};
use counterfoil_core::tolerance::Use;
use counterfoil_rules::case::Case;
use counterfoil_rules::{Limits, RuleEngine, packs};

fn cases(pack: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rule-plugins/councils").join(pack).join("cases");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What a claim comes to: the one function that both typing and storing call.
fn priced(engine: &RuleEngine, rule: &RuleDigest, facts: ClaimFacts) -> Assessed {
    let to_assess =
        ClaimToAssess { rule: rule.clone(), facts, limits: Vec::new(), others: Use::default(), decisions: Vec::new() };
    match assess(engine, &to_assess).unwrap() {
        Assessment::Priced(assessed) => *assessed,
        Assessment::Faulted { fault } => panic!("{fault}"),
    }
}

#[test]
fn what_is_shown_stored_and_paid_is_one_sum_for_every_case_of_every_pack() {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let mut seen = 0;
    for pack in packs::ALL {
        let rule = engine.load(pack.component).unwrap();
        for file in cases(pack.name) {
            let case = Case::from_json(&fs::read_to_string(&file).unwrap()).unwrap();
            let expected = case.expect.clone().unwrap();
            let shown = priced(&engine, &rule, case.facts.clone());
            // a claim is stored as its bytes, and another machine prices it from them
            let stored = canonical::read(&canonical::bytes(&case.facts).unwrap()).unwrap();
            let other = RuleEngine::new(Limits::default()).unwrap();
            let rule_there = other.load(pack.component).unwrap();
            assert_eq!(shown, priced(&other, &rule_there, stored), "{}", file.display());
            // a run posts what the stored charges make payable
            let entitled = shown.charges.iter().filter(|charge| charge.disposition == Disposition::Payable);
            let entitled = Money::total(entitled.map(|charge| charge.amount)).unwrap();
            assert_eq!(entitled, shown.totals.payable);
            assert!(shown.totals.add_up() && shown.totals == Totals::of(&shown.charges).unwrap());
            let held_by_finding = shown.charges.iter().any(|charge| charge.moved_by.is_some());
            if !held_by_finding {
                assert_eq!(shown.totals.payable.pence(), expected.payable, "{}", file.display());
            }
            let all = expected.payable + expected.suspended + expected.rejected + expected.pending;
            assert_eq!(shown.totals.claimed.pence(), all, "{}", file.display());
            seen += 1;
        }
    }
    assert!(seen >= 50, "{seen} cases");
}
