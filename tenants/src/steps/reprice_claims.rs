//! Prices what is stored of a provider's claims once more, from what is known now: to show what would change, or to let
//! it. Beside it stands [`assess_claims`](super::assess_claims), which stores.

use chrono::{DateTime, Utc};
use counterfoil_core::disposition::Assessment;
use counterfoil_core::ids::{ClaimId, OrganisationId, TenantId};
use counterfoil_core::money::Money;

use super::Means;
use super::assess_claims::{Purpose, assess_claims, price};
use super::known::load;
use crate::claim;
use crate::error::{Error, Result};
use crate::scope::{CouncilScope, Provider, ProviderScope, Tx};

/// What a claim would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repriced {
    /// The claim.
    pub claim: ClaimId,
    /// The sums; none where the rule gives no answer.
    pub sums: Option<RepricedSums>,
}

/// The sums of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepricedSums {
    /// The price of the plan.
    pub planned: Money,
    /// The price of everything stated.
    pub claimed: Money,
    /// What may be paid.
    pub payable: Money,
}

/// What claims of one organisation would come to now. Nothing is stored.
///
/// `pricing` is the council's scope in which the service prices.
///
/// # Errors
/// [`Error::NotFound`] for a claim that is not the organisation's, or that the person does not see; [`Error::Refused`]
/// when the machine was too slow.
pub async fn preview_repricing(
    provider: &ProviderScope,
    pricing: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    organisation: OrganisationId,
    claims: &[ClaimId],
) -> Result<Vec<Repriced>> {
    check_own(provider, pricing.tenant(), organisation, claims).await?;
    let loaded = pricing.read(async |tx: &mut Tx<'_>| load(tx, means, at, claims).await).await?;
    let priced = price(means, loaded).await?;
    Ok(priced
        .into_iter()
        .map(|one| Repriced {
            claim: one.known.claim.id,
            sums: match one.assessment {
                Assessment::Priced(priced) => Some(RepricedSums {
                    planned: priced.planned,
                    claimed: priced.totals.claimed,
                    payable: priced.totals.payable,
                }),
                Assessment::Faulted { .. } => None,
            },
        })
        .collect())
}

/// Lets claims of one organisation come to what they come to now.
///
/// # Errors
/// As [`preview_repricing`].
pub async fn reprice_claims(
    provider: &ProviderScope,
    pricing: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    organisation: OrganisationId,
    claims: &[ClaimId],
) -> Result<()> {
    check_own(provider, pricing.tenant(), organisation, claims).await?;
    assess_claims(pricing, means, at, (Purpose::Shown, at), claims).await.map(drop)
}

/// Fails for a claim that is not the organisation's, or that the person does not see.
async fn check_own(
    provider: &ProviderScope,
    council: TenantId,
    organisation: OrganisationId,
    claims: &[ClaimId],
) -> Result<()> {
    let seen = provider
        .read(async |tx: &mut Tx<'_, Provider>| claim::count_own(tx, council, organisation, claims).await)
        .await?;
    if seen == claims.len() { Ok(()) } else { Err(Error::NotFound) }
}
