//! Payment schedules and their pay periods: when claims fall due, until when they may be confirmed, when they are paid.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::{AcceptedFinding, Calendar, Finding, Origin, PayPeriod, Schedule};
use counterfoil_core::claim::Basis;
use counterfoil_core::ids::{PeriodId, ScheduleId, TenantId};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;

use crate::error::{Error, Result};
use crate::record::{Kept, insert, record};
use crate::schema::{pay_period, schedule};
use crate::scope::{Acts, Audited, Provider, ProviderActing, Tx};

impl Kept for Basis {
    type Raw = i16;
    fn raw(self) -> i16 {
        match self {
            Self::Plan => 0,
            Self::Confirmation => 1,
            Self::ActualsAndConfirmation => 2,
        }
    }
    fn of(raw: i16) -> Result<Self, String> {
        match raw {
            0 => Ok(Self::Plan),
            1 => Ok(Self::Confirmation),
            2 => Ok(Self::ActualsAndConfirmation),
            _ => Err(format!("{raw} is no basis")),
        }
    }
}

record! {
    /// A schedule.
    pub struct ScheduleRow in schedule {
        /// Its id.
        pub id: ScheduleId,
        /// As the council's staff call it; unique.
        pub name: String,
        /// As it is published.
        pub published_name: String,
        /// What makes its claims payable.
        pub basis: Basis,
        /// Generator, tables and overrides.
        pub definition: Schedule,
    }
}

record! {
    /// A pay period as it stands.
    pub struct PeriodRow in pay_period {
        /// Its id.
        pub id: PeriodId,
        /// Of which schedule.
        pub schedule_id: ScheduleId,
        /// Its number in the schedule.
        pub number: i32,
        /// First day of care.
        pub starts: NaiveDate,
        /// Last day of care, itself included.
        pub ends: NaiveDate,
        /// Last instant at which amendments and confirmations are in time.
        pub cut_off: DateTime<Utc>,
        /// Day on which the run is finalised.
        pub finalisation: NaiveDate,
        /// Day on which the money is in the payee's account.
        pub bank_date: NaiveDate,
        /// Where the dates came from.
        pub origin: Origin,
        /// What is unusual about them.
        pub findings: Vec<Finding>,
        /// Which of that a person let stand.
        pub accepted: Vec<AcceptedFinding>,
        /// Whether it may run; not with an impossible finding.
        pub runnable: bool,
    }
}

impl PeriodRow {
    /// A period of a calendar as it was made, without what was found unusual about it.
    #[must_use]
    pub fn of(id: PeriodId, schedule_id: ScheduleId, calendar: &Calendar, period: &PayPeriod) -> Self {
        let dates = &period.dates;
        Self {
            id,
            schedule_id,
            number: period.number,
            starts: dates.starts,
            ends: dates.ends,
            cut_off: dates.cut_off,
            finalisation: dates.finalisation,
            bank_date: dates.bank_date,
            origin: period.origin.clone(),
            findings: Vec::new(),
            accepted: Vec::new(),
            runnable: calendar.impossible(dates.starts).next().is_none(),
        }
    }
}

/// Adds schedules.
///
/// # Errors
/// [`Error::Database`], with the constraint where a name is taken.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<ScheduleRow>) -> Result<()> {
    insert!(audited, schedule, rows);
    Ok(())
}

/// Adds pay periods, and says how many.
///
/// # Errors
/// [`Error::Database`], with the constraint where a number is taken.
pub async fn add_periods(audited: &mut Audited<'_, '_>, rows: Vec<PeriodRow>) -> Result<usize> {
    Ok(insert!(audited, pay_period, rows))
}

/// Every schedule of the council, by name.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<ScheduleRow>> {
    let tenant = tx.tenant().uuid();
    Ok(schedule::table
        .filter(schedule::tenant_id.eq(tenant))
        .order(schedule::name)
        .select(ScheduleRow::as_select())
        .load(tx.conn())
        .await?)
}

/// One schedule.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: ScheduleId) -> Result<ScheduleRow> {
    let tenant = tx.tenant().uuid();
    Ok(schedule::table
        .filter(schedule::tenant_id.eq(tenant))
        .filter(schedule::id.eq(id.uuid()))
        .select(ScheduleRow::as_select())
        .first(tx.conn())
        .await?)
}

/// One pay period.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn period(tx: &mut Tx<'_>, id: PeriodId) -> Result<PeriodRow> {
    let tenant = tx.tenant().uuid();
    Ok(pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::id.eq(id.uuid()))
        .select(PeriodRow::as_select())
        .first(tx.conn())
        .await?)
}

/// A schedule's pay periods that share a day with `from` to `to`, both included, by date.
///
/// # Errors
/// [`Error::Database`].
pub async fn periods(tx: &mut Tx<'_>, id: ScheduleId, from: NaiveDate, to: NaiveDate) -> Result<Vec<PeriodRow>> {
    let tenant = tx.tenant().uuid();
    Ok(pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::schedule_id.eq(id.uuid()))
        .filter(pay_period::starts.le(to))
        .filter(pay_period::ends.ge(from))
        .order((pay_period::starts, pay_period::number))
        .select(PeriodRow::as_select())
        .load(tx.conn())
        .await?)
}

