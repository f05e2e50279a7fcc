//! Claims and their lines. Generated from the plan, stated and confirmed by the provider, locked and paid by a run.
//! Every change names the version that it read and raises it, so that two people never overwrite one another.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::{
    AssessmentId, ClaimId, ClaimLineId, ContractId, OrganisationId, PeriodId, PersonId, RunId,
    ScheduleId, ServiceLineId, ServiceUserId, TenantId,
};
use diesel::sql_types::{Array, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::{Kept as _, insert, record};
use crate::schema::{claim, claim_line};
use crate::scope::{Acts, Audited, Provider, ProviderActing, Tx};

diesel::allow_tables_to_appear_in_same_query!(claim, claim_line);

record! {
    /// A claim as it stands.
    pub struct Claim in claim {
        /// Its id.
        pub id: ClaimId,
        /// The contract's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Under which contract.
        pub contract_id: ContractId,
        /// For whose care.
        pub service_user_id: ServiceUserId,
        /// Paid by which schedule.
        pub schedule_id: ScheduleId,
        /// The pay period that it falls due in.
        pub period_id: PeriodId,
        /// First day of care.
        pub starts: NaiveDate,
        /// Last day of care, itself included.
        pub ends: NaiveDate,
        /// Where it stands.
        pub state: ClaimState,
        /// Raised by every change.
        pub version: u32,
        /// The newest statement, 0 before the first.
        pub statement_version: u32,
        /// The assessment that counts.
        pub assessment_id: Option<AssessmentId>,
        /// The server's receipt time of the confirmation.
        pub confirmed_at: Option<DateTime<Utc>>,
        /// Who confirmed.
        pub confirmed_by: Option<PersonId>,
        /// The name that they gave.
        pub confirmed_name: Option<String>,
        /// What the provider is given to keep.
        pub receipt: Option<Uuid>,
        /// The version that was confirmed.
        pub confirmed_version: Option<u32>,
        /// Why the council sent it back.
        pub sent_back_reason: Option<String>,
        /// The pay period whose run takes it.
        pub run_period_id: Option<PeriodId>,
        /// The run that it is locked in, or was paid by last.
        pub run_id: Option<RunId>,
        /// When it was generated.
        pub created_at: DateTime<Utc>,
    }
}

record! {
    /// A line of a claim.
    pub struct ClaimLine in claim_line {
        /// Its id; entries are posted for it.
        pub id: ClaimLineId,
        /// The claim's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Of which claim.
        pub claim_id: ClaimId,
        /// From 0, in the order that rules, statements and charges count by.
        pub number: u32,
        /// Which service line.
        pub service_line_id: ServiceLineId,
    }
}

/// Adds claims that are not there yet, and says which were: of contract, person and start there is one.
///
/// # Errors
/// [`Error::Database`].
pub async fn generate(audited: &mut Audited<'_, '_>, rows: Vec<Claim>) -> Result<Vec<ClaimId>> {
    let council = audited.tenant();
    let mut added = Vec::with_capacity(rows.len());
    let mut rows = rows.into_iter();
    loop {
        let batch: Vec<_> = rows
            .by_ref()
            .take(1_000)
            .map(|row| row.for_council(council))
            .collect();
        if batch.is_empty() {
            return Ok(added);
        }
        let ids: Vec<Uuid> = diesel::insert_into(claim::table)
            .values(batch)
            .on_conflict((
                claim::tenant_id,
                claim::contract_id,
                claim::service_user_id,
                claim::starts,
            ))
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
/// [`Error::Database`].
pub async fn add_lines(audited: &mut Audited<'_, '_>, rows: Vec<ClaimLine>) -> Result<()> {
    insert!(audited, claim_line, rows);
    Ok(())
}

/// One claim.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: ClaimId) -> Result<Claim> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq(id.uuid()))
        .select(Claim::as_select())
        .first(tx.conn())
        .await?)
}

/// One claim, locked until the transaction ends; waits for whoever holds it.
///
/// # Errors
/// [`Error::NotFound`].
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

/// The claims of these ids, by contract, person and start.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_all(tx: &mut Tx<'_>, ids: &[ClaimId]) -> Result<Vec<Claim>> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq_any(uuids(ids)))
        .order((claim::contract_id, claim::service_user_id, claim::starts))
        .select(Claim::as_select())
        .load(tx.conn())
        .await?)
}

/// The claims that fall due in a pay period, by contract, person and start.
///
/// # Errors
/// [`Error::Database`].
pub async fn due_in(tx: &mut Tx<'_>, period: PeriodId) -> Result<Vec<Claim>> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::period_id.eq(period.uuid()))
        .order((claim::contract_id, claim::service_user_id, claim::starts))
        .select(Claim::as_select())
        .load(tx.conn())
        .await?)
}

