//! Rules in TypeScript and Python as their author meets them, as far as neither language is needed for it: what a new one
//! consists of, what is said where a tool is missing, and which class of limits they need. `ops/authors` builds the examples.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use counterfoil_rules::packs;
use counterfoil_services::SUPERUSER;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_testkit::{TestCouncil, TestDatabase, instant};
use tempfile::TempDir;

const PERMITTED: &str = "COUNTERFOIL_INTERPRETED_RULES";

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn rules(folder: &Path, args: &[&str], environment: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .current_dir(folder)
        .arg("rules")
        .args(args)
        .env_remove(PERMITTED)
        .env_remove("COUNTERFOIL_MASTER_KEY")
        .env("COUNTERFOIL_LOG", "warn")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A folder with a new rule in it, called as its folder.
fn begun(language: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let output = rules(folder.path(), &["new", "ambridge", "--language", language], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output.stderr));
    assert!(said(&output.stdout).contains("counterfoil rules test --interpreted"), "{}", said(&output.stdout));
    let rule = folder.path().join("ambridge");
    (folder, rule)
}

/// The files below a folder, in order.
fn files(folder: &Path) -> Vec<String> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_new_rule_in_either_language_has_all_that_it_is_made_with() {
    let interface = files(&repository("rule-plugins/wit"));
    let expected: [(&str, &[&str], &[&str]); 2] = [
        (
            "typescript",
            &[".gitignore", "cases/first-week.json", "package.json", "src/rule.ts", "tsconfig.json"],
            &["counterfoil.ts", "interface.ts"],
        ),
        (
            "python",
            &[".gitignore", "cases/first-week.json", "pyproject.toml", "requirements.txt", "src/council_rule.py"],
            &["counterfoil_rule.py"],
        ),
    ];
    for (language, own, helpers) in expected {
        let (_folder, rule) = begun(language);
        let given = helpers.iter().map(|file| format!("{language}/{file}"));
        let given = given.chain(interface.iter().map(|file| format!("wit/{file}")));
        let mut all: Vec<String> = own.iter().map(|&file| file.to_owned()).collect();
        all.extend(given.map(|file| format!("vendor/{file}")));
        all.sort();
        assert_eq!(files(&rule), all);
        for file in own {
            let text = fs::read_to_string(rule.join(file)).unwrap();
            assert!(!text.contains("{{"), "{file}:\n{text}");
        }
        for file in helpers {
            let helper = repository("rule-plugins/sdk").join(language).join(file);
            assert_eq!(fs::read(rule.join("vendor").join(language).join(file)).unwrap(), fs::read(helper).unwrap());
        }
    }
}

#[test]
fn the_examples_are_made_by_the_same_tools_as_a_new_rule() {
    let named = |text: String| text.replace("norfolk-home-care", "ambridge");
    for (language, same) in
        [("typescript", ["package.json", "tsconfig.json"]), ("python", ["pyproject.toml", "requirements.txt"])]
    {
        let (_folder, rule) = begun(language);
        let example = repository("rule-plugins/examples").join(language);
        for file in same {
            let of_example = named(fs::read_to_string(example.join(file)).unwrap());
            assert_eq!(of_example, fs::read_to_string(rule.join(file)).unwrap(), "{language}: {file}");
        }
        let case = "cases/distance-bands.json";
        let of_pack = repository("rule-plugins/councils/norfolk").join(case);
        assert_eq!(fs::read(example.join(case)).unwrap(), fs::read(of_pack).unwrap(), "{language}");
    }
}

#[test]
fn a_tool_that_is_missing_is_named_with_what_to_install() {
    let nothing = tempfile::tempdir().unwrap();
    let path = [("PATH", nothing.path().to_str().unwrap())];
    for (language, sentence) in [
        ("typescript", "node and npm could not be started: install Node.js 20 or newer"),
        ("python", "python3 could not be started: install Python 3.10 or newer"),
    ] {
        let (_folder, rule) = begun(language);
        let built = rules(&rule, &["build"], &path);
        assert_eq!(built.status.code(), Some(1), "{language}");
        assert!(said(&built.stderr).contains(sentence), "{language}: {}", said(&built.stderr));
    }
}

