//! One council with a week of care that is stated, priced by the real rule and confirmed, and whose run is due: where
//! every run of the kill tests starts from.
//!
//! 12 contracts of four providers, paid over eight payees; 40 people with one line each. Of the 40 claims two are not
//! confirmed and three are over plan and tolerance, so that a run that takes what it should not comes to another sum.

use std::sync::Arc;

use chrono::{DateTime, Days, TimeDelta, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::bacs::Originator;
use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::claim::Basis;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, PeriodId, PersonId, RuleId, ScheduleId, TenantId};
use counterfoil_core::money::{Money, Quantity};
use counterfoil_core::notice::{NoticeEvent, NotificationSetting};
use counterfoil_core::pricing::Pricer as _;
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_core::tolerance::Level;
use counterfoil_rules::{Limits, RuleEngine, configuration, packs};
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::jobs::{self, Job};
use counterfoil_tenants::rule::{RuleActivation, RuleSettingRow};
use counterfoil_tenants::schedule::ScheduleRow;
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::steps::confirm_claims::confirm_claims;
use counterfoil_tenants::steps::generate_claims::generate_claims;
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};
use counterfoil_tenants::tolerance::LimitRow;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{bank, claim, notification, rule, schedule, tolerance};
use counterfoil_testkit::{TestCouncil, TestDatabase, TestProvider, date, instant, pay_period, schedule_of_rows};

use crate::care;
use crate::process::once;

/// The key that the workers are given.
pub(crate) const MASTER_KEY: &str = "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";

/// Claims that there are, and lines of them that the run pays.
const CLAIMS: usize = 40;
pub(crate) const PAID_LINES: usize = CLAIMS - UNCONFIRMED.len() - OVER_PLAN.len();
/// What it pays: of the 200 hours that [`statement`] has without the exceptions, 11 are not confirmed and 18 belong to
/// lines that are suspended; 171 hours at £22.10.
pub(crate) const PAID: Money = Money::from_pence(377_910);
const UNCONFIRMED: [usize; 2] = [11, 29];
const OVER_PLAN: [usize; 3] = [4, 17, 33];

/// What a test needs to know of the council.
#[derive(Debug, Clone, Copy)]
pub(crate) struct World {
    pub(crate) tenant: TenantId,
    /// Approves the run.
    pub(crate) officer: PersonId,
    pub(crate) period: PeriodId,
}

/// Puts the council in and leaves one job: to open the run.
pub(crate) async fn build(db: &TestDatabase) -> World {
    let (means, rule) = means();
    let council = TestCouncil::new(db, "Fenmere").await;
    settings(&council, db, &means.master_key, rule).await;
    let (schedule, period) = weekly(&council, db).await;
    let mut providers = Vec::new();
    for name in ["Good Care", "Kind Hands", "Home First", "Day by Day"] {
        providers.push(TestProvider::new(db, name).await);
    }
    care::contracts(&council, db, schedule, &providers, &means.master_key).await;
    let claims = generate_claims(&council.scope, monday(8), period).await.unwrap().claims;
    assert_eq!(claims.len(), CLAIMS);
    state_and_confirm(&council, &means, &providers, &claims).await;
    // what stating and generating left to be done is done before the run, as it would be
    once(db).await;
    enqueue(&council.scope, period, Job::FinaliseRun { schedule, period }).await;
    World { tenant: council.tenant, officer: council.officer, period }
}

/// Asks for a job, as the service would at its time.
pub(crate) async fn enqueue(scope: &CouncilScope, about: PeriodId, job: Job) {
    let enqueued = scope.transaction(Utc::now(), async |tx: &mut Tx<'_>| {
        let mut audited = tx.audited(Record::of(Action::SetUp, about)).await?;
        jobs::enqueue(&mut audited, job.clone()).await
    });
    enqueued.await.unwrap();
}

/// The real rule engine with the pack that most councils use.
fn means() -> (Means, RuleActivation) {
    let engine = RuleEngine::new(Limits::default()).unwrap();
    let digest = engine.load(packs::standard().component).unwrap();
    let activation = RuleActivation {
        id: RuleId::from_uuid(uuid::Uuid::from_u128(1)),
        version: engine.describe(&digest).unwrap().version,
        component_digest: digest.0,
        pack: "standard".to_owned(),
        active_from: date(2024, 12, 1),
        recorded_at: instant(2024, 12, 1, 9),
        recorded_by: Actor::system("set-up"),
        approved_by: Actor::system("set-up by another"),
    };
    let means = Means {
        pricer: Arc::new(engine),
        holidays: Arc::new(BankHolidays::bundled().unwrap()),
        words: Arc::new(counterfoil_core::disposition::messages().unwrap()),
        master_key: Arc::new(MasterKey::from_hex(MASTER_KEY).unwrap()),
    };
    (means, activation)
}

