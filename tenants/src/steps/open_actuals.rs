//! What a provider is shown before it states actuals: the claim with its plan, what it comes to as it stands or as
//! planned, the unit costs, and what the council's rule will ask for. It reads and stores nothing; after it come
//! [`price_actuals`](super::price_actuals) and [`state_actuals`](super::state_actuals).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::claim::ClaimEvent;
use counterfoil_core::disposition::{Assessment, assess};
use counterfoil_core::ids::{ClaimId, OrganisationId};
use counterfoil_core::money::Rate;
use counterfoil_core::pricing::facts::Recording;
use counterfoil_core::pricing::{Finding, FindingLevel, Pricer};
use counterfoil_core::statement::{Actuals, LineStatement, Statement};

use super::Means;
use super::assess_claims::price;
use super::known::{Gathered, KnownRecords, Loaded, load};
use super::price_actuals::PricedActuals;
use super::state_actuals::{is_over, not_over};
use crate::claim::{self, ToState};
use crate::error::{Error, Result};
use crate::scope::{CouncilScope, Provider, ProviderScope, Tx};

/// The code with which rules say that a comment is missing.
const COMMENT_NEEDED: &str = "comment-needed";

/// A claim that is about to be stated.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenActuals {
    /// The claim, its plan, and what was stated.
    pub claim: ToState,
    /// Why nothing can be stated now, in a sentence.
    pub closed: Option<String>,
    /// What the claim comes to as it stands, or as planned where nothing was stated; none where that has no price.
    pub priced: Option<PricedActuals>,
    /// By line: what one unit costs, each rate once, in the order of the days.
    pub rates: BTreeMap<u32, Vec<Rate>>,
    /// Whether a difference from the plan needs a comment.
    pub comment_needed: bool,
}

/// Opens one claim of an organisation.
///
/// # Errors
/// [`Error::NotFound`] for a claim that is not the organisation's or that the person does not see.
pub async fn open_actuals(
    provider: &ProviderScope,
    pricing: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    (organisation, id): (OrganisationId, ClaimId),
) -> Result<OpenActuals> {
    let council = pricing.tenant();
    let claim = provider
        .read(async |tx: &mut Tx<'_, Provider>| claim::to_state(tx, (council, organisation), id, at).await)
        .await?;
    // what the provider's own scope has just shown needs no second look there
    let mut loaded = pricing.read(async |tx: &mut Tx<'_>| load(tx, means, at, &[id]).await).await?;
    let closed = loaded.claims.first().and_then(|known| closed(known, at));
    loaded.make_ready(means).await?;
    let comment_needed = comment_needed(&*means.pricer, &loaded)?;
    for known in &mut loaded.claims {
        let as_it_stands = known.statement.take();
        let statement = as_it_stands.unwrap_or_else(|| as_planned(known));
        known.stated(Some(statement));
    }
    let priced = price(means, loaded).await?.into_iter().next().map(PricedActuals::from);
    let rates = priced.as_ref().map(|priced| rates(&priced.assessment)).unwrap_or_default();
    Ok(OpenActuals { claim, closed, priced, rates, comment_needed })
}

fn closed(known: &KnownRecords, at: DateTime<Utc>) -> Option<String> {
    if known.contract.recording == Recording::None {
        return Some("This contract is paid by its plan: there are no actuals to enter.".to_owned());
    }
    if !is_over(&known.claim, at) {
        return Some(not_over(&known.claim));
    }
    let stated = known.claim.statement_version > 0;
    known.claim.state.after(ClaimEvent::State, known.basis, stated).err().map(|refused| refused.to_string())
}

fn as_planned(known: &KnownRecords) -> Statement {
    let line = |line: u32| LineStatement { line, actuals: Actuals::AsPlanned, comment: String::new() };
    Statement { lines: known.lines.iter().map(|known| line(known.number)).collect(), ..Statement::default() }
}

/// Asks the rule: it is told of a week in which nothing was delivered and nothing said about it. What rules call their
/// settings is their own affair.
fn comment_needed(pricer: &dyn Pricer, loaded: &Loaded) -> Result<bool> {
    let silent = Statement::default();
    for known in &loaded.claims {
        let Gathered::Ready(mut to_assess) = known.gather(&loaded.council) else { continue };
        let Ok(facts) = known.known(&loaded.council, Some(&silent)).facts() else { continue };
        to_assess.facts = facts;
        to_assess.decisions.clear();
        if let Assessment::Priced(assessed) = assess(pricer, &to_assess).map_err(Error::refused)? {
            let asks = |finding: &Finding| finding.level == FindingLevel::Mend && finding.reason.code == COMMENT_NEEDED;
            return Ok(assessed.findings.iter().any(asks));
        }
    }
    Ok(false)
}

fn rates(assessment: &Assessment) -> BTreeMap<u32, Vec<Rate>> {
    let mut rates: BTreeMap<u32, Vec<Rate>> = BTreeMap::new();
    if let Assessment::Priced(assessed) = assessment {
        for charge in &assessed.charges {
            let of_line = rates.entry(charge.line).or_default();
            if let Some(rate) = charge.rate.filter(|rate| !of_line.contains(rate)) {
                of_line.push(rate);
            }
        }
    }
    rates
}
