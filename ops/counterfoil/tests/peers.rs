//! The benchmark of the peers (`ops/peers`) is built by nobody but who asks for it. What can be seen without building it is
//! seen here: that its cases come to what they say, that the rule which its plug-in is made from still answers as
//! `standard` does, that the plug-in was built from its sources, and that its lock file fits what the service is made of.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use counterfoil_core::pricing::facts::Recording;
use counterfoil_core::pricing::{Answer, ClaimFacts, check};
use counterfoil_rules::case::Case;
use counterfoil_rules_standard::Standard;
use sha2::{Digest as _, Sha256};

#[path = "../src/commands/rules/native.rs"]
#[allow(dead_code)]
mod native;
#[path = "../../peers/plugin/src/rule.rs"]
#[allow(dead_code, unreachable_pub)]
mod rule;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn cases(folder: &str) -> Vec<Case> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| Case::from_json(&fs::read_to_string(file).unwrap()).unwrap()).collect()
}

/// What the rule of the plug-in answers, on the way that its host takes: JSON in, JSON out.
fn plugged_in(facts: &ClaimFacts) -> Answer {
    let claim: rule::Claim = serde_json::from_slice(&serde_json::to_vec(facts).unwrap()).unwrap();
    serde_json::from_slice(&serde_json::to_vec(&rule::assess(&claim)).unwrap()).unwrap()
}

#[test]
fn the_plug_ins_rule_answers_as_standard_does_for_every_case_that_the_peers_price() {
    let mut cases: Vec<Case> = cases("ops/peers/cases");
    for case in &cases {
        assert!(!case.source.is_empty() && case.expect.is_some(), "{} proves nothing", case.name);
    }
    let own = cases.len();
    cases.extend(self::cases("rule-plugins/councils/standard/cases"));
    cases.retain(|case| {
        case.configuration.as_deref() == Some("worcestershire-2024")
            && case.facts.recording == Recording::Quantities
            && case.facts.stated
    });
    assert!(own >= 1 && cases.len() >= own + 5, "{} cases, {own} of them our own", cases.len());
    for case in cases {
        let standard = native::assess::<Standard>(&case.facts);
        assert_eq!(case.differences(&standard), Vec::<String>::new(), "{}", case.name);
        let plugged_in = plugged_in(&case.facts);
        check(&case.facts, &plugged_in).unwrap();
        assert_eq!(plugged_in, standard, "{}", case.name);
    }
}

#[test]
fn the_plug_in_was_built_from_its_sources() {
    let folder = root().join("ops/peers/plugin");
    let lock = fs::read_to_string(folder.join("plugin.lock")).unwrap();
    let mut seen = 0;
    for line in lock.lines() {
        let (digest, file) = line.split_once("  ").unwrap();
        let is = hex::encode(Sha256::digest(fs::read(folder.join(file)).unwrap()));
        assert_eq!(is, digest, "{file} has changed: build the plug-in again with ops/peers/plugin/build");
        seen += 1;
    }
    let sources = fs::read_dir(folder.join("src")).unwrap().count();
    assert_eq!(seen, sources + 3, "plugin.lock lists the sources, the manifest, its lock file and what was built");
}

/// The packages of a lock file: name and version, with what each needs by name.
fn packages(lock: &Path) -> BTreeMap<(String, String), Vec<String>> {
    let text = fs::read_to_string(lock).unwrap();
    let field = |block: &str, name: &str| {
        let value = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")).unwrap();
        value.trim_end_matches('"').to_owned()
    };
    let needs = |block: &str| {
        let lines = block.lines().skip_while(|line| !line.starts_with("dependencies"));
        let needed = lines.filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","));
        needed.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    };
    text.split("[[package]]\n")
        .skip(1)
        .map(|block| ((field(block, "name"), field(block, "version")), needs(block)))
        .collect()
}

#[test]
fn the_peers_lock_file_fits_what_the_service_is_made_of() {
    let (ours, theirs) = (packages(&root().join("Cargo.lock")), packages(&root().join("ops/peers/Cargo.lock")));
    // what `ops/peers` takes from here by path, with all that it needs: a lock file that lacks one of them is refused
    for name in ["counterfoil-core", "counterfoil-rules", "counterfoil-rule-sdk", "counterfoil-rules-standard"] {
        let (key, needed) = ours.iter().find(|((known, _), _)| known == name).unwrap();
        let there = theirs.get(key).unwrap_or_else(|| panic!("{name} is not in the lock file of ops/peers"));
        // a lock file also lists what tests need, but only for packages of its own workspace
        for needed_there in there {
            assert!(
                needed.contains(needed_there),
                "ops/peers has {name} need {needed_there}: bring its lock file up to date"
            );
        }
    }
    // and it measures the engine that the service runs
    let wasmtime = ours.keys().find(|(name, _)| name == "wasmtime").unwrap();
    assert!(theirs.contains_key(wasmtime), "ops/peers measures another wasmtime than {wasmtime:?}");
}
