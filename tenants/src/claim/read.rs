//! Finding claims, as their council.

use chrono::NaiveDate;
use counterfoil_core::ids::{ClaimId, ContractId, PeriodId, ServiceLineId, ServiceUserId};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use super::{Claim, ClaimLine, uuids};
use crate::error::Result;
use crate::schema::{claim, claim_line};
use crate::scope::Tx;

/// One claim.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn find(tx: &mut Tx<'_>, id: ClaimId) -> Result<Claim> {
    let tenant = tx.tenant().uuid();
    Ok(claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq(id.uuid()))
        .select(Claim::as_select())
        .first(tx.conn())
        .await?)
}

/// The claims of these ids, by contract, person and start.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
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
/// [`Error::Database`](crate::Error::Database).
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
/// [`Error::Database`](crate::Error::Database).
pub async fn of_contract(tx: &mut Tx<'_>, contract: ContractId, from: NaiveDate, to: NaiveDate) -> Result<Vec<Claim>> {
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
/// [`Error::Database`](crate::Error::Database).
pub async fn with_line(tx: &mut Tx<'_>, line: ServiceLineId, from: NaiveDate) -> Result<Vec<Claim>> {
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
/// [`Error::Database`](crate::Error::Database).
pub async fn of_person(tx: &mut Tx<'_>, person: ServiceUserId, from: NaiveDate) -> Result<Vec<Claim>> {
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

/// All claims of the council with a day of care on or after one, by contract, person and start.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
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

/// The lines of these claims, by claim and number.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
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
