//! Actuals of many claims as a file: downloaded, edited, looked at, and saved only then.

use std::time::Duration;

use counterfoil_core::actor::Actor;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, RuleId};
use counterfoil_core::money::Quantity;
use counterfoil_core::pricing::canonical::digest;
use counterfoil_core::statement::Actuals;
use counterfoil_rules::packs;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::reason::{self, NonDeliveryReason, ReasonKind};
use counterfoil_tenants::rule::{self, RuleActivation};
use counterfoil_tenants::statement::{Source, StatementRow};
use counterfoil_tenants::{claim, statement};
use counterfoil_testkit::{TestDatabase, TestProvider, instant};

use crate::actuals::{fields, typed};
use crate::browser::{Browser, Page, Web};
use crate::world::Council;

/// A council that prices, and three weeks of one contract's care that wait for actuals.
struct World {
    db: TestDatabase,
    council: Council,
    own: TestProvider,
    contract: String,
    claims: Vec<ClaimId>,
    home: String,
}

impl World {
    async fn new() -> Self {
        let db = TestDatabase::new().await;
        let council = Council::new(&db, "Worcestershire", "worcestershire").await;
        let own = TestProvider::new(&db, "Good Care").await;
        let contracted = council.contract(&db, &own).await;
        let mut claims = Vec::new();
        for week in 0..3 {
            claims.push(council.is.claim(&db, &council.schedule, &contracted, week).await.id);
        }
        let home = council.claims_of(&own).replace("/claims", "/actuals-file");
        let world = Self { contract: contracted.contract.to_string(), db, council, own, claims, home };
        world.prices().await;
        world
    }

    async fn prices(&self) {
        let at = instant(2024, 1, 2, 9);
        let by = Actor::Council { person: self.council.is.administrator };
        let activation = RuleActivation {
            id: RuleId::from_uuid(self.db.id()),
            component_digest: digest(packs::standard().component),
            pack: "standard".to_owned(),
            version: "1.0.0".to_owned(),
            active_from: at.date_naive(),
            recorded_at: at,
            recorded_by: by.clone(),
            approved_by: Actor::Council { person: self.council.is.officer },
        };
        let hospital = NonDeliveryReason {
            code: "hospital".to_owned(),
            valid_from: at.date_naive(),
            recorded_at: at,
            recorded_by: by,
            valid_to: None,
            words: "In hospital".to_owned(),
            kind: ReasonKind::Frustrated,
            comment_needed: false,
        };
        let made = self.council.is.scope.transaction(at, async |tx| {
            let mut audited = tx.audited(Record::of(Action::SetUp, activation.id)).await?;
            rule::activate(&mut audited, activation.clone()).await?;
            reason::add(&mut audited, vec![hospital.clone()]).await
        });
        made.await.unwrap();
    }

