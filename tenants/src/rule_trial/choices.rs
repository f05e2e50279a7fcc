//! The past pay periods on which a payment rule can be tried: those with claims that were assessed.

use chrono::NaiveDate;
use counterfoil_core::ids::PeriodId;
use diesel::sql_types::{Date, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::Result;
use crate::prepared::Prepared;
use crate::scope::Tx;

/// How many pay periods of a schedule are offered: half a year of weeks.
const OFFERED: i64 = 26;

/// A pay period that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub id: PeriodId,
    /// The schedule, as the staff call it.
    pub schedule: String,
    /// First day of care.
    pub starts: NaiveDate,
    /// Last day of care, itself included.
    pub ends: NaiveDate,
}

/// The pay periods that have begun by a day and hold claims that were assessed: of each schedule the newest, the newest
/// first.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn choices(tx: &mut Tx<'_>, today: NaiveDate) -> Result<Vec<Choice>> {
    let tenant = tx.tenant().uuid();
    let sql: Prepared<(SqlUuid, Text, Date, Date)> = Prepared::new(
        "SELECT p.id, s.name, p.starts, p.ends FROM schedule s JOIN LATERAL (SELECT p.id, p.starts, p.ends \
             FROM pay_period p WHERE p.tenant_id = s.tenant_id AND p.schedule_id = s.id AND p.starts <= ",
    )
    .day(today)
    .sql(
        " AND EXISTS (SELECT FROM claim c WHERE c.tenant_id = p.tenant_id AND c.schedule_id = p.schedule_id \
             AND c.period_id = p.id AND c.assessment_id IS NOT NULL) ORDER BY p.starts DESC, p.id LIMIT ",
    )
    .number(OFFERED)
    .sql(") p ON true WHERE s.tenant_id = ")
    .id(tenant)
    .sql(" ORDER BY s.name, p.starts DESC, p.id");
    let rows: Vec<(Uuid, String, NaiveDate, NaiveDate)> = sql.load(tx.conn()).await?;
    let choice = |(id, schedule, starts, ends)| Choice { id: PeriodId::from_uuid(id), schedule, starts, ends };
    Ok(rows.into_iter().map(choice).collect())
}
