//! What waits for somebody: for a provider at every council it works for, for a council's staff at their own. The home
//! page puts it together, by deadline.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{OrganisationId, RunId, ScheduleId, TenantId};
use counterfoil_core::money::Money;
use counterfoil_core::run::RunState;
use diesel::sql_types::{Array, BigInt, Bool, Date, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::Kept as _;
use crate::scope::{Provider, Tx};

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

/// What waits for a provider at the given councils, the nearest deadline first, at most so many periods.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_provider(tx: &mut Tx<'_, Provider>, councils: &[TenantId], most: i64) -> Result<Vec<ToConfirm>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        tenant_id: Uuid,
        #[diesel(sql_type = SqlUuid)]
        organisation_id: Uuid,
        #[diesel(sql_type = Text)]
        published_name: String,
        #[diesel(sql_type = Date)]
        starts: NaiveDate,
        #[diesel(sql_type = Date)]
        ends: NaiveDate,
        #[diesel(sql_type = Timestamptz)]
        cut_off: DateTime<Utc>,
        #[diesel(sql_type = BigInt)]
        claims: i64,
        #[diesel(sql_type = BigInt)]
        sent_back: i64,
        #[diesel(sql_type = Array<Text>)]
        service_types: Vec<String>,
        #[diesel(sql_type = Bool)]
        quantities: bool,
    }
    let organisations = tx.organisations();
    let councils: Vec<Uuid> = councils.iter().map(|council| council.uuid()).collect();
    let rows: Vec<Row> = sql_query(
        "SELECT c.tenant_id, c.organisation_id, s.published_name, p.starts, p.ends, p.cut_off, count(*) AS claims, \
             count(c.sent_back_reason) AS sent_back, array_agg(DISTINCT k.service_type) AS service_types, \
             bool_and(k.recording = 'quantities') AS quantities \
         FROM claim c JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id AND s.basis > 0 \
         JOIN pay_period p ON p.tenant_id = c.tenant_id AND p.schedule_id = c.schedule_id AND p.id = c.period_id \
         WHERE c.organisation_id = ANY($1) AND c.tenant_id = ANY($2) AND c.state IN (0, 1) \
         GROUP BY c.tenant_id, c.organisation_id, s.id, s.published_name, p.id, p.starts, p.ends, p.cut_off \
         ORDER BY p.cut_off, c.tenant_id, c.organisation_id LIMIT $3",
    )
    .bind::<Array<SqlUuid>, _>(&organisations)
    .bind::<Array<SqlUuid>, _>(&councils)
    .bind::<BigInt, _>(most)
    .load(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ToConfirm {
            council: TenantId::from_uuid(row.tenant_id),
            organisation: OrganisationId::from_uuid(row.organisation_id),
            schedule: row.published_name,
            period: (row.starts, row.ends),
            cut_off: row.cut_off,
            claims: row.claims,
            sent_back: row.sent_back,
            service_types: row.service_types,
            quantities: row.quantities,
        })
        .collect())
}

/// Claims of the council on which something is suspended and that no run has taken yet, by pay period.
///
/// # Errors
/// [`Error::Database`].
pub async fn to_settle(tx: &mut Tx<'_>) -> Result<Vec<ToSettle>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        schedule_id: Uuid,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Date)]
        starts: NaiveDate,
        #[diesel(sql_type = Date)]
        ends: NaiveDate,
        #[diesel(sql_type = Date)]
        finalisation: NaiveDate,
        #[diesel(sql_type = BigInt)]
        claims: i64,
        #[diesel(sql_type = Nullable<BigInt>)]
        suspended: Option<i64>,
    }
    let tenant = tx.tenant().uuid();
    let rows: Vec<Row> = sql_query(
        "SELECT s.id AS schedule_id, s.name, p.starts, p.ends, p.finalisation, count(*) AS claims, \
             sum(a.suspended_pence)::bigint AS suspended \
         FROM claim c JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id \
         JOIN pay_period p ON p.tenant_id = c.tenant_id AND p.id = COALESCE(c.run_period_id, c.period_id) \
         WHERE c.tenant_id = $1 AND c.state = 2 AND (a.suspended_pence > 0 OR a.fault IS NOT NULL) \
         GROUP BY s.id, s.name, p.id, p.starts, p.ends, p.finalisation ORDER BY p.finalisation, s.name",
    )
    .bind::<SqlUuid, _>(tenant)
    .load(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ToSettle {
            schedule: ScheduleId::from_uuid(row.schedule_id),
            name: row.name,
            period: (row.starts, row.ends),
            finalisation: row.finalisation,
            claims: row.claims,
            suspended: Money::from_pence(row.suspended.unwrap_or_default()),
        })
        .collect())
}

/// Runs of the council that wait for somebody, the nearest bank date first.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn runs_waiting(tx: &mut Tx<'_>) -> Result<Vec<RunWaiting>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Date)]
        starts: NaiveDate,
        #[diesel(sql_type = Date)]
        ends: NaiveDate,
        #[diesel(sql_type = SmallInt)]
        state: i16,
        #[diesel(sql_type = Date)]
        bank_date: NaiveDate,
    }
    let tenant = tx.tenant().uuid();
    let rows: Vec<Row> = sql_query(
        "SELECT r.id, s.name, p.starts, p.ends, r.state, p.bank_date FROM run r \
         JOIN schedule s ON s.tenant_id = r.tenant_id AND s.id = r.schedule_id \
         JOIN pay_period p ON p.tenant_id = r.tenant_id AND p.id = r.period_id \
         WHERE r.tenant_id = $1 AND r.state IN (0, 1, 2, 3, 6) ORDER BY p.bank_date, s.name",
    )
    .bind::<SqlUuid, _>(tenant)
    .load(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(RunWaiting {
                run: RunId::from_uuid(row.id),
                schedule: row.name,
                period: (row.starts, row.ends),
                state: RunState::of(row.state).map_err(|what| Error::Unreadable { what })?,
                bank_date: row.bank_date,
            })
        })
        .collect()
}
