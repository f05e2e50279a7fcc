//! Payment rules: uploaded by one administrator, approved by another, switched on and rolled back by date; and nobody else's
//! to touch.

mod life;
mod settings;
mod turned_away;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Days, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::Basis;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PersonId, RuleId, ScheduleId};
use counterfoil_core::pricing::{CheckedRule, ClaimFacts, Description, Fault, Priced, Pricer, RuleDigest, canonical};
use counterfoil_rules::packs;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::rule::{self, RuleActivation};
use counterfoil_tenants::schedule::{self, ScheduleRow};
use counterfoil_testkit::{TestCouncil, date, instant, pay_period, schedule_of_rows};

use crate::member;
use crate::pages::{Browser, Site};

const RULES: &str = "/councils/fenmere/rules";

/// What prices, and how often somebody's bytes were checked or compiled.
struct Watching {
    pricer: Arc<dyn Pricer>,
    compiled: Arc<AtomicUsize>,
}

impl Pricer for Watching {
    fn describe(&self, rule: &RuleDigest) -> Result<Description, Fault> {
        self.pricer.describe(rule)
    }

    fn assess(&self, rule: &RuleDigest, facts: &ClaimFacts) -> Result<Priced, Fault> {
        self.pricer.assess(rule, facts)
    }

    fn load_uploaded(&self, component: &[u8]) -> Result<RuleDigest, Fault> {
        self.compiled.fetch_add(1, Ordering::Relaxed);
        self.pricer.load_uploaded(component)
    }

    fn check_uploaded(&self, component: &[u8], cases: &[String]) -> Result<CheckedRule, Fault> {
        self.compiled.fetch_add(1, Ordering::Relaxed);
        self.pricer.check_uploaded(component, cases)
    }

    fn bundled(&self) -> Vec<CheckedRule> {
        self.pricer.bundled()
    }

    fn bundled_component(&self, rule: &RuleDigest) -> Option<Vec<u8>> {
        self.pricer.bundled_component(rule)
    }
}

/// A service that counts what it compiles.
async fn watched() -> (Site, Arc<AtomicUsize>) {
    let compiled = Arc::new(AtomicUsize::new(0));
    let counts = compiled.clone();
    let site = Site::pricing_by(|pricer| Arc::new(Watching { pricer, compiled: counts })).await;
    (site, compiled)
}

/// `standard` with a section that changes nothing but its digest.
fn new_version() -> Vec<u8> {
    let mut bytes = packs::standard().component.to_vec();
    bytes.extend([0, 5, 4, b'n', b'o', b't', b'e']);
    bytes
}

fn standard() -> String {
    canonical::digest(packs::standard().component)
}

/// A published case, with so many pence more than it comes to.
fn case(wrong_by: i64) -> Vec<u8> {
    let text = include_str!("../../../rule-plugins/councils/standard/cases/admission-and-discharge-day.json");
    let mut case: serde_json::Value = serde_json::from_str(text).unwrap();
    let payable = case["expect"]["payable"].as_i64().unwrap();
    case["expect"]["payable"] = (payable + wrong_by).into();
    case.to_string().into_bytes()
}

/// A council with two administrators, `standard` in force, and pay periods ahead.
struct Ruled {
    council: TestCouncil,
    second: PersonId,
    /// The first days of its pay periods.
    starts: Vec<NaiveDate>,
}

impl Ruled {
    async fn new(site: &Site) -> Self {
        let council = crate::fenmere(site).await;
        let second = member(site, &council, "Ada", CouncilRole::Administrator).await;
        let first = local_time(Utc::now()).date() + Days::new(3);
        let starts: Vec<NaiveDate> = (0..3).map(|week| first + Days::new(7 * week)).collect();
        let ruled = Self { council, second, starts };
        ruled.set_up(site).await;
        ruled
    }

    async fn set_up(&self, site: &Site) {
        let db = &site.db;
        let id = ScheduleId::from_uuid(db.id());
        let row = ScheduleRow {
            id,
            name: "Weekly actuals".to_owned(),
            published_name: "Weekly actuals".to_owned(),
            basis: Basis::ActualsAndConfirmation,
            definition: schedule_of_rows("Weekly actuals"),
        };
        let period = |(number, starts): (i32, NaiveDate)| {
            let ends = starts + Days::new(6);
            pay_period(db, id, number, (starts, ends), (ends + Days::new(5), ends + Days::new(11)))
        };
        let periods: Vec<_> = (1..).zip(self.starts.iter().copied()).map(period).collect();
        let by = |person| Actor::Council { person };
        let activation = RuleActivation {
            id: RuleId::from_uuid(db.id()),
            component_digest: standard(),
            pack: "standard".to_owned(),
            version: "1".to_owned(),
            active_from: date(2024, 4, 1),
            recorded_at: instant(2024, 3, 1, 9),
            recorded_by: by(self.council.administrator),
            approved_by: by(self.second),
        };
        let scope = &self.council.scope;
        scope
            .transaction(instant(2024, 3, 1, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, id)).await?;
                schedule::add(&mut audited, vec![row.clone()]).await?;
                schedule::add_periods(&mut audited, periods.clone()).await?;
                rule::activate(&mut audited, activation.clone()).await
            })
            .await
            .unwrap();
    }
}

/// Uploads a component with cases, and gives its digest.
async fn upload(browser: &mut Browser, component: &[u8], cases: &[&[u8]]) -> String {
    let page = format!("{RULES}/new");
    browser.open(&page).await;
    let token = browser.token_of(&page);
    let mut files = vec![("component", Some("rule.wasm"), component)];
    files.extend(cases.iter().map(|case| ("cases", Some("cases.json"), *case)));
    browser.post_files(&page, &token, &[("note", "Built again")], &files).await;
    let digest = canonical::digest(component);
    assert_eq!(browser.location(), format!("{RULES}/{digest}?done=uploaded"));
    browser.follow().await;
    digest
}

/// Decides about a version on its page.
async fn decide(browser: &mut Browser, digest: &str, what: &str, why: &str) {
    let page = format!("{RULES}/{digest}");
    browser.open(&page).await;
    browser.post_form(&page, &[("do", what), ("comment", why)]).await;
}
