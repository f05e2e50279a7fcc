//! Prices actuals that are not stored: what a provider sees while it types. The same facts, rule and tolerance as
//! [`state_actuals`](super::state_actuals), which follows it, so that the figures are those that will be stored. Nothing
//! is written.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::claim::ClaimEvent;
use counterfoil_core::disposition::Assessment;
use counterfoil_core::ids::{ClaimId, OrganisationId};
use counterfoil_core::pricing::facts::{ClaimFacts, LineFacts};
use counterfoil_core::statement::{Quantities, Statement};

use super::Means;
use super::assess_claims::{PricedClaim, price};
use super::known::{Gathered, Loaded};
use super::state_actuals::{check_fit, known};
use crate::adjustment::Covers;
use crate::claim;
use crate::error::{Error, Result};
use crate::scope::{CouncilScope, Provider, ProviderScope, Tx};

/// What a claim would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedActuals {
    /// The claim.
    pub claim: ClaimId,
    /// Its version as it was priced; somebody else may have raised it.
    pub version: u32,
    /// The assessment, as it would be stored.
    pub assessment: Assessment,
    /// What was stated of each line, by number.
    pub lines: BTreeMap<u32, Quantities>,
}

/// Prices statements for claims of one organisation without storing them.
///
/// # Errors
/// [`Error::NotFound`] for a claim that is not the organisation's or that the person does not see; [`Error::Refused`] for
/// whatever [`state_actuals`](super::state_actuals::state_actuals) would refuse, in the same words.
pub async fn price_actuals(
    provider: &ProviderScope,
    pricing: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    organisation: OrganisationId,
    to_price: &[(ClaimId, Statement)],
) -> Result<Vec<PricedActuals>> {
    let (mut loaded, covers) =
        load_own(provider, pricing, (means, at), organisation, to_price.iter().map(|(id, _)| *id)).await?;
    let of = |id: ClaimId| to_price.iter().find(|(claim, _)| *claim == id).map(|(_, statement)| statement);
    check_fit(&loaded, &covers, at, organisation, of)?;
    for known in &mut loaded.claims {
        let claim = &known.claim;
        claim.state.after(ClaimEvent::State, known.basis, claim.statement_version > 0).map_err(Error::refused)?;
        let statement = of(claim.id).cloned();
        // as storing it would leave the claim, decisions on the statement before it included
        known.stated(statement);
    }
    Ok(price(means, loaded).await?.into_iter().map(PricedActuals::from).collect())
}

/// Reads what is known of claims that the person sees.
async fn load_own(
    provider: &ProviderScope,
    pricing: &CouncilScope,
    (means, at): (&Means, DateTime<Utc>),
    organisation: OrganisationId,
    claims: impl Iterator<Item = ClaimId>,
) -> Result<(Loaded, Covers)> {
    let (tenant, ids): (_, Vec<ClaimId>) = (pricing.tenant(), claims.collect());
    let visible = provider
        .read(async |tx: &mut Tx<'_, Provider>| {
            for id in &ids {
                let found = claim::find_of_provider(tx, tenant, *id).await?;
                if found.organisation_id != Some(organisation) {
                    return Err(Error::NotFound);
                }
            }
            Ok(())
        })
        .await;
    visible?;
    pricing.read(async |tx: &mut Tx<'_>| known(tx, means, at, &ids).await).await
}

impl From<PricedClaim> for PricedActuals {
    fn from(priced: PricedClaim) -> Self {
        let lines = match &priced.gathered {
            Gathered::Ready(to_assess) => by_line(&to_assess.facts),
            Gathered::Unfit(_) => BTreeMap::new(),
        };
        let claim = &priced.known.claim;
        // the claim was taken one step further than it stands
        Self { claim: claim.id, version: claim.version.saturating_sub(1), assessment: priced.assessment, lines }
    }
}

fn by_line(facts: &ClaimFacts) -> BTreeMap<u32, Quantities> {
    facts.lines.iter().map(|line| (line.line, of_line(line))).collect()
}

/// What a line's statement comes to: thousandths of the unit, carer-minutes for a timetabled line.
fn of_line(line: &LineFacts) -> Quantities {
    let mut sum = Quantities { planned: line.plan.iter().map(|day| day.quantity).sum(), ..Quantities::default() };
    for day in &line.stated_days {
        sum.delivered += day.delivered;
        sum.frustrated += day.frustrated;
        sum.missed += day.missed;
        sum.extra += day.extra;
    }
    for visit in &line.stated_visits {
        sum.delivered += visit.delivered;
        sum.frustrated += visit.frustrated;
        sum.missed += visit.missed;
        sum.extra += visit.extra;
    }
    sum
}
