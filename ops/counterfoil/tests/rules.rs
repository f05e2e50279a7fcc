//! `counterfoil rules` as its user meets it: a claim with its arithmetic, a rule's faults as sentences, exit codes.
//! The component is compiled by the program's other half, as in the service.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn council(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rule-plugins/councils").join(path)
}

fn assess(component: &Path, case: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(["rules", "assess"])
        .arg(component)
        .arg("--input")
        .arg(case)
        .args(args)
        .output()
        .unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_claim_is_shown_with_its_arithmetic_and_reasons() {
    let output =
        assess(&council("standard/standard.wasm"), &council("standard/cases/hospital-retention-care-home.json"), &[]);
    let text = said(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}{}", said(&output.stderr));
    for line in [
        "payable   28 days x £471.51 a week = £1,886.04  In hospital since 6 May 2024: paid in full for 28 days.",
        "payable   14 days x £282.906 a week = £565.81",
        "payable £2,451.85, suspended £0.00, rejected £0.00, pending £0.00",
        "interface 1.0.0, wasmtime-48.0.8",
    ] {
        assert!(text.contains(line), "\u{2018}{line}\u{2019} is missing from:\n{text}");
    }
}

#[test]
fn the_same_as_json_carries_fuel_and_digest() {
    let output = assess(&council("norfolk/norfolk.wasm"), &council("norfolk/cases/two-increments.json"), &["--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lock: Value = serde_json::from_str(&std::fs::read_to_string(council("norfolk/norfolk.lock")).unwrap()).unwrap();
    assert_eq!(report["digest"], lock["component"]);
    assert!(report["fuel"].as_u64().unwrap() > 1_000);
    assert_eq!(report["charges"][0]["pence"], 1_015);
    assert_eq!(report["charges"][0]["arithmetic"], "35 minutes x £17.40 an hour = £10.15");
    assert_eq!(report["differences"], serde_json::json!([]));
}

#[test]
fn a_case_that_comes_to_something_else_is_a_failure() {
    let output = assess(&council("norfolk/norfolk.wasm"), &council("standard/cases/double-handed-st-helens.json"), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output.stdout).contains("not as the case expects"));
}

#[test]
fn a_fault_is_a_sentence_and_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let case = council("standard/cases/tiers.json");
    let whole = std::fs::read(council("standard/standard.wasm")).unwrap();
    let wasi = wat::parse_str("(component (import \"wasi:clocks/wall-clock@0.2.0\" (instance)))").unwrap();
    let files: [(&str, &[u8], &str); 4] = [
        ("sheet.wasm", b"a,b,c", "it is not a WebAssembly file"),
        ("core.wasm", b"\0asm\x01\0\0\0", "it is a core WebAssembly module, not a component"),
        ("half.wasm", &whole[..whole.len() / 2], "it is damaged or cut off"),
        ("wasi.wasm", &wasi, "it asks for \u{2018}wasi:clocks/wall-clock@0.2.0\u{2019}"),
    ];
    for (name, bytes, sentence) in files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let output = assess(&path, &case, &["--json"]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(said(&output.stderr).contains(sentence), "{}", said(&output.stderr));
        let fault: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(fault["code"], "rule-not-usable");
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case.json");
    std::fs::write(&case, "{\"facts\": {\"period\": 7}}").unwrap();
    let output = assess(&council("standard/standard.wasm"), &case, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output.stderr).contains("the claim cannot be read"), "{}", said(&output.stderr));
    let missing = assess(&folder.path().join("none.wasm"), &case, &[]);
    assert_eq!(missing.status.code(), Some(2));
}
