//! Versions of the interface side by side: which one a component speaks is read from its bytes, each has its adapter, and what
//! is frozen stays as it was published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod support;

use std::path::Path;

use counterfoil_core::pricing::{Fault, Pricer as _, Wording, canonical};
use counterfoil_rules::abi::{Abi, SUPPORTED, frozen};
use counterfoil_rules::{Limits, RuleEngine};
use support::{Parts, answering, claim, described_in_words, right};

/// What was published as each frozen version, by the digest of its text.
const PUBLISHED: [(&str, &str); 1] = [("1.0.0", "bab46f7cf253553951a4925753205be02a51e5a7b8b60588370b791447f82d6b")];

fn words(sentence: &str) -> Vec<u8> {
    let description = described_in_words(("priced", "cy", sentence));
    Parts { description, version: "1.1.0-draft", ..answering_parts() }.component()
}

fn answering_parts() -> Parts {
    support::answering_parts(&right(), "")
}

fn sentence(fault: Fault) -> String {
    match fault {
        Fault::NotARule { sentence } => sentence,
        other => panic!("{other:?}"),
    }
}

#[test]
fn rules_of_two_versions_price_the_same_claim_side_by_side() {
    let engine = RuleEngine::new(Limits::default()).unwrap().with_drafts();
    let before = engine.load(&answering(&right())).unwrap();
    let after = engine.load(&words("Wedi\u{2019}i brisio.")).unwrap();
    for (rule, version) in [(&before, "1.0.0"), (&after, "1.1.0-draft"), (&before, "1.0.0")] {
        let priced = engine.assess(rule, &claim()).unwrap();
        assert_eq!((priced.answer, priced.interface.as_str()), (right(), version));
    }
    assert_eq!(engine.describe(&before).unwrap().wordings, []);
    let wording =
        Wording { code: "priced".to_owned(), language: "cy".to_owned(), sentence: "Wedi\u{2019}i brisio.".to_owned() };
    assert_eq!(engine.describe(&after).unwrap().wordings, [wording]);
}

#[test]
fn a_draft_is_refused_where_people_are_paid() {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let said = sentence(engine.check_uploaded(&words("Priced"), &[]).unwrap_err());
    assert!(
        said.contains("\u{2018}1.1.0-draft\u{2019} of the rule interface, a draft that may still change"),
        "{said}"
    );
    assert!(said.ends_with("build it for 1.0.0 to upload it"), "{said}");
    assert_eq!(engine.load(&words("Priced")).map_err(sentence).unwrap_err(), said);
}

#[test]
fn words_that_cannot_be_shown_are_refused() {
    let engine = RuleEngine::new(Limits::default()).unwrap().with_drafts();
    for wrong in ["", "two\nlines", &"x".repeat(501)] {
        let said = sentence(engine.load(&words(wrong)).unwrap_err());
        assert!(said.starts_with("its wording of \u{2018}priced\u{2019} must be one line"), "{said}");
    }
    let description = described_in_words(("priced", "fr", "Tarif"));
    let french = Parts { description, version: "1.1.0-draft", ..answering_parts() }.component();
    assert!(sentence(engine.load(&french).unwrap_err()).contains("\u{2018}en\u{2019} or \u{2018}cy\u{2019}"));
}

#[test]
fn what_is_frozen_is_as_it_was_published_and_every_version_has_its_folder() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let text = |version: &str| std::fs::read(wit.join(version).join("counterfoil.wit")).unwrap();
    assert_eq!(PUBLISHED.map(|(version, _)| version).to_vec(), frozen().collect::<Vec<_>>());
    for (version, digest) in PUBLISHED {
        assert_eq!(
            canonical::digest(&text(version)),
            digest,
            "{version} is published: a change is a version of its own"
        );
    }
    let mut folders: Vec<String> =
        std::fs::read_dir(&wit).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    folders.sort_by(|one, other| other.cmp(one));
    assert_eq!(folders, SUPPORTED.iter().map(|(_, version, _)| (*version).to_owned()).collect::<Vec<_>>());
    for (abi, version, standing) in SUPPORTED {
        assert_eq!((abi.version(), abi.standing()), (*version, *standing));
        assert!(String::from_utf8(text(version)).unwrap().contains(&format!("package counterfoil:rules@{version};")));
    }
    assert_eq!(Abi::V1_0_0.in_earnest(), Ok(Abi::V1_0_0));
}
