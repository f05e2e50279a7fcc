//! Which accepted adjustments cover the lines of claims: what [`state_actuals`](crate::steps::state_actuals) and everything
//! before it asks, in one statement however many claims there are.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use counterfoil_core::adjustment::Covered;
use counterfoil_core::ids::ClaimId;
use diesel::sql_types::{Date, Integer, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::scope::{ProviderActing, Tx};

/// By claim and number of the line within it. Lines that nothing covers are left out.
pub type Covers = BTreeMap<(ClaimId, u32), Vec<Covered>>;

/// What covers the lines of the council's claims.
///
/// # Errors
/// [`Error::Database`].
pub async fn covers(tx: &mut Tx<'_>, claims: &[ClaimId]) -> Result<Covers> {
    let tenant = tx.tenant().uuid();
    covers_of(tx.conn(), tenant, &uuids(claims)).await
}

/// The same for a provider that acts.
pub(crate) async fn covers_of_own(tx: &mut Tx<'_, ProviderActing>, claims: &[ClaimId]) -> Result<Covers> {
    let tenant = tx.tenant().uuid();
    covers_of(tx.conn(), tenant, &uuids(claims)).await
}

/// The same of claims that the connection's scope lets read.
pub(crate) async fn covers_of(conn: &mut AsyncPgConnection, tenant: Uuid, claims: &[Uuid]) -> Result<Covers> {
    type Row = (Uuid, i32, String, i32, NaiveDate, Option<NaiveDate>);
    let sql: Prepared<(SqlUuid, Integer, Text, Integer, Date, Nullable<Date>)> = Prepared::new(
        "SELECT n.claim_id, n.number, l.reference, a.number, a.covers_from, a.covers_to FROM claim_line n \
         JOIN adjustment_answer a ON a.tenant_id = n.tenant_id AND a.service_line_id = n.service_line_id \
            AND a.outcome = 1 \
         JOIN service_line l ON l.tenant_id = n.tenant_id AND l.id = n.service_line_id WHERE n.tenant_id = ",
    )
    .id(tenant)
    .sql(" AND n.claim_id = ANY(")
    .ids(claims.to_vec())
    .sql(") ORDER BY n.claim_id, n.number, a.number");
    let rows: Vec<Row> = sql.load(conn).await?;
    let mut covers = Covers::new();
    for (claim, line, reference, number, from, to) in rows {
        let unreadable = |what| Error::Unreadable { what };
        let line = u32::of(line).map_err(unreadable)?;
        let number = u32::of(number).map_err(unreadable)?;
        let covered = Covered { line: reference, number, from, to };
        covers.entry((ClaimId::from_uuid(claim), line)).or_default().push(covered);
    }
    Ok(covers)
}

fn uuids(claims: &[ClaimId]) -> Vec<Uuid> {
    claims.iter().map(|claim| claim.uuid()).collect()
}
