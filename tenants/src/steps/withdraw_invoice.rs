//! A provider takes an invoice back: the confirmations that it gave are taken back, all or none, as long as no run has taken
//! any of them. What it stated stands, open, to be mended and sent with another number. Before it
//! [`submit_invoice`](super::submit_invoice).

use chrono::{DateTime, Utc};
use counterfoil_core::claim::{ClaimState, Refused};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, InvoiceId, OrganisationId, TenantId};

use super::confirm_claims::{lock, unconfirmed};
use crate::audit::Record;
use crate::claim;
use crate::error::{Error, Result};
use crate::invoice::{self, Withdrawal};
use crate::scope::{ProviderActing, ProviderScope, Tx};

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 2_000;

/// Withdraws an invoice of an organisation for a reason. A claim of it that was confirmed otherwise since is left alone.
///
/// # Errors
/// [`Error::NotFound`] for any other's; [`Error::Refused`] without a reason, and once a run has taken a claim of it;
/// [`Error::Conflict`] for one that was withdrawn before.
pub async fn withdraw_invoice(
    provider: &ProviderScope,
    at: DateTime<Utc>,
    (tenant, organisation): (TenantId, OrganisationId),
    (id, because): (InvoiceId, &str),
) -> Result<()> {
    let because = because.trim();
    if because.is_empty() || because.chars().count() > LONGEST_REASON {
        return Err(Error::Refused(format!("Say why you withdraw it, in {LONGEST_REASON} characters or fewer.")));
    }
    let withdrawn = provider
        .transaction(at, tenant, organisation, async |tx: &mut Tx<'_, ProviderActing>| withdraw(tx, id, because).await)
        .await;
    match withdrawn {
        Err(error) if error.constraint().is_some_and(|name| name.contains("withdrawal_pkey")) => {
            Err(Error::Conflict("This invoice is withdrawn already.".to_owned()))
        }
        withdrawn => withdrawn,
    }
}

async fn withdraw(tx: &mut Tx<'_, ProviderActing>, id: InvoiceId, because: &str) -> Result<()> {
    let given = invoice::claims_of(tx, id).await?;
    if given.is_empty() {
        return Err(Error::NotFound);
    }
    let mut taken_back = Vec::new();
    for (claim, receipt) in given {
        let stands = lock(tx, claim).await?;
        if stands.receipt != Some(receipt) {
            continue;
        }
        match stands.state {
            ClaimState::Locked => return Err(Error::refused(Refused::InRun)),
            ClaimState::Paid => return Err(Error::refused(Refused::AlreadyPaid)),
            ClaimState::Generated | ClaimState::Stated | ClaimState::Confirmed => {}
        }
        taken_back.push(unconfirmed(tx, stands).await?);
    }
    let ids: Vec<ClaimId> = taken_back.iter().map(|claim| claim.id).collect();
    let (organisation_id, withdrawn_at, withdrawn_by) = (tx.organisation(), tx.at(), tx.actor());
    let detail = serde_json::json!({ "claims": ids, "because": because });
    let mut audited = tx.audited(Record::of(Action::WithdrawInvoice, id).detail(detail)).await?;
    for claim in &taken_back {
        claim::update_own(&mut audited, claim).await?;
    }
    let row = Withdrawal { invoice_id: id, organisation_id, withdrawn_at, withdrawn_by, because: because.to_owned() };
    invoice::add_withdrawal(&mut audited, row).await
}
