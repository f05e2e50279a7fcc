//! Prices claims by the council's rule and stores what it said: reads the facts in a short transaction, prices on a
//! blocking thread with no connection held, and writes in one transaction that rechecks the version it read. Before it
//! stand [`generate_claims`](super::generate_claims) and [`state_actuals`](super::state_actuals), after it
//! [`confirm_claims`](super::confirm_claims).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::disposition::{Assessment, ClaimToAssess, assess};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AssessmentId, ClaimId};
use counterfoil_core::pricing::{Fault, Pricer, canonical};
use counterfoil_core::tolerance::{Level, Use};
use uuid::Uuid;

use super::Means;
use super::known::{Gathered, KnownRecords, Loaded, Pinned, load_for};
use super::quarantine_rule::weigh_faults;
use crate::assessment::{self, AssessmentRow, Said};
use crate::audit::Record;
use crate::charge::{self, Charges};
use crate::claim::{self, Claim};
use crate::error::{Error, Result};
use crate::scope::{CouncilScope, Tx};

pub use crate::assessment::Purpose;

/// What a claim came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssessedClaim {
    /// The claim.
    pub claim: ClaimId,
    /// The assessment.
    pub assessment: Assessment,
    /// Whether it was stored: not where nothing had changed, nor where the claim moved on meanwhile.
    pub stored: bool,
}

/// Assesses claims from what was known at an instant. A claim that is locked in a run is left alone, and so is one that
/// changed while it was being priced: whoever changed it asks for it again.
///
/// # Errors
/// [`Error::NotFound`] for a claim that the council does not have; [`Error::Refused`] when the machine was too slow
/// (try again) or a decision cannot be taken.
pub async fn assess_claims(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    (purpose, known_at): (Purpose, DateTime<Utc>),
    claims: &[ClaimId],
) -> Result<Vec<AssessedClaim>> {
    assess_pinned(scope, means, at, (purpose, known_at, None), claims).await
}

/// The same for a run, which keeps the rules that it began with.
pub(super) async fn assess_pinned(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    (purpose, known_at, pinned): (Purpose, DateTime<Utc>, Option<&Pinned>),
    claims: &[ClaimId],
) -> Result<Vec<AssessedClaim>> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    let loaded = scope.read(async |tx: &mut Tx<'_>| load_for(tx, means, (known_at, pinned), claims).await).await?;
    assess_loaded(scope, means, at, purpose, loaded).await
}

