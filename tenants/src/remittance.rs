//! Remittance advice: what a payment was made of, stored as it was sent.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{OrganisationId, PayeeId, RunId, TenantId};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::Result;
use crate::record::{insert, record};
use crate::schema::remittance;
use crate::scope::{Audited, Provider, Tx};

record! {
    /// A remittance advice.
    pub struct Remittance in remittance {
        /// Of which run.
        pub run_id: RunId,
        /// To whom.
        pub payee_id: PayeeId,
        /// The payee's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Its number; unique for the council.
        pub number: String,
        /// As CSV.
        pub csv: Vec<u8>,
        /// As a page.
        pub html: Vec<u8>,
        /// SHA-256 of the CSV, in lower-case hex.
        pub digest: String,
        /// When it was made.
        pub made_at: DateTime<Utc>,
    }
}

/// Adds remittances.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database), with the constraint where the run wrote one for the payee before.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<Remittance>) -> Result<()> {
    insert!(audited, remittance, rows);
    Ok(())
}

/// The remittances of a run, by number.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of_run(tx: &mut Tx<'_>, run: RunId) -> Result<Vec<Remittance>> {
    let tenant = tx.tenant().uuid();
    Ok(remittance::table
        .filter(remittance::tenant_id.eq(tenant))
        .filter(remittance::run_id.eq(run.uuid()))
        .order(remittance::number)
        .select(Remittance::as_select())
        .load(tx.conn())
        .await?)
}

/// The provider's newest remittances from all councils, newest first, at most so many.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of_provider(tx: &mut Tx<'_, Provider>, most: u32) -> Result<Vec<(TenantId, Remittance)>> {
    let organisations = tx.organisations();
    let rows: Vec<(Uuid, Remittance)> = remittance::table
        .filter(remittance::organisation_id.eq_any(organisations))
        .order((remittance::made_at.desc(), remittance::tenant_id, remittance::number))
        .limit(i64::from(most))
        .select((remittance::tenant_id, Remittance::as_select()))
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(tenant, row)| (TenantId::from_uuid(tenant), row)).collect())
}

/// The payees of a run that a remittance was written for.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn payees_of_run(tx: &mut Tx<'_>, run: RunId) -> Result<BTreeSet<PayeeId>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = remittance::table
        .filter(remittance::tenant_id.eq(tenant))
        .filter(remittance::run_id.eq(run.uuid()))
        .select(remittance::payee_id)
        .load(tx.conn())
        .await?;
    Ok(ids.into_iter().map(PayeeId::from_uuid).collect())
}
