//! A version of the rule is tried on past weeks by a council's administrator: the form, how far it is, what differs, and
//! the files.

use std::sync::Arc;

use counterfoil_core::ids::{ClaimId, TrialId};
use counterfoil_core::pricing::canonical::digest;
use counterfoil_rules::packs;
use counterfoil_tenants::steps::try_rule::{Pace, Worked, work_trial};
use counterfoil_tenants::vault::MasterKey;
use counterfoil_testkit::{Contracted, TestCouncil, instant};

use crate::actuals::{World, fields, typed};
use crate::browser::{Browser, Page};
use crate::means::means;

/// A council that has one week of a provider's care: five hours stated where seven were planned.
struct Story {
    world: World,
    claim: ClaimId,
    contract: Contracted,
    digest: String,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let contract = world.hours().await;
        let (claim, here) = world.claim(&contract, 0).await;
        let (provider, actuals) = (world.browser().await, format!("{here}/actuals"));
        let opened = fields(&provider.get(&actuals).await);
        let five =
            [("line-1-actual", Some("5")), ("line-1-comment", Some("Two hours were missed")), ("do", Some("save"))];
        provider.post(&actuals, &actuals, &typed(&opened, &five)).await.leads_to(&format!("{here}?done=stated"));
        Self { world, claim, contract, digest: digest(packs::standard().component) }
    }

    fn home(&self) -> String {
        format!("/councils/worcestershire/rules/{}/trials", self.digest)
    }

    async fn administrator(&self) -> Browser {
        self.world.web.signed_in(self.world.council.is.administrator).await
    }

    fn period(&self) -> String {
        self.world.council.schedule.periods[0].to_string()
    }

    /// Starts a trial of another value of a setting by the page's form, and gives its address.
    async fn started(&self, browser: &Browser, setting: &str, value: &str) -> (TrialId, String) {
        let (home, period) = (self.home(), self.period());
        let fields = [("period", period.as_str()), ("setting", setting), ("scope", ""), ("value", value)];
        let answer = browser.post(&home, &home, &fields).await;
        answer.is(303);
        let to = answer.headers["location"].to_str().unwrap().to_owned();
        let there = to.strip_suffix("?done=started").unwrap().to_owned();
        let id = there.rsplit('/').next().unwrap().parse().unwrap();
        browser.get(&to).await.is(200).says(&["The trial is started", "0 of 1 claims tried", "Cancel this trial"]);
        (id, there)
    }

    async fn worked(&self, id: TrialId) {
        let means = means(Arc::new(MasterKey::generate()));
        let scope = &self.world.council.is.scope;
        let worked = work_trial(scope, &means, instant(2026, 1, 5, 9), id, Pace::default()).await.unwrap();
        assert_eq!(worked, Worked::Finished);
    }
}

