//! The draft of the rule interface in an author's hands: a rule that brings its own words is built, checked and tried beside
//! one of the frozen version, and is not yet taken by a council.
//!
//! Needs a compiler for WebAssembly: `ops/wasm-target`, which `ops/test` calls.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::Command;

use counterfoil_core::pricing::{Fault, Pricer as _};
use counterfoil_rules::{Limits, RuleEngine};

const WORDS: &str = "Delivered, as Ambridge says it.";

/// What a command says, on both streams; it ends with this code.
fn rules<const N: usize>(folder: &Path, args: [&str; N], code: i32) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_counterfoil"));
    let target = program.parent().unwrap().parent().unwrap();
    let mut command = Command::new(program);
    command.current_dir(folder).arg("rules").args(args).env("COUNTERFOIL_WASM_RUST", target.join("tools/wasm-rust"));
    // the author's own build, not the one that this test is part of
    for name in ["CARGO_TARGET_DIR", "RUSTFLAGS", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert_eq!(output.status.code(), Some(code), "rules {args:?}:\n{said}");
    said
}

fn replace(path: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert_eq!(text.matches(old).count(), 1, "{} has once: {old}", path.display());
    fs::write(path, text.replace(old, new)).unwrap();
}

#[test]
fn a_rule_of_the_draft_brings_its_words_and_prices_beside_one_that_is_frozen() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("ambridge");
    rules(home.path(), ["new", "ambridge"], 0);
    rules(&folder, ["build"], 0);
    fs::rename(folder.join("ambridge.wasm"), home.path().join("frozen.wasm")).unwrap();

    let manifest = folder.join("Cargo.toml");
    replace(&manifest, "path = \"vendor/sdk\"", "path = \"vendor/sdk\", features = [\"draft-1-1\"]");
    let source = folder.join("src/lib.rs");
    let wording = format!(
        "look_back_days: 0,\n            wordings: vec![counterfoil_rule_sdk::Wording {{\n                code: \
         \"delivered\".to_owned(),\n                language: \"en\".to_owned(),\n                sentence: \
         \"{WORDS}\".to_owned(),\n            }}],"
    );
    replace(&source, "look_back_days: 0,", &wording);
    rules(&folder, ["build"], 0);

    let checked = rules(&folder, ["check"], 0);
    assert!(checked.contains("can be tried, and not uploaded"), "{checked}");
    assert!(checked.contains("interface  1.1.0-draft"), "{checked}");
    let case = "cases/first-week.json";
    let assessed = rules(&folder, ["assess", "ambridge.wasm", "--input", case], 0);
    assert!(assessed.contains(WORDS), "{assessed}");
    let before = rules(&folder, ["assess", "../frozen.wasm", "--input", case], 0);
    assert!(before.contains("interface 1.0.0") && !before.contains(WORDS), "{before}");
    let tried = rules(&folder, ["trial", "ambridge.wasm", "--beside", "../frozen.wasm", case], 0);
    assert!(tried.starts_with("1 claims, 1 lines, of which 0 change"), "{tried}");

    // the service takes the one, and says of the other what to do
    let service = RuleEngine::new(Limits::default()).unwrap();
    let component = |path: &str| fs::read(home.path().join(path)).unwrap();
    let taken = service.check_uploaded(&component("frozen.wasm"), &[]).unwrap();
    assert_eq!(taken.interface, "1.0.0");
    let Err(Fault::NotARule { sentence }) = service.check_uploaded(&component("ambridge/ambridge.wasm"), &[]) else {
        panic!("a draft was taken");
    };
    assert!(sentence.ends_with("build it for 1.0.0 to upload it"), "{sentence}");
}
