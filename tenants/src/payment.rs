//! What a run pays to each payee, and the balance that it carries into the next: entries + brought forward - carried
//! forward = payment, which the database checks as well.

use std::collections::BTreeMap;

use counterfoil_core::ids::{OrganisationId, PayeeId, RunId};
use counterfoil_core::money::Money;
use diesel::sql_types::{Array, Integer, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::Result;
use crate::record::{Kept as _, insert, record};
use crate::schema::payment;
use crate::scope::{Audited, Tx};

record! {
    /// A payment of a run to a payee.
    pub struct Payment in payment {
        /// Of which run.
        pub run_id: RunId,
        /// To whom.
        pub payee_id: PayeeId,
        /// The payee's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Counted for the payee from 1: the order in which balances are carried.
        pub sequence: u32,
        /// The balance from the payment before.
        pub brought_forward_pence: Money,
        /// The sum of the run's entries.
        pub entries_pence: Money,
        /// The balance for the next payment.
        pub carried_forward_pence: Money,
        /// What goes out; never negative.
        pub pays_pence: Money,
        /// The version of the bank details that it goes to; none where nothing goes out.
        pub bank_version: Option<u32>,
        /// The reference that the payee reads on the bank statement.
        pub reference: String,
    }
}

/// Adds payments.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database), with the constraint where another run paid the payee meanwhile.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<Payment>) -> Result<()> {
    insert!(audited, payment, rows);
    Ok(())
}

/// The newest payment to each of these payees that has one: its carried balance is what the next brings forward.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn newest(tx: &mut Tx<'_>, payees: &[PayeeId]) -> Result<BTreeMap<PayeeId, Payment>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = payees.iter().map(|id| id.uuid()).collect();
    let rows: Vec<Payment> = payment::table
        .filter(payment::tenant_id.eq(tenant))
        .filter(payment::payee_id.eq_any(ids))
        .distinct_on(payment::payee_id)
        .order((payment::payee_id, payment::sequence.desc()))
        .select(Payment::as_select())
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.payee_id, row)).collect())
}

/// The payments of a run, by payee.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of_run(tx: &mut Tx<'_>, run: RunId) -> Result<Vec<Payment>> {
    let tenant = tx.tenant().uuid();
    Ok(payment::table
        .filter(payment::tenant_id.eq(tenant))
        .filter(payment::run_id.eq(run.uuid()))
        .order(payment::payee_id)
        .select(Payment::as_select())
        .load(tx.conn())
        .await?)
}

/// Makes the payments of a run go to these versions of the payees' bank details: those that are being approved.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn set_banks(audited: &mut Audited<'_, '_>, run: RunId, banks: &[(PayeeId, u32)]) -> Result<()> {
    let tenant = audited.tenant().uuid();
    diesel::sql_query(
        "UPDATE payment SET bank_version = u.version FROM UNNEST($3, $4) AS u (payee, version) \
         WHERE payment.tenant_id = $1 AND payment.run_id = $2 AND payment.payee_id = u.payee AND payment.pays_pence > 0",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(run.uuid())
    .bind::<Array<SqlUuid>, _>(banks.iter().map(|(payee, _)| payee.uuid()).collect::<Vec<_>>())
    .bind::<Array<Integer>, _>(banks.iter().map(|(_, version)| version.raw()).collect::<Vec<_>>())
    .execute(audited.conn())
    .await?;
    Ok(())
}