/// Assesses claims that were stated, where whoever stated them was interrupted before pricing them.
///
/// # Errors
/// As [`assess_claims`].
pub async fn assess_stated(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    claims: &[ClaimId],
) -> Result<Vec<AssessedClaim>> {
    let without_price = scope.read(async |tx: &mut Tx<'_>| claim::without_price(tx, claims).await).await?;
    assess_claims(scope, means, at, (Purpose::Shown, at), &without_price).await
}

/// Prices what was loaded and stores it.
pub(super) async fn assess_loaded(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    purpose: Purpose,
    loaded: Loaded,
) -> Result<Vec<AssessedClaim>> {
    let priced = price(means, loaded).await?;
    let stored = scope.transaction(at, async |tx: &mut Tx<'_>| store(tx, purpose, &priced).await).await?;
    Ok(priced
        .into_iter()
        .map(|one| AssessedClaim {
            stored: stored.contains_key(&one.known.claim.id),
            claim: one.known.claim.id,
            assessment: one.assessment,
        })
        .collect())
}

/// A priced claim before it is stored.
pub(super) struct PricedClaim {
    pub(super) known: KnownRecords,
    pub(super) gathered: Gathered,
    pub(super) assessment: Assessment,
}

/// Prices what was loaded, on a blocking thread.
pub(super) async fn price(means: &Means, mut loaded: Loaded) -> Result<Vec<PricedClaim>> {
    loaded.make_ready(means).await?;
    let pricer = means.pricer.clone();
    let priced = tokio::task::spawn_blocking(move || price_all(&*pricer, loaded)).await;
    priced.map_err(|error| Error::Refused(format!("Pricing was interrupted ({error}). It will be tried again.")))?
}

fn price_all(pricer: &dyn Pricer, loaded: Loaded) -> Result<Vec<PricedClaim>> {
    let mut priced = Vec::with_capacity(loaded.claims.len());
    for known in loaded.claims {
        let gathered = known.gather(&loaded.council);
        let assessment = match &gathered {
            Gathered::Ready(to_assess) => assess(pricer, to_assess).map_err(Error::refused)?,
            Gathered::Unfit(fault) => Assessment::Faulted { fault: fault.clone() },
        };
        priced.push(PricedClaim { known, gathered, assessment });
    }
    weigh_over_contracts(pricer, &mut priced)?;
    Ok(priced)
}

/// Limits over a contract weigh what its other claims of the same days use: those priced here, and those stored. A
/// claim is priced again where they use anything.
fn weigh_over_contracts(pricer: &dyn Pricer, priced: &mut [PricedClaim]) -> Result<()> {
    let weighs = |to_assess: &ClaimToAssess| to_assess.limits.iter().any(|limit| limit.level == Level::Contract);
    if !priced.iter().any(|one| matches!(&one.gathered, Gathered::Ready(to_assess) if weighs(to_assess))) {
        return Ok(());
    }
    let uses = priced
        .iter()
        .map(|one| {
            Ok((one.known.claim.contract_id, one.known.claim.starts, one.known.claim.id, used(&one.assessment)?))
        })
        .collect::<Result<Vec<_>>>()?;
    for one in priced {
        let Gathered::Ready(to_assess) = &mut one.gathered else { continue };
        if !weighs(to_assess) {
            continue;
        }
        let own = &one.known.claim;
        let beside = uses
            .iter()
            .filter(|(contract, starts, id, _)| *contract == own.contract_id && *starts == own.starts && *id != own.id);
        let others = beside.map(|(_, _, _, used)| *used).try_fold(one.known.stored_beside, Use::with);
        let others = others.map_err(Error::refused)?;
        if others != to_assess.others {
            to_assess.others = others;
            one.assessment = assess(pricer, to_assess).map_err(Error::refused)?;
        }
    }
    Ok(())
}

fn used(assessment: &Assessment) -> Result<Use> {
    match assessment {
        Assessment::Priced(assessed) => {
            let lines = assessed.uses.iter().map(|line| line.whole);
            lines.into_iter().try_fold(Use::default(), Use::with).map_err(Error::refused)
        }
        Assessment::Faulted { .. } => Ok(Use::default()),
    }
}

/// Stores assessments of claims that stand as they were read, all in one transaction; gives those that it stored.
pub(super) async fn store(
    tx: &mut Tx<'_>,
    purpose: Purpose,
    priced: &[PricedClaim],
) -> Result<BTreeMap<ClaimId, AssessmentId>> {
    let ids: Vec<ClaimId> = priced.iter().map(|one| one.known.claim.id).collect();
    let standing: BTreeMap<ClaimId, Claim> =
        claim::lock_all(tx, &ids).await?.into_iter().map(|claim| (claim.id, claim)).collect();
    let (mut rows, mut charges) = (Vec::new(), Vec::new());
    for one in priced {
        let read = &one.known.claim;
        let stands = standing.get(&read.id);
        let as_read = stands.is_some_and(|claim| {
            claim.version == read.version
                && claim.assessment_id == read.assessment_id
                && claim.state != ClaimState::Locked
        });
        if !as_read {
            continue;
        }
        let row = row_of(tx, purpose, one)?;
        if one.known.current.as_ref().is_some_and(|current| says_the_same(current, &row)) {
            continue;
        }
        if let Assessment::Priced(assessed) = &one.assessment {
            charges.push(Charges {
                assessment_id: row.id,
                organisation_id: row.organisation_id,
                claim_id: row.claim_id,
                charges: assessed.charges.clone(),
            });
        }
        rows.push(row);
    }
    let stored: BTreeMap<ClaimId, AssessmentId> = rows.iter().map(|row| (row.claim_id, row.id)).collect();
    if rows.is_empty() {
        tx.discard();
        return Ok(stored);
    }
    let detail = serde_json::json!({ "claims": stored.keys().collect::<Vec<_>>() });
    let mut audited = tx.audited(Record::on(Action::AssessClaim, "claim").detail(detail)).await?;
    let faults: Vec<(String, Option<Fault>)> =
        rows.iter().map(|row| (row.component_digest.clone(), row.fault.clone())).collect();
    assessment::add(&mut audited, rows).await?;
    charge::add(&mut audited, charges).await?;
    claim::set_assessments(&mut audited, &stored).await?;
    weigh_faults(&mut audited, faults.iter().map(|(digest, fault)| (digest.as_str(), fault.as_ref()))).await?;
    Ok(stored)
}

fn says_the_same(current: &Said, new: &AssessmentRow) -> bool {
    current.statement_version == new.statement_version
        && current.input_digest == new.input_digest
        && current.component_digest == new.component_digest
        && current.weighed == new.weighed
        && current.fault == new.fault
}

fn row_of(tx: &Tx<'_>, purpose: Purpose, one: &PricedClaim) -> Result<AssessmentRow> {
    let (input, weighed) = match &one.gathered {
        Gathered::Ready(to_assess) => {
            let weighed = serde_json::json!({
                "limits": to_assess.limits, "others": to_assess.others, "decisions": to_assess.decisions,
            });
            (canonical::bytes(&to_assess.facts).map_err(Error::refused)?, weighed)
        }
        Gathered::Unfit(_) => (Vec::new(), serde_json::json!({})),
    };
    let (known, rule) = (&one.known, &one.known.rule);
    let input_digest = canonical::digest(&input);
    let (fault, assessed) = match &one.assessment {
        Assessment::Priced(assessed) => (None, Some(assessed)),
        Assessment::Faulted { fault } => (Some(fault.clone()), None),
    };
    let totals = assessed.map(|assessed| assessed.totals).unwrap_or_default();
    Ok(AssessmentRow {
        id: AssessmentId::from_uuid(Uuid::now_v7()),
        organisation_id: known.claim.organisation_id,
        claim_id: known.claim.id,
        statement_version: known.claim.statement_version,
        purpose,
        input,
        input_digest,
        component_digest: rule.component_digest.clone(),
        pack: rule.pack.clone(),
        pack_version: rule.version.clone(),
        interface: assessed.map(|assessed| assessed.interface.clone()).unwrap_or_default(),
        engine: assessed.map(|assessed| assessed.engine.clone()).unwrap_or_default(),
        fuel: assessed.map(|assessed| assessed.fuel).unwrap_or_default(),
        fault,
        findings: assessed.map(|assessed| assessed.findings.clone()).unwrap_or_default(),
        weighed,
        uses: assessed.map(|assessed| assessed.uses.clone()).unwrap_or_default(),
        assessed_at: tx.at(),
        planned_pence: assessed.map(|assessed| assessed.planned).unwrap_or_default(),
        claimed_pence: totals.claimed,
        payable_pence: totals.payable,
        suspended_pence: totals.suspended,
        rejected_pence: totals.rejected,
        pending_pence: totals.pending,
    })
}