/// The pay period in whose run something is that was received at an instant: the first, from the one in which it falls
/// due, whose cut-off has not passed.
///
/// # Errors
/// [`Error::NotFound`] when the calendar ends before there is one.
pub async fn run_period(tx: &mut Tx<'_>, due: &PeriodRow, received: DateTime<Utc>) -> Result<PeriodRow> {
    use chrono::SubsecRound as _;
    let tenant = tx.tenant().uuid();
    // receipts count in whole seconds: 18:00:00 is in, 18:00:01 is not
    Ok(pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::schedule_id.eq(due.schedule_id.uuid()))
        .filter(pay_period::starts.ge(due.starts))
        .filter(pay_period::cut_off.ge(received.trunc_subsecs(0)))
        .order((pay_period::starts, pay_period::number))
        .select(PeriodRow::as_select())
        .first(tx.conn())
        .await?)
}

/// Gives a period other dates, or accepts what is unusual about them. Its id, schedule and number stay.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn update_period(audited: &mut Audited<'_, '_>, row: PeriodRow) -> Result<()> {
    let tenant = audited.tenant().uuid();
    let changed = diesel::update(pay_period::table)
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::id.eq(row.id.uuid()))
        .set((
            pay_period::starts.eq(row.starts),
            pay_period::ends.eq(row.ends),
            pay_period::cut_off.eq(row.cut_off),
            pay_period::finalisation.eq(row.finalisation),
            pay_period::bank_date.eq(row.bank_date),
            pay_period::origin.eq(row.origin.raw()),
            pay_period::findings.eq(row.findings.raw()),
            pay_period::accepted.eq(row.accepted.raw()),
            pay_period::runnable.eq(row.runnable),
        ))
        .execute(audited.conn())
        .await?;
    if changed == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// A pay period as a council publishes it to its providers.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedPeriod {
    /// The council.
    pub tenant: TenantId,
    /// The schedule, as it is published.
    pub schedule: String,
    /// First day of care.
    pub starts: NaiveDate,
    /// Last day of care, itself included.
    pub ends: NaiveDate,
    /// Last instant at which amendments and confirmations are in time.
    pub cut_off: DateTime<Utc>,
    /// Day on which the money is in the payee's account.
    pub bank_date: NaiveDate,
}

diesel::allow_tables_to_appear_in_same_query!(schedule, pay_period);

/// The pay periods of all councils that have a contract with the provider and whose cut-off is yet to come, the most
/// urgent first, at most so many.
///
/// # Errors
/// [`Error::Database`].
pub async fn deadlines(tx: &mut Tx<'_, Provider>, after: DateTime<Utc>, most: u32) -> Result<Vec<PublishedPeriod>> {
    let rows: Vec<(uuid::Uuid, String, NaiveDate, NaiveDate, DateTime<Utc>, NaiveDate)> = pay_period::table
        .inner_join(
            schedule::table
                .on(schedule::tenant_id.eq(pay_period::tenant_id).and(schedule::id.eq(pay_period::schedule_id))),
        )
        .filter(pay_period::cut_off.ge(after))
        .order((pay_period::cut_off, pay_period::tenant_id, pay_period::id))
        .limit(i64::from(most))
        .select((
            pay_period::tenant_id,
            schedule::published_name,
            pay_period::starts,
            pay_period::ends,
            pay_period::cut_off,
            pay_period::bank_date,
        ))
        .load(tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(tenant, schedule, starts, ends, cut_off, bank_date)| PublishedPeriod {
            tenant: TenantId::from_uuid(tenant),
            schedule,
            starts,
            ends,
            cut_off,
            bank_date,
        })
        .collect())
}

/// What makes the claims of a schedule payable, for whoever acts.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Unreadable`].
pub async fn basis_of<S: Acts>(tx: &mut Tx<'_, S>, id: ScheduleId) -> Result<Basis> {
    let tenant = tx.scope().tenant().uuid();
    let basis: i16 = schedule::table
        .filter(schedule::tenant_id.eq(tenant))
        .filter(schedule::id.eq(id.uuid()))
        .select(schedule::basis)
        .first(tx.conn())
        .await?;
    Basis::of(basis).map_err(|what| Error::Unreadable { what })
}

/// The pay period whose run takes what a provider confirms at an instant: the first, from the one in which the claim
/// falls due, whose cut-off has not passed. A provider reads what its council publishes and no more.
///
/// # Errors
/// [`Error::NotFound`] when the calendar ends before there is one.
pub async fn run_period_for(
    tx: &mut Tx<'_, ProviderActing>,
    due: PeriodId,
    received: DateTime<Utc>,
) -> Result<PeriodId> {
    use chrono::SubsecRound as _;
    let tenant = tx.tenant().uuid();
    let (id, starts): (uuid::Uuid, NaiveDate) = pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::id.eq(due.uuid()))
        .select((pay_period::schedule_id, pay_period::starts))
        .first(tx.conn())
        .await?;
    let run_period: uuid::Uuid = pay_period::table
        .filter(pay_period::tenant_id.eq(tenant))
        .filter(pay_period::schedule_id.eq(id))
        .filter(pay_period::starts.ge(starts))
        .filter(pay_period::cut_off.ge(received.trunc_subsecs(0)))
        .order((pay_period::starts, pay_period::number))
        .select(pay_period::id)
        .first(tx.conn())
        .await?;
    Ok(PeriodId::from_uuid(run_period))
}
