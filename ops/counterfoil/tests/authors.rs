//! `counterfoil rules new`, `check`, `test` and `trial` as their user meets them: no server, and a sentence for everything that
//! is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn council(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rule-plugins/councils").join(path)
}

fn rules<const N: usize>(folder: &Path, args: [&str; N]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterfoil")).current_dir(folder).arg("rules").args(args).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder with Norfolk's component and two of its cases.
fn norfolk() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(council("norfolk/norfolk.wasm"), folder.path().join("norfolk.wasm")).unwrap();
    fs::create_dir(folder.path().join("cases")).unwrap();
    for case in ["spot.json", "two-increments.json"] {
        fs::copy(council("norfolk/cases").join(case), folder.path().join("cases").join(case)).unwrap();
    }
    folder
}

#[test]
fn a_component_that_could_be_uploaded_is_described() {
    let folder = norfolk();
    let checked = rules(folder.path(), ["check"]);
    let text = said(&checked.stdout);
    assert_eq!(checked.status.code(), Some(0), "{}", said(&checked.stderr));
    let lock: Value = serde_json::from_str(&fs::read_to_string(council("norfolk/norfolk.lock")).unwrap()).unwrap();
    for words in [
        "norfolk 0.1.0 can be uploaded.",
        lock["component"].as_str().unwrap(),
        "interface  1.0.0",
        "covers     every service",
        "settings   frustrated-reasons",
    ] {
        assert!(text.contains(words), "\u{2018}{words}\u{2019} is missing from:\n{text}");
    }
    let json = rules(folder.path(), ["check", "norfolk.wasm", "--json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["usable"], &json["digest"]), (&Value::Bool(true), &lock["component"]));
}

#[test]
fn what_would_be_refused_is_refused_here_in_the_same_words() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("core.wasm"), b"\0asm\x01\0\0\0").unwrap();
    let checked = rules(folder.path(), ["check"]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(said(&checked.stderr).contains("it is a core WebAssembly module, not a component: encode it with"));
    assert_eq!(rules(folder.path(), ["check", "none.wasm"]).status.code(), Some(2));
    fs::write(folder.path().join("another.wasm"), b"").unwrap();
    let several = rules(folder.path(), ["check"]);
    assert!(said(&several.stderr).contains("there are several components here: name the one that is meant"));
    let nothing = tempfile::tempdir().unwrap();
    assert!(
        said(&rules(nothing.path(), ["check"]).stderr).contains("make it with \u{2018}counterfoil rules build\u{2019}")
    );
}

#[test]
fn cases_are_held_to_what_they_say_in_pence() {
    let folder = norfolk();
    let tested = rules(folder.path(), ["test"]);
    assert_eq!(tested.status.code(), Some(0), "{}{}", said(&tested.stdout), said(&tested.stderr));
    assert!(
        said(&tested.stdout).ends_with("norfolk 0.1.0: 2 of 2 cases come to what they say\n"),
        "{}",
        said(&tested.stdout)
    );

    let spot = folder.path().join("cases/spot.json");
    let wrong = fs::read_to_string(&spot).unwrap().replacen("\"payable\": 1728", "\"payable\": 1729", 1);
    fs::write(&spot, wrong).unwrap();
    let tested = rules(folder.path(), ["test"]);
    let text = said(&tested.stdout);
    assert_eq!(tested.status.code(), Some(1), "{text}");
    assert!(text.contains("DIFFERS      spot.json") && text.contains("payable comes to 1728p, not 1729p"), "{text}");
    assert!(text.ends_with("1 of 2 cases come to what they say\n"), "{text}");

    fs::write(&spot, "{\"facts\": 7}").unwrap();
    let tested = rules(folder.path(), ["test"]);
    assert_eq!(tested.status.code(), Some(2));
    assert!(
        said(&tested.stdout).contains("NO CASE      spot.json  the claim cannot be read"),
        "{}",
        said(&tested.stdout)
    );
    fs::remove_dir_all(folder.path().join("cases")).unwrap();
    fs::create_dir(folder.path().join("cases")).unwrap();
    let without = rules(folder.path(), ["test"]);
    assert_eq!(without.status.code(), Some(1), "a test of nothing would pass");
    assert!(said(&without.stderr).contains("there is no case in cases: write one as a .json file"));
}

#[test]
fn a_trial_says_what_would_change_by_contract_and_line() {
    let folder = norfolk();
    let same = rules(folder.path(), ["trial", "norfolk.wasm", "--beside", "norfolk.wasm", "cases/spot.json"]);
    let text = said(&same.stdout);
    assert!(text.starts_with("1 claims, 1 lines, of which 0 change: payable £17.28 -> £17.28 (£0.00)"), "{text}");
    let standard = council("standard/standard.wasm");
    let beside = standard.to_str().unwrap();
    let other = rules(folder.path(), ["trial", "norfolk.wasm", "--beside", beside, "cases/spot.json"]);
    let text = said(&other.stdout);
    assert_eq!(other.status.code(), Some(0), "{text}{}", said(&other.stderr));
    assert!(text.contains("spot line 0 Home care: £0.00 -> £17.28 (+£17.28)"), "{text}");
    fs::write(folder.path().join("claims.jsonl"), "{}\n").unwrap();
    let unreadable = rules(folder.path(), ["trial", "norfolk.wasm", "--beside", beside, "claims.jsonl"]);
    assert_eq!(unreadable.status.code(), Some(2));
    assert!(
        said(&unreadable.stderr).contains("claims.jsonl: line 1: the claim cannot be read"),
        "{}",
        said(&unreadable.stderr)
    );
}

#[test]
fn a_new_rule_has_all_that_it_is_made_with() {
    let folder = tempfile::tempdir().unwrap();
    let begun = rules(folder.path(), ["new", "ambridge-home-care"]);
    assert_eq!(begun.status.code(), Some(0), "{}", said(&begun.stderr));
    let rule = folder.path().join("ambridge-home-care");
    let text = fs::read_to_string(rule.join("src/lib.rs")).unwrap();
    assert!(text.contains("pub struct AmbridgeHomeCareRule;") && !text.contains("{{"), "{text}");
    // the SDK and the interface, whole
    let rule_plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rule-plugins");
    let mut folders = vec![PathBuf::from("sdk/src"), PathBuf::from("wit")];
    let mut files = 0;
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(rule_plugins.join(&inside)).unwrap() {
            let entry = entry.unwrap();
            let path = inside.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let given =
                fs::read(rule.join("vendor").join(&path)).unwrap_or_else(|_| panic!("{} is missing", path.display()));
            assert_eq!(given, fs::read(rule_plugins.join(&path)).unwrap(), "{}", path.display());
        }
    }
    assert!(files >= 10);
    assert!(fs::read_to_string(rule.join("Cargo.lock")).unwrap().contains("name = \"wit-bindgen\"\nversion = \"0.60"));

    let again = rules(folder.path(), ["new", "ambridge-home-care"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(said(&again.stderr).contains("ambridge-home-care is not empty: name a new folder with --into"));
    for name in ["Ambridge", "7-hills", "a b", "", "core"] {
        let refused = rules(folder.path(), ["new", name]);
        assert_eq!(refused.status.code(), Some(1), "{name}");
        assert!(
            said(&refused.stderr).contains("\u{2019} cannot be a rule\u{2019}s name") || name == "core",
            "{}",
            said(&refused.stderr)
        );
        assert!(!folder.path().join(name).join("Cargo.toml").exists());
    }
    let elsewhere = rules(folder.path(), ["build"]);
    assert!(
        said(&elsewhere.stderr).contains("there is no rule in this folder: begin one with"),
        "{}",
        said(&elsewhere.stderr)
    );
}