#[test]
fn what_a_folder_lacks_is_said_before_anything_is_installed() {
    let (_folder, rule) = begun("python");
    fs::remove_file(rule.join("src/council_rule.py")).unwrap();
    let built = rules(&rule, &["build"], &[]);
    assert!(said(&built.stderr).contains("define the class \u{2018}Pricing\u{2019}"), "{}", said(&built.stderr));
    fs::write(rule.join("pyproject.toml"), "[project]\nname = \"../out\"\n").unwrap();
    let built = rules(&rule, &["build"], &[]);
    assert!(said(&built.stderr).contains("pyproject.toml gives no name of a rule"), "{}", said(&built.stderr));
    let (_folder, rule) = begun("typescript");
    fs::remove_dir_all(rule.join("vendor/wit")).unwrap();
    let built = rules(&rule, &["build"], &[]);
    assert!(said(&built.stderr).contains("holds no interface that this program supports"), "{}", said(&built.stderr));
}

/// Norfolk's component with three million bytes more, as a section that says nothing.
fn large() -> Vec<u8> {
    // its kind, its length in seven bits each, the length of its name, its name
    let mut large = [packs::norfolk().component, &[0, 0xc8, 0x8d, 0xb7, 0x01, 7], b"padding"].concat();
    large.resize(large.len() + 3_000_000, 0);
    large
}

#[test]
fn a_large_component_is_checked_only_where_its_class_is_permitted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.wasm"), large()).unwrap();
    let refused = rules(folder.path(), &["check"], &[]);
    assert_eq!(refused.status.code(), Some(1));
    for words in ["at most 2097152 are accepted", "of the class \u{2018}interpreted\u{2019}", "--interpreted"] {
        assert!(said(&refused.stderr).contains(words), "{}", said(&refused.stderr));
    }
    let by_flag = rules(folder.path(), &["check", "--interpreted"], &[]);
    let by_setting = rules(folder.path(), &["check"], &[(PERMITTED, "true")]);
    for checked in [by_flag, by_setting] {
        assert_eq!(checked.status.code(), Some(0), "{}", said(&checked.stderr));
        assert!(said(&checked.stdout).contains("norfolk 0.1.0 can be uploaded."), "{}", said(&checked.stdout));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_takes_a_large_component_only_where_its_operator_permits_it() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Ambridge").await;
    let person = counterfoil_core::ids::PersonId::from_uuid(db.id());
    let at = instant(2024, 1, 2, 9);
    db.identity().add_person(person, "ada@ambridge.example", "Ada", at).await.unwrap();
    db.identity().join_council(person, council.tenant, CouncilRole::Administrator, at).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large.wasm"), large()).unwrap();
    let database = db.url(SUPERUSER);
    let upload = |permitted: &str| {
        let args = ["--council", "ambridge", "--as", "ada@ambridge.example", "--note", "By an interpreter"];
        let args = [&["upload", "large.wasm"], &args[..]].concat();
        let output = rules(folder.path(), &args, &[("DATABASE_URL", &database), (PERMITTED, permitted)]);
        (output.status.code(), said(&output.stdout) + &said(&output.stderr))
    };
    let (code, words) = tokio::task::block_in_place(|| upload("false"));
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("must be 2MB or smaller") && words.contains("does not take those"), "{words}");
    let (code, words) = tokio::task::block_in_place(|| upload("perhaps"));
    assert!(code == Some(1) && words.contains("set it to true or false"), "{words}");
    let (code, words) = tokio::task::block_in_place(|| upload("true"));
    assert!(code == Some(0) && words.contains("norfolk 0.1.0 is uploaded as"), "{words}");
}
