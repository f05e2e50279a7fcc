//! Every case of every pack, through its component and natively: the same answer, to the penny what the case
//! says. And what the published rules come to when several claims follow each other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_core::disposition;
use counterfoil_core::language::Language;
use counterfoil_core::pricing::facts::{PlannedVisit, StatedVisit};
use counterfoil_core::pricing::words::{MessageTable, Words, arithmetic, placeholders};
use counterfoil_core::pricing::{Answer, Arg, ClaimFacts, Fault, Pricer, Reason, check};
use counterfoil_rules::case::Case;
use counterfoil_rules::{Limits, RuleEngine, packs, sources};
use counterfoil_rules_norfolk::Norfolk;
use counterfoil_rules_standard::Standard;

#[path = "../src/commands/rules/native.rs"]
#[allow(dead_code)]
mod native;

fn rule_plugins() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rule-plugins")
}

fn cases(pack: &str) -> Vec<(String, Case)> {
    let folder = rule_plugins().join("councils").join(pack).join("cases");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: PathBuf| {
        let json = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let case = Case::from_json(&json).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        (name, case)
    };
    files.into_iter().map(read).collect()
}

fn natively(pack: &str, facts: &ClaimFacts) -> Answer {
    match pack {
        "standard" => native::assess::<Standard>(facts),
        "norfolk" => native::assess::<Norfolk>(facts),
        other => panic!("no native pack {other}"),
    }
}

