//! Posts one contract of a run: for each claim line what it is entitled to now, less everything posted before, under
//! the claims' locks and in one transaction. Before it [`open_run`](super::open_run), after it
//! [`finalise_run`](super::finalise_run).

use chrono::{DateTime, Utc};
use counterfoil_core::entry::{Posting, post};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AssessmentId, ClaimId, ContractId, EntryId, RunId};
use counterfoil_core::money::Money;
use counterfoil_core::run::RunState;
use uuid::Uuid;

use super::Means;
use super::assess_claims::{Purpose, assess_pinned};
use super::known::Pinned;
use crate::audit::Record;
use crate::claim::{self, ClaimLine};
use crate::contract::{self, Contract};
use crate::entry::{self, Entry};
use crate::error::{Error, Result};
use crate::failpoint;
use crate::scope::{CouncilScope, Tx};
use crate::{posting, run, schedule};

/// Claims that are assessed from the plan at once.
const BATCH: usize = 500;

/// What was posted for a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// The contract.
    pub contract: ContractId,
    /// How many claims the run took.
    pub claims: usize,
    /// How many entries it posted.
    pub entries: usize,
    /// Their sum.
    pub amount: Money,
}

/// Assesses what a run pays on the plan, as the plan was known at the cut-off. Repeating it changes nothing.
///
/// # Errors
/// As [`assess_claims`](super::assess_claims::assess_claims).
pub async fn assess_on_plan(scope: &CouncilScope, means: &Means, at: DateTime<Utc>, run: RunId) -> Result<usize> {
    let (cut_off, pinned, claims) = scope
        .read(async |tx: &mut Tx<'_>| {
            let found = run::find(tx, run).await?;
            let period = schedule::period(tx, found.period_id).await?;
            let open = found.state == RunState::Open;
            let claims = if open { posting::unposted_on_plan(tx, run).await? } else { Vec::new() };
            let pinned = Pinned { starts: period.starts, digest: found.rule_digest, opened_at: found.created_at };
            Ok((period.cut_off, pinned, claims))
        })
        .await?;
    for batch in claims.chunks(BATCH) {
        assess_pinned(scope, means, at, (Purpose::Run, cut_off, Some(&pinned)), batch).await?;
    }
    Ok(claims.len())
}

/// Takes one contract that is still to do and posts it; none when nothing is left to take.
///
/// # Errors
/// [`Error::Refused`] when the contract's amounts do not fit, else what the database answers. Nothing is posted then.
pub async fn post_contract(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    run: RunId,
    worker: &str,
) -> Result<Option<Posted>> {
    failpoint::hit("contract-taking");
    let posted = scope.transaction(at, async |tx: &mut Tx<'_>| take_and_post(tx, run, worker).await).await?;
    failpoint::hit("contract-posted");
    Ok(posted)
}

async fn take_and_post(tx: &mut Tx<'_>, run: RunId, worker: &str) -> Result<Option<Posted>> {
    let Some(contract) = run::take_work(tx, run).await? else {
        tx.discard();
        return Ok(None);
    };
    let contract = contract::find(tx, contract).await?;
    let claims = posting::lock_claims(tx, run, contract.id).await?;
    let assessments: Vec<AssessmentId> = claims.values().copied().collect();
    let entitlements = posting::entitlements(tx, &assessments).await?;
    let ids: Vec<ClaimId> = claims.keys().copied().collect();
    let lines = claim::lines(tx, &ids).await?;
    let line_ids: Vec<_> = lines.iter().map(|line| line.id).collect();
    let before = entry::posted(tx, &line_ids).await?;
    let mut entries = Vec::with_capacity(lines.len());
    for line in &lines {
        let entitlement = entitlements.get(&(line.claim_id, line.number)).copied().unwrap_or_default();
        let posted = before.get(&line.id).copied().unwrap_or_default();
        let posting = post(entitlement, posted.sum, posted.entries).map_err(Error::refused)?;
        let assessment = claims.get(&line.claim_id).copied().ok_or(Error::NotFound)?;
        entries.extend(posting.map(|posting| entry_of(run, &contract, line, assessment, posting)));
    }
    let amount = Money::total(entries.iter().map(|entry| entry.pence)).map_err(Error::refused)?;
    let posted = Posted { contract: contract.id, claims: claims.len(), entries: entries.len(), amount };
    let detail = serde_json::json!({
        "run": run, "claims": posted.claims, "entries": posted.entries, "pence": posted.amount,
    });
    let mut audited = tx.audited(Record::of(Action::PostContract, contract.id).detail(detail)).await?;
    entry::post(&mut audited, &entries).await?;
    failpoint::hit("contract-entries-appended");
    posting::lock_into_run(&mut audited, run, claims.into_keys()).await?;
    run::work_done(&mut audited, run, contract.id, worker).await?;
    failpoint::hit("contract-before-commit");
    Ok(Some(posted))
}

fn entry_of(run: RunId, contract: &Contract, line: &ClaimLine, assessment: AssessmentId, posting: Posting) -> Entry {
    Entry {
        claim_line_id: line.id,
        sequence: posting.sequence,
        id: EntryId::from_uuid(Uuid::new_v5(&run.uuid(), line.id.uuid().as_bytes())),
        organisation_id: line.organisation_id,
        run_id: run,
        claim_id: line.claim_id,
        contract_id: contract.id,
        payee_id: contract.payee_id,
        assessment_id: assessment,
        entitlement_pence: posting.entitlement,
        posted_before_pence: posting.posted_before,
        pence: posting.amount,
        kind: posting.kind,
    }
}
