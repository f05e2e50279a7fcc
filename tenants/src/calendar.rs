//! The payment calendars of the schedules that a provider is paid by, as its councils publish them: periods with their
//! dates, why they differ, and what was unusual about them and let stand. [`schedule`](crate::schedule) writes them.

use std::collections::BTreeMap;

use counterfoil_core::calendar::{AcceptedFinding, Division, Finding, Origin, PayPeriod, PeriodDates};
use counterfoil_core::claim::Basis;
use counterfoil_core::ids::{OrganisationId, ScheduleId, TenantId};
use diesel::sql_types::{Array, SmallInt, Text, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::pay_period;
use crate::scope::{Provider, Tx};

/// A schedule with its periods.
#[derive(Debug, Clone, PartialEq)]
pub struct CalendarSeen {
    /// The council.
    pub tenant: TenantId,
    /// The schedule.
    pub id: ScheduleId,
    /// As it is published.
    pub name: String,
    /// What makes its claims payable.
    pub basis: Basis,
    /// Whose bank holidays the council keeps.
    pub division: Division,
    /// The contracts that are paid by it, by reference.
    pub contracts: Vec<String>,
    /// Its periods, by date.
    pub periods: Vec<PeriodSeen>,
}

/// A pay period as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct PeriodSeen {
    /// Number, dates, and where they came from.
    pub period: PayPeriod,
    /// What is unusual about them.
    pub findings: Vec<Finding>,
    /// Which of that a person let stand, and why.
    pub accepted: Vec<AcceptedFinding>,
    /// Whether it may run.
    pub runnable: bool,
}

impl CalendarSeen {
    /// Its periods without what was found.
    #[must_use]
    pub fn dates(&self) -> Vec<PayPeriod> {
        self.periods.iter().map(|seen| seen.period.clone()).collect()
    }
}

/// The calendars of every schedule that contracts of one organisation with these councils are paid by, by name.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn of_organisation(
    tx: &mut Tx<'_, Provider>,
    councils: &[TenantId],
    organisation: OrganisationId,
) -> Result<Vec<CalendarSeen>> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    type RowTypes = (SqlUuid, SqlUuid, Text, SmallInt, Text, Array<Text>);
    type Row = (Uuid, Uuid, String, i16, String, Vec<String>);
    let tenants: Vec<Uuid> = councils.iter().map(|council| council.uuid()).collect();
    let sql: Prepared<RowTypes> = Prepared::new(
        "SELECT s.tenant_id, s.id, s.published_name, s.basis, c.division, own.contracts FROM \
         (SELECT k.tenant_id, k.schedule_id, array_agg(k.reference ORDER BY k.reference) AS contracts FROM contract k \
          WHERE k.tenant_id = ANY (",
    )
    .ids(tenants.clone())
    .sql(") AND k.organisation_id = ")
    .id(organisation.uuid())
    .sql(
        " GROUP BY k.tenant_id, k.schedule_id) own \
         JOIN schedule s ON s.tenant_id = own.tenant_id AND s.id = own.schedule_id \
         JOIN council c ON c.id = own.tenant_id ORDER BY c.name, s.published_name, s.id",
    );
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    let schedules: Vec<Uuid> = rows.iter().map(|row| row.1).collect();
    let mut periods = periods(tx, tenants, schedules).await?;
    rows.into_iter()
        .map(|(tenant, id, name, basis, division, contracts)| {
            Ok(CalendarSeen {
                tenant: TenantId::from_uuid(tenant),
                id: ScheduleId::from_uuid(id),
                name,
                basis: Basis::of(basis).map_err(|what| Error::Unreadable { what })?,
                division: division.parse().map_err(|_| Error::Unreadable { what: format!("division {division}") })?,
                contracts,
                periods: periods.remove(&(tenant, id)).unwrap_or_default(),
            })
        })
        .collect()
}

async fn periods(
    tx: &mut Tx<'_, Provider>,
    tenants: Vec<Uuid>,
    schedules: Vec<Uuid>,
) -> Result<BTreeMap<(Uuid, Uuid), Vec<PeriodSeen>>> {
    type Whose = (Uuid, Uuid, i32);
    type Dates =
        (chrono::NaiveDate, chrono::NaiveDate, chrono::DateTime<chrono::Utc>, chrono::NaiveDate, chrono::NaiveDate);
    type Found = (serde_json::Value, serde_json::Value, serde_json::Value, bool);
    let rows: Vec<(Whose, Dates, Found)> = pay_period::table
        .filter(pay_period::tenant_id.eq_any(tenants))
        .filter(pay_period::schedule_id.eq_any(schedules))
        .order((pay_period::tenant_id, pay_period::schedule_id, pay_period::starts, pay_period::number))
        .select((
            (pay_period::tenant_id, pay_period::schedule_id, pay_period::number),
            (
                pay_period::starts,
                pay_period::ends,
                pay_period::cut_off,
                pay_period::finalisation,
                pay_period::bank_date,
            ),
            (pay_period::origin, pay_period::findings, pay_period::accepted, pay_period::runnable),
        ))
        .load(tx.conn())
        .await?;
    let unreadable = |what| Error::Unreadable { what };
    let mut by_schedule: BTreeMap<(Uuid, Uuid), Vec<PeriodSeen>> = BTreeMap::new();
    for ((tenant, schedule, number), dates, (origin, findings, accepted, runnable)) in rows {
        let (starts, ends, cut_off, finalisation, bank_date) = dates;
        by_schedule.entry((tenant, schedule)).or_default().push(PeriodSeen {
            period: PayPeriod {
                number,
                dates: PeriodDates { starts, ends, cut_off, finalisation, bank_date },
                origin: Origin::of(origin).map_err(unreadable)?,
            },
            findings: Vec::<Finding>::of(findings).map_err(unreadable)?,
            accepted: Vec::<AcceptedFinding>::of(accepted).map_err(unreadable)?,
            runnable,
        });
    }
    Ok(by_schedule)
}
