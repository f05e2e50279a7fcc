//! The audit: found, taken along, and verified.

use chrono::Utc;
use counterfoil_core::audit_chain::{Anchors, Digest, Head, Header, Ledger, Verifier};
use counterfoil_core::event::Action;
use counterfoil_core::ids::ClaimId;
use counterfoil_tenants::audit::{AnchorFolder, Chain, Pace, Reach, Record};
use counterfoil_tenants::scope::Tx;
use counterfoil_testkit::{TestCouncil, instant};
use serde_json::json;

use crate::fenmere;
use crate::pages::{Browser, Site};

const AUDIT: &str = "/councils/fenmere/audit";

/// An officer settles a claim on a day, at noon.
async fn settle(site: &Site, council: &TestCouncil, day: u32, detail: serde_json::Value) -> ClaimId {
    let claim = ClaimId::from_uuid(site.db.id());
    let scope = council.scope_of(&site.db, council.officer).await;
    scope
        .transaction(instant(2024, 12, day, 12), async |tx: &mut Tx<'_>| {
            tx.audited(Record::of(Action::SettleSuspended, claim).detail(detail.clone())).await.map(drop)
        })
        .await
        .unwrap();
    claim
}

async fn verify(browser: &mut Browser) {
    browser.open(AUDIT).await;
    browser.post_form(&format!("{AUDIT}/verify"), &[]).await;
    assert_eq!(browser.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_found_by_day_person_action_kind_and_reference() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let first = settle(&site, &council, 2, json!({"reason": "cover agreed"})).await;
    settle(&site, &council, 9, json!({})).await;
    let mut browser = site.sign_in(council.administrator).await;
    let shown = async |browser: &mut Browser, query: &str| {
        browser.get(&format!("{AUDIT}{query}")).await;
        browser.text().matches("Suspended line decided").count()
    };
    assert_eq!(shown(&mut browser, "").await, 2);
    browser.has(&["An officer", "of the council\u{2019}s staff", "Claim", "reason: cover agreed", "Not sealed yet"]);
    browser.has(&["No anchor outside"]);
    assert_eq!(shown(&mut browser, "?from=3/12/2024").await, 1);
    assert_eq!(shown(&mut browser, "?to=2/12/2024").await, 1);
    assert_eq!(shown(&mut browser, &format!("?person={}", council.officer)).await, 2);
    assert_eq!(shown(&mut browser, "?action=claim.&kind=claim").await, 2);
    assert_eq!(shown(&mut browser, "?action=run.").await, 0);
    browser.has(&["No records match these filters"]);
    assert_eq!(shown(&mut browser, &format!("?reference={first}")).await, 1);
    assert_eq!(shown(&mut browser, "?reference=nothing").await, 0);
    browser.has(&["That is not a reference"]);
    shown(&mut browser, "?action=claim.&sort=at").await;
    let text = browser.text();
    assert!(text.find("2 December 2024") < text.find("9 December 2024"), "the oldest first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sealed_file_is_verified_by_somebody_who_has_nothing_else() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    for day in 2..7 {
        settle(&site, &council, day, json!({})).await;
    }
    let mut browser = site.sign_in(council.administrator).await;
    browser.get(&format!("{AUDIT}/export")).await;
    assert_eq!((browser.status(), browser.header("content-type").as_str()), (200, "application/x-ndjson"));
    assert!(browser.header("content-disposition").contains("attachment; filename=\"fenmere-audit-"));
    let text = browser.text();
    let mut lines = text.lines();
    let mut verifier = Verifier::new(Header::read(lines.next().unwrap()).unwrap(), Anchors::default()).unwrap();
    lines.for_each(|line| verifier.line(line));
    let verdict = verifier.finish();
    // the council was set up, five claims were settled, and the export itself
    assert_eq!((verdict.is_sound(), verdict.rows, verdict.unsealed), (true, 7, 0));
    browser.get(&format!("{AUDIT}?action=audit.")).await;
    browser.has(&["Audit exported", "An administrator"]);
    verify(&mut browser).await;
    browser.has(&["Everything is as it was sealed", "7 sealed records", "There is no anchor outside the database"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_for_people_has_what_the_filters_leave_and_nothing_that_a_spreadsheet_computes() {
    let site = Site::new().await;
    let council = fenmere(&site).await;
    let first = settle(&site, &council, 2, json!({})).await;
    let second = settle(&site, &council, 9, json!({})).await;
    let (identity, at) = (site.db.identity(), instant(2024, 6, 3, 9));
    let mallory = counterfoil_core::ids::PersonId::from_uuid(site.db.id());
    identity.add_person(mallory, "m@fenmere.example", "=HYPERLINK(\"http://x\")", at).await.unwrap();
    let role = counterfoil_tenants::identity::CouncilRole::Administrator;
    identity.join_council(mallory, council.tenant, role, at).await.unwrap();
    let mut browser = site.sign_in(mallory).await;
    browser.get(&format!("{AUDIT}/export.csv?kind=claim&from=3/12/2024")).await;
    let text = browser.text();
    assert!(text.starts_with("\u{feff}when (UTC),when (London),who,"), "{text}");
    assert!(text.contains(&second.to_string()) && !text.contains(&first.to_string()), "{text}");
    browser.get(&format!("{AUDIT}/export.csv?action=audit.")).await;
    assert!(browser.text().contains("\"'=HYPERLINK(\"\"http://x\"\")\""), "{}", browser.text());
    browser.get(&format!("{AUDIT}/export.csv?kind=run")).await;
    assert_eq!(browser.text().lines().count(), 1, "the headings");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_computed_anew_is_noticed_by_what_was_anchored() {
    let folder = tempfile::tempdir().unwrap();
    let anchors = AnchorFolder::new(folder.path().to_owned());
    let site = Site::anchored(Some(anchors.clone())).await;
    let council = fenmere(&site).await;
    let ledger = Ledger::Council(council.tenant);
    let mut browser = site.sign_in(council.administrator).await;
    browser.open(AUDIT).await;
    browser.has(&["Nothing of it is anchored yet"]);

    settle(&site, &council, 2, json!({})).await;
    let sealed = Chain::of_council(&council.scope).seal(Reach::Recent, Utc::now()).await.unwrap();
    anchors.append(ledger, sealed.head.unwrap(), Utc::now(), Pace::Now).await.unwrap();
    browser.open(AUDIT).await;
    browser.has(&[
        "Anchored up to record 2",
        "2, of which 2 sealed and 0 not yet",
        &sealed.head.unwrap().digest.to_string(),
    ]);
    verify(&mut browser).await;
    browser.has(&["Everything is as it was sealed", "Anchored outside the database up to record 2"]);

    // what was anchored once is not what the database has now
    settle(&site, &council, 3, json!({})).await;
    let sealed = Chain::of_council(&council.scope).seal(Reach::Recent, Utc::now()).await.unwrap();
    assert_eq!(sealed.head.unwrap().sequence, 3);
    let other = Head { sequence: 3, digest: Digest::GENESIS };
    anchors.append(ledger, other, Utc::now(), Pace::Now).await.unwrap();
    verify(&mut browser).await;
    browser.has(&[
        "The audit is not as it was sealed",
        "Record 3 is not the one that was anchored",
        "Tell whoever runs",
    ]);
}
