//! The author's guide, followed word for word in an empty folder: its commands are run as they stand, its files written, its
//! changes made; and in the end the council's next period is priced by the rule that came of it.
//!
//! Needs a compiler for WebAssembly: `ops/wasm-target`, which `ops/test` calls.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use counterfoil_core::actor::Actor;
use counterfoil_core::ids::PersonId;
use counterfoil_core::pricing::canonical;
use counterfoil_services::SUPERUSER;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::{audit, rule};
use counterfoil_testkit::{TestCouncil, TestDatabase, date, instant};
use tokio::process::Command;

const GUIDE: &str = include_str!("../../../rule-plugins/GUIDE.md");

/// One thing that the guide lets its reader do.
#[derive(Debug)]
enum Act {
    /// Commands, which succeed, or of which the last is said to fail.
    Run { commands: String, fails: bool },
    /// A file with this in it.
    Write { path: String, text: String },
    /// In a file this, which is there once, instead of that.
    Replace { path: String, old: String, new: String },
}

/// The guide as its reader understands it: fenced blocks, and the sentence before each.
fn acts() -> Vec<Act> {
    let mut acts = Vec::new();
    let (mut before, mut old): (String, Option<(String, String)>) = (String::new(), None);
    let mut lines = GUIDE.lines();
    while let Some(line) = lines.next() {
        let Some(fence) = line.strip_prefix("```") else {
            match line.is_empty() {
                true => {}
                false => before = line.to_owned(),
            }
            continue;
        };
        let text: String =
            lines.by_ref().take_while(|line| *line != "```").map(|line| line.to_owned() + "\n").collect();
        let named = || before.split('`').nth(1).unwrap_or_else(|| panic!("no file is named in: {before}")).to_owned();
        match fence {
            "sh" | "sh fails" => acts.push(Act::Run { commands: text, fails: fence == "sh fails" }),
            // what needs tools of another language is followed by `ops/authors`
            "sh apart" => {}
            "json" => {
                // the file is the last thing that is named before it
                let path = before.rsplit('`').nth(1).unwrap().to_owned();
                acts.push(Act::Write { path, text });
            }
            "rust" if before.ends_with("replace") => old = Some((named(), text)),
            "rust" if before == "with" => {
                let (path, old) = old.take().expect("something to replace");
                acts.push(Act::Replace { path, old, new: text });
            }
            other => panic!("nobody says what to do with a block of {other:?} after: {before}"),
        }
    }
    assert!(old.is_none(), "something is replaced with nothing");
    acts
}

/// Somebody who follows the guide at a terminal.
struct Reader {
    /// Where they are.
    folder: PathBuf,
    home: PathBuf,
    database: String,
}

impl Reader {
    async fn follow(&mut self, act: Act) {
        match act {
            Act::Write { path, text } => fs::write(self.folder.join(path), text).unwrap(),
            Act::Replace { path, old, new } => {
                let path = self.folder.join(path);
                let text = fs::read_to_string(&path).unwrap();
                assert_eq!(text.matches(&old).count(), 1, "{} has once:\n{old}", path.display());
                fs::write(&path, text.replace(&old, &new)).unwrap();
            }
            Act::Run { commands, fails } => self.run(&commands, fails).await,
        }
    }

