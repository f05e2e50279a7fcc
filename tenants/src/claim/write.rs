//! Making, locking and changing claims, as their council.

use std::collections::BTreeMap;

use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::{AssessmentId, ClaimId, RunId};
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use super::{Claim, ClaimLine, unchanged_by_others, uuids};
use crate::error::Result;
use crate::record::{Kept as _, insert};
use crate::schema::claim;
use crate::scope::{Audited, Tx};

/// Adds claims that are not there yet, and says which were: of contract, person and start there is one.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn generate(audited: &mut Audited<'_, '_>, rows: Vec<Claim>) -> Result<Vec<ClaimId>> {
    let council = audited.tenant();
    let mut added = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter();
    loop {
        let batch: Vec<_> = rows.by_ref().take(1_000).map(|row| row.for_council(council)).collect();
        if batch.is_empty() {
            return Ok(added);
        }
        let ids: Vec<Uuid> = diesel::insert_into(claim::table)
            .values(batch)
            .on_conflict((claim::tenant_id, claim::contract_id, claim::service_user_id, claim::starts))
            .do_nothing()
            .returning(claim::id)
            .get_results(audited.conn())
            .await?;
        added.extend(ids.into_iter().map(ClaimId::from_uuid));
    }
}

/// Adds lines.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn add_lines(audited: &mut Audited<'_, '_>, rows: Vec<ClaimLine>) -> Result<()> {
    insert!(audited, claim_line, rows);
    Ok(())
}

/// One claim, locked until the transaction ends; waits for whoever holds it.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn lock(tx: &mut Tx<'_>, id: ClaimId) -> Result<Claim> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq(id.uuid()))
        .select(Claim::as_select())
        .for_update()
        .first(tx.conn())
        .await?)
}

/// The claims of these ids, locked until the transaction ends, in the order of their ids so that two who lock many wait
/// for one another instead of deadlocking.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn lock_all(tx: &mut Tx<'_>, ids: &[ClaimId]) -> Result<Vec<Claim>> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq_any(uuids(ids)))
        .order(claim::id)
        .select(Claim::as_select())
        .for_update()
        .load(tx.conn())
        .await?)
}

/// Writes a claim back as the council changed it, if it is still at the version that was read, and raises the version
/// by one. What never changes (contract, person, dates) is left alone.
///
/// # Errors
/// [`Error::Conflict`](crate::Error::Conflict) when somebody else changed it meanwhile.
pub async fn update(audited: &mut Audited<'_, '_>, changed: &Claim) -> Result<()> {
    let tenant = audited.tenant().uuid();
    let rows = diesel::update(claim::table)
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq(changed.id.uuid()))
        .filter(claim::version.eq(changed.version.raw()))
        .set((
            claim::version.eq(claim::version + 1),
            claim::period_id.eq(changed.period_id.uuid()),
            claim::state.eq(changed.state.raw()),
            claim::statement_version.eq(changed.statement_version.raw()),
            claim::assessment_id.eq(changed.assessment_id.raw()),
            claim::confirmed_at.eq(changed.confirmed_at),
            claim::confirmed_by.eq(changed.confirmed_by.raw()),
            claim::confirmed_name.eq(changed.confirmed_name.as_deref()),
            claim::confirmed_comment.eq(changed.confirmed_comment.as_deref()),
            claim::receipt.eq(changed.receipt),
            claim::confirmed_version.eq(changed.confirmed_version.raw()),
            claim::sent_back_reason.eq(changed.sent_back_reason.as_deref()),
            claim::run_period_id.eq(changed.run_period_id.raw()),
            claim::run_id.eq(changed.run_id.raw()),
        ))
        .execute(audited.conn())
        .await?;
    unchanged_by_others(rows)
}

/// Makes an assessment the one that counts, if the claim is still at the version that was assessed. It does not raise
/// the version: pricing changes nothing that the provider declared.
///
/// # Errors
/// [`Error::Conflict`](crate::Error::Conflict) when the claim was changed meanwhile.
pub async fn set_assessment(
    audited: &mut Audited<'_, '_>,
    id: ClaimId,
    version: u32,
    assessment: AssessmentId,
) -> Result<()> {
    let tenant = audited.tenant().uuid();
    let rows = diesel::update(claim::table)
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq(id.uuid()))
        .filter(claim::version.eq(version.raw()))
        .set(claim::assessment_id.eq(assessment.uuid()))
        .execute(audited.conn())
        .await?;
    unchanged_by_others(rows)
}

/// Makes assessments those that count, each for its claim. The claims have to be locked and as they were assessed; their
/// versions are not raised, since pricing changes nothing that the provider declared.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn set_assessments(
    audited: &mut Audited<'_, '_>,
    assessments: &BTreeMap<ClaimId, AssessmentId>,
) -> Result<()> {
    let tenant = audited.tenant().uuid();
    diesel::sql_query(
        "UPDATE claim SET assessment_id = u.assessment FROM UNNEST($2, $3) AS u (claim, assessment) \
         WHERE claim.tenant_id = $1 AND claim.id = u.claim",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<Array<SqlUuid>, _>(assessments.keys().map(|id| id.uuid()).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(assessments.values().map(|id| id.uuid()).collect::<Vec<_>>())
    .execute(audited.conn())
    .await?;
    Ok(())
}

/// Moves many claims from some states into another at once, for a run, and says which were moved. Their versions are
/// raised; those in any other state stay as they are.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn move_all(
    audited: &mut Audited<'_, '_>,
    ids: &[ClaimId],
    from: &[ClaimState],
    to: ClaimState,
    run: Option<RunId>,
) -> Result<Vec<ClaimId>> {
    let tenant = audited.tenant().uuid();
    let states: Vec<i16> = from.iter().map(|state| state.code()).collect();
    let moved: Vec<Uuid> = diesel::update(claim::table)
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq_any(uuids(ids)))
        .filter(claim::state.eq_any(states))
        .set((claim::state.eq(to.code()), claim::run_id.eq(run.raw()), claim::version.eq(claim::version + 1)))
        .returning(claim::id)
        .get_results(audited.conn())
        .await?;
    Ok(moved.into_iter().map(ClaimId::from_uuid).collect())
}
