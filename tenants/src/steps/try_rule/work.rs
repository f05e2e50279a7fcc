//! The job behind a trial: works through its parts a batch at a time. What came of a batch, and how far the trial has
//! come, are kept in one transaction that rechecks that nobody else was first, so that a worker which is killed, or two
//! that do the same job, leave each claim counted once. A job stops after so many batches and leaves the rest to the
//! next, so that other jobs are not kept waiting.

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::TrialId;
use serde_json::json;

use super::super::Means;
use super::part::{self, Tally};
use crate::audit::Record;
use crate::error::Result;
use crate::jobs::{self, Job};
use crate::rule_trial::{self, MOST_LINES, State, Trial};
use crate::scope::{CouncilScope, Tx};

/// How much a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// About how many claims a batch has; the claims of one contract that begin on one day are never taken apart.
    pub claims: u32,
    /// How many batches a job does before it leaves the rest to the next.
    pub batches: u32,
}

impl Default for Pace {
    /// A few seconds' work.
    fn default() -> Self {
        Self { claims: 500, batches: 10 }
    }
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Another job goes on.
    GoesOn,
    /// Every claim was tried.
    Finished,
    /// The trial had ended, or another job is at work on it.
    Stopped,
}

/// Tries the next claims of a trial.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound); [`Error::Refused`](crate::Error::Refused) where the component is not to
/// be had or the machine was too slow, so that the job is tried again.
pub async fn work_trial(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    id: TrialId,
    pace: Pace,
) -> Result<Worked> {
    for batch in 1..=pace.batches.max(1) {
        let next = scope
            .read(async |tx: &mut Tx<'_>| {
                let trial = rule_trial::find(tx, id).await?;
                part::next(tx, means, &trial, pace.claims).await
            })
            .await?;
        let Some(next) = next else { return Ok(Worked::Stopped) };
        let size = next.size();
        let tally = next.tally(scope, means).await?;
        let is_last = batch >= pace.batches;
        let kept = scope.transaction(at, async |tx: &mut Tx<'_>| keep(tx, id, (size, is_last), &tally).await).await?;
        if kept != Worked::GoesOn {
            return Ok(kept);
        }
    }
    Ok(Worked::GoesOn)
}

/// Keeps what came of a batch, unless somebody else has tried any of it.
async fn keep(tx: &mut Tx<'_>, id: TrialId, (size, is_last): (u32, bool), tally: &Tally) -> Result<Worked> {
    let trial = rule_trial::lock(tx, id).await?;
    if trial.state != State::Running {
        tx.discard();
        return Ok(Worked::Stopped);
    }
    let at = tx.at();
    let detail = json!({ "parts": tally.parts.len(), "claims": size });
    let mut audited = tx.audited(Record::of(Action::TryClaims, id).detail(detail)).await?;
    if rule_trial::parts_done(&mut audited, id, &tally.parts).await? < tally.parts.len() {
        audited.discard();
        return Ok(Worked::Stopped);
    }
    let done = trial.done.saturating_add(size).min(trial.claims);
    let room = usize::try_from(MOST_LINES.saturating_sub(trial.listed)).unwrap_or_default();
    let listed: Vec<_> = tally.lines.iter().take(room).cloned().collect();
    let listed_now = trial.listed.saturating_add(u32::try_from(listed.len()).unwrap_or(u32::MAX));
    rule_trial::add_lines(&mut audited, listed).await?;
    rule_trial::progress(&mut audited, id, (done, listed_now), slowest(&trial, tally)).await?;
    if done == trial.claims {
        rule_trial::end(&mut audited, id, (State::Finished, at)).await?;
        return Ok(Worked::Finished);
    }
    if is_last {
        jobs::enqueue(&mut audited, Job::TryRule { trial: id }).await?;
    }
    Ok(Worked::GoesOn)
}

fn slowest(trial: &Trial, tally: &Tally) -> Vec<rule_trial::Slow> {
    part::slowest(trial.slowest.iter().chain(&tally.slowest).copied().collect())
}
