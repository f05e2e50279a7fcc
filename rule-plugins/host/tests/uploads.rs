//! What somebody uploads: checked and tried on cases without being kept, made ready once when it prices, and never taken for
//! a rule of the service.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

mod support;

use counterfoil_core::pricing::{CaseOutcome, Fault, Pricer};
use counterfoil_rules::{Limits, RuleEngine, packs};
use support::claim;

const TWO_VISITS: &str = include_str!("../../councils/norfolk/cases/two-increments.json");

#[test]
fn a_checked_upload_is_described_and_tried_and_not_kept() {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let wrong = TWO_VISITS.replacen("\"payable\": ", "\"payable\": 1", 1);
    let cases = [TWO_VISITS.to_owned(), wrong, "{}".to_owned()];
    let checked = engine.check_uploaded(packs::norfolk().component, &cases).unwrap();
    assert_eq!(checked.description.name, "norfolk");
    assert_eq!(checked.interface, "1.0.0");
    assert!(matches!(&checked.cases[0], CaseOutcome::Ran { differences, .. } if differences.is_empty()), "{checked:?}");
    assert!(matches!(&checked.cases[1], CaseOutcome::Ran { differences, .. } if differences.len() == 1), "{checked:?}");
    assert!(matches!(&checked.cases[2], CaseOutcome::Unreadable { .. }), "{checked:?}");
    assert!(!engine.holds(&checked.digest), "a check keeps nothing");
    assert!(matches!(engine.assess(&checked.digest, &claim()), Err(Fault::NotLoaded { .. })));
    assert_eq!(engine.load_uploaded(packs::norfolk().component), Ok(checked.digest.clone()));
    assert!(engine.holds(&checked.digest));
    assert!(engine.bundled().is_empty(), "what was uploaded came with nobody");
    assert_eq!(engine.bundled_component(&checked.digest), None);
}

#[test]
fn what_comes_with_the_service_is_listed_with_its_bytes() {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let digest = engine.load(packs::norfolk().component).unwrap();
    let bundled = engine.bundled();
    assert_eq!(bundled.len(), 1);
    assert_eq!(bundled[0].digest, digest);
    assert_eq!(engine.bundled_component(&digest).as_deref(), Some(packs::norfolk().component));
}

#[test]
fn a_file_that_is_no_rule_is_refused_with_what_to_change() {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let Err(Fault::NotARule { sentence }) = engine.check_uploaded(b"%PDF-1.7", &[]) else { panic!("it is no rule") };
    assert!(!sentence.is_empty());
}
