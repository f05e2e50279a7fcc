//! Invoices that providers write themselves: whether a council takes them, the rows as they are stored, and what both sides
//! see. [`submit_invoice`](crate::steps::submit_invoice) writes them; where one stands is read from its claims.

mod seen;

pub(crate) use seen::claims_of;
pub use seen::{
    InvoiceSeen, LineSeen, Listed, MOST_LISTED, Of, Whose, find, find_own, list, list_own, of_claim, of_claim_own,
    used, used_by_submission,
};

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, ContractId, InvoiceId, OrganisationId, TenantId};
use counterfoil_core::money::Money;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::audit::Record;
use crate::error::Result;
use crate::record::{Kept as _, insert, record};
use crate::schema::{invoice_setting, provider_invoice};
use crate::scope::{Audited, CouncilScope, Provider, ProviderActing, Tx};

record! {
    /// Whether a council takes invoices from a moment on.
    pub struct InvoiceSetting in invoice_setting {
        /// When it was decided.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// Whether providers may write invoices.
        pub allowed: bool,
    }
}

record! {
    /// A line of an invoice as it was submitted.
    pub struct InvoiceLine in provider_invoice_line {
        /// Of which invoice.
        pub invoice_id: InvoiceId,
        /// From 0 within the invoice.
        pub number: u32,
        /// Whose.
        pub organisation_id: OrganisationId,
        /// Which claim it stated.
        pub claim_id: ClaimId,
        /// Which line of it, from 0.
        pub line: u32,
        /// Of the confirmation that it was sent with.
        pub receipt: Uuid,
        /// Thousandths of the unit, carer-minutes if timetabled.
        pub planned: i64,
        /// The same of what was delivered.
        pub delivered: i64,
        /// The same of what was frustrated.
        pub frustrated: i64,
        /// What the provider expects for it.
        pub expected_pence: Money,
        /// What the rule made of it; none where it gave no sum.
        pub priced_pence: Option<Money>,
        /// How.
        pub worked_out: String,
    }
}

record! {
    /// That an invoice was taken back.
    pub struct Withdrawal in provider_invoice_withdrawal {
        /// Which.
        pub invoice_id: InvoiceId,
        /// Whose.
        pub organisation_id: OrganisationId,
        /// When.
        pub withdrawn_at: DateTime<Utc>,
        /// By whom.
        pub withdrawn_by: Actor,
        /// Why.
        pub because: String,
    }
}

/// An invoice to be added; the database gives it its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewInvoice {
    pub(crate) contract: ContractId,
    /// As it was given, and as it is compared.
    pub(crate) number: (String, String),
    pub(crate) dated: NaiveDate,
    pub(crate) submission: Uuid,
    pub(crate) name: String,
    pub(crate) comment: String,
    pub(crate) expected: Money,
    pub(crate) priced: Money,
}

/// Adds an invoice of the organisation that acts.
pub(crate) async fn add(audited: &mut Audited<'_, '_, ProviderActing>, new: NewInvoice) -> Result<InvoiceId> {
    let id: Uuid = diesel::insert_into(provider_invoice::table)
        .values((
            provider_invoice::tenant_id.eq(audited.tenant().uuid()),
            provider_invoice::organisation_id.eq(audited.organisation().uuid()),
            provider_invoice::contract_id.eq(new.contract.uuid()),
            provider_invoice::number.eq(new.number.0),
            provider_invoice::number_key.eq(new.number.1),
            provider_invoice::dated.eq(new.dated),
            provider_invoice::submission.eq(new.submission),
            provider_invoice::submitted_at.eq(audited.at()),
            provider_invoice::submitted_by.eq(audited.actor().raw()),
            provider_invoice::name.eq(new.name),
            provider_invoice::comment.eq(new.comment),
            provider_invoice::expected_pence.eq(new.expected.pence()),
            provider_invoice::priced_pence.eq(new.priced.pence()),
        ))
        .returning(provider_invoice::id)
        .get_result(audited.conn())
        .await?;
    Ok(InvoiceId::from_uuid(id))
}

/// Adds its lines.
pub(crate) async fn add_lines(audited: &mut Audited<'_, '_, ProviderActing>, lines: Vec<InvoiceLine>) -> Result<()> {
    insert!(audited, provider_invoice_line, lines);
    Ok(())
}

/// Says that it was taken back.
pub(crate) async fn add_withdrawal(audited: &mut Audited<'_, '_, ProviderActing>, row: Withdrawal) -> Result<()> {
    insert!(audited, provider_invoice_withdrawal, [row]);
    Ok(())
}

/// Whether a council takes invoices that its providers write; not before it says so.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn allowed_own(tx: &mut Tx<'_, Provider>, council: TenantId) -> Result<bool> {
    setting(tx.conn(), council.uuid()).await
}

/// The same for the council.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn allowed(tx: &mut Tx<'_>) -> Result<bool> {
    let tenant = tx.tenant().uuid();
    setting(tx.conn(), tenant).await
}

async fn setting(conn: &mut AsyncPgConnection, tenant: Uuid) -> Result<bool> {
    let newest: Option<bool> = invoice_setting::table
        .filter(invoice_setting::tenant_id.eq(tenant))
        .order(invoice_setting::recorded_at.desc())
        .select(invoice_setting::allowed)
        .first(conn)
        .await
        .optional()?;
    Ok(newest.unwrap_or_default())
}

/// Begins or ceases to take them. Those that were submitted before go on.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn allow(scope: &CouncilScope, at: DateTime<Utc>, wanted: bool) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let detail = serde_json::json!({ "allowed": wanted });
            let recorded_by = tx.actor();
            let mut audited = tx.audited(Record::on(Action::AllowInvoices, "invoice").detail(detail)).await?;
            insert!(audited, invoice_setting, [InvoiceSetting { recorded_at: at, recorded_by, allowed: wanted }]);
            Ok(())
        })
        .await
}
