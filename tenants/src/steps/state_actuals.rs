//! A provider states actuals: measured against the plan before anything is stored, appended with the server's receipt
//! time, and priced at once. Before it [`generate_claims`](super::generate_claims), after it
//! [`assess_claims`](super::assess_claims).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::{DateTime, Utc};
use counterfoil_core::adjustment::extra_covered;
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::{Basis, ClaimEvent, ClaimState};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, OrganisationId, ScheduleId};
use counterfoil_core::statement::Statement;

use super::Means;
use super::assess_claims::{AssessedClaim, Purpose, assess_loaded};
use super::known::{Loaded, load};
use crate::adjustment::{self, Covers};
use crate::audit::Record;
use crate::claim::{self, Claim};
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
    let (mut loaded, covers) = pricing.read(async |tx: &mut Tx<'_>| known(tx, means, at, &ids).await).await?;
    let of = |id| to_state.iter().find(|one| one.claim == id).map(|one| &one.statement);
    check_fit(&loaded, &covers, at, organisation, of)?;
    let tenant = pricing.tenant();
    provider
        .transaction(at, tenant, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            // an adjustment that was accepted between reading and writing is not written past
            if adjustment::covers_of_own(tx, &ids).await? != covers {
                return Err(claim::changed_by_others());
            }
            write(tx, source, &to_state).await
        })
        .await?;
    for known in &mut loaded.claims {
        // as the transaction left it, so that nothing has to be read again; storing the price checks that it stands so
        let statement = to_state.iter().find(|one| one.claim == known.claim.id).map(|one| one.statement.clone());
        known.stated(statement);
    }
    assess_loaded(pricing, means, at, Purpose::Shown, loaded).await
}

/// What is known of claims, with the accepted adjustments that cover their lines.
pub(super) async fn known(
    tx: &mut Tx<'_>,
    means: &Means,
    at: DateTime<Utc>,
    ids: &[ClaimId],
) -> Result<(Loaded, Covers)> {
    Ok((load(tx, means, at, ids).await?, adjustment::covers(tx, ids).await?))
}

/// Refuses statements that do not fit: for claims of others, for weeks that are not over, such as the plan or the contract
/// do not allow, and extras for which there is an accepted adjustment.
pub(super) fn check_fit<'a>(
    loaded: &Loaded,
    covers: &Covers,
    at: DateTime<Utc>,
    organisation: OrganisationId,
    of: impl Fn(ClaimId) -> Option<&'a Statement>,
) -> Result<()> {
    // another organisation's claim answers like one that does not exist, before anything is said of it
    if loaded.claims.iter().any(|known| known.claim.organisation_id != Some(organisation)) {
        return Err(Error::NotFound);
    }
    for known in &loaded.claims {
        if !is_over(&known.claim, at) {
            return Err(Error::Refused(not_over(&known.claim)));
        }
        let statement = of(known.claim.id);
        let facts = known.known(&loaded.council, statement).facts().map_err(Error::refused)?;
        for line in &facts.lines {
            let covered = covers.get(&(known.claim.id, line.line)).map(Vec::as_slice).unwrap_or_default();
            if let Some(extra) = extra_covered(&line.stated_days, &line.stated_visits, covered) {
                return Err(Error::refused(extra));
            }
        }
        if let Some(statement) = statement.filter(|_| claim::asks_for_visits(&known.contract, known.claim.starts)) {
            let silent = statement.lines.iter().find(|line| line.without_visits());
            if let Some(line) = silent {
                return Err(Error::Refused(format!(
                    "Enter the number of visits for line {}. This council asks for it.",
                    line.line.saturating_add(1)
                )));
            }
        }
    }
    Ok(())
}

/// Whether the days of a claim are over: its actuals may be entered from the day after.
pub(super) fn is_over(claim: &Claim, at: DateTime<Utc>) -> bool {
    clock::local_time(at).date() > claim.ends
}

/// What whoever is too early is told.
pub(super) fn not_over(claim: &Claim) -> String {
    let ends = claim.ends.format("%A %-d %B %Y");
    format!("The week to {ends} is not over yet. Enter its actuals from the day after.")
}

async fn write(tx: &mut Tx<'_, ProviderActing>, source: Source, to_state: &[ToState]) -> Result<()> {
    let ids: Vec<ClaimId> = to_state.iter().map(|one| one.claim).collect();
    let found: BTreeMap<ClaimId, Claim> =
        claim::find_all_own(tx, &ids).await?.into_iter().map(|claim| (claim.id, claim)).collect();
    let mut bases: BTreeMap<ScheduleId, Basis> = BTreeMap::new();
    let mut read = BTreeMap::new();
    let mut statements = Vec::with_capacity(to_state.len());
    for one in to_state {
        let stands = found.get(&one.claim).ok_or(Error::NotFound)?;
        let basis = match bases.entry(stands.schedule_id) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(schedule::basis_of(tx, stands.schedule_id).await?),
        };
        stands.state.after(ClaimEvent::State, basis, stands.statement_version > 0).map_err(Error::refused)?;
        if stands.version != one.seen || read.insert(one.claim, one.seen).is_some() {
            return Err(claim::changed_by_others());
        }
        statements.push(NewStatement {
            organisation_id: stands.organisation_id,
            claim_id: stands.id,
            version: stands.statement_version + 1,
            source,
            body: one.statement.clone(),
        });
    }
    let record = Record::on(Action::StateActuals, "claim").detail(serde_json::json!({ "claims": ids }));
    let mut audited = tx.audited(record).await?;
    claim::state_own(&mut audited, ClaimState::Stated, &read).await?;
    statement::add_all(&mut audited, statements).await?;
    // whoever stated them prices them at once; the job is for when that is interrupted
    for claims in ids.chunks(jobs::MOST_IDS) {
        jobs::enqueue(&mut audited, Job::AssessStated { claims: claims.to_vec() }).await?;
    }
    Ok(())
}