/// The claims of a contract with a day of care from one to another, both included, by person and start.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_contract(
    tx: &mut Tx<'_>,
    contract: ContractId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Claim>> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::contract_id.eq(contract.uuid()))
        .filter(claim::starts.le(to))
        .filter(claim::ends.ge(from))
        .order((claim::service_user_id, claim::starts))
        .select(Claim::as_select())
        .load(tx.conn())
        .await?)
}

/// The claims that a service line has part in, with a day of care on or after one, by start.
///
/// # Errors
/// [`Error::Database`].
pub async fn with_line(
    tx: &mut Tx<'_>,
    line: ServiceLineId,
    from: NaiveDate,
) -> Result<Vec<Claim>> {
    let tenant = tx.tenant().uuid();
    let ids = claim_line::table
        .filter(claim_line::tenant_id.eq(tenant))
        .filter(claim_line::service_line_id.eq(line.uuid()))
        .select(claim_line::claim_id);
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq_any(ids))
        .filter(claim::ends.ge(from))
        .order((claim::starts, claim::id))
        .select(Claim::as_select())
        .load(tx.conn())
        .await?)
}

/// A person's claims with a day of care on or after one, by start.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_person(
    tx: &mut Tx<'_>,
    person: ServiceUserId,
    from: NaiveDate,
) -> Result<Vec<Claim>> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::service_user_id.eq(person.uuid()))
        .filter(claim::ends.ge(from))
        .order((claim::starts, claim::id))
        .select(Claim::as_select())
        .load(tx.conn())
        .await?)
}

/// The lines of these claims, by claim and number.
///
/// # Errors
/// [`Error::Database`].
pub async fn lines(tx: &mut Tx<'_>, claims: &[ClaimId]) -> Result<Vec<ClaimLine>> {
    let tenant = tx.tenant().uuid();
    Ok(claim_line::table
        .filter(claim_line::tenant_id.eq(tenant))
        .filter(claim_line::claim_id.eq_any(uuids(claims)))
        .order((claim_line::claim_id, claim_line::number))
        .select(ClaimLine::as_select())
        .load(tx.conn())
        .await?)
}

/// Writes a claim back as the council changed it, if it is still at the version that was read, and raises the version
/// by one. What never changes (contract, person, dates) is left alone.
///
/// # Errors
/// [`Error::Conflict`] when somebody else changed it meanwhile.
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
/// [`Error::Conflict`] when the claim was changed meanwhile.
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

/// The claims of these ids, locked until the transaction ends, in the order of their ids so that two who lock many wait
/// for one another instead of deadlocking.
///
/// # Errors
/// [`Error::Database`].
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

/// All claims of the council with a day of care on or after one, by contract, person and start.
///
/// # Errors
/// [`Error::Database`].
pub async fn since(tx: &mut Tx<'_>, from: NaiveDate) -> Result<Vec<Claim>> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::ends.ge(from))
        .order((claim::contract_id, claim::service_user_id, claim::starts))
        .select(Claim::as_select())
        .load(tx.conn())
        .await?)
}

/// Makes assessments those that count, each for its claim. The claims have to be locked and as they were assessed; their
/// versions are not raised, since pricing changes nothing that the provider declared.
///
/// # Errors
/// [`Error::Database`].
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
/// [`Error::Database`].
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
        .set((
            claim::state.eq(to.code()),
            claim::run_id.eq(run.raw()),
            claim::version.eq(claim::version + 1),
        ))
        .returning(claim::id)
        .get_results(audited.conn())
        .await?;
    Ok(moved.into_iter().map(ClaimId::from_uuid).collect())
}

/// The provider's claims at all councils that are in one of these states, the earliest care first, at most so many.
///
/// # Errors
/// [`Error::Database`].
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
    Ok(rows
        .into_iter()
        .map(|(tenant, row)| (TenantId::from_uuid(tenant), row))
        .collect())
}

/// One claim of the organisation that acts, locked until the transaction ends. A claim that a run holds cannot be
/// locked by a provider and answers as absent.
///
/// # Errors
/// [`Error::NotFound`].
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
/// [`Error::NotFound`].
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
/// [`Error::Conflict`] when somebody else changed it meanwhile, or a run took it.
pub async fn update_own(
    audited: &mut Audited<'_, '_, ProviderActing>,
    changed: &Claim,
) -> Result<()> {
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
            claim::receipt.eq(changed.receipt),
            claim::confirmed_version.eq(changed.confirmed_version.raw()),
            claim::run_period_id.eq(changed.run_period_id.raw()),
        ))
        .execute(audited.conn())
        .await?;
    unchanged_by_others(rows)
}

/// The lines of one claim, for whoever acts, by number.
///
/// # Errors
/// [`Error::Database`].
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

fn unchanged_by_others(rows: usize) -> Result<()> {
    if rows == 0 {
        Err(changed_by_others())
    } else {
        Ok(())
    }
}

/// What whoever comes second is told.
pub(crate) fn changed_by_others() -> Error {
    Error::Conflict(
        "This claim was changed meanwhile. Look at it again before going on.".to_owned(),
    )
}

fn uuids(ids: &[ClaimId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}
