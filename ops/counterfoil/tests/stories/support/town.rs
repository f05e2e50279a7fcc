//! A council as Worcestershire ran in 2024/25: its weekly schedule, £18.85 an hour for tier 1, the published settings of
//! `standard`, reasons, and people who prepare, approve and administer.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::calendar::published::weekly_actuals;
use counterfoil_core::claim::Basis;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PeriodId, PersonId, RuleId, ScheduleId};
use counterfoil_core::money::Rate;
use counterfoil_core::pricing::RuleDigest;
use counterfoil_core::pricing::facts::Unit;
use counterfoil_core::rate_card::{RateCardRow, RateKey};
use counterfoil_rules::configuration;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::rate::{self, RateRecord};
use counterfoil_tenants::reason::{self, NonDeliveryReason, ReasonKind};
use counterfoil_tenants::rule::RuleActivation;
use counterfoil_tenants::schedule::{self, PeriodRow, ScheduleRow};
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_testkit::{TestCouncil, TestProvider, date, instant};

use super::World;
use super::set_up::{add_account, switch_on};

/// The service level of every line.
pub(crate) const SERVICE: &str = "External Domiciliary Care - Tiered";

/// A council, with the hands of its people.
pub(crate) struct Town {
    pub(crate) world: Arc<World>,
    pub(crate) council: TestCouncil,
    /// The service itself.
    pub(crate) service: CouncilScope,
    /// Prepares runs and settles what is suspended.
    pub(crate) officer: CouncilScope,
    /// Changes settings and bank details.
    pub(crate) administrator: CouncilScope,
    /// Approves runs.
    pub(crate) approver: CouncilScope,
    pub(crate) second: PersonId,
    pub(crate) schedule: ScheduleId,
    /// Its pay periods by their first day.
    pub(crate) periods: BTreeMap<NaiveDate, PeriodRow>,
    pub(crate) provider: TestProvider,
}

/// When everything was set up.
fn set_up() -> DateTime<Utc> {
    instant(2024, 1, 2, 9)
}

impl Town {
    /// A council in a world of its own.
    pub(crate) async fn alone() -> Self {
        Self::new(&World::new().await, "Worcestershire").await
    }

    pub(crate) async fn new(world: &Arc<World>, name: &str) -> Self {
        Self::paying(world, name, Basis::ActualsAndConfirmation).await
    }

    /// One that pays its schedule on another basis.
    pub(crate) async fn paying(world: &Arc<World>, name: &str, basis: Basis) -> Self {
        let council = TestCouncil::new(&world.db, name).await;
        let second = PersonId::from_uuid(world.db.id());
        let identity = world.db.identity();
        identity.add_person(second, &format!("second@{second}.example"), "Another officer", set_up()).await.unwrap();
        identity.join_council(second, council.tenant, CouncilRole::Officer, set_up()).await.unwrap();
        let (schedule, periods) = schedule_of(world, basis);
        let town = Self {
            world: world.clone(),
            service: council.scope.clone(),
            officer: council.scope_of(&world.db, council.officer).await,
            administrator: council.scope_of(&world.db, council.administrator).await,
            approver: council.scope_of(&world.db, second).await,
            second,
            schedule: schedule.id,
            periods,
            provider: TestProvider::new(&world.db, &format!("Good Care of {name}")).await,
            council,
        };
        town.add_calendar(schedule).await;
        town.add_prices().await;
        add_account(&town.council, &world.means.master_key, set_up()).await;
        town.switch_on(&world.standard.clone(), date(2024, 3, 1), set_up()).await;
        town
    }

    /// The pay period that starts on a Saturday.
    pub(crate) fn period(&self, starts: NaiveDate) -> PeriodId {
        self.periods[&starts].id
    }

    pub(crate) fn by(&self) -> Actor {
        Actor::Council { person: self.council.administrator }
    }

    async fn add_calendar(&self, schedule: ScheduleRow) {
        let rows: Vec<PeriodRow> = self.periods.values().cloned().collect();
        self.service
            .transaction(set_up(), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, schedule.id)).await?;
                schedule::add(&mut audited, vec![schedule.clone()]).await?;
                schedule::add_periods(&mut audited, rows.clone()).await.map(drop)
            })
            .await
            .unwrap();
    }

    async fn add_prices(&self) {
        let rates = vec![RateRecord::new(self.world.db.id(), rate(188_500, date(2024, 3, 1), set_up()), self.by())];
        let reason = |code: &str, words: &str, kind| NonDeliveryReason {
            code: code.to_owned(),
            valid_from: date(2024, 1, 1),
            recorded_at: set_up(),
            recorded_by: self.by(),
            valid_to: None,
            words: words.to_owned(),
            kind,
            comment_needed: false,
        };
        let reasons = vec![
            reason("hospital", "in hospital", ReasonKind::Frustrated),
            reason("not-in", "not in", ReasonKind::Frustrated),
            reason("extra-care", "more care was needed", ReasonKind::Extra),
        ];
        self.service
            .transaction(set_up(), async |tx| {
                let mut audited = tx.audited(Record::on(Action::RecordRate, "rate")).await?;
                rate::add(&mut audited, rates.clone()).await?;
                reason::add(&mut audited, reasons.clone()).await
            })
            .await
            .unwrap();
    }

    /// Switches a rule on, with the published settings.
    pub(crate) async fn switch_on(&self, component: &RuleDigest, from: NaiveDate, at: DateTime<Utc>) {
        let published = configuration::published("worcestershire-2024").unwrap();
        let activation = RuleActivation {
            id: RuleId::from_uuid(self.world.db.id()),
            component_digest: component.0.clone(),
            pack: "standard".to_owned(),
            version: self.world.version.clone(),
            active_from: from,
            recorded_at: at,
            recorded_by: self.by(),
            approved_by: Actor::Council { person: self.second },
        };
        switch_on(&self.council, activation, &published.settings).await;
    }
}

/// So many ten-thousandths of a pound an hour.
pub(crate) fn rate(ten_thousandths: i64, from: NaiveDate, recorded_at: DateTime<Utc>) -> RateCardRow {
    RateCardRow {
        key: RateKey {
            service: SERVICE.to_owned(),
            tier: "1".to_owned(),
            band: String::new(),
            minutes: None,
            day_kind: None,
            time_band: None,
            unit: Unit::Hour,
        },
        from,
        to: None,
        rate: Rate::from_ten_thousandths(ten_thousandths),
        recorded_at,
    }
}

/// The weekly schedule that Worcestershire published, from March 2024 to August 2025.
fn schedule_of(world: &World, basis: Basis) -> (ScheduleRow, BTreeMap<NaiveDate, PeriodRow>) {
    let definition = weekly_actuals();
    let calendar = definition.calendar(date(2024, 3, 16), date(2025, 8, 29), &world.means.holidays).unwrap();
    let id = ScheduleId::from_uuid(world.db.id());
    let periods = calendar.periods.iter().map(|period| {
        let row = PeriodRow::of(PeriodId::from_uuid(world.db.id()), id, &calendar, period);
        (row.starts, row)
    });
    let periods = periods.collect();
    let row =
        ScheduleRow { id, name: definition.name.clone(), published_name: definition.name.clone(), basis, definition };
    (row, periods)
}
