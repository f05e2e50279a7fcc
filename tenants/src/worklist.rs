//! What waits for somebody: for a provider at every council it works for, for a council's staff at their own. The home
//! page puts it together, by deadline. What waits because somebody has written is found in [`talk`](crate::talk).

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{OrganisationId, RunId, ScheduleId, TenantId};
use counterfoil_core::money::Money;
use counterfoil_core::run::RunState;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::scope::{Provider, Tx};

pub use crate::talk::{Waiting, WaitingDispute, of_council as said_to_council, of_provider as said_to_provider};

/// Claims of one organisation at one council for one pay period that wait to be stated or confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToConfirm {
    /// The council.
    pub council: TenantId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The schedule, as it is published.
    pub schedule: String,
    /// The first and last day of the pay period.
    pub period: (NaiveDate, NaiveDate),
    /// Until when it is in time.
    pub cut_off: DateTime<Utc>,
    /// How many claims wait.
    pub claims: i64,
    /// How many of them the council sent back.
    pub sent_back: i64,
    /// The kinds of service of their contracts.
    pub service_types: Vec<String>,
    /// Whether all of them are stated as quantities.
    pub quantities: bool,
}

/// Claims of a council that wait for an officer's decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSettle {
    /// The schedule.
    pub schedule: ScheduleId,
    /// As the staff call it.
    pub name: String,
    /// The first and last day of the pay period.
    pub period: (NaiveDate, NaiveDate),
    /// The day of its finalisation, until which officers settle.
    pub finalisation: NaiveDate,
    /// How many claims.
    pub claims: i64,
    /// What is suspended on them.
    pub suspended: Money,
}

/// A run that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunWaiting {
    /// The run.
    pub run: RunId,
    /// The schedule, as the staff call it.
    pub schedule: String,
    /// The first and last day of the pay period.
    pub period: (NaiveDate, NaiveDate),
    /// Where it stands: finalised waits for the approver, approved for the file, sent for the bank.
    pub state: RunState,
    /// The day on which the money has to be in the bank.
    pub bank_date: NaiveDate,
}

/// Documents of one organisation at one council that wait to be agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToAgree {
    /// The council.
    pub council: TenantId,
    /// The organisation.
    pub organisation: OrganisationId,
    /// How many.
    pub documents: i64,
    /// The first day by which one of them is to be agreed.
    pub agree_by: NaiveDate,
}

/// Documents that wait for a provider at the given councils.
///
/// # Errors
/// [`Error::Database`].
pub async fn to_agree(tx: &mut Tx<'_, Provider>, councils: &[TenantId]) -> Result<Vec<ToAgree>> {
    let organisations = tx.organisations();
    let sql: Prepared<(SqlUuid, SqlUuid, BigInt, Date)> = Prepared::new(
        "SELECT d.tenant_id, d.organisation_id, count(*), min(d.agree_by) FROM contract_document d \
         WHERE d.organisation_id = ANY(",
    )
    .ids(organisations)
    .sql(") AND d.tenant_id = ANY(")
    .ids(councils.iter().map(|council| council.uuid()).collect())
    .sql(") AND d.status = 0 GROUP BY d.tenant_id, d.organisation_id");
    let rows: Vec<(Uuid, Uuid, i64, NaiveDate)> = sql.load(tx.conn()).await?;
    Ok(rows
        .into_iter()
        .map(|(council, organisation, documents, agree_by)| ToAgree {
            council: TenantId::from_uuid(council),
            organisation: OrganisationId::from_uuid(organisation),
            documents,
            agree_by,
        })
        .collect())
}

