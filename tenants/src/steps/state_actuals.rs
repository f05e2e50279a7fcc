//! A provider states actuals: measured against the plan before anything is stored, appended with the server's receipt
//! time, and priced at once. Before it [`generate_claims`](super::generate_claims), after it
//! [`assess_claims`](super::assess_claims).

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::ClaimEvent;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, OrganisationId};
use counterfoil_core::statement::Statement;

use super::Means;
use super::assess_claims::{AssessedClaim, Purpose, assess_claims};
use super::known::load;
use crate::audit::Record;
use crate::claim;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::schedule;
use crate::scope::{CouncilScope, ProviderActing, ProviderScope, Tx};
use crate::statement::{self, NewStatement, Source};

/// Actuals for one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToState {
    /// The claim.
    pub claim: ClaimId,
    /// The version that the provider saw.
    pub seen: u32,
    /// The actuals.
    pub statement: Statement,
}

/// States actuals for claims of one organisation, all or none, and prices them at once.
///
/// `pricing` is the council's scope in which the service prices; the provider's own cannot read rates.
///
/// # Errors
/// [`Error::NotFound`] for a claim that is not the organisation's; [`Error::Conflict`] for one that somebody else
/// changed; [`Error::Refused`] with what to mend, for a week that is not over, and for a claim that is confirmed or in a
/// run.
pub async fn state_actuals(
    provider: &ProviderScope,
    pricing: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    (organisation, source): (OrganisationId, Source),
    to_state: Vec<ToState>,
) -> Result<Vec<AssessedClaim>> {
    let ids: Vec<ClaimId> = to_state.iter().map(|one| one.claim).collect();
    let loaded = pricing.read(async |tx: &mut Tx<'_>| load(tx, means, at, &ids).await).await?;
    for known in &loaded.claims {
        // another organisation's claim answers like one that does not exist, before anything is said of it
        if known.claim.organisation_id != Some(organisation) {
            return Err(Error::NotFound);
        }
    }
    for known in &loaded.claims {
        if clock::local_time(at).date() <= known.claim.ends {
            return Err(Error::Refused(format!(
                "The week to {} is not over yet. Enter its actuals from the day after.",
                known.claim.ends.format("%A %-d %B %Y")
            )));
        }
        let statement = to_state.iter().find(|one| one.claim == known.claim.id).map(|one| &one.statement);
        known.known(&loaded.council, statement).facts().map_err(Error::refused)?;
    }
    let tenant = pricing.tenant();
    provider
        .transaction(at, tenant, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            write(tx, source, &to_state).await
        })
        .await?;
    assess_claims(pricing, means, at, (Purpose::Shown, at), &ids).await
}

async fn write(tx: &mut Tx<'_, ProviderActing>, source: Source, to_state: &[ToState]) -> Result<()> {
    let ids: Vec<ClaimId> = to_state.iter().map(|one| one.claim).collect();
    let mut changed = Vec::with_capacity(to_state.len());
    for one in to_state {
        let mut stands = claim::find_own(tx, one.claim).await?;
        let basis = schedule::basis_of(tx, stands.schedule_id).await?;
        let state = stands.state.after(ClaimEvent::State, basis, stands.statement_version > 0);
        stands.state = state.map_err(Error::refused)?;
        if stands.version != one.seen {
            return Err(claim::changed_by_others());
        }
        stands.statement_version += 1;
        (stands.confirmed_at, stands.confirmed_by, stands.confirmed_name) = (None, None, None);
        (stands.receipt, stands.confirmed_version, stands.run_period_id) = (None, None, None);
        changed.push((stands, one));
    }
    let record = Record::on(Action::StateActuals, "claim").detail(serde_json::json!({ "claims": ids }));
    let mut audited = tx.audited(record).await?;
    let mut statements = Vec::with_capacity(changed.len());
    for (stands, one) in &changed {
        claim::update_own(&mut audited, stands).await?;
        statements.push(NewStatement {
            organisation_id: stands.organisation_id,
            claim_id: stands.id,
            version: stands.statement_version,
            source,
            body: one.statement.clone(),
        });
    }
    statement::add_all(&mut audited, statements).await?;
    // whoever stated them prices them at once; the job is for when that is interrupted
    for claims in ids.chunks(jobs::MOST_IDS) {
        jobs::enqueue(&mut audited, Job::AssessClaims { claims: claims.to_vec() }).await?;
    }
    Ok(())
}
