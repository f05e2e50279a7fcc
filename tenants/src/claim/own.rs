//! What a provider does with the claims of its organisation.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::{ClaimId, OrganisationId, TenantId};
use diesel::sql_types::{Array, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use super::{Claim, ClaimLine, changed_by_others, unchanged_by_others, uuids};
use crate::error::Result;
use crate::record::Kept as _;
use crate::schema::{claim, claim_line};
use crate::scope::{Acts, Audited, Provider, ProviderActing, Tx};

/// The provider's claims at all councils that are in one of these states, the earliest care first, at most so many.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of_provider(
    tx: &mut Tx<'_, Provider>,
    states: &[ClaimState],
    most: u32,
) -> Result<Vec<(TenantId, Claim)>> {
    let organisations = tx.organisations();
    let states: Vec<i16> = states.iter().map(|state| state.code()).collect();
    let rows: Vec<(Uuid, Claim)> = claim::table
        .filter(claim::organisation_id.eq_any(organisations))
        .filter(claim::state.eq_any(states))
        .order((claim::starts, claim::tenant_id, claim::id))
        .limit(i64::from(most))
        .select((claim::tenant_id, Claim::as_select()))
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(tenant, row)| (TenantId::from_uuid(tenant), row)).collect())
}

/// One claim of the provider's, as far as the person sees it.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn find_of_provider(tx: &mut Tx<'_, Provider>, council: TenantId, id: ClaimId) -> Result<Claim> {
    Ok(claim::table.find((council.uuid(), id.uuid())).select(Claim::as_select()).first(tx.conn()).await?)
}

/// One claim of the organisation that acts, locked until the transaction ends. A claim that a run holds cannot be
/// locked by a provider and answers as absent.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn lock_own(tx: &mut Tx<'_, ProviderActing>, id: ClaimId) -> Result<Claim> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::organisation_id.eq(organisation))
        .filter(claim::id.eq(id.uuid()))
        .select(Claim::as_select())
        .for_update()
        .first(tx.conn())
        .await?)
}

/// One claim of the organisation that acts, whatever its state.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn find_own(tx: &mut Tx<'_, ProviderActing>, id: ClaimId) -> Result<Claim> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::organisation_id.eq(organisation))
        .filter(claim::id.eq(id.uuid()))
        .select(Claim::as_select())
        .first(tx.conn())
        .await?)
}

/// Writes a claim back as the provider changed it (state, statement, confirmation), if it is still at the version that
/// was read, and raises the version by one.
///
/// # Errors
/// [`Error::Conflict`](crate::Error::Conflict) when somebody else changed it meanwhile, or a run took it.
pub async fn update_own(audited: &mut Audited<'_, '_, ProviderActing>, changed: &Claim) -> Result<()> {
    let (tenant, organisation) = (audited.tenant().uuid(), audited.organisation().uuid());
    let rows = diesel::update(claim::table)
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::organisation_id.eq(organisation))
        .filter(claim::id.eq(changed.id.uuid()))
        .filter(claim::version.eq(changed.version.raw()))
        .set((
            claim::version.eq(claim::version + 1),
            claim::state.eq(changed.state.raw()),
            claim::statement_version.eq(changed.statement_version.raw()),
            claim::confirmed_at.eq(changed.confirmed_at),
            claim::confirmed_by.eq(changed.confirmed_by.raw()),
            claim::confirmed_name.eq(changed.confirmed_name.as_deref()),
            claim::confirmed_comment.eq(changed.confirmed_comment.as_deref()),
            claim::receipt.eq(changed.receipt),
            claim::confirmed_version.eq(changed.confirmed_version.raw()),
            claim::run_period_id.eq(changed.run_period_id.raw()),
        ))
        .execute(audited.conn())
        .await?;
    unchanged_by_others(rows)
}

/// The claims of these ids that are the organisation's that acts, whatever their state, by id.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn find_all_own(tx: &mut Tx<'_, ProviderActing>, ids: &[ClaimId]) -> Result<Vec<Claim>> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::organisation_id.eq(organisation))
        .filter(claim::id.eq_any(uuids(ids)))
        .order(claim::id)
        .select(Claim::as_select())
        .load(tx.conn())
        .await?)
}

