//! The two classes of rules: what is too large for the ordinary one is refused there with the name of the other, and is under
//! that one's limits where it is permitted.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

mod support;

use counterfoil_core::pricing::{Fault, Pricer as _};
use counterfoil_rules::class::PERMITTED_BY;
use counterfoil_rules::{Class, Limits, RuleEngine};
use support::{answering, claim, guest, needing_pages, padded, right};

fn ordinary() -> RuleEngine {
    RuleEngine::new(Limits::default()).unwrap()
}

fn permitting() -> RuleEngine {
    ordinary().permitting(Limits::interpreted()).unwrap()
}

fn refusal(engine: &RuleEngine, component: &[u8]) -> String {
    match engine.check_uploaded(component, &[]).unwrap_err() {
        Fault::NotARule { sentence } => sentence,
        other => panic!("{other}"),
    }
}

/// One byte of its own more than an ordinary rule may weigh.
fn large(component: &[u8]) -> Vec<u8> {
    let large = padded(component, Limits::default().component_bytes);
    assert!(large.len() > Limits::default().component_bytes);
    large
}

#[test]
fn what_is_too_large_is_refused_with_the_class_that_takes_it() {
    let rule = large(&answering(&right()));
    let sentence = refusal(&ordinary(), &rule);
    for words in [
        "at most 2097152 are accepted",
        "the class \u{2018}interpreted\u{2019}",
        "\u{2018}--interpreted\u{2019}",
        PERMITTED_BY,
    ] {
        assert!(sentence.contains(words), "\u{2018}{words}\u{2019} is missing from: {sentence}");
    }
    assert!(matches!(ordinary().load_uploaded(&rule), Err(Fault::NotARule { .. })));
    // too large for either: no class is named that would not take it
    let larger = padded(&answering(&right()), Limits::interpreted().component_bytes);
    for engine in [ordinary(), permitting()] {
        assert!(!refusal(&engine, &larger).contains("the class"), "{}", refusal(&engine, &larger));
    }
    assert!(refusal(&permitting(), &larger).contains("at most 33554432 are accepted"));
}

#[test]
fn a_large_rule_prices_where_its_class_is_permitted() {
    let engine = permitting();
    assert_eq!((ordinary().largest_component(), engine.largest_component()), (2 << 20, 32 << 20));
    let small = answering(&right());
    for rule in [small.clone(), large(&small)] {
        let digest = engine.load_uploaded(&rule).unwrap();
        assert_eq!(engine.assess(&digest, &claim()).unwrap().answer, right());
        assert_eq!(engine.keep_instance(&digest).unwrap().assess(&claim()), Ok(right()));
    }
}

#[test]
fn each_class_has_its_own_memory_and_fuel() {
    let engine = permitting();
    // 64 MiB before it starts
    let hungry = needing_pages(1_024);
    assert!(refusal(&engine, &hungry).contains("needs more than 32 MiB of memory"), "{}", refusal(&engine, &hungry));
    assert!(engine.check_uploaded(&large(&hungry), &[]).is_ok());
    let endless = guest("(loop $again (br $again)) unreachable");
    let allowed = |component: &[u8]| {
        let digest = engine.load(component).unwrap();
        match engine.assess(&digest, &claim()) {
            Err(Fault::OutOfFuel { allowed }) => allowed,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(allowed(&endless), Limits::default().fuel(&claim()));
    assert_eq!(allowed(&large(&endless)), Limits::interpreted().fuel(&claim()));
    assert!(allowed(&large(&endless)) > 2 * allowed(&endless), "an interpreter takes many steps for one of a rule");
}

#[test]
fn a_class_is_named_by_its_word() {
    for class in Class::ALL {
        assert_eq!(class.to_string().parse(), Ok(class));
        assert_eq!(class.limits().class, class);
    }
    assert!("heavy".parse::<Class>().unwrap_err().to_string().contains("\u{2018}interpreted\u{2019}"));
}