    async fn download(&self, browser: &Browser, kind: &str) -> Page {
        let page =
            browser.get(&format!("{}/download?contract={}&week=all&kind={kind}", self.home, self.contract)).await;
        assert!(page.is(200).headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        page
    }

    /// Sends a file; the page of what it would do, with its address.
    async fn sent(&self, browser: &Browser, contents: &[u8]) -> (Page, String) {
        let answer = browser.post_file(&self.home, &self.home, contents).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let address = answer.headers["location"].to_str().unwrap().to_owned();
        (browser.get(&address).await, address)
    }

    /// Says 'Save these actuals' and waits for what comes of it.
    async fn saved(&self, browser: &Browser, address: &str, fields: &[(&str, &str)]) -> Page {
        browser.post(address, &format!("{address}/save"), fields).await.leads_to(address);
        for _ in 0..200 {
            let page = browser.get(address).await;
            if page.text().contains("Saved and priced") {
                return page;
            }
            page.says(&["Saving your actuals", "http-equiv=\"refresh\""]);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it never ended");
    }

    async fn stated(&self, claim: ClaimId) -> Option<StatementRow> {
        let read = self.council.is.scope.read(async |tx| statement::newest(tx, &[claim]).await);
        read.await.unwrap().pop()
    }
}

/// A line of CSV with another cell at a place.
fn with(text: &str, row: usize, changes: &[(usize, &str)]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut cells: Vec<String> = lines[row].split(',').map(str::to_owned).collect();
    for (column, cell) in changes {
        (*cell).clone_into(&mut cells[*column]);
    }
    lines[row] = cells.join(",");
    lines.join("\r\n") + "\r\n"
}

const DELIVERED: usize = 7;
const FRUSTRATED: usize = 8;
const REASON: usize = 10;
const COMMENT: usize = 11;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_first_and_only_what_is_right_is_saved() {
    let world = World::new().await;
    let web = Web::new(&world.db);
    let browser = web.signed_in(world.own.person).await;
    browser.get(&world.home).await.is(200).says(&["Actuals file", "home care", "Ending 27 December 2024"]);
    let csv = world.download(&browser, "csv").await;
    let text = csv.text();
    csv.says(&["Week ending", "13/12/2024", ",hours,7,7,0,", "CPLI", "Saved version"]).says_nothing_of(&["A. Person"]);

    // as it came: nothing changes, in either kind
    for file in [csv.bytes.to_vec(), world.download(&browser, "xlsx").await.bytes.to_vec()] {
        let (page, _) = world.sent(&browser, &file).await;
        page.is(200).says(&["Read", "3 rows", "0 claims with first actuals", "3 claims, 3 of them as planned"]);
        page.says(&["Also save as delivered as planned: 3 claims", "held for you until"]);
    }

    // five hours with a comment; care in hospital without a reason; the third as it was
    let edited = with(&text, 1, &[(DELIVERED, "5"), (COMMENT, "Away on Sunday")]);
    let edited = with(&edited, 2, &[(DELIVERED, "5"), (FRUSTRATED, "2")]);
    let (page, address) = world.sent(&browser, edited.as_bytes()).await;
    page.is(200).says(&["1 claim with first actuals", "1 claim, 1 of them as planned", "Not entered", "5 hours"]);
    page.says(&["K3", "Frustrated care needs a reason.", "hospital", "Download the rows to mend"]);
    for claim in &world.claims {
        assert!(world.stated(*claim).await.is_none(), "nothing is stored before the person says so");
    }
    let page = world.saved(&browser, &address, &[]).await;
    page.says(&["1 claim", "0 claims", "Download the rows to mend"]);
    let stated = world.stated(world.claims[0]).await.unwrap();
    assert_eq!(stated.source, Source::File);
    assert_eq!(stated.body.lines[0].comment, "Away on Sunday");
    let Actuals::Period { delivered, .. } = &stated.body.lines[0].actuals else { panic!("{stated:?}") };
    assert_eq!(*delivered, Quantity::from_thousandths(5_000));
    assert!(world.stated(world.claims[1]).await.is_none() && world.stated(world.claims[2]).await.is_none());
    let priced = world.council.is.scope.read(async |tx| claim::find(tx, world.claims[0]).await).await.unwrap();
    assert!(priced.assessment_id.is_some(), "priced at once");
    // pressed again, nothing happens twice
    browser.post(&world.home, &format!("{address}/save"), &[]).await.leads_to(&address);
    assert_eq!(world.stated(world.claims[0]).await.unwrap().version, 1);

    // the rejected row comes back as it was sent, is mended, and is taken
    let rejects = browser.get(&format!("{address}/rejects")).await;
    rejects.is(200).says(&["What is wrong", "K3", "20/12/2024"]).says_nothing_of(&["13/12/2024", "27/12/2024"]);
    let mended = with(&rejects.text(), 1, &[(REASON, "In hospital")]);
    let (page, address) = world.sent(&browser, mended.as_bytes()).await;
    page.is(200)
        .says(&["1 claim with first actuals", "2 hours", "Save these actuals"])
        .says_nothing_of(&["Not taken</h2>"]);
    world.saved(&browser, &address, &[]).await.says(&["Your actuals are saved"]);
    let stated = world.stated(world.claims[1]).await.unwrap();
    let Actuals::Period { frustrated, reason, .. } = &stated.body.lines[0].actuals else { panic!("{stated:?}") };
    assert_eq!((frustrated.raw(), reason.as_str()), (2_000, "hospital"));

    // what is as planned is saved where it is asked for, and the whole then comes back unchanged
    let now = world.download(&browser, "xlsx").await;
    let (_, address) = world.sent(&browser, &now.bytes).await;
    world.saved(&browser, &address, &[("as_planned", "yes")]).await.says(&["Your actuals are saved"]);
    assert_eq!(world.stated(world.claims[2]).await.unwrap().body.lines[0].actuals, Actuals::AsPlanned);
    let (page, _) = world.sent(&browser, &world.download(&browser, "csv").await.bytes).await;
    page.says(&["The file changes nothing"]).says_nothing_of(&["Save these actuals"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changed_meanwhile_is_refused_and_not_overwritten() {
    let world = World::new().await;
    let web = Web::new(&world.db);
    let (browser, other) = (web.signed_in(world.own.person).await, web.signed_in(world.own.person).await);
    let text = world.download(&browser, "csv").await.text();
    let mine = with(&with(&text, 1, &[(DELIVERED, "5"), (COMMENT, "x")]), 2, &[(DELIVERED, "4"), (COMMENT, "x")]);
    let (_, address) = world.sent(&browser, mine.as_bytes()).await;

    // somebody else is faster with one of the two
    let theirs = with(&text, 1, &[(DELIVERED, "6"), (COMMENT, "y")]);
    let (_, there) = world.sent(&other, theirs.as_bytes()).await;
    world.saved(&other, &there, &[]).await.says(&["Your actuals are saved"]);
    let page = world.saved(&browser, &address, &[]).await;
    page.says(&["1 claim", "Somebody changed this claim after the file was checked", "Download the rows to mend"]);
    let first = world.stated(world.claims[0]).await.unwrap();
    assert_eq!((first.version, first.body.lines[0].comment.as_str()), (1, "y"));
    assert_eq!(world.stated(world.claims[1]).await.unwrap().body.lines[0].comment, "x");

    // the same file once more: its rows are older than what stands, or the same
    let (page, _) = world.sent(&browser, mine.as_bytes()).await;
    page.says(&["saved after this file was downloaded", "M2", "Download the file again"]);
    page.says(&["0 claims with first actuals", "2 claims, 1 of them as planned"]);
    // what is confirmed is left alone
    world.council.moved(world.claims[2], ClaimState::Confirmed).await;
    let (page, _) = world.sent(&browser, with(&text, 3, &[(DELIVERED, "3"), (COMMENT, "z")]).as_bytes()).await;
    page.says(&["This claim is confirmed. Take the confirmation back before changing its actuals."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_with_names_anothers_claims_and_no_tables_are_refused_with_what_to_do() {
    let world = World::new().await;
    let web = Web::new(&world.db);
    let browser = web.signed_in(world.own.person).await;
    let text = world.download(&browser, "csv").await.text();
    let says = async |contents: &[u8], words: &str| {
        let page = browser.post_file(&world.home, &world.home, contents).await;
        page.is(200).says(&["There is a problem", words]);
    };
    let named = text.replacen("Person reference", "Person reference,Client name", 1);
    says(named.as_bytes(), "would tell us who people are").await;
    says(b"", "Select a file").await;
    says(b"\xd0\xcf\x11\xe0", "Excel workbook (.xlsx)").await;
    says(&vec![b'a'; 20 * 1024 * 1024 + 1], "larger than 20MB").await;
    says(b"Contract,Delivered\nC1,1\n", "has no column headed").await;
    let bad = with(&text, 1, &[(DELIVERED, "\"7,5\""), (2, "SS-other")]);
    let (page, address) = world.sent(&browser, bad.as_bytes()).await;
    page.is(200).says(&["C2", "This CPLI is for", "Save these actuals"]);

    // another organisation's contract is as one that does not exist
    let other = TestProvider::new(&world.db, "Other Care").await;
    let theirs = world.council.contract(&world.db, &other).await;
    world.council.is.claim(&world.db, &world.council.schedule, &theirs, 0).await;
    let rival = web.signed_in(other.person).await;
    let there = world.council.claims_of(&other).replace("/claims", "/actuals-file");
    let answer = rival.post_file(&there, &there, text.as_bytes()).await;
    let page = rival.get(answer.headers["location"].to_str().unwrap()).await;
    page.is(200).says(&["There is no claim for CPLI", "Nothing of this file can be saved"]);
    browser
        .get(&format!("{}/download?contract={}&kind=csv", world.home, theirs.contract))
        .await
        .says(&["Select a contract"]);
    // and an upload is its session's alone
    let upload = address.rsplit('/').next().unwrap();
    rival.get(&format!("{there}/{upload}")).await.leads_to(&format!("{there}?done=gone"));
    rival.get(&format!("{there}/{upload}/rejects")).await.is(404);
    web.signed_in(world.own.person).await.get(&address).await.leads_to(&format!("{}?done=gone", world.home));
    browser.get(&format!("{}?done=gone", world.home)).await.says(&["The file is no longer held"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_stated_by_day_that_a_file_turns_into_one_quantity_is_named() {
    let world = World::new().await;
    let web = Web::new(&world.db);
    let browser = web.signed_in(world.own.person).await;
    let actuals = format!("{}/{}/actuals", world.council.claims_of(&world.own), world.claims[0]);
    let by_day = fields(&browser.get(&format!("{actuals}?by=day")).await);
    let half = [("line-1-20241209-actual", Some("0.5")), ("line-1-comment", Some("Half an hour on Monday"))];
    assert_eq!(browser.post(&actuals, &actuals, &typed(&by_day, &half)).await.status, 303);
    let stated = world.stated(world.claims[0]).await.unwrap();
    assert!(matches!(stated.body.lines[0].actuals, Actuals::Days { .. }));

    let text = world.download(&browser, "csv").await.text();
    let row = text.lines().position(|line| line.contains("Half an hour on Monday")).unwrap();
    let words = "One quantity, where it was stated by day";
    let (unchanged, _) = world.sent(&browser, text.as_bytes()).await;
    unchanged.is(200).says_nothing_of(&[words]);
    let (preview, _) = world.sent(&browser, with(&text, row, &[(DELIVERED, "6")]).as_bytes()).await;
    preview.is(200).says(&[words, "6.5 hours", "6 hours"]);
}
