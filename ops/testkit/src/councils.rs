//! A council with its staff and a weekly schedule.

use chrono::{Days, NaiveDate, NaiveTime};
use counterfoil_core::actor::Actor;
use counterfoil_core::calendar::{Division, Origin, Schedule, Submission, clock::deadline};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PeriodId, PersonId, ScheduleId, TenantId};
use counterfoil_core::money::Money;
use counterfoil_tenants::audit::Record;
use counterfoil_tenants::identity::{Council, CouncilRole, Nation};
use counterfoil_tenants::profile::{PaymentFormat, Profile, SubmissionDay};
use counterfoil_tenants::schedule::{PeriodRow, ScheduleRow};
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::{profile, schedule};

use crate::TestDatabase;
use crate::contracts::{date, instant};

/// A council that has its settings, an officer and an administrator.
pub struct TestCouncil {
    /// Its id.
    pub tenant: TenantId,
    /// An officer.
    pub officer: PersonId,
    /// An administrator.
    pub administrator: PersonId,
    /// The service itself at work for it.
    pub scope: CouncilScope,
}

/// A schedule from Saturday to Friday: amendments close on Tuesday at six, finalised on Wednesday, paid the Tuesday
/// after.
pub struct WeeklySchedule {
    /// Its id.
    pub id: ScheduleId,
    /// Its periods, the first from Saturday 7 December 2024.
    pub periods: Vec<PeriodId>,
}

impl TestCouncil {
    /// Takes a council on.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn new(db: &TestDatabase, name: &str) -> Self {
        let identity = db.identity();
        let at = instant(2024, 1, 1, 9);
        let tenant = TenantId::from_uuid(db.id());
        let slug = name.to_lowercase().replace(' ', "-");
        let new = Council {
            id: tenant,
            slug: slug.clone(),
            name: name.to_owned(),
            nation: Nation::England,
            suspended_at: None,
        };
        identity.add_council(&new, at).await.unwrap();
        let (officer, administrator) = (PersonId::from_uuid(db.id()), PersonId::from_uuid(db.id()));
        for (person, role, what) in
            [(officer, CouncilRole::Officer, "officer"), (administrator, CouncilRole::Administrator, "administrator")]
        {
            identity.add_person(person, &format!("{what}@{slug}.example"), &format!("An {what}"), at).await.unwrap();
            identity.join_council(person, tenant, role, at).await.unwrap();
        }
        let scope = CouncilScope::system(db.connections(), tenant, "test");
        let council = Self { tenant, officer, administrator, scope };
        council.add_profile(name, date(2024, 1, 1)).await;
        council
    }

    /// Gives it settings that hold from a day, under a name.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn add_profile(&self, name: &str, from: NaiveDate) {
        let at = from.and_hms_opt(9, 0, 0).unwrap().and_utc();
        self.scope
            .transaction(at, async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, self.tenant)).await?;
                let new = Profile {
                    valid_from: from,
                    recorded_at: at,
                    recorded_by: Actor::Council { person: self.administrator },
                    name_shown: name.to_owned(),
                    vocabulary: Vocabulary::Actuals,
                    payment_format: PaymentFormat::Bacs,
                    small_balance_pence: Money::ZERO,
                    submission: SubmissionDay::NextWorkingDay,
                    messages: std::collections::BTreeMap::new(),
                    verification_statement: "I declare that these actuals are right.".to_owned(),
                };
                profile::add(&mut audited, new).await
            })
            .await
            .unwrap();
    }

    /// The scope of a member of its staff.
    ///
    /// # Panics
    /// Where they are no member.
    pub async fn scope_of(&self, db: &TestDatabase, person: PersonId) -> CouncilScope {
        db.identity().council_scope(person, self.tenant).await.unwrap().0
    }

    /// A weekly schedule with so many periods.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn weekly_schedule(&self, db: &TestDatabase, weeks: u64) -> WeeklySchedule {
        let id = ScheduleId::from_uuid(db.id());
        let row = ScheduleRow {
            id,
            name: format!("Weekly actuals {id}"),
            published_name: "Weekly actuals".to_owned(),
            basis: Basis::ActualsAndConfirmation,
            definition: schedule_of_rows("Weekly actuals"),
        };
        let rows: Vec<PeriodRow> = (0..weeks).map(|week| period(db, id, week)).collect();
        let periods = rows.iter().map(|row| row.id).collect();
        self.scope
            .transaction(instant(2024, 1, 1, 9), async |tx| {
                let mut audited = tx.audited(Record::of(Action::SetUp, id)).await?;
                schedule::add(&mut audited, vec![row.clone()]).await?;
                schedule::add_periods(&mut audited, rows.clone()).await?;
                Ok(())
            })
            .await
            .unwrap();
        WeeklySchedule { id, periods }
    }
}

fn period(db: &TestDatabase, schedule_id: ScheduleId, week: u64) -> PeriodRow {
    let starts: NaiveDate = date(2024, 12, 7) + Days::new(7 * week);
    let ends = starts + Days::new(6);
    let number = i32::try_from(week).unwrap() + 1;
    pay_period(db, schedule_id, number, (starts, ends), (ends + Days::new(5), ends + Days::new(11)))
}

/// A schedule of England and Wales whose periods are not generated but added, row by row.
#[must_use]
pub fn schedule_of_rows(name: &str) -> Schedule {
    Schedule {
        name: name.to_owned(),
        division: Division::EnglandAndWales,
        submission: Submission::default(),
        generator: None,
        imported: Vec::new(),
        overrides: Vec::new(),
        accepted: Vec::new(),
    }
}

/// A pay period from a first day to a last, whose amendments close at six on the fourth day after it; finalised on a
/// day, and in the bank on a later one.
///
/// # Panics
/// Where the calendar ends.
#[must_use]
pub fn pay_period(
    db: &TestDatabase,
    schedule_id: ScheduleId,
    number: i32,
    (starts, ends): (NaiveDate, NaiveDate),
    (finalisation, bank_date): (NaiveDate, NaiveDate),
) -> PeriodRow {
    PeriodRow {
        id: PeriodId::from_uuid(db.id()),
        schedule_id,
        number,
        starts,
        ends,
        cut_off: deadline(ends + Days::new(4), NaiveTime::from_hms_opt(18, 0, 0).unwrap()),
        finalisation,
        bank_date,
        origin: Origin::Generated,
        findings: Vec::new(),
        accepted: Vec::new(),
        runnable: true,
    }
}
