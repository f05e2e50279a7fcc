//! What a run takes of a contract, under the claims' locks: the claims, what each of their lines is entitled to, and that
//! it was posted. Between the records of claims and those of runs.

use std::collections::BTreeMap;

use counterfoil_core::ids::{AssessmentId, ClaimId, ContractId, RunId};
use counterfoil_core::money::Money;
use diesel::sql_types::{Array, BigInt, Integer, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::Result;
use crate::scope::{Audited, Tx};

#[derive(QueryableByName)]
struct Id {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Which claims a run takes: those that are confirmed and due by its period, those that need no confirmation, and paid
/// ones that were assessed anew since. A claim whose rule failed is left: what was posted for it stands.
const TAKEN: &str = "claim c \
    JOIN run r ON r.tenant_id = c.tenant_id AND r.id = $2 AND r.schedule_id = c.schedule_id \
    JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id \
    JOIN pay_period p ON p.tenant_id = r.tenant_id AND p.id = r.period_id \
    JOIN pay_period own ON own.tenant_id = c.tenant_id AND own.id = c.period_id \
    JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id AND a.fault IS NULL \
    LEFT JOIN pay_period due ON due.tenant_id = c.tenant_id AND due.id = c.run_period_id \
    WHERE c.tenant_id = $1 AND own.cut_off <= p.cut_off AND ( \
        (c.state = 2 AND due.cut_off <= p.cut_off) \
        OR (c.state < 2 AND s.basis = 0) \
        OR (c.state = 4 AND c.assessment_id IS DISTINCT FROM c.posted_assessment_id))";

/// The contracts that a run has to work through: those with a claim that it would take if it were assessed now, or may
/// still come to take.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn contracts_of(tx: &mut Tx<'_>, run: RunId) -> Result<Vec<ContractId>> {
    let tenant = tx.tenant().uuid();
    let rows: Vec<Id> = sql_query(
        "SELECT DISTINCT c.contract_id AS id FROM claim c \
         JOIN run r ON r.tenant_id = c.tenant_id AND r.id = $2 AND r.schedule_id = c.schedule_id \
         JOIN pay_period p ON p.tenant_id = r.tenant_id AND p.id = r.period_id \
         JOIN pay_period own ON own.tenant_id = c.tenant_id AND own.id = c.period_id AND own.cut_off <= p.cut_off \
         WHERE c.tenant_id = $1 AND (c.state < 3 \
             OR (c.state = 4 AND c.assessment_id IS DISTINCT FROM c.posted_assessment_id)) ORDER BY 1",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(run.uuid())
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| ContractId::from_uuid(row.id)).collect())
}

/// Locks the claims of a contract that a run takes, waiting for whoever holds them, and gives the assessment that counts
/// for each.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn lock_claims(tx: &mut Tx<'_>, run: RunId, contract: ContractId) -> Result<BTreeMap<ClaimId, AssessmentId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = SqlUuid)]
        assessment_id: Uuid,
    }
    let tenant = tx.tenant().uuid();
    let rows: Vec<Row> = sql_query(format!(
        "SELECT c.id, c.assessment_id FROM {TAKEN} AND c.contract_id = $3 ORDER BY c.id FOR UPDATE OF c"
    ))
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(run.uuid())
    .bind::<SqlUuid, _>(contract.uuid())
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (ClaimId::from_uuid(row.id), AssessmentId::from_uuid(row.assessment_id))).collect())
}

/// The claims of a contract that are paid on the plan and were never posted, which a run assesses as the plan was known
/// at the cut-off.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn unposted_on_plan(tx: &mut Tx<'_>, run: RunId) -> Result<Vec<ClaimId>> {
    let tenant = tx.tenant().uuid();
    let rows: Vec<Id> = sql_query(
        "SELECT c.id FROM claim c \
         JOIN run r ON r.tenant_id = c.tenant_id AND r.id = $2 AND r.schedule_id = c.schedule_id \
         JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id AND s.basis = 0 \
         WHERE c.tenant_id = $1 AND c.period_id = r.period_id AND c.state < 3 AND c.statement_version = 0 \
         ORDER BY c.contract_id, c.id",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(run.uuid())
    .get_results(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| ClaimId::from_uuid(row.id)).collect())
}

/// The sum of the payable charges of each line of some assessments, by claim and line number; lines without one are left
/// out.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn entitlements(tx: &mut Tx<'_>, assessments: &[AssessmentId]) -> Result<BTreeMap<(ClaimId, u32), Money>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        claim_id: Uuid,
        #[diesel(sql_type = Integer)]
        line: i32,
        #[diesel(sql_type = BigInt)]
        pence: i64,
    }
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = assessments.iter().map(|id| id.uuid()).collect();
    // a claim comes to at most £1,000,000, so that the sum of its charges fits
    let rows: Vec<Row> = sql_query(
        "SELECT claim_id, line, sum(pence)::bigint AS pence FROM charge \
         WHERE tenant_id = $1 AND assessment_id = ANY($2) AND disposition = 0 GROUP BY claim_id, line",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<Array<SqlUuid>, _>(ids)
    .get_results(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ((ClaimId::from_uuid(row.claim_id), row.line.unsigned_abs()), Money::from_pence(row.pence)))
        .collect())
}

/// Locks claims into a run: they carry it, and the assessment that was posted.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn lock_into_run(
    audited: &mut Audited<'_, '_>,
    run: RunId,
    claims: impl Iterator<Item = ClaimId>,
) -> Result<()> {
    let ids: Vec<Uuid> = claims.map(ClaimId::uuid).collect();
    let tenant = audited.tenant().uuid();
    sql_query(
        "UPDATE claim SET state = 3, version = version + 1, run_id = $2, posted_assessment_id = assessment_id \
         WHERE tenant_id = $1 AND id = ANY($3)",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(run.uuid())
    .bind::<Array<SqlUuid>, _>(ids)
    .execute(audited.conn())
    .await?;
    Ok(())
}

/// Marks the claims that a run holds as paid, and gives them.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn paid_by(audited: &mut Audited<'_, '_>, run: RunId) -> Result<Vec<ClaimId>> {
    let tenant = audited.tenant().uuid();
    let rows: Vec<Id> = sql_query(
        "UPDATE claim SET state = 4, version = version + 1 WHERE tenant_id = $1 AND run_id = $2 AND state = 3 RETURNING id",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(run.uuid())
    .get_results(audited.conn())
    .await?;
    Ok(rows.into_iter().map(|row| ClaimId::from_uuid(row.id)).collect())
}
