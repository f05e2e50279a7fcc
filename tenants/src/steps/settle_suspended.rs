//! An officer settles what is suspended on a line of a claim: accepts, part-accepts in units (the rule reprices),
//! rejects, or sets an amount with a second person. Officers may settle until a run has taken the claim. Before it
//! [`assess_claims`](super::assess_claims), after it [`open_run`](super::open_run).

use chrono::{DateTime, Utc};
use counterfoil_core::claim::{ClaimState, Refused};
use counterfoil_core::disposition::{Decision, DecisionError, Settlement};
use counterfoil_core::event::Action;
use counterfoil_core::ids::ClaimId;
use uuid::Uuid;

use super::Means;
use super::assess_claims::{Purpose, price, store};
use super::known::{Loaded, load};
use crate::audit::Record;
use crate::decision::{self, DecisionRow};
use crate::error::{Error, Result};
use crate::scope::{CouncilScope, Tx};
use counterfoil_core::disposition::Assessment;

/// Settles one line of a claim; gives the claim's new assessment.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] in the officer's words for a decision that cannot be taken, and for a claim
/// that a run has taken; [`Error::Conflict`] when the claim was changed meanwhile.
pub async fn settle_suspended(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    claim: ClaimId,
    (line, settlement, because): (u32, Settlement, &str),
) -> Result<Assessment> {
    let by = scope
        .actor()
        .person()
        .ok_or_else(|| Error::Refused("A decision is taken by a person, not by the service.".to_owned()))?;
    let decision = Decision { line, settlement, because: because.trim().to_owned(), by };
    decision.check().map_err(Error::refused)?;
    let mut loaded: Loaded = scope.read(async |tx: &mut Tx<'_>| load(tx, means, at, &[claim]).await).await?;
    for known in &mut loaded.claims {
        if known.claim.state == ClaimState::Locked {
            return Err(Error::refused(Refused::InRun));
        }
        if !known.lines.iter().any(|known| known.number == line) {
            return Err(Error::refused(DecisionError::UnknownLine { line }));
        }
        known.decisions.push(decision.clone());
    }
    let priced = price(means, loaded).await?;
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let Some(one) = priced.first() else { return Err(Error::NotFound) };
            let owner = (claim, one.known.claim.organisation_id);
            let row = DecisionRow::new(Uuid::now_v7(), owner, one.known.claim.statement_version, decision.clone(), at);
            let detail = serde_json::json!({ "line": line, "settlement": decision.settlement });
            let mut audited = tx.audited(Record::of(Action::SettleSuspended, claim).detail(detail)).await?;
            decision::add(&mut audited, vec![row]).await?;
            let stored = store(&mut audited, Purpose::Shown, &priced).await?;
            if stored.contains_key(&claim) { Ok(()) } else { Err(crate::claim::changed_by_others()) }
        })
        .await?;
    priced.into_iter().next().map(|one| one.assessment).ok_or(Error::NotFound)
}