#[test]
fn every_case_comes_to_what_it_says_through_the_component_and_natively() {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let mut wrong = Vec::new();
    for pack in packs::ALL {
        let rule = engine.load(pack.component).unwrap();
        let cases = cases(pack.name);
        assert!(cases.len() >= 5, "{} has too few cases", pack.name);
        for (name, case) in cases {
            assert!(!case.source.is_empty() && case.expect.is_some(), "{name} proves nothing");
            let native = natively(pack.name, &case.facts);
            match engine.assess(&rule, &case.facts) {
                Ok(priced) => {
                    wrong.extend(case.differences(&priced.answer).into_iter().map(|how| format!("{name}: {how}")));
                    if priced.answer != native {
                        wrong.push(format!("{name}: natively {native:?}, as a component {:?}", priced.answer));
                    }
                }
                Err(fault) => wrong.push(format!("{name}: {fault}; natively {native:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_case_that_is_off_by_a_penny_or_a_reason_is_noticed() {
    for pack in packs::ALL {
        for (name, case) in cases(pack.name) {
            let right = natively(pack.name, &case.facts);
            for at in 0..right.charges.len() {
                let mut penny = right.clone();
                penny.charges[at].pence += 1;
                assert!(!case.differences(&penny).is_empty(), "{name}: a penny more in charge {at} goes unnoticed");
                assert!(check(&case.facts, &penny).is_err(), "{name}: the check believes a penny more");
                let mut reason = right.clone();
                reason.charges[at].reason.code = "something-else".to_owned();
                assert!(!case.differences(&reason).is_empty(), "{name}: another reason goes unnoticed");
            }
            let mut fewer = right.clone();
            fewer.charges.pop();
            assert!(!case.differences(&fewer).is_empty(), "{name}: a lost charge goes unnoticed");
        }
    }
}

/// Every reason that some case of a pack brings about, with the case.
fn reasons(pack: &packs::Pack) -> Vec<(String, Reason)> {
    let mut found = Vec::new();
    for (name, case) in cases(pack.name) {
        let answer = natively(pack.name, &case.facts);
        let reasons = answer.charges.iter().map(|charge| &charge.reason);
        let reasons = reasons.chain(answer.findings.iter().map(|finding| &finding.reason));
        let reasons = reasons.chain(answer.verdicts.iter().map(|verdict| &verdict.reason));
        found.extend(reasons.map(|reason| (name.clone(), reason.clone())));
    }
    found
}

#[test]
fn every_reason_of_every_case_has_words_in_every_language() {
    for pack in packs::ALL {
        let tables = pack.words().unwrap();
        for (name, reason) in reasons(pack) {
            for language in Language::ALL {
                let known = tables.get(language).is_some_and(|table| table.reasons.contains_key(&reason.code));
                assert!(known, "{name}: no words for {} in {language}", reason.code);
                let said = Words::of(language, [&tables]).sentence(&reason);
                assert_eq!(said.language, language, "{name}: {}", said.words);
                assert!(!said.words.contains('{'), "{name}: {}", said.words);
            }
        }
    }
}

#[test]
fn every_english_sentence_has_a_welsh_one_with_the_same_places() {
    let tables = packs::ALL.iter().map(|pack| (pack.name, pack.words().unwrap()));
    for (whose, tables) in tables.chain([("the service", disposition::messages().unwrap())]) {
        let [english, welsh] = Language::ALL.map(|language| tables.get(language).unwrap());
        let pairs = |of: fn(&MessageTable) -> &BTreeMap<String, String>| {
            let codes: Vec<&String> = of(english).keys().collect();
            assert_eq!(codes, of(welsh).keys().collect::<Vec<_>>(), "{whose}");
            of(english).values().zip(of(welsh).values())
        };
        for (english, welsh) in pairs(|table| &table.reasons).chain(pairs(|table| &table.codes)) {
            assert_eq!(placeholders(english), placeholders(welsh), "{whose}: {english} / {welsh}");
            assert_ne!(english, welsh, "{whose}");
        }
    }
}

/// The words of a text in small letters, without figures.
fn small_words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphabetic() && c != '\'');
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[test]
fn no_english_is_left_in_what_is_said_in_welsh() {
    // what is the same in both, or is a word of its own in Welsh: "a" is "and", "am" is "for"
    let both = ["a", "am", "contract", "norfolk"];
    for pack in packs::ALL {
        let tables = pack.words().unwrap();
        let [english, welsh] = Language::ALL.map(|language| Words::of(language, [&tables]));
        for (name, reason) in reasons(pack) {
            // what no language has words for is a name, as that of a setting
            let name_of = |arg: &Arg| match arg {
                Arg::Code(code) if english.code(code).is_none() => small_words(&code.replace('-', " ")),
                _ => BTreeSet::new(),
            };
            let names: BTreeSet<String> = reason.args.iter().flat_map(name_of).collect();
            let (english, welsh) = (english.sentence(&reason).words, welsh.sentence(&reason).words);
            let (of_english, of_welsh) = (small_words(&english), small_words(&welsh));
            let shared: Vec<&String> = of_english
                .intersection(&of_welsh)
                .filter(|word| !both.contains(&word.as_str()) && !names.contains(*word))
                .collect();
            assert!(shared.is_empty(), "{name}: {shared:?} of \u{2018}{english}\u{2019} in \u{2018}{welsh}\u{2019}");
        }
    }
}

#[test]
fn a_stay_in_hospital_is_explained_in_welsh_as_people_write_it() {
    let standard = packs::standard();
    let words = Words::of(Language::Welsh, [&standard.words().unwrap()]);
    let said = |case: &str| -> Vec<String> {
        let of_case = reasons(&standard).into_iter().filter(|(name, _)| name == case);
        of_case.map(|(_, reason)| words.sentence(&reason).words).collect()
    };
    let stay = said("hospital-retention-care-home");
    assert!(stay.iter().any(|words| words.starts_with("Yn yr ysbyty ers ")), "{stay:?}");
    assert!(stay.iter().any(|words| words.ends_with(": telir yn llawn am 28 o ddyddiau.")), "{stay:?}");
    let length = said("nearest-15-minutes");
    assert!(
        length.iter().any(|words| words == "Nifer y gofalwyr: 1, am 23 o funudau; telir am 30 o funudau."),
        "{length:?}"
    );
}

#[test]
fn six_weeks_in_hospital_are_2451_85_in_one_charge_and_2451_86_as_weekly_claims() {
    let cases = cases("standard");
    let of = |name: &str| {
        let (_, case) = cases.iter().find(|(known, _)| known == name).unwrap();
        let pence: i64 = natively("standard", &case.facts).charges.iter().map(|charge| charge.pence).sum();
        pence
    };
    assert_eq!(of("hospital-retention-care-home"), 245_185);
    let weekly = 4 * of("hospital-retention-full-week") + 2 * of("hospital-retention-reduced-week");
    assert_eq!(weekly, 245_186);
}

#[test]
fn the_arithmetic_of_a_charge_reads_as_people_write_it() {
    let cases = cases("standard");
    let shown = |name: &str| -> Vec<String> {
        let (_, case) = cases.iter().find(|(known, _)| known == name).unwrap();
        let answer = natively("standard", &case.facts);
        let of = |charge: &counterfoil_core::pricing::Charge| {
            let line = case.facts.lines.iter().find(|line| line.line == charge.line)?;
            let row = line.rates.iter().find(|row| Some(row.row) == charge.row)?;
            let rate = counterfoil_core::money::Rate::from_ten_thousandths(row.rate);
            arithmetic(charge, row.unit, rate, Language::English)
        };
        answer.charges.iter().filter_map(of).collect()
    };
    assert_eq!(shown("tiers")[0], "0.5 hours x £18.85 = £9.43");
    assert_eq!(shown("double-handed-buckinghamshire"), ["120 minutes x £23.00 an hour = £46.00"]);
    assert_eq!(shown("hospital-retention-care-home")[1], "14 days x £282.906 a week = £565.81");
    assert_eq!(shown("mid-week-start"), ["56 hours / 7 x £20.00 = £160.00"]);
    assert_eq!(shown("largest-band-and-rest"), ["1 visit x £20.00 = £20.00", "5 minutes x £24.00 for 60 = £2.00"]);
}

#[test]
fn a_built_component_still_matches_its_sources() {
    for pack in packs::ALL {
        let (component, lock) = sources::built(&rule_plugins(), pack.name);
        let lock: sources::Lock = serde_json::from_str(&fs::read_to_string(lock).unwrap()).unwrap();
        let sentence = format!("run \u{2018}counterfoil rules build {}\u{2019} and commit what it wrote", pack.name);
        assert_eq!(lock.sources, sources::digest(&rule_plugins(), pack.name).unwrap(), "{sentence}");
        let digest = counterfoil_core::pricing::canonical::digest(&fs::read(component).unwrap());
        assert_eq!(lock.component, digest, "{sentence}");
    }
}

#[test]
fn every_published_configuration_is_understood_by_its_pack() {
    for (name, json) in counterfoil_rules::configuration::PUBLISHED {
        let configuration = counterfoil_rules::configuration::Configuration::from_json(json).unwrap();
        assert_eq!(configuration.name, *name);
        let (_, mut case) = cases("standard").into_iter().find(|(known, _)| known == "rate-change-mid-week").unwrap();
        for scope in ["", "one-to-one", "supported-living", "noda", "dapl", "spot"] {
            for line in &mut case.facts.lines {
                line.service = scope.to_owned();
            }
            case.facts.settings.clone_from(&configuration.settings);
            let answer = natively("standard", &case.facts);
            let doubt = answer.findings.iter().find(|finding| finding.reason.code == "setting-not-understood");
            assert_eq!(doubt, None, "{name}");
        }
    }
}

#[test]
fn the_same_claim_takes_the_same_fuel_and_more_lines_take_more() {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let rule = engine.load(packs::standard().component).unwrap();
    let (_, case) = cases("standard").into_iter().find(|(name, _)| name == "tiers").unwrap();
    let first = engine.assess(&rule, &case.facts).unwrap();
    assert!(first.fuel > 0);
    for _ in 0..20 {
        assert_eq!(engine.assess(&rule, &case.facts).unwrap(), first);
    }
    let again = RuleEngine::new(Limits::default()).unwrap();
    let rule = again.load(packs::standard().component).unwrap();
    assert_eq!(again.assess(&rule, &case.facts).unwrap(), first, "on another engine of the same version");
    let mut fewer = case.facts.clone();
    fewer.lines.truncate(1);
    assert!(again.assess(&rule, &fewer).unwrap().fuel < first.fuel);
}

#[test]
fn the_largest_claim_fits_into_allowance_and_memory_with_room_to_spare() {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let rule = engine.load(packs::standard().component).unwrap();
    let (_, case) = cases("standard").into_iter().find(|(name, _)| name == "midnight-split").unwrap();
    let mut facts = case.facts;
    let (line, stated, planned) = {
        let line = facts.lines.remove(0);
        let (stated, planned) = (line.stated_visits[0].clone(), line.planned_visits[0]);
        (line, stated, planned)
    };
    for number in 0..500 {
        let mut line = line.clone();
        line.line = number;
        line.plan[0].quantity = 240;
        line.planned_visits = (0..4).map(|visit| PlannedVisit { visit, ..planned }).collect();
        line.stated_visits =
            (0..4).map(|visit| StatedVisit { visit, planned: Some(visit), ..stated.clone() }).collect();
        facts.lines.push(line);
    }
    let priced = engine.assess(&rule, &facts).unwrap();
    assert_eq!(priced.answer, natively("standard", &facts));
    assert_eq!(priced.answer.charges.len(), 4_000);
    assert!(priced.fuel * 4 < engine.limits().fuel(&facts), "{} units of fuel", priced.fuel);
    // one visit more is not even shown to the rule
    let mut extra = stated;
    extra.visit = 4;
    facts.lines[0].stated_visits.push(extra);
    assert!(matches!(engine.assess(&rule, &facts), Err(Fault::ClaimTooLarge { .. })));
}