    async fn run(&mut self, commands: &str, fails: bool) {
        let program = Path::new(env!("CARGO_BIN_EXE_counterfoil"));
        let (programs, target) = (program.parent().unwrap(), program.parent().unwrap().parent().unwrap());
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let left = self.home.join("where");
        let script = format!("set -euo pipefail\n{commands}\npwd >'{}'\n", left.display());
        let output = Command::new("bash")
            .args(["-c", &script])
            .current_dir(&self.folder)
            .env("PATH", path)
            .env("DATABASE_URL", &self.database)
            .env("COUNTERFOIL_LOG", "warn")
            .env("COUNTERFOIL_WASM_RUST", target.join("tools/wasm-rust"))
            // the reader's own build, not the one that this test is part of
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .env_remove("RUSTUP_TOOLCHAIN")
            .env_remove("COUNTERFOIL_MASTER_KEY")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        println!("$ {commands}{said}");
        if fails {
            assert_eq!(output.status.code(), Some(1), "{commands}{said}");
            return;
        }
        assert!(output.status.success(), "{commands}{said}");
        self.folder = PathBuf::from(fs::read_to_string(left).unwrap().trim());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_followed_word_for_word_makes_a_rule_that_prices() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Ambridge").await;
    // Saturdays from 7 December 2024 to well after 4 April 2026
    council.weekly_schedule(&db, 80).await;
    let identity = db.identity();
    let at = instant(2024, 1, 2, 9);
    let mut people = Vec::new();
    for (email, name) in [("ada@ambridge.example", "Ada"), ("bob@ambridge.example", "Bob")] {
        let person = PersonId::from_uuid(db.id());
        identity.add_person(person, email, name, at).await.unwrap();
        identity.join_council(person, council.tenant, CouncilRole::Administrator, at).await.unwrap();
        people.push(person);
    }

    let acts = acts();
    assert!(acts.iter().filter(|act| matches!(act, Act::Run { .. })).count() >= 8, "{acts:?}");
    let home = tempfile::tempdir().unwrap();
    let empty = home.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let mut reader = Reader { folder: empty, home: home.path().to_owned(), database: db.url(SUPERUSER) };
    for act in acts {
        reader.follow(act).await;
    }

    // the last period is priced by what was built, and the record says who did what, by a command
    let built = canonical::digest(&fs::read(reader.folder.join("ambridge-home-care.wasm")).unwrap());
    let read = council.scope.read(async |tx| {
        let counts = rule::in_force(tx, date(2026, 4, 4)).await?;
        Ok((counts, audit::newest(tx, 20).await?))
    });
    let (counts, records) = read.await.unwrap();
    assert_eq!((counts.component_digest, counts.pack.as_str()), (built, "ambridge-home-care"));
    assert_eq!(counts.recorded_by, Actor::Council { person: people[0] });
    assert_eq!(counts.approved_by, Actor::Council { person: people[1] });
    for (command, person) in [("upload", people[0]), ("approve", people[1]), ("activate", people[0])] {
        let by = Actor::Council { person };
        let request = format!("command-rules-{command}");
        let found = records.iter().any(|record| record.actor == by && record.request_id.as_deref() == Some(&request));
        assert!(found, "{command}: {records:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_an_administrator_uploads_approves_or_switches_on() {
    let db = TestDatabase::new().await;
    let council = TestCouncil::new(&db, "Ambridge").await;
    let rival = TestCouncil::new(&db, "Bradford").await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rule-plugins/councils");
    let component = folder.join("standard/standard.wasm");
    let rules = async |args: &[&str], council: &str, email: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .arg("rules")
            .args(args)
            .args(["--council", council, "--as", email])
            .env("DATABASE_URL", db.url(SUPERUSER))
            .env("COUNTERFOIL_LOG", "warn")
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let upload = ["upload", component.to_str().unwrap(), "--note", "The same"];
    let refusals = [
        ("officer@ambridge.example", "is no administrator of Ambridge: only administrators change how it pays"),
        ("administrator@bradford.example", "does not belong to a council \u{2018}ambridge\u{2019}"),
        ("nobody@ambridge.example", "nobody signs in as nobody@ambridge.example"),
    ];
    for (email, words) in refusals {
        for args in [&upload[..], &["approve", "0123456789"], &["activate", "0123456789"]] {
            let (code, said) = rules(args, "ambridge", email).await;
            assert_eq!(code, Some(1), "{said}");
            assert!(said.contains(words), "\u{2018}{said}\u{2019} does not say \u{2018}{words}\u{2019}");
        }
    }
    let (code, said) = rules(&upload, "ambridge", "administrator@ambridge.example").await;
    assert_eq!(code, Some(1));
    assert!(said.contains("which comes with the service already"), "{said}");
    let (_, said) = rules(&["approve", "0123456789"], "ambridge", "administrator@ambridge.example").await;
    assert!(said.contains("the council has no version 0123456789: upload it first"), "{said}");
    let (_, said) = rules(&["approve", "latest"], "ambridge", "administrator@ambridge.example").await;
    assert!(said.contains("names no version: give the component"), "{said}");
    for council in [&council, &rival] {
        let records = council.scope.read(async |tx| audit::newest(tx, 20).await).await.unwrap();
        let mut ids = records.iter().filter_map(|record| record.request_id.as_deref());
        assert!(!ids.any(|id| id.starts_with("command")), "{records:?}");
    }
}