#[track_caller]
fn csv(page: &Page) -> Vec<Vec<String>> {
    page.is(200);
    let rows = csv::Reader::from_reader(page.bytes.as_ref()).into_records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_tries_a_setting_on_a_past_week_and_sees_the_difference_in_pence() {
    let story = Story::new().await;
    let browser = story.administrator().await;
    let home = story.home();
    browser.get(&home).await.is(200).says(&["This version was not tried yet", &story.period(), "Start the trial"]);
    let (id, there) = story.started(&browser, "pay-by", "planned").await;
    story.worked(id).await;

    // five hours were paid, the plan has seven
    let page = browser.get(&there).await;
    page.is(200).says(&["Finished", "pay-by: planned", "£94.25", "£131.95", "£37.70", "1 of 1", "most computing"]);
    page.says_nothing_of(&["Cancel this trial", "so far", "data-progress"]);
    let lines = browser.get(&format!("{there}/lines")).await;
    lines.is(200).says(&["£37.70", &format!("/councils/worcestershire/claims/{}", story.claim)]);
    browser.get(&format!("{there}/lines?show=less")).await.is(200).says(&["No lines match these filters"]);
    browser.get(&format!("{there}/lines?contract=C-nobody")).await.is(200).says(&["No lines match these filters"]);
    browser.get(&format!("{there}?show=failed")).await.is(200).says(&["No contracts match these filters"]);

    let contracts = csv(&browser.get(&format!("{there}/contracts/file/csv")).await);
    assert_eq!(contracts.len(), 1);
    assert_eq!(contracts[0][2..8], ["1", "1", "1", "94.25", "131.95", "37.70"]);
    let lines = csv(&browser.get(&format!("{there}/lines/file/csv?show=more")).await);
    assert_eq!((lines.len(), lines[0][5].as_str(), lines[0][8].as_str()), (1, &*story.claim.to_string(), "37.70"));
    assert!(csv(&browser.get(&format!("{there}/lines/file/csv?show=failed")).await).is_empty());
    assert!(browser.get(&format!("{there}/lines/file/xlsx")).await.is(200).bytes.starts_with(b"PK"));
    browser.get(&format!("{there}/claims/file/csv")).await.is(404);
    browser.get(&home).await.is(200).says(&["1 of 1", "Finished"]);
    assert_eq!(story.world.stands(story.claim).await.1, 1, "no claim is changed");
    assert!(story.contract.organisation.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_trial_is_said_and_nothing_typed_is_lost() {
    let story = Story::new().await;
    let browser = story.administrator().await;
    let (home, period) = (story.home(), story.period());
    let none = browser.post(&home, &home, &[("setting", "pay-by"), ("scope", "spot"), ("value", "planned")]).await;
    none.is(200).says(&["There is a problem", "Select at least one pay period", "value=\"spot\"", "value=\"planned\""]);
    let wrong = browser.post(&home, &home, &[("period", &period), ("setting", "pay-by"), ("value", "sideways")]).await;
    wrong.is(200).says(&["must be one of these: contract, planned, actual", "value=\"sideways\""]);
    assert!(wrong.text().contains(&format!("value=\"{period}\" checked")), "the week stays ticked");
    let loose = browser.post(&home, &home, &[("period", &period), ("setting", ""), ("value", "7")]).await;
    loose.is(200).says(&["Select the setting that this is the value of"]);
    browser.get(&home).await.says(&["This version was not tried yet"]);

    let (_, there) = story.started(&browser, "", "").await;
    browser.post(&there, &format!("{there}/cancel"), &[]).await.leads_to(&format!("{there}?done=cancelled"));
    let page = browser.get(&format!("{there}?done=cancelled")).await;
    page.is(200).says(&["The trial is cancelled", "cancelled after 0 of 1 claims"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn auditors_look_and_nobody_else_knows_of_it() {
    let story = Story::new().await;
    let browser = story.administrator().await;
    let (_, there) = story.started(&browser, "", "").await;
    let home = story.home();
    let (web, is) = (&story.world.web, &story.world.council.is);
    let roles = [counterfoil_tenants::identity::CouncilRole::Auditor];
    let auditor = story.world.council.member(&story.world.db, "Ada Auditor", &roles).await;
    let auditor = web.signed_in(auditor).await;
    auditor.get(&home).await.is(200).says_nothing_of(&["Start a trial"]);
    auditor.get(&there).await.is(200).says_nothing_of(&["Cancel this trial"]);
    auditor.post("/account", &format!("{there}/cancel"), &[]).await.is(403);
    web.signed_in(is.officer).await.get(&there).await.is(403);

    // another council's administrator, with this council's addresses and with its own
    let rival = TestCouncil::new(&story.world.db, "Bradford").await;
    let other = web.signed_in(rival.administrator).await;
    other.get(&there).await.is(404);
    let own = there.replace("/councils/worcestershire/", "/councils/bradford/");
    other.get(&own).await.is(404);
    other.get(&format!("{own}/lines")).await.is(404);
    other.get(&format!("{own}/events")).await.is(404);
    story.world.browser().await.get(&there).await.is(404);
    // a trial of another version
    browser.get(&there.replace(&story.digest, &"0".repeat(64))).await.is(404);
    browser.get(&home.replace(&story.digest, &"0".repeat(64))).await.is(404);
}
