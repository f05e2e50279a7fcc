//! Puts what `counterfoil rules new` writes into a new rule's folder into this program: the SDK, the interface, and the
//! versions of what they need that this repository was tested with. What is embedded is read from their folders, so that
//! a file added there is not forgotten here.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a build that cannot go on stops")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders of `rule-plugins` of which a rule's author is given files.
const GIVEN: [&str; 4] = ["sdk/src", "sdk/typescript", "sdk/python", "wit"];
/// What the SDK is made with.
const NEEDED: &str = "wit-bindgen";

fn main() {
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR").unwrap()).join("../..").canonicalize().unwrap();
    let rule_plugins = root.join("rule-plugins");
    let mut files = Vec::new();
    for folder in GIVEN {
        collect(&rule_plugins.join(folder), &mut files);
    }
    files.sort();
    let mut made = String::from("const FILES: &[(&str, &str)] = &[\n");
    for file in &files {
        let inside = file.strip_prefix(&rule_plugins).unwrap().to_str().unwrap();
        writeln!(made, "    ({inside:?}, include_str!({file:?})),").unwrap();
    }
    made.push_str("];\n");

    let manifest = root.join("Cargo.toml");
    let declared = fs::read_to_string(&manifest).unwrap();
    let needed = declared.lines().find(|line| line.starts_with(&format!("{NEEDED} = "))).expect("the SDK's dependency");
    writeln!(made, "const NEEDED: &str = {needed:?};").unwrap();
    let version = needed.split('"').nth(1).unwrap().trim_start_matches(['~', '^', '=']);
    let lock = root.join("Cargo.lock");
    writeln!(made, "const LOCKED: &str = {:?};", locked(&fs::read_to_string(&lock).unwrap(), version)).unwrap();

    let out = PathBuf::from(std::env::var("OUT_DIR").unwrap()).join("given_to_authors.rs");
    fs::write(out, made).unwrap();
    for folder in GIVEN {
        println!("cargo::rerun-if-changed={}", rule_plugins.join(folder).display());
    }
    for file in [manifest, lock] {
        println!("cargo::rerun-if-changed={}", file.display());
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The packages of a lock file that one of them needs, itself among them.
fn locked(lock: &str, version: &str) -> String {
    let packages: BTreeMap<(&str, &str), &str> = lock
        .split("[[package]]\n")
        .skip(1)
        .map(|package| ((field(package, "name"), field(package, "version")), package.trim_end()))
        .collect();
    let mut wanted: BTreeSet<(&str, &str)> = BTreeSet::new();
    let mut next: Vec<(&str, &str)> =
        packages.keys().copied().filter(|(name, has)| *name == NEEDED && has.starts_with(version)).collect();
    assert_eq!(next.len(), 1, "one version of {NEEDED} is locked");
    while let Some(package) = next.pop() {
        if !wanted.insert(package) {
            continue;
        }
        let lines = packages[&package].lines().skip_while(|line| !line.starts_with("dependencies"));
        for line in lines.filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\",")) {
            // a name, with a version only where several are locked
            let (name, has) = line.split_once(' ').unwrap_or((line, ""));
            next.extend(packages.keys().copied().filter(|(of, is)| *of == name && (has.is_empty() || *is == has)));
        }
    }
    let mut text = String::from("version = 4\n");
    for package in wanted {
        write!(text, "\n[[package]]\n{}\n", packages[&package]).unwrap();
    }
    text
}

fn field<'a>(package: &'a str, name: &str) -> &'a str {
    let line = package.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")).unwrap();
    line.trim_end_matches('"')
}