/// What waits for a provider at the given councils, the nearest deadline first, at most so many periods.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_provider(tx: &mut Tx<'_, Provider>, councils: &[TenantId], most: i64) -> Result<Vec<ToConfirm>> {
    type Types = (SqlUuid, SqlUuid, Text, Date, Date, Timestamptz, BigInt, BigInt, Array<Text>, Bool);
    type Row = (Uuid, Uuid, String, NaiveDate, NaiveDate, DateTime<Utc>, i64, i64, Vec<String>, bool);
    let sql: Prepared<Types> = Prepared::new(
        "SELECT c.tenant_id, c.organisation_id, s.published_name, p.starts, p.ends, p.cut_off, count(*), \
             count(c.sent_back_reason), array_agg(DISTINCT k.service_type), bool_and(k.recording = 'quantities') \
         FROM claim c JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id AND s.basis > 0 \
         JOIN pay_period p ON p.tenant_id = c.tenant_id AND p.schedule_id = c.schedule_id AND p.id = c.period_id \
         WHERE c.state IN (0, 1) AND c.organisation_id = ANY(",
    )
    .ids(tx.organisations())
    .sql(") AND c.tenant_id = ANY(")
    .ids(councils.iter().map(|council| council.uuid()).collect())
    .sql(
        ") GROUP BY c.tenant_id, c.organisation_id, s.id, s.published_name, p.id, p.starts, p.ends, p.cut_off \
         ORDER BY p.cut_off, c.tenant_id, c.organisation_id LIMIT ",
    )
    .number(most);
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    let waiting = rows.into_iter().map(|row| {
        let (tenant, organisation, schedule, starts, ends, cut_off, claims, sent_back, service_types, quantities) = row;
        ToConfirm {
            council: TenantId::from_uuid(tenant),
            organisation: OrganisationId::from_uuid(organisation),
            schedule,
            period: (starts, ends),
            cut_off,
            claims,
            sent_back,
            service_types,
            quantities,
        }
    });
    Ok(waiting.collect())
}

/// Claims of the council on which something is suspended and that no run has taken yet, by pay period.
///
/// # Errors
/// [`Error::Database`].
pub async fn to_settle(tx: &mut Tx<'_>) -> Result<Vec<ToSettle>> {
    type Types = (SqlUuid, Text, Date, Date, Date, BigInt, Nullable<BigInt>);
    type Row = (Uuid, String, NaiveDate, NaiveDate, NaiveDate, i64, Option<i64>);
    let sql: Prepared<Types> = Prepared::new(
        "SELECT s.id, s.name, p.starts, p.ends, p.finalisation, count(*), sum(a.suspended_pence)::bigint \
         FROM claim c JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id \
         JOIN pay_period p ON p.tenant_id = c.tenant_id AND p.id = COALESCE(c.run_period_id, c.period_id) \
         WHERE c.tenant_id = ",
    )
    .id(tx.tenant().uuid())
    .sql(
        " AND c.state = 2 AND (a.suspended_pence > 0 OR a.fault IS NOT NULL) \
         GROUP BY s.id, s.name, p.id, p.starts, p.ends, p.finalisation ORDER BY p.finalisation, s.name",
    );
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    let waiting = rows.into_iter().map(|(schedule, name, starts, ends, finalisation, claims, suspended)| ToSettle {
        schedule: ScheduleId::from_uuid(schedule),
        name,
        period: (starts, ends),
        finalisation,
        claims,
        suspended: Money::from_pence(suspended.unwrap_or_default()),
    });
    Ok(waiting.collect())
}

/// Runs of the council that wait for somebody, the nearest bank date first.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn runs_waiting(tx: &mut Tx<'_>) -> Result<Vec<RunWaiting>> {
    type Types = (SqlUuid, Text, Date, Date, SmallInt, Date);
    type Row = (Uuid, String, NaiveDate, NaiveDate, i16, NaiveDate);
    let sql: Prepared<Types> = Prepared::new(
        "SELECT r.id, s.name, p.starts, p.ends, r.state, p.bank_date FROM run r \
         JOIN schedule s ON s.tenant_id = r.tenant_id AND s.id = r.schedule_id \
         JOIN pay_period p ON p.tenant_id = r.tenant_id AND p.id = r.period_id \
         WHERE r.state IN (0, 1, 2, 3, 6) AND r.tenant_id = ",
    )
    .id(tx.tenant().uuid())
    .sql(" ORDER BY p.bank_date, s.name");
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    rows.into_iter()
        .map(|(run, schedule, starts, ends, state, bank_date)| {
            Ok(RunWaiting {
                run: RunId::from_uuid(run),
                schedule,
                period: (starts, ends),
                state: RunState::of(state).map_err(|what| Error::Unreadable { what })?,
                bank_date,
            })
        })
        .collect()
}
