//! A provider gives claims a reference of its own and an invoice date, until a run takes them: both stand beside the lines
//! of the remittance. Nothing is priced or declared by it. Beside it stands [`confirm_claims`](super::confirm_claims).

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::{ClaimState, Refused};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, OrganisationId, TenantId};
use counterfoil_core::invoice::{Reference, check_date};

use crate::audit::Record;
use crate::claim;
use crate::error::{Error, Result};
use crate::scope::{ProviderActing, ProviderScope, Tx};

/// What is given; what is not stays as it was.
#[derive(Debug, Clone, Copy, Default)]
pub struct Referred<'r> {
    /// The provider's reference.
    pub reference: Option<&'r Reference>,
    /// Its invoice date.
    pub dated: Option<NaiveDate>,
}

/// Refers to claims of one organisation, all or none.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] for a claim that a run has taken or paid, for a date in the future or before the
/// care, and where nothing is given; [`Error::Conflict`] where a run took a claim meanwhile.
pub async fn refer_to_claims(
    provider: &ProviderScope,
    at: DateTime<Utc>,
    (tenant, organisation): (TenantId, OrganisationId),
    claims: &[ClaimId],
    referred: Referred<'_>,
) -> Result<()> {
    if referred.reference.is_none() && referred.dated.is_none() {
        return Err(Error::Refused("Enter a reference, an invoice date, or both.".to_owned()));
    }
    let mut ids = claims.to_vec();
    ids.sort_unstable();
    ids.dedup();
    provider
        .transaction(at, tenant, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            let found = claim::find_all_own(tx, &ids).await?;
            if found.len() != ids.len() || found.is_empty() {
                return Err(Error::NotFound);
            }
            for stands in &found {
                match stands.state {
                    ClaimState::Generated | ClaimState::Stated | ClaimState::Confirmed => {}
                    ClaimState::Locked => return Err(Error::refused(Refused::InRun)),
                    ClaimState::Paid => return Err(Error::refused(Refused::AlreadyPaid)),
                }
                if let Some(dated) = referred.dated {
                    let checked = check_date(dated, stands.starts, clock::local_time(at).date());
                    checked.map_err(|error| Error::Refused(format!("{error}.")))?;
                }
            }
            let reference = referred.reference.map(Reference::text);
            let detail = serde_json::json!({ "claims": ids, "reference": reference, "dated": referred.dated });
            let mut audited = tx.audited(Record::on(Action::ReferToClaims, "claim").detail(detail)).await?;
            claim::refer_own(&mut audited, &ids, (reference, referred.dated)).await
        })
        .await
}
