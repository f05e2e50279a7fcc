//! Scheduled payments, as a provider goes through them: what waits, what will be paid, confirming, rejecting, and taking
//! back; in both vocabularies.

use std::collections::BTreeMap;

use counterfoil_core::actor::Actor;
use counterfoil_core::claim::Vocabulary;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, RuleId, ServiceLineId, ServiceUserId};
use counterfoil_core::money::{Money, Quantity, Rate};
use counterfoil_core::plan::{LineVersion, Plan};
use counterfoil_core::pricing::canonical;
use counterfoil_core::pricing::facts::Unit;
use counterfoil_core::rate_card::{RateCardRow, RateKey};
use counterfoil_rules::packs;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::profile::{self, PaymentFormat, Profile, SubmissionDay};
use counterfoil_tenants::rate::{self, RateRecord};
use counterfoil_tenants::rule::{self, RuleActivation};
use counterfoil_tenants::service_line::{self, LineVersionRow, ServiceLine};
use counterfoil_tenants::service_user::{self, ServiceUser};
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::steps::assess_claims::{Purpose, assess_claims};
use counterfoil_tenants::steps::generate_claims::generate_claims;
use counterfoil_testkit::{Contracted, TestCouncil, TestDatabase, TestProvider, date, instant};
use std::sync::Arc;

use counterfoil_tenants::vault::MasterKey;

use crate::browser::{Browser, Page, Web};
use crate::means::means;
use crate::world::Council;

/// A council whose calendar goes on for years, with a contract, and the rule that prices it.
pub(crate) struct Story {
    pub(crate) db: TestDatabase,
    pub(crate) council: Council,
    pub(crate) own: TestProvider,
    pub(crate) contract: Contracted,
    means: Means,
}

impl Story {
    pub(crate) async fn new() -> Self {
        let db = TestDatabase::new().await;
        let is = TestCouncil::new(&db, "Bradford").await;
        let schedule = is.weekly_schedule(&db, 200).await;
        let council = Council { is, slug: "bradford", schedule };
        let own = TestProvider::new(&db, "Good Care").await;
        let contract = council.contract(&db, &own).await;
        let story = Self { db, council, own, contract, means: means(Arc::new(MasterKey::generate())) };
        story.switch_on().await;
        story
    }