async fn settings(council: &TestCouncil, db: &TestDatabase, key: &MasterKey, rule: RuleActivation) {
    let at = rule.recorded_at;
    let (by, other) = (Actor::Council { person: council.administrator }, Actor::Council { person: council.officer });
    let rule = RuleActivation { id: RuleId::from_uuid(db.id()), recorded_by: by.clone(), approved_by: other, ..rule };
    let published = configuration::published("mosaic").unwrap().settings;
    let settings: Vec<RuleSettingRow> = published
        .into_iter()
        .map(|setting| RuleSettingRow {
            valid_from: setting.from.date().unwrap(),
            key: setting.key,
            scope: setting.scope,
            recorded_at: at,
            recorded_by: by.clone(),
            value: setting.value,
        })
        .collect();
    let originator = Originator {
        sun: "987654".to_owned(),
        sort_code: "20-00-00".to_owned(),
        account: "55555555".to_owned(),
        name: "FENMERE COUNCIL".to_owned(),
    };
    let half_an_hour = LimitRow {
        id: db.id(),
        level: Level::Week,
        contract_id: None,
        service: None,
        units: Some(Quantity::from_thousandths(500)),
        percent: None,
        pence: None,
        valid_from: date(2024, 12, 1),
        valid_to: None,
        recorded_at: at,
        recorded_by: by,
    };
    let told = NotificationSetting {
        event: NoticeEvent::RemittanceReady,
        enabled: true,
        sender: "portal@fenmere.example".to_owned(),
        reply_to: "payments@fenmere.example".to_owned(),
        lead_minutes: 0,
        subject: "Remittance advice {number}".to_owned(),
        body: "{provider}\n\n{lines}, {amount}, in the bank on {bank_date}.\n\n{council}".to_owned(),
    };
    let set = council.scope.transaction(at, async |tx: &mut Tx<'_>| {
        let mut audited = tx.audited(Record::of(Action::SetUp, council.tenant)).await?;
        rule::activate(&mut audited, rule.clone()).await?;
        rule::add_settings(&mut audited, settings.clone()).await?;
        bank::ensure_key(&mut audited, key).await?;
        bank::set_originator(&mut audited, key, &originator).await?;
        tolerance::add(&mut audited, vec![half_an_hour.clone()]).await?;
        notification::set(&mut audited, told.clone()).await
    });
    set.await.unwrap();
}

/// The week from Saturday 7 December 2024, whose amendments closed long ago. The money is still to go out, so that
/// the file of a test that runs over midnight says what the one before said.
async fn weekly(council: &TestCouncil, db: &TestDatabase) -> (ScheduleId, PeriodId) {
    let id = ScheduleId::from_uuid(db.id());
    let row = ScheduleRow {
        id,
        name: "Weekly".to_owned(),
        published_name: "Weekly actuals".to_owned(),
        basis: Basis::ActualsAndConfirmation,
        definition: schedule_of_rows("Weekly"),
    };
    let finalisation = Utc::now().date_naive() + Days::new(7);
    let bank_date = BankHolidays::bundled().unwrap().bacs_days().add_working_days(finalisation, 4);
    let period = pay_period(db, id, 1, (date(2024, 12, 7), date(2024, 12, 13)), (finalisation, bank_date));
    let added = council.scope.transaction(instant(2024, 12, 1, 9), async |tx: &mut Tx<'_>| {
        let mut audited = tx.audited(Record::of(Action::SetUp, id)).await?;
        schedule::add(&mut audited, vec![row.clone()]).await?;
        schedule::add_periods(&mut audited, vec![period.clone()]).await.map(drop)
    });
    added.await.unwrap();
    (id, period.id)
}

/// The providers state what they did and, but for two claims, confirm it.
async fn state_and_confirm(council: &TestCouncil, means: &Means, providers: &[TestProvider], ids: &[ClaimId]) {
    for provider in providers {
        let organisation = provider.organisation;
        let own = async || {
            let mut claims = council.scope.read(async |tx: &mut Tx<'_>| claim::find_all(tx, ids).await).await.unwrap();
            claims.retain(|claim| claim.organisation_id == Some(organisation));
            let number = |id: ClaimId| ids.iter().position(|other| *other == id).unwrap();
            claims.into_iter().map(|claim| (number(claim.id), claim)).collect::<Vec<_>>()
        };
        let stated = own().await.into_iter().map(|(number, claim)| ToState {
            claim: claim.id,
            seen: claim.version,
            statement: statement(number),
        });
        let from = (organisation, Source::Screen);
        state_actuals(&provider.scope, &council.scope, means, monday(9), from, stated.collect()).await.unwrap();
        let mut to_confirm = own().await;
        to_confirm.retain(|(number, _)| !UNCONFIRMED.contains(number));
        let seen: Vec<_> = to_confirm.iter().map(|(_, claim)| (claim.id, claim.version)).collect();
        let of = (council.tenant, organisation);
        confirm_claims(&provider.scope, monday(10), of, &seen, "A. Manager").await.unwrap();
    }
}

/// Seven hours are planned; most weeks fewer were delivered, and in some more.
fn statement(number: usize) -> Statement {
    let hours = if OVER_PLAN.contains(&number) { 9 } else { 3 + i64::try_from(number % 5).unwrap() };
    let delivered = Quantity::from_thousandths(1_000 * hours);
    let none = Quantity::from_thousandths(0);
    let actuals = Actuals::Period { delivered, frustrated: none, reason: String::new(), visits: None };
    let line = LineStatement { line: 0, actuals, comment: "as agreed".to_owned() };
    Statement { lines: vec![line], payment_reference: format!("INV{number}"), note: String::new() }
}

/// The Monday after the week, before the cut-off.
fn monday(hour: i64) -> DateTime<Utc> {
    instant(2024, 12, 16, 0) + TimeDelta::hours(hour)
}
