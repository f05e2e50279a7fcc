//! Whoever money is paid to. Bank details are apart, in [`bank`](crate::bank).

use counterfoil_core::ids::{OrganisationId, PayeeId};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::error::{Error, Result};
use crate::record::{insert, kept_words, record};
use crate::schema::payee;
use crate::scope::{Audited, Tx};

/// What kind of payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayeeKind {
    /// A site of an organisation; the only kind that providers see.
    Site,
    /// A person: a direct payment.
    Person,
    /// An account that is managed for a person.
    ManagedAccount,
}

kept_words!(PayeeKind);

record! {
    /// A payee.
    pub struct Payee in payee {
        /// Its id.
        pub id: PayeeId,
        /// The organisation that a site belongs to; none for any other kind.
        pub organisation_id: Option<OrganisationId>,
        /// What kind.
        pub kind: PayeeKind,
        /// The council's number for it; unique.
        pub supplier_number: String,
        /// Its name.
        pub name: String,
        /// Where remittance advice goes.
        pub remittance_email: Option<String>,
    }
}

/// Adds payees.
///
/// # Errors
/// [`Error::Database`], with the constraint where a supplier number is taken.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<Payee>) -> Result<()> {
    insert!(audited, payee, rows);
    Ok(())
}

/// One payee.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: PayeeId) -> Result<Payee> {
    find_all(tx, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// The payees of these ids, by supplier number.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_all(tx: &mut Tx<'_>, ids: &[PayeeId]) -> Result<Vec<Payee>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    Ok(payee::table
        .filter(payee::tenant_id.eq(tenant))
        .filter(payee::id.eq_any(ids))
        .order(payee::supplier_number)
        .select(Payee::as_select())
        .load(tx.conn())
        .await?)
}
