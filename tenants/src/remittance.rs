//! Remittance advice: what a payment was made of, stored as it was sent.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{OrganisationId, PayeeId, RunId, TenantId};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use counterfoil_core::money::Money;
use counterfoil_core::remittance::Remittance as Advice;

use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::schema::{payee, payment, remittance};
use crate::scope::{Audited, Provider, Tx};

diesel::allow_tables_to_appear_in_same_query!(remittance, payment, payee);

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
        /// The advice itself, from which other files are written; none for one that an older version wrote.
        pub advice: Option<Advice>,
    }
}

/// Adds remittances.
///
/// # Errors
/// [`Error::Database`], with the constraint where the run wrote one for the payee before.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<Remittance>) -> Result<()> {
    insert!(audited, remittance, rows);
    Ok(())
}

/// The remittances of a run, by number.
///
/// # Errors
/// [`Error::Database`].
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
/// [`Error::Database`].
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
/// [`Error::Database`].
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

/// A remittance advice in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemittanceSeen {
    /// Its number.
    pub number: String,
    /// Whom it is for.
    pub payee: String,
    /// What was paid.
    pub pays: Money,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// The remittances of one organisation at one council, the newest first, and how many there are. Whoever sees certain
/// contracts only sees none: what is paid to a site is paid for all of its contracts.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn list_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    (offset, limit): (i64, i64),
) -> Result<(Vec<RemittanceSeen>, i64)> {
    let (tenant, organisation) = own(tx, council, organisation)?;
    let total: i64 = remittance::table
        .filter(remittance::tenant_id.eq(tenant))
        .filter(remittance::organisation_id.eq(organisation))
        .count()
        .get_result(tx.conn())
        .await?;
    let rows: Vec<(String, String, i64, DateTime<Utc>)> = remittance::table
        .inner_join(
            payment::table.on(payment::tenant_id
                .eq(remittance::tenant_id)
                .and(payment::run_id.eq(remittance::run_id))
                .and(payment::payee_id.eq(remittance::payee_id))),
        )
        .inner_join(payee::table.on(payee::tenant_id.eq(remittance::tenant_id).and(payee::id.eq(remittance::payee_id))))
        .filter(remittance::tenant_id.eq(tenant))
        .filter(remittance::organisation_id.eq(organisation))
        .order((remittance::made_at.desc(), remittance::number.desc()))
        .offset(offset)
        .limit(limit)
        .select((remittance::number, payee::name, payment::pays_pence, remittance::made_at))
        .load(tx.conn())
        .await?;
    let seen =
        |(number, payee, pays, made_at)| RemittanceSeen { number, payee, pays: Money::from_pence(pays), made_at };
    Ok((rows.into_iter().map(seen).collect(), total))
}

/// One remittance of an organisation at a council, by its number.
///
/// # Errors
/// [`Error::NotFound`] for any other.
pub async fn find_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    number: &str,
) -> Result<Remittance> {
    let (tenant, organisation) = own(tx, council, organisation)?;
    Ok(remittance::table
        .filter(remittance::tenant_id.eq(tenant))
        .filter(remittance::organisation_id.eq(organisation))
        .filter(remittance::number.eq(number))
        .select(Remittance::as_select())
        .first(tx.conn())
        .await?)
}

fn own(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<(Uuid, Uuid)> {
    let organisation = organisation.uuid();
    if tx.organisations().contains(&organisation) { Ok((council.uuid(), organisation)) } else { Err(Error::NotFound) }
}
