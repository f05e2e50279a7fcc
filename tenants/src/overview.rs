//! What a council's claims and runs come to, in figures that add up: for the front page and the demo's table.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::RunId;
use counterfoil_core::money::Money;
use counterfoil_core::run::RunState;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::scope::Tx;

/// What all claims of a council come to: claimed = paid + payable + suspended + rejected + pending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many claims there are.
    pub claims: i64,
    /// How many lines they have.
    pub lines: i64,
    /// How many of the claims are suspended whole because the rule failed.
    pub faulted: i64,
    /// The price of everything stated, or planned where nothing is.
    pub claimed: Money,
    /// What runs whose file has left posted.
    pub paid: Money,
    /// What is entitled and not paid yet; negative where more was paid than is due now.
    pub payable: Money,
    /// Held for an officer.
    pub suspended: Money,
    /// Not paid.
    pub rejected: Money,
    /// Waiting for something.
    pub pending: Money,
    /// Of what was paid: the sum of entries that came after the first of their line.
    pub adjustments: Money,
    /// How many payment files were issued.
    pub files: i64,
}

/// Sums a council's claims.
///
/// # Errors
/// [`Error::Database`].
pub async fn totals(tx: &mut Tx<'_>) -> Result<Totals> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        claims: i64,
        #[diesel(sql_type = BigInt)]
        lines: i64,
        #[diesel(sql_type = BigInt)]
        faulted: i64,
        #[diesel(sql_type = BigInt)]
        claimed: i64,
        #[diesel(sql_type = BigInt)]
        entitled: i64,
        #[diesel(sql_type = BigInt)]
        suspended: i64,
        #[diesel(sql_type = BigInt)]
        rejected: i64,
        #[diesel(sql_type = BigInt)]
        pending: i64,
        #[diesel(sql_type = BigInt)]
        paid: i64,
        #[diesel(sql_type = BigInt)]
        adjustments: i64,
        #[diesel(sql_type = BigInt)]
        files: i64,
    }
    let tenant = tx.tenant().uuid();
    // of a claim whose rule failed nothing is known but what was posted, which stands
    let row: Row = sql_query(
        "WITH posted AS (SELECT e.claim_id, sum(e.pence) AS pence, \
                 sum(e.pence) FILTER (WHERE e.kind > 0) AS adjusted \
             FROM entry e JOIN run r ON r.tenant_id = e.tenant_id AND r.id = e.run_id AND r.state >= 4 \
             WHERE e.tenant_id = $1 GROUP BY e.claim_id) \
         SELECT count(*) AS claims, \
             (SELECT count(*) FROM claim_line WHERE tenant_id = $1) AS lines, \
             count(*) FILTER (WHERE a.fault IS NOT NULL) AS faulted, \
             COALESCE(sum(CASE WHEN a.fault IS NULL THEN a.claimed_pence ELSE COALESCE(p.pence, 0) END), 0)::bigint AS claimed, \
             COALESCE(sum(CASE WHEN a.fault IS NULL THEN a.payable_pence ELSE COALESCE(p.pence, 0) END), 0)::bigint AS entitled, \
             COALESCE(sum(a.suspended_pence), 0)::bigint AS suspended, \
             COALESCE(sum(a.rejected_pence), 0)::bigint AS rejected, \
             COALESCE(sum(a.pending_pence), 0)::bigint AS pending, \
             COALESCE(sum(p.pence), 0)::bigint AS paid, \
             COALESCE(sum(p.adjusted), 0)::bigint AS adjustments, \
             (SELECT count(*) FROM payment_file WHERE tenant_id = $1) AS files \
         FROM claim c LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         LEFT JOIN posted p ON p.claim_id = c.id WHERE c.tenant_id = $1",
    )
    .bind::<SqlUuid, _>(tenant)
    .get_result(tx.conn())
    .await?;
    let paid = Money::from_pence(row.paid);
    Ok(Totals {
        claims: row.claims,
        lines: row.lines,
        faulted: row.faulted,
        claimed: Money::from_pence(row.claimed),
        paid,
        payable: Money::from_pence(row.entitled).checked_sub(paid).map_err(Error::refused)?,
        suspended: Money::from_pence(row.suspended),
        rejected: Money::from_pence(row.rejected),
        pending: Money::from_pence(row.pending),
        adjustments: Money::from_pence(row.adjustments),
        files: row.files,
    })
}