    async fn switch_on(&self) {
        let standard = packs::standard();
        let activation = RuleActivation {
            id: RuleId::from_uuid(self.db.id()),
            component_digest: canonical::digest(standard.component),
            pack: "standard".to_owned(),
            version: "1.2.0".to_owned(),
            active_from: date(2024, 4, 1),
            recorded_at: instant(2024, 4, 1, 9),
            recorded_by: Actor::Council { person: self.council.is.administrator },
            approved_by: Actor::Council { person: self.council.is.officer },
        };
        self.council
            .is
            .scope
            .transaction(instant(2024, 4, 1, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, activation.id)).await?;
                rule::activate(&mut audited, activation.clone()).await
            })
            .await
            .unwrap();
    }

    /// A second person under the contract, seven hours a week.
    pub(crate) async fn another_person(&self) {
        self.person_called("SSZZ", "CPLI-SECOND").await;
    }

    /// One more person under the contract, seven hours a week.
    pub(crate) async fn person_called(&self, called: &str, cpli: &str) {
        let (user, line) = (ServiceUserId::from_uuid(self.db.id()), ServiceLineId::from_uuid(self.db.id()));
        let at = instant(2024, 4, 1, 9);
        let line = ServiceLine {
            id: line,
            organisation_id: self.contract.organisation,
            contract_id: self.contract.contract,
            service_user_id: user,
            reference: cpli.to_owned(),
            purchase_order: None,
        };
        let version = LineVersion {
            version: 1,
            from: date(2024, 4, 1),
            to: None,
            recorded_at: at,
            service: "External Domiciliary Care - Tiered".to_owned(),
            unit: Unit::Hour,
            tier: "1".to_owned(),
            tier_need: String::new(),
            attributes: Vec::new(),
            plan: Plan::Week { quantity: Quantity::from_thousandths(7_000) },
        };
        let by = Actor::Council { person: self.council.is.administrator };
        self.council
            .is
            .scope
            .transaction(at, async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, self.contract.contract)).await?;
                let person = ServiceUser { id: user, reference: called.to_owned(), name: "B. Person".to_owned() };
                service_user::add(&mut audited, vec![person]).await?;
                service_line::add(&mut audited, vec![line.clone()]).await?;
                service_line::add_versions(&mut audited, vec![LineVersionRow::new(&line, version.clone(), by.clone())])
                    .await
            })
            .await
            .unwrap();
    }

    /// The claims of a week, made from the plan and priced.
    pub(crate) async fn week(&self, number: usize) -> Vec<ClaimId> {
        let at = instant(2024, 12, 7, 6);
        let scope = &self.council.is.scope;
        let made = generate_claims(scope, at, self.council.schedule.periods[number]).await.unwrap().claims;
        assess_claims(scope, &self.means, at, (Purpose::Shown, at), &made).await.unwrap();
        made
    }

    /// The council takes the other words.
    async fn speaks(&self, vocabulary: Vocabulary) {
        let at = instant(2024, 2, 1, 9);
        let new = Profile {
            valid_from: date(2024, 2, 1),
            recorded_at: at,
            recorded_by: Actor::Council { person: self.council.is.administrator },
            name_shown: "Fenmere".to_owned(),
            vocabulary,
            payment_format: PaymentFormat::Bacs,
            small_balance_pence: Money::ZERO,
            submission: SubmissionDay::NextWorkingDay,
            messages: BTreeMap::new(),
            verification_statement: "I verify that the units were delivered.".to_owned(),
        };
        self.council
            .is
            .scope
            .transaction(at, async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, self.council.is.tenant)).await?;
                profile::add(&mut audited, new.clone()).await
            })
            .await
            .unwrap();
    }

    /// The council raises the rate to £20 an hour, from the beginning.
    async fn dearer(&self) {
        let row = RateCardRow {
            key: RateKey {
                service: "External Domiciliary Care - Tiered".to_owned(),
                tier: "1".to_owned(),
                band: String::new(),
                minutes: None,
                day_kind: None,
                time_band: None,
                unit: Unit::Hour,
            },
            from: date(2024, 4, 1),
            to: None,
            rate: Rate::from_ten_thousandths(200_000),
            recorded_at: instant(2024, 12, 20, 9),
        };
        let (id, by) = (self.db.id(), Actor::Council { person: self.council.is.administrator });
        self.council
            .is
            .scope
            .transaction(instant(2024, 12, 20, 9), async |tx| {
                let mut audited = tx.audited(Record::on(Action::RecordRate, "rate")).await?;
                rate::add(&mut audited, vec![RateRecord::new(id, row.clone(), by.clone())]).await
            })
            .await
            .unwrap();
    }

    fn home(&self) -> String {
        format!("/organisations/{}/councils/bradford/payments", self.own.organisation)
    }

    /// Where the contract's first week is.
    fn first_week(&self) -> String {
        format!("{}/{}/2024-12-07", self.home(), self.contract.contract)
    }
}

/// What the form of a week carries for one of its claims, as it is on the page now.
fn value_of(page: &Page, claim: ClaimId) -> String {
    let seen = page.after_in("<main", "name=\"seen\"", "value");
    seen.split(' ').find(|value| value.starts_with(&claim.to_string())).expect("the claim is on the page").to_owned()
}

