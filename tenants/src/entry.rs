//! What runs post for claim lines. Append-only, unique by line and sequence: posting twice is impossible. Written as
//! arrays in one prepared statement, like charges.

use std::collections::BTreeMap;

use counterfoil_core::entry::EntryKind;
use counterfoil_core::ids::{
    AssessmentId, ClaimId, ClaimLineId, ContractId, EntryId, OrganisationId, PayeeId, RunId, TenantId,
};
use counterfoil_core::money::Money;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, SmallInt, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::Result;
use crate::record::{Kept as _, record};
use crate::schema::entry;
use crate::scope::{Audited, Tx};

record! {
    /// An entry.
    pub struct Entry in entry {
        /// For which claim line.
        pub claim_line_id: ClaimLineId,
        /// 1 for the line's first.
        pub sequence: u32,
        /// Its id.
        pub id: EntryId,
        /// The claim's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Posted by which run.
        pub run_id: RunId,
        /// Of which claim.
        pub claim_id: ClaimId,
        /// Under which contract.
        pub contract_id: ContractId,
        /// To whom.
        pub payee_id: PayeeId,
        /// By which assessment.
        pub assessment_id: AssessmentId,
        /// What the line was worth.
        pub entitlement_pence: Money,
        /// What had been posted for it before.
        pub posted_before_pence: Money,
        /// The difference, which this entry posts.
        pub pence: Money,
        /// What kind of entry.
        pub kind: EntryKind,
    }
}

const INSERT: &str = "INSERT INTO entry (tenant_id, claim_line_id, sequence, id, organisation_id, run_id, claim_id, \
    contract_id, payee_id, assessment_id, entitlement_pence, posted_before_pence, pence, kind) \
    SELECT $1, * FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/// Posts entries.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database), with the constraint `entry_pkey` where one was posted before.
pub async fn post(audited: &mut Audited<'_, '_>, rows: &[Entry]) -> Result<usize> {
    let tenant = audited.tenant();
    write(audited.conn(), tenant, rows).await
}

pub(crate) async fn write(conn: &mut AsyncPgConnection, tenant: TenantId, rows: &[Entry]) -> Result<usize> {
    if rows.is_empty() {
        return Ok(0);
    }
    let ids = |of: fn(&Entry) -> Uuid| rows.iter().map(of).collect::<Vec<_>>();
    let amounts = |of: fn(&Entry) -> Money| rows.iter().map(|row| of(row).pence()).collect::<Vec<_>>();
    Ok(diesel::sql_query(INSERT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(ids(|row| row.claim_line_id.uuid()))
        .bind::<Array<Integer>, _>(rows.iter().map(|row| row.sequence.raw()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(ids(|row| row.id.uuid()))
        .bind::<Array<Nullable<SqlUuid>>, _>(rows.iter().map(|row| row.organisation_id.raw()).collect::<Vec<_>>())
        .bind::<Array<SqlUuid>, _>(ids(|row| row.run_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|row| row.claim_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|row| row.contract_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|row| row.payee_id.uuid()))
        .bind::<Array<SqlUuid>, _>(ids(|row| row.assessment_id.uuid()))
        .bind::<Array<BigInt>, _>(amounts(|row| row.entitlement_pence))
        .bind::<Array<BigInt>, _>(amounts(|row| row.posted_before_pence))
        .bind::<Array<BigInt>, _>(amounts(|row| row.pence))
        .bind::<Array<SmallInt>, _>(rows.iter().map(|row| row.kind.code()).collect::<Vec<_>>())
        .execute(conn)
        .await?)
}

/// What was posted for a claim line so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Posted {
    /// How many entries.
    pub entries: u32,
    /// Their sum.
    pub sum: Money,
}

/// What was posted for these claim lines so far; lines without an entry are left out. The claims have to be locked.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn posted(tx: &mut Tx<'_>, lines: &[ClaimLineId]) -> Result<BTreeMap<ClaimLineId, Posted>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = lines.iter().map(|id| id.uuid()).collect();
    // each entry says what was posted before it, so the newest knows the sum
    let newest: Vec<Entry> = entry::table
        .filter(entry::tenant_id.eq(tenant))
        .filter(entry::claim_line_id.eq_any(ids))
        .distinct_on(entry::claim_line_id)
        .order((entry::claim_line_id, entry::sequence.desc()))
        .select(Entry::as_select())
        .load(tx.conn())
        .await?;
    Ok(newest
        .into_iter()
        .map(|row| (row.claim_line_id, Posted { entries: row.sequence, sum: row.entitlement_pence }))
        .collect())
}

/// All entries of a run, by payee, claim and line.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of_run(tx: &mut Tx<'_>, run: RunId) -> Result<Vec<Entry>> {
    let tenant = tx.tenant().uuid();
    Ok(entry::table
        .filter(entry::tenant_id.eq(tenant))
        .filter(entry::run_id.eq(run.uuid()))
        .order((entry::payee_id, entry::claim_id, entry::claim_line_id, entry::sequence))
        .select(Entry::as_select())
        .load(tx.conn())
        .await?)
}

/// All entries of these claims, by claim, line and sequence.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of_claims(tx: &mut Tx<'_>, claims: &[ClaimId]) -> Result<Vec<Entry>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = claims.iter().map(|id| id.uuid()).collect();
    Ok(entry::table
        .filter(entry::tenant_id.eq(tenant))
        .filter(entry::claim_id.eq_any(ids))
        .order((entry::claim_id, entry::claim_line_id, entry::sequence))
        .select(Entry::as_select())
        .load(tx.conn())
        .await?)
}