/// A run as people look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunSeen {
    /// The run.
    pub id: RunId,
    /// The schedule as the council's staff call it, and as it is published.
    pub schedule: (String, String),
    /// The first and last day of its pay period.
    pub period: (NaiveDate, NaiveDate),
    /// Where it stands.
    pub state: RunState,
    /// When it was opened.
    pub opened: DateTime<Utc>,
    /// When the money is in the bank.
    pub bank_date: NaiveDate,
    /// How many claims it posted entries for.
    pub claims: i64,
    /// How many entries it posted.
    pub entries: i64,
    /// What it pays out.
    pub pays: Money,
    /// Of its entries: what came after the first of their line.
    pub adjustments: Money,
    /// What is suspended on the claims that fall due in its period.
    pub suspended: Money,
    /// The serial number of its payment file.
    pub file: Option<u32>,
    /// How many remittance advices were written.
    pub remittances: i64,
}

/// Every run of the council, the latest bank date first.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn runs(tx: &mut Tx<'_>) -> Result<Vec<RunSeen>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        published_name: String,
        #[diesel(sql_type = Date)]
        starts: NaiveDate,
        #[diesel(sql_type = Date)]
        ends: NaiveDate,
        #[diesel(sql_type = SmallInt)]
        state: i16,
        #[diesel(sql_type = Timestamptz)]
        created_at: DateTime<Utc>,
        #[diesel(sql_type = Date)]
        bank_date: NaiveDate,
        #[diesel(sql_type = BigInt)]
        claims: i64,
        #[diesel(sql_type = BigInt)]
        entries: i64,
        #[diesel(sql_type = BigInt)]
        pays: i64,
        #[diesel(sql_type = BigInt)]
        adjustments: i64,
        #[diesel(sql_type = BigInt)]
        suspended: i64,
        #[diesel(sql_type = Nullable<Integer>)]
        serial: Option<i32>,
        #[diesel(sql_type = BigInt)]
        remittances: i64,
    }
    let tenant = tx.tenant().uuid();
    let rows: Vec<Row> = sql_query(
        "SELECT r.id, s.name, s.published_name, p.starts, p.ends, r.state, r.created_at, p.bank_date, \
             COALESCE(e.claims, 0) AS claims, COALESCE(e.entries, 0) AS entries, \
             COALESCE(e.adjustments, 0)::bigint AS adjustments, \
             COALESCE((SELECT sum(y.pays_pence) FROM payment y \
                 WHERE y.tenant_id = $1 AND y.run_id = r.id), 0)::bigint AS pays, \
             COALESCE((SELECT sum(a.suspended_pence) FROM claim c \
                 JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
                 WHERE c.tenant_id = $1 AND c.schedule_id = r.schedule_id AND c.period_id = r.period_id), 0)::bigint \
                 AS suspended, \
             (SELECT f.serial FROM payment_file f WHERE f.tenant_id = $1 AND f.run_id = r.id) AS serial, \
             (SELECT count(*) FROM remittance m WHERE m.tenant_id = $1 AND m.run_id = r.id) AS remittances \
         FROM run r JOIN schedule s ON s.tenant_id = r.tenant_id AND s.id = r.schedule_id \
         JOIN pay_period p ON p.tenant_id = r.tenant_id AND p.id = r.period_id \
         LEFT JOIN (SELECT run_id, count(DISTINCT claim_id) AS claims, count(*) AS entries, \
                 sum(pence) FILTER (WHERE kind > 0) AS adjustments \
             FROM entry WHERE tenant_id = $1 GROUP BY run_id) e ON e.run_id = r.id \
         WHERE r.tenant_id = $1 ORDER BY p.bank_date DESC, s.name, p.starts",
    )
    .bind::<SqlUuid, _>(tenant)
    .get_results(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let state = RunState::from_code(row.state);
            Ok(RunSeen {
                id: RunId::from_uuid(row.id),
                schedule: (row.name, row.published_name),
                period: (row.starts, row.ends),
                state: state.ok_or_else(|| Error::Unreadable { what: format!("run.state {}", row.state) })?,
                opened: row.created_at,
                bank_date: row.bank_date,
                claims: row.claims,
                entries: row.entries,
                pays: Money::from_pence(row.pays),
                adjustments: Money::from_pence(row.adjustments),
                suspended: Money::from_pence(row.suspended),
                file: row.serial.map(i32::unsigned_abs),
                remittances: row.remittances,
            })
        })
        .collect()
}