async fn press(browser: &Browser, week: &str, act: &str, claims: &[ClaimId], more: &[(&str, &str)]) -> Page {
    let page = browser.get(week).await;
    let seen = page.is(200).after_in("<main", "name=\"seen\"", "value");
    let ticks: Vec<String> = claims.iter().map(|claim| value_of(&page, *claim)).collect();
    let mut fields = vec![("do", act), ("seen", seen.as_str())];
    fields.extend(ticks.iter().map(|tick| ("tick", tick.as_str())));
    fields.extend(more);
    browser.post(week, week, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_is_confirmed_as_far_as_it_can_be_and_the_rest_is_named() {
    let story = Story::new().await;
    story.another_person().await;
    let claims = story.week(0).await;
    let (first, second) = (claims[0], claims[1]);
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let week = story.first_week();

    let list = browser.get(&story.home()).await;
    list.is(200).says(&["Waiting for you", "7 to 13 December 2024", "£263.90", "Unconfirmed", "Late", &week]);
    let page = browser.get(&week).await;
    page.is(200).says(&["Scheduled payment, 7 to 13 December 2024", "2 of 2 without actuals", "SSZZ", "£263.90"]);
    page.says(&["Enter the actuals for this claim before confirming it.", "I declare that these actuals are right."]);
    page.says_nothing_of(&["A. Person", "B. Person", " checked"]);
    browser.get(&format!("{week}?all=1")).await.is(200).says(&[" checked"]);

    // nothing can be confirmed before it is stated, and no word that was typed is lost
    let more = [("name", "Ada Lovelace"), ("comment", "As agreed")];
    let refused = press(&browser, &week, "confirm-all", &[], &more).await;
    refused.is(200).says(&["SSZZ: Enter the actuals", "value=\"Ada Lovelace\"", "As agreed", "There is a problem"]);
    press(&browser, &week, "confirm", &[], &more).await.is(200).says(&["Select the claims that you mean"]);
    press(&browser, &week, "confirm", &[first], &[]).await.is(200).says(&["Enter your name"]);

    press(&browser, &week, "accept", &[first], &[]).await.leads_to(&format!("{week}?done=accepted"));
    browser.get(&week).await.is(200).says(&["1 of 2 without actuals", "Unconfirmed, amended"]);
    let partly = press(&browser, &week, "confirm-all", &[], &more).await;
    // the one that can be confirmed stays ticked, the other is named
    partly.is(200).says(&["Enter the actuals"]);
    let ticked = partly.text().matches(" checked").count();
    assert_eq!(ticked, 1, "one box is ticked");
    press(&browser, &week, "confirm", &[first], &more).await.leads_to(&format!("{week}?done=confirmed"));
    let page = browser.get(&format!("{week}?done=confirmed")).await;
    page.is(200).says(&["You have confirmed what you chose", "Take back confirmation", "1 of 2 to do"]);
    let receipt = browser.get(&format!("{week}/receipt")).await;
    receipt.is(200).says(&["Receipt for 7 to 13 December 2024", "Ada Lovelace", "As agreed", "£131.95"]);
    browser.get(&story.home()).await.is(200).says(&["1 Unconfirmed, 1 Confirmed"]);
    let officer = web.signed_in(story.council.is.officer).await;
    officer.get(&format!("/councils/bradford/claims/{first}")).await.is(200).says(&["Ada Lovelace", "As agreed"]);

    // it can be taken back, and is then open
    let page = browser.get(&week).await;
    let one = value_of(&page, first);
    let back = browser.post(&week, &week, &[("do", "take-back"), ("one", &one)]).await;
    back.leads_to(&format!("{week}?done=taken-back"));
    browser.get(&week).await.is(200).says(&["2 of 2 to do"]).says_nothing_of(&["Take back confirmation"]);
    browser.get(&format!("{week}/receipt")).await.is(404);
    // a version that is no longer the newest is refused
    let stale = browser.post(&week, &week, &[("do", "confirm"), ("seen", &one), ("tick", &one), ("name", "Ada")]).await;
    stale.is(200).says(&["Somebody changed it meanwhile"]);
    let _ = second;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_many_people_comes_in_parts_and_is_confirmed_as_a_whole() {
    let story = Story::new().await;
    for number in 10..40 {
        story.person_called(&format!("SS-{number}"), &format!("CPLI-{number}")).await;
    }
    let claims = story.week(0).await;
    assert_eq!(claims.len(), 31);
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let week = story.first_week();
    let page = browser.get(&week).await;
    page.is(200).says(&["Showing 1 to 20 of 31 people", "31 claims open", "11 claims of them on other pages"]);
    // the totals are the whole week's, whatever part is shown
    page.says(&["\u{a3}4,090.45", "20 of 31 lines"]);
    assert_eq!(page.text().matches("name=\"tick\"").count(), 20);
    let second = browser.get(&format!("{week}?page=2")).await;
    second.is(200).says(&["Showing 21 to 31 of 31 people", "20 claims of them on other pages", "\u{a3}4,090.45"]);
    browser
        .get(&format!("{week}?find=ss-12"))
        .await
        .is(200)
        .says(&["SS-12", "\u{a3}4,090.45"])
        .says_nothing_of(&["SS-13"]);
    browser.get(&format!("{week}?page=2&all=1")).await.is(200).says(&[" checked", "Select none"]);

    // all of the week is stated, wherever it is shown; what cannot be confirmed yet is on the page that names it
    press(&browser, &week, "confirm-all", &[], &[("name", "Ada")]).await.is(200).says(&["SS-39: Enter the actuals"]);
    let seen = second.after_in("<main", "name=\"seen\"", "value");
    let mut fields = vec![("do", "accept"), ("seen", seen.as_str())];
    fields.extend(seen.split(' ').map(|tick| ("tick", tick)));
    browser.post(&week, &week, &fields).await.leads_to(&format!("{week}?done=accepted"));
    let part = format!("{week}?page=2");
    let page = browser.get(&part).await;
    let seen = page.after_in("<main", "name=\"seen\"", "value");
    let all = [("do", "confirm-all"), ("seen", seen.as_str()), ("name", "Ada Lovelace")];
    browser.post(&part, &part, &all).await.leads_to(&format!("{week}?page=2&done=confirmed"));
    browser.get(&format!("{week}/receipt")).await.is(200).says(&["\u{a3}4,090.45"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_gives_its_own_reference_and_invoice_date_until_a_run_takes_the_claim() {
    let story = Story::new().await;
    let claims = story.week(0).await;
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let week = story.first_week();
    let refer = async |more: &[(&str, &str)]| press(&browser, &week, "refer", &claims, more).await;
    refer(&[]).await.is(200).says(&["Enter your reference, an invoice date, or both"]);
    let strange = refer(&[("own-reference", "INV_7")]).await;
    strange.is(200).says(&["Your reference must only have letters", "INV_7"]);
    let dated = |day, year| [("dated-day", day), ("dated-month", "12"), ("dated-year", year)];
    refer(&dated("31", "2199")).await.is(200).says(&["The invoice date cannot be in the future", "value=\"31\""]);
    refer(&dated("6", "2024")).await.is(200).says(&["The invoice date cannot be before 7 December 2024"]);
    let both = [("own-reference", "INV 7"), ("dated-day", "16"), ("dated-month", "12"), ("dated-year", "2024")];
    refer(&both).await.leads_to(&format!("{week}?done=referred"));
    browser.get(&week).await.is(200).says(&["INV 7", "Dated 16 December 2024"]);
    // accepting the plan keeps it, and so does the receipt
    press(&browser, &week, "accept", &claims, &[]).await.leads_to(&format!("{week}?done=accepted"));
    press(&browser, &week, "confirm", &claims, &[("name", "Ada")]).await.leads_to(&format!("{week}?done=confirmed"));
    browser.get(&format!("{week}/receipt")).await.is(200).says(&["INV 7", "Dated 16 December 2024"]);
    let officer = web.signed_in(story.council.is.officer).await;
    let claim = format!("/councils/bradford/claims/{}", claims[0]);
    officer.get(&claim).await.is(200).says(&["INV 7", "16 December 2024"]);
    // confirmed, it can still be given another; in a run it cannot
    let later = [("own-reference", "INV 8")];
    press(&browser, &week, "refer-all", &[], &later).await.leads_to(&format!("{week}?done=referred"));
    browser.get(&week).await.is(200).says(&["INV 8", "Dated 16 December 2024", "Take back confirmation"]);
    story.council.moved(claims[0], counterfoil_core::claim::ClaimState::Locked).await;
    press(&browser, &week, "refer-all", &[], &[("own-reference", "INV 9")]).await.is(200).says(&["Select the claims"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_that_is_wrong_is_rejected_with_a_reason_that_the_council_reads() {
    let story = Story::new().await;
    let claims = story.week(0).await;
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let week = story.first_week();
    let without = press(&browser, &week, "reject", &claims, &[("name", "Ada Lovelace")]).await;
    without.is(200).says(&["Enter what is wrong"]);
    let more = [("name", "Ada Lovelace"), ("comment", "The rate should be tier 2")];
    press(&browser, &week, "reject", &claims, &more).await.leads_to(&format!("{week}?done=rejected"));
    browser.get(&week).await.is(200).says(&["Rejected by you", "The rate should be tier 2"]);
    browser.get(&story.home()).await.is(200).says(&["1 rejected by you"]);
    let officer = web.signed_in(story.council.is.officer).await;
    officer.get("/councils/bradford/claims").await.is(200).says(&["Rejected by provider"]);
    let council = officer.get(&format!("/councils/bradford/claims/{}", claims[0])).await;
    council.is(200).says(&[
        "The provider rejected what this claim comes to",
        "The rate should be tier 2",
        "Ada Lovelace",
    ]);
    // whoever confirms everything does not mean what they rejected
    let everything = press(&browser, &week, "confirm-all", &[], &[("name", "Ada Lovelace")]).await;
    everything.is(200).says(&["Select the claims that you mean", "What you have rejected is left out"]);
    // stated again, it is rejected no longer
    press(&browser, &week, "accept", &claims, &[]).await.leads_to(&format!("{week}?done=accepted"));
    browser.get(&week).await.is(200).says_nothing_of(&["Rejected by you"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_other_words_a_provisional_invoice_is_verified_with_the_councils_statement() {
    let story = Story::new().await;
    story.speaks(Vocabulary::ProvisionalInvoices).await;
    let claims = story.week(0).await;
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let week = story.first_week();
    browser.get(&story.home()).await.is(200).says(&["Payment schedules", "Awaiting Verification"]);
    browser.get(&format!("{}?state=open", story.home())).await.is(200).says(&["Awaiting Verification", &week]);
    browser.get(&format!("{}?state=paid", story.home())).await.is(200).says(&["No weeks of contracts match"]);
    press(&browser, &week, "accept", &claims, &[]).await.leads_to(&format!("{week}?done=accepted"));
    let name = ("name", "Ada Lovelace");
    let page = press(&browser, &week, "confirm-all", &[], &[name]).await;
    page.is(200).says(&["Tick the box if the statement is true", "I verify that the units were delivered."]);
    let verified = press(&browser, &week, "confirm-all", &[], &[name, ("declared", "yes")]).await;
    verified.leads_to(&format!("{week}?done=confirmed"));
    browser.get(&week).await.is(200).says(&["Verified", "Un-verify"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn payment_is_requested_up_to_a_week_and_made_in_the_background() {
    let story = Story::new().await;
    story.speaks(Vocabulary::ProvisionalInvoices).await;
    story.week(0).await;
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let request = format!("{}/request", story.home());
    let page = browser.get(&request).await;
    page.is(200).says(&["Requested up to", "13 December 2024", "One week at a time is best", "value=\"20\""]);
    browser.get(&format!("{request}?all=1")).await.is(200).says(&[" checked"]);
    let contract = story.contract.contract.to_string();
    let day = |day, month, year| [("up-to-day", day), ("up-to-month", month), ("up-to-year", year)];
    let ask = async |contract: &str, up_to: [(&str, &str); 3]| {
        let fields: Vec<(&str, &str)> = [("contract", contract)].into_iter().chain(up_to).collect();
        browser.post(&request, &request, &fields).await
    };
    ask("", day("20", "12", "2024")).await.is(200).says(&["Select the contracts that you ask for"]);
    let wrong = ask(&contract, day("31", "2", "2024")).await;
    wrong.is(200).says(&["Enter a week ending", " checked", "value=\"31\""]);
    ask(&contract, day("20", "12", "2199")).await.is(200).says(&["The week ending has to be in the past"]);
    let begun = ask(&contract, day("20", "12", "2024")).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let progress = begun.headers["location"].to_str().unwrap().to_owned();
    let mut page = browser.get(&progress).await;
    for _ in 0..200 {
        page.is(200).says(&["Payments requested up to 20 December 2024"]);
        if page.text().contains("Done: 1 made") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        page = browser.get(&progress).await;
    }
    page.says(&["Done: 1 made, for 1 contract"]);
    browser.get(&story.home()).await.is(200).says(&["14 to 20 December 2024", "Awaiting Verification"]);
    // whoever asks again finds it made
    let again = ask(&contract, day("20", "12", "2024")).await;
    assert_eq!(again.status, 303);
    // another provider neither sees the request nor asks for the contract
    let other = TestProvider::new(&story.db, "Other Care").await;
    let theirs = story.council.contract(&story.db, &other).await;
    let rival = web.signed_in(other.person).await;
    let home = format!("/organisations/{}/councils/bradford/payments/request", other.organisation);
    let batch = progress.rsplit('/').next().unwrap();
    rival.get(&format!("{home}/{batch}")).await.is(404);
    rival.get(&format!("{home}/{batch}/events")).await.is(404);
    let fields = [("contract", contract.as_str()), ("up-to-day", "20"), ("up-to-month", "12"), ("up-to-year", "2024")];
    rival.post(&home, &home, &fields).await.is(404);
    let _ = theirs;
}

#[tokio::test(flavor = "multi_thread")]
async fn recalculating_shows_what_would_change_before_it_does() {
    let story = Story::new().await;
    story.week(0).await;
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let week = story.first_week();
    let again = format!("{week}/recalculate");
    browser.get(&again).await.is(200).says(&["Nothing would change"]);
    story.dearer().await;
    browser.get(&again).await.is(200).says(&["What would change", "£131.95", "£140.00"]);
    browser.get(&week).await.is(200).says(&["£131.95"]).says_nothing_of(&["£140.00"]);
    browser.post(&again, &again, &[]).await.leads_to(&format!("{week}?done=recalculated"));
    browser.get(&week).await.is(200).says(&["£140.00"]).says_nothing_of(&["£131.95"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn reports_are_tables_and_files() {
    let story = Story::new().await;
    let claims = story.week(0).await;
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let (home, week) = (story.home(), story.first_week());
    browser.get(&format!("{home}/reports")).await.is(200).says(&["Ageing of what is unpaid", "Late payment"]);
    browser.get(&format!("{home}/pending")).await.is(200).says(&["There is nothing to report"]);
    browser.get(&format!("{home}/reports/ageing")).await.is(200).says(&["57 or more", "£131.95"]);
    press(&browser, &week, "accept", &claims, &[]).await.leads_to(&format!("{week}?done=accepted"));
    let more = [("name", "Ada Lovelace")];
    press(&browser, &week, "confirm-all", &[], &more).await.leads_to(&format!("{week}?done=confirmed"));
    browser.get(&format!("{home}/pending")).await.is(200).says(&["£131.95", "Confirmed", "Weekly actuals, "]);
    browser.get(&format!("{home}/reports/late-payment")).await.is(200).says(&["Confirmed after the cut-off"]);
    let commissioned = browser.get(&format!("{home}/reports/commissioned-v-actuals")).await;
    commissioned.is(200).says(&["7 December 2024", "£131.95", "£0.00"]);
    browser.get(&format!("{home}/reports/payments")).await.is(200).says(&["There is nothing to report"]);
    for report in ["pending", "commissioned-v-actuals", "payments", "ageing", "late-payment"] {
        let csv = browser.get(&format!("{home}/reports/{report}/csv")).await;
        assert_eq!(csv.is(200).headers["content-type"], "text/csv; charset=utf-8");
        let xlsx = browser.get(&format!("{home}/reports/{report}/xlsx")).await;
        assert!(xlsx.is(200).bytes.starts_with(b"PK"), "{report}");
        let name = format!("attachment; filename=\"{report}.xlsx\"");
        assert_eq!(xlsx.headers["content-disposition"].to_str().unwrap(), name);
    }
    let csv = browser.get(&format!("{home}/reports/pending/csv")).await.text();
    assert!(csv.starts_with("In the bank,Contract,Person,") && csv.trim_end().ends_with(",131.95"), "{csv}");
    browser.get(&format!("{home}/reports/pending/exe")).await.is(404);
    browser.get(&format!("{home}/reports/secrets")).await.is(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_of_others_are_as_absent_ones() {
    let story = Story::new().await;
    story.week(0).await;
    let other = TestProvider::new(&story.db, "Other Care").await;
    let theirs = story.council.contract(&story.db, &other).await;
    story.week(1).await;
    let web = Web::new(&story.db);
    let browser = web.signed_in(story.own.person).await;
    let home = story.home();
    let nothing = browser.get(&format!("{home}/{}/2020-01-01", story.contract.contract)).await.is(404).settled();
    for address in [
        format!("{home}/{}/2024-12-14", theirs.contract),
        format!("{home}/con_nonsense/2024-12-14"),
        format!("{home}/{}/not-a-day", story.contract.contract),
        format!("/organisations/{}/councils/bradford/payments", other.organisation),
    ] {
        assert_eq!(browser.get(&address).await.settled(), nothing, "{address}");
    }
    let list = browser.get(&home).await;
    list.is(200).says_nothing_of(&[&theirs.contract.to_string()]);
}
