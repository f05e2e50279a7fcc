//! When a council bills its clients: periods with the last moment for actuals, after which a client is billed on the plan, and
//! the day on which bills are issued. Kept apart from payment [`schedule`](crate::schedule)s, so that no run can take a
//! period of them; unrolled by the same calendars, and published to providers beside theirs.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::{Calendar, Origin, PayPeriod, PeriodDates, Schedule};
use counterfoil_core::ids::{BillingId, OrganisationId, TenantId};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::{Kept as _, insert, record};
use crate::schema::{billing_period, billing_schedule};
use crate::scope::{Audited, Provider, Tx};

record! {
    /// A billing schedule.
    pub struct BillingSchedule in billing_schedule {
        /// Its id.
        pub id: BillingId,
        /// As it is published; unique.
        pub name: String,
        /// Generator, tables and overrides: the cut-off is the last moment for actuals, the bank date the day of issue.
        pub definition: Schedule,
    }
}

record! {
    /// A billing period.
    pub struct BillingPeriod in billing_period {
        /// Of which schedule.
        pub schedule_id: BillingId,
        /// Its number in the schedule.
        pub number: i32,
        /// First day of care.
        pub starts: NaiveDate,
        /// Last day of care, itself included.
        pub ends: NaiveDate,
        /// The last instant for actuals: later ones do not change the bill, which goes by the plan.
        pub last_actuals: DateTime<Utc>,
        /// Day on which bills are issued.
        pub issued: NaiveDate,
        /// Where the dates came from.
        pub origin: Origin,
    }
}

impl BillingPeriod {
    /// The periods of a calendar.
    pub fn of(id: BillingId, calendar: &Calendar) -> impl Iterator<Item = Self> {
        calendar.periods.iter().map(move |period| Self {
            schedule_id: id,
            number: period.number,
            starts: period.dates.starts,
            ends: period.dates.ends,
            last_actuals: period.dates.cut_off,
            issued: period.dates.bank_date,
            origin: period.origin.clone(),
        })
    }

    /// The same in the shape of a pay period, as calendars are written for diaries and spreadsheets.
    #[must_use]
    pub fn as_period(&self) -> PayPeriod {
        PayPeriod {
            number: self.number,
            dates: PeriodDates {
                starts: self.starts,
                ends: self.ends,
                cut_off: self.last_actuals,
                finalisation: self.issued,
                bank_date: self.issued,
            },
            origin: self.origin.clone(),
        }
    }
}

/// Adds a schedule with its periods.
///
/// # Errors
/// [`Error::Database`], with the constraint where a name is taken.
pub async fn add(audited: &mut Audited<'_, '_>, row: BillingSchedule, periods: Vec<BillingPeriod>) -> Result<()> {
    insert!(audited, billing_schedule, [row]);
    insert!(audited, billing_period, periods);
    Ok(())
}

/// Adds periods to one that is there, such as when its calendar goes on.
///
/// # Errors
/// [`Error::Database`], with the constraint where a number is taken.
pub async fn add_periods(audited: &mut Audited<'_, '_>, periods: Vec<BillingPeriod>) -> Result<()> {
    insert!(audited, billing_period, periods);
    Ok(())
}

/// A billing schedule as providers see it.
#[derive(Debug, Clone, PartialEq)]
pub struct BillingSeen {
    /// The council.
    pub tenant: TenantId,
    /// Its id.
    pub id: BillingId,
    /// As it is published.
    pub name: String,
    /// Its periods, by date.
    pub periods: Vec<BillingPeriod>,
}

impl BillingSeen {
    /// Its periods as diaries and spreadsheets take them.
    #[must_use]
    pub fn dates(&self) -> Vec<PayPeriod> {
        self.periods.iter().map(BillingPeriod::as_period).collect()
    }
}

/// The billing schedules of councils with which an organisation has contracts that the person sees, by name.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn of_organisation(
    tx: &mut Tx<'_, Provider>,
    councils: &[TenantId],
    organisation: OrganisationId,
) -> Result<Vec<BillingSeen>> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    let tenants: Vec<Uuid> = councils.iter().map(|council| council.uuid()).collect();
    let schedules: Vec<(Uuid, Uuid, String)> = billing_schedule::table
        .filter(billing_schedule::tenant_id.eq_any(&tenants))
        .order((billing_schedule::name, billing_schedule::id))
        .select((billing_schedule::tenant_id, billing_schedule::id, billing_schedule::name))
        .load(tx.conn())
        .await?;
    type Row = (Uuid, Uuid, i32, NaiveDate, NaiveDate, DateTime<Utc>, NaiveDate, serde_json::Value);
    let rows: Vec<Row> = billing_period::table
        .filter(billing_period::tenant_id.eq_any(&tenants))
        .order((billing_period::starts, billing_period::number))
        .select((
            billing_period::tenant_id,
            billing_period::schedule_id,
            billing_period::number,
            billing_period::starts,
            billing_period::ends,
            billing_period::last_actuals,
            billing_period::issued,
            billing_period::origin,
        ))
        .load(tx.conn())
        .await?;
    let mut periods: BTreeMap<(Uuid, Uuid), Vec<BillingPeriod>> = BTreeMap::new();
    for (tenant, schedule, number, starts, ends, last_actuals, issued, origin) in rows {
        let origin = Origin::of(origin).map_err(|what| Error::Unreadable { what })?;
        let schedule_id = BillingId::from_uuid(schedule);
        let period = BillingPeriod { schedule_id, number, starts, ends, last_actuals, issued, origin };
        periods.entry((tenant, schedule)).or_default().push(period);
    }
    let seen = |(tenant, id, name): (Uuid, Uuid, String)| BillingSeen {
        tenant: TenantId::from_uuid(tenant),
        id: BillingId::from_uuid(id),
        name,
        periods: periods.remove(&(tenant, id)).unwrap_or_default(),
    };
    Ok(schedules.into_iter().map(seen).collect())
}
