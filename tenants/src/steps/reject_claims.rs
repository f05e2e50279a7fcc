//! A provider rejects what the council's system makes of claims: the payment is wrong, for a reason that the council
//! reads beside the claim. The claim stays where it is, open, until it is stated again or confirmed after all; a confirmed
//! one is taken back first. Beside it stands [`confirm_claims`](super::confirm_claims).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::claim::{ClaimState, Refused};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, OrganisationId, TenantId};

use super::confirm_claims::Declared;
use crate::audit::Record;
use crate::claim;
use crate::error::{Error, Result};
use crate::scope::{ProviderActing, ProviderScope, Tx};

/// Rejects claims of one organisation, all or none; the comment is why.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a version that is no longer the newest; [`Error::Refused`] without a
/// reason or a name, and for a claim that is confirmed, in a run, or paid.
pub async fn reject_claims(
    provider: &ProviderScope,
    at: DateTime<Utc>,
    (tenant, organisation): (TenantId, OrganisationId),
    claims: &[(ClaimId, u32)],
    declared: Declared<'_>,
) -> Result<()> {
    let (because, name) = (declared.comment.trim(), declared.name.trim());
    if because.is_empty() {
        return Err(Error::Refused("Say what is wrong: the council will read it.".to_owned()));
    }
    if name.is_empty() {
        return Err(Error::Refused("Give the name of the person who rejects.".to_owned()));
    }
    let read: BTreeMap<ClaimId, u32> = claims.iter().copied().collect();
    let ids: Vec<ClaimId> = read.keys().copied().collect();
    provider
        .transaction(at, tenant, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            let found = claim::find_all_own(tx, &ids).await?;
            if found.len() != ids.len() {
                return Err(Error::NotFound);
            }
            for stands in &found {
                match stands.state {
                    ClaimState::Generated | ClaimState::Stated => {}
                    ClaimState::Confirmed => return Err(Error::refused(Refused::Confirmed)),
                    ClaimState::Locked => return Err(Error::refused(Refused::InRun)),
                    ClaimState::Paid => return Err(Error::refused(Refused::AlreadyPaid)),
                }
            }
            let detail = serde_json::json!({ "claims": ids, "because": because, "name": name });
            let mut audited = tx.audited(Record::on(Action::RejectClaim, "claim").detail(detail)).await?;
            claim::reject_own(&mut audited, (because, name), &read).await
        })
        .await
}