/// Moves claims to a state with one statement more and no confirmation, if all are still at the versions that were
/// read, and raises their versions by one.
///
/// # Errors
/// [`Error::Conflict`](crate::Error::Conflict) when somebody else changed one meanwhile, or a run took it.
pub async fn state_own(
    audited: &mut Audited<'_, '_, ProviderActing>,
    state: ClaimState,
    read: &BTreeMap<ClaimId, u32>,
) -> Result<()> {
    let (tenant, organisation) = (audited.tenant().uuid(), audited.organisation().uuid());
    let rows = diesel::sql_query(
        "UPDATE claim SET version = claim.version + 1, state = $3, statement_version = claim.statement_version + 1, \
         confirmed_at = NULL, confirmed_by = NULL, confirmed_name = NULL, confirmed_comment = NULL, receipt = NULL, \
         confirmed_version = NULL, rejected_reason = NULL, rejected_name = NULL, rejected_at = NULL, \
         provider_reference = NULL, run_period_id = NULL FROM UNNEST($4, $5) AS u (claim, version) WHERE claim.tenant_id = $1 \
         AND claim.organisation_id = $2 AND claim.id = u.claim AND claim.version = u.version",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(organisation)
    .bind::<SmallInt, _>(state.code())
    .bind::<Array<SqlUuid>, _>(read.keys().map(|id| id.uuid()).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(read.values().map(|version| version.raw()).collect::<Vec<_>>())
    .execute(audited.conn())
    .await?;
    if rows == read.len() { Ok(()) } else { Err(changed_by_others()) }
}

/// How many of these claims are the organisation's at a council, and seen by the person.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) for an organisation that is not the transaction's.
pub async fn count_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    ids: &[ClaimId],
) -> Result<usize> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(crate::Error::NotFound);
    }
    let found: i64 = claim::table
        .filter(claim::tenant_id.eq(council.uuid()))
        .filter(claim::organisation_id.eq(organisation.uuid()))
        .filter(claim::id.eq_any(uuids(ids)))
        .count()
        .get_result(tx.conn())
        .await?;
    Ok(usize::try_from(found).unwrap_or_default())
}

/// Whatever was rejected of these before no longer is.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn unreject_own(audited: &mut Audited<'_, '_, ProviderActing>, ids: &[ClaimId]) -> Result<()> {
    let (tenant, organisation) = (audited.tenant().uuid(), audited.organisation().uuid());
    diesel::update(claim::table)
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::organisation_id.eq(organisation))
        .filter(claim::id.eq_any(uuids(ids)))
        .filter(claim::rejected_at.is_not_null())
        .set((
            claim::rejected_reason.eq(None::<String>),
            claim::rejected_name.eq(None::<String>),
            claim::rejected_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(audited.conn())
        .await?;
    Ok(())
}

/// Rejects claims for a reason, if all are still at the versions that were read, and raises their versions by one.
///
/// # Errors
/// [`Error::Conflict`](crate::Error::Conflict) when somebody else changed one meanwhile, or a run took it.
pub async fn reject_own(
    audited: &mut Audited<'_, '_, ProviderActing>,
    (because, name): (&str, &str),
    read: &BTreeMap<ClaimId, u32>,
) -> Result<()> {
    let (tenant, organisation, at) = (audited.tenant().uuid(), audited.organisation().uuid(), audited.at());
    let rows = diesel::sql_query(
        "UPDATE claim SET version = claim.version + 1, rejected_reason = $3, rejected_name = $4, rejected_at = $5 \
         FROM UNNEST($6, $7) AS u (claim, version) WHERE claim.tenant_id = $1 AND claim.organisation_id = $2 \
         AND claim.id = u.claim AND claim.version = u.version",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(organisation)
    .bind::<Text, _>(because)
    .bind::<Text, _>(name)
    .bind::<Timestamptz, _>(at)
    .bind::<Array<SqlUuid>, _>(read.keys().map(|id| id.uuid()).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(read.values().map(|version| version.raw()).collect::<Vec<_>>())
    .execute(audited.conn())
    .await?;
    if rows == read.len() { Ok(()) } else { Err(changed_by_others()) }
}

/// Gives claims that no run has taken a reference or an invoice date of their provider's; what is not given stays as it
/// was. Their versions are not raised: it changes nothing that was declared.
///
/// # Errors
/// [`Error::Conflict`](crate::Error::Conflict) where a run took one meanwhile.
pub async fn refer_own(
    audited: &mut Audited<'_, '_, ProviderActing>,
    ids: &[ClaimId],
    (reference, dated): (Option<&str>, Option<NaiveDate>),
) -> Result<()> {
    let (tenant, organisation) = (audited.tenant().uuid(), audited.organisation().uuid());
    let rows = diesel::sql_query(
        "UPDATE claim SET provider_reference = COALESCE($3, provider_reference), \
         invoice_date = COALESCE($4, invoice_date) \
         WHERE tenant_id = $1 AND organisation_id = $2 AND id = ANY ($5) AND state IN (0, 1, 2)",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(organisation)
    .bind::<Nullable<Text>, _>(reference)
    .bind::<Nullable<Date>, _>(dated)
    .bind::<Array<SqlUuid>, _>(uuids(ids))
    .execute(audited.conn())
    .await?;
    if rows == ids.len() { Ok(()) } else { Err(changed_by_others()) }
}

/// The lines of one claim, for whoever acts, by number.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn lines_of<S: Acts>(tx: &mut Tx<'_, S>, id: ClaimId) -> Result<Vec<ClaimLine>> {
    let tenant = tx.tenant().uuid();
    Ok(claim_line::table
        .filter(claim_line::tenant_id.eq(tenant))
        .filter(claim_line::claim_id.eq(id.uuid()))
        .order(claim_line::number)
        .select(ClaimLine::as_select())
        .load(tx.conn())
        .await?)
}
