//! Whoever is no administrator of a council gives it nothing to run: not a byte is read, nothing is compiled or kept, and
//! that they tried is recorded.

use std::sync::atomic::Ordering;

use counterfoil_core::event::Action;
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::audit::{self, Filter};
use counterfoil_tenants::rule_version;
use counterfoil_testkit::{TestCouncil, TestProvider, instant};

use super::{RULES, Ruled, case, new_version, upload, watched};
use crate::pages::{Browser, Site};

const WHAT: &str = "Upload of a payment rule turned away";

impl Ruled {
    /// Who was turned away, as the council's own record has it.
    async fn turned_away(&self) -> Vec<Option<PersonId>> {
        let records = self.council.scope.read(async |tx| audit::newest(tx, 200).await).await.unwrap();
        let records = records.into_iter().filter(|record| record.action == Action::TurnAwayRule.code());
        records.map(|record| record.actor.person()).collect()
    }

    async fn kept(&self) -> (usize, usize) {
        let read = async |tx: &mut counterfoil_tenants::scope::Tx<'_>| {
            Ok((rule_version::versions(tx).await?.len(), rule_version::refusals(tx, 10).await?.len()))
        };
        self.council.scope.read(read).await.unwrap()
    }
}

/// Sends a component with a case, as whoever has read how the form looks.
async fn send(browser: &mut Browser, path: &str) -> (u16, String) {
    let (component, case) = (new_version(), case(0));
    let files = [("component", Some("rule.wasm"), &component[..]), ("cases", Some("case.json"), &case[..])];
    browser.post_files(path, "no token", &[("note", "Mine")], &files).await;
    (browser.status(), browser.without_nonce())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_by_a_provider_or_another_councils_administrator_is_as_to_no_council_and_is_recorded() {
    let (site, compiled) = watched().await;
    let ruled = Ruled::new(&site).await;
    let bradford = TestCouncil::new(&site.db, "Bradford").await;
    let provider = TestProvider::new(&site.db, "Good Care").await;
    let at = instant(2024, 6, 3, 9);
    site.db.identity().link_organisation(ruled.council.tenant, provider.organisation, at).await.unwrap();
    let elsewhere = TestProvider::new(&site.db, "Other Care").await;
    for person in [provider.person, bradford.administrator, elsewhere.person] {
        let mut browser = site.sign_in(person).await;
        for page in ["new".to_owned(), format!("{}/cases", super::standard())] {
            let theirs = send(&mut browser, &format!("{RULES}/{page}")).await;
            let absent = send(&mut browser, &format!("/councils/nowhere/rules/{page}")).await;
            assert_eq!(theirs, absent, "{page}");
            assert_eq!(theirs.0, 404, "{page}");
            assert!(!browser.post_watched(&format!("{RULES}/{page}")).await, "not a byte is read");
        }
    }
    // of one's own staff too only administrators upload, and they are told what they lack
    let mut officer = site.sign_in(ruled.council.officer).await;
    assert_eq!(send(&mut officer, &format!("{RULES}/new")).await.0, 403);
    officer.has(&["Only council administrators can do this."]);
    assert!(!officer.post_watched(&format!("{RULES}/new")).await, "not a byte is read");
    let mut nobody = site.browser();
    nobody.post_watched(&format!("{RULES}/new")).await;
    assert_eq!(nobody.location(), "/sign-in");

    assert_eq!(compiled.load(Ordering::Relaxed), 0, "nothing is compiled");
    assert_eq!(ruled.kept().await, (0, 0), "nothing is kept");
    // whom the council knows stands in its own record, everybody else in the platform's
    let told = ruled.turned_away().await;
    let of = |person: PersonId| told.iter().filter(|by| **by == Some(person)).count();
    assert_eq!((of(provider.person), of(ruled.council.officer), told.len()), (4, 2, 6));
    let by = async |person| {
        let filter = Filter {
            person: Some(person),
            action: Some(Action::TurnAwayRule.code().to_owned()),
            limit: 50,
            ..Filter::default()
        };
        let page = site.db.identity().platform_records(&filter).await.unwrap();
        assert!(page.rows.iter().all(|row| row.council == Some(ruled.council.tenant)));
        page.rows.len()
    };
    assert_eq!((by(bradford.administrator).await, by(elsewhere.person).await), (4, 4));
    let mut administrator = site.sign_in(ruled.council.administrator).await;
    administrator.open("/councils/fenmere/audit?kind=rule").await;
    administrator.has(&[WHAT, "An officer"]);
    // the control: an administrator's is read, compiled and kept
    upload(&mut administrator, &new_version(), &[]).await;
    assert_eq!((compiled.load(Ordering::Relaxed), ruled.kept().await), (1, (1, 0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_one_council_is_nothing_to_anothers_administrator() {
    let site = Site::new().await;
    let ruled = Ruled::new(&site).await;
    let bradford = TestCouncil::new(&site.db, "Bradford").await;
    let digest = upload(&mut site.sign_in(ruled.council.administrator).await, &new_version(), &[]).await;
    let absent = "f".repeat(64);
    let mut stranger = site.sign_in(bradford.administrator).await;
    for page in ["", "/cases", "/activate", "/activate?from=2025-01-04", "/component"] {
        stranger.get(&format!("/councils/bradford/rules/{digest}{page}")).await;
        let theirs = (stranger.status(), stranger.without_nonce());
        stranger.get(&format!("/councils/bradford/rules/{absent}{page}")).await;
        assert_eq!((stranger.status(), stranger.without_nonce()), theirs, "{page}");
        assert_eq!(theirs.0, 404, "{page}");
    }
    stranger.open("/councils/bradford/rules").await;
    stranger.has_none(&[&digest, "Waits for approval"]);
    stranger.has(&["No version is switched on"]);
}
