//! The words of every letter, against the files in `golden`. `COUNTERFOIL_GOLDEN=write` writes them anew.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::TimeDelta;
use counterfoil_core::ids::{LetterId, LinkId};
use counterfoil_tenants::identity::letter::{Letter, LetterKind};
use counterfoil_testkit::instant;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::words;

const PUBLIC: &str = "https://pay.example";
const LINK: &str = "https://pay.example/link/0123456789abcdef0123456789abcdef01234567";

/// A letter to Ann, written on the evening before the clocks go forward.
fn letter(kind: LetterKind, context: Value) -> Letter {
    let made_at = instant(2025, 3, 29, 21);
    let lasts = match kind {
        LetterKind::Invitation => Some(TimeDelta::days(7)),
        LetterKind::ResetPassword | LetterKind::LostFactor | LetterKind::Return | LetterKind::Unlock => {
            Some(TimeDelta::hours(1))
        }
        _ => None,
    };
    Letter {
        id: LetterId::from_uuid(Uuid::from_u128(1)),
        email: "ann.smith@care.example".to_owned(),
        name: "Ann Smith".to_owned(),
        kind,
        link: lasts.map(|_| LinkId::from_uuid(Uuid::from_u128(2))),
        context,
        attempt: 1,
        good_until: lasts.map(|lasts| made_at + lasts),
        made_at,
    }
}

/// Every letter, by the name of its file.
fn letters() -> Vec<(&'static str, Letter)> {
    use LetterKind as Kind;
    let staff = json!({ "council": "Worcestershire County Council", "roles": ["Finance officer", "Auditor"],
        "invited_by": "Beth Lowe" });
    let people = json!({ "organisation": "Good Care Ltd", "roles": ["Administrator"], "invited_by": "Beth Lowe" });
    let linking = json!({ "council": "Worcestershire County Council",
        "organisations": ["Good Care Ltd", "Good Care North", "Good Care South"] });
    vec![
        ("invitation", letter(Kind::Invitation, json!({}))),
        ("invitation-to-staff", letter(Kind::Invitation, staff.clone())),
        ("invitation-to-organisation", letter(Kind::Invitation, people.clone())),
        ("invitation-of-organisations", letter(Kind::Invitation, linking.clone())),
        (
            "invitation-of-operator",
            letter(Kind::Invitation, json!({ "operator": true, "roles": ["Platform operator"], "invited_by": null })),
        ),
        ("reset-password", letter(Kind::ResetPassword, json!({}))),
        ("reset-password-asleep", letter(Kind::ResetPassword, json!({ "why": "dormant" }))),
        ("lost-factor", letter(Kind::LostFactor, json!({}))),
        ("return", letter(Kind::Return, json!({ "why": "dormant" }))),
        ("unlock", letter(Kind::Unlock, json!({}))),
        ("no-password", letter(Kind::NoPassword, json!({ "council": "Worcestershire County Council" }))),
        ("joined-staff", letter(Kind::Joined, staff)),
        ("joined-organisation", letter(Kind::Joined, people)),
        ("joined-operators", letter(Kind::Joined, json!({ "operator": true, "invited_by": "Beth Lowe" }))),
        ("removed", letter(Kind::Removed, json!({ "organisation": "Good Care Ltd" }))),
        ("organisation-invited", letter(Kind::OrganisationInvited, linking)),
        ("password-changed", letter(Kind::PasswordChanged, json!({}))),
        ("factor-generator", letter(Kind::FactorChanged, json!({ "what": "generator" }))),
        ("factor-passkey", letter(Kind::FactorChanged, json!({ "what": "passkey" }))),
        ("factor-passkey-removed", letter(Kind::FactorChanged, json!({ "what": "passkey_removed" }))),
        ("factor-recovery-code", letter(Kind::FactorChanged, json!({ "what": "recovery_code", "left": 7 }))),
        ("factor-last-recovery-code", letter(Kind::FactorChanged, json!({ "what": "recovery_code", "left": 0 }))),
        ("factor-recovery-codes", letter(Kind::FactorChanged, json!({ "what": "recovery_codes" }))),
        ("factor-lost", letter(Kind::FactorChanged, json!({ "what": "lost" }))),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src/letters/golden"))
}

#[test]
fn every_letter_says_what_its_file_says() {
    let write = std::env::var("COUNTERFOIL_GOLDEN").is_ok_and(|what| what == "write");
    for (name, letter) in letters() {
        let link = letter.link.map(|_| LINK);
        let wording = words::of(&letter, link, PUBLIC);
        let text = format!("Subject: {}\n\n{}", wording.subject, wording.text);
        let file = folder().join(format!("{name}.txt"));
        if write {
            std::fs::write(&file, &text).unwrap();
        }
        let golden = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(text, golden, "{}", file.display());
    }
}

#[test]
fn every_kind_has_a_file_and_every_file_a_letter() {
    let kinds: BTreeSet<LetterKind> = letters().into_iter().map(|(_, letter)| letter.kind).collect();
    assert_eq!(kinds, LetterKind::ALL.into_iter().collect());
    let named: BTreeSet<String> = letters().into_iter().map(|(name, _)| format!("{name}.txt")).collect();
    let files = std::fs::read_dir(folder()).unwrap();
    let files: BTreeSet<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(named, files);
}

#[test]
fn a_letter_brings_its_link_once_and_leads_nowhere_but_to_the_service() {
    for (name, letter) in letters() {
        let link = letter.link.map(|_| LINK);
        let text = words::of(&letter, link, PUBLIC).text;
        assert_eq!(text.matches(LINK).count(), usize::from(link.is_some()), "{name}");
        assert_eq!(text.matches("://").count(), text.matches(PUBLIC).count(), "{name}");
        assert!(text.lines().all(|line| line.chars().count() < 500), "{name}: a line too long for mail");
        assert!(!text.contains("  ") && !text.contains("{") && !text.contains("None"), "{name}: {text}");
    }
}

#[test]
fn a_name_that_somebody_chose_is_one_line_without_a_link() {
    let names = "Ann\r\nBcc: all@care.example https://evil.example www.evil.example";
    for kind in LetterKind::ALL {
        let long = "x".repeat(10_000);
        let context = json!({ "council": names, "organisation": names, "organisations": [names, long], "roles": [names],
            "invited_by": names });
        let letter = Letter { name: names.to_owned(), ..letter(kind, context) };
        let wording = words::of(&letter, letter.link.map(|_| LINK), PUBLIC);
        assert!(!wording.subject.chars().any(char::is_control), "{kind:?}: {:?}", wording.subject);
        assert!(!wording.text.contains("\r"), "{kind:?}");
        assert!(!wording.text.contains("\nBcc"), "{kind:?}");
        assert!(!wording.text.contains("https://evil") && !wording.text.contains("www.evil"), "{kind:?}");
        assert!(wording.text.len() < 4_000, "{kind:?}: {}", wording.text.len());
        assert!(wording.subject.chars().count() < 1_000, "{kind:?}");
    }
}
