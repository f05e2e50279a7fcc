//! What happens to a payment file after it was issued: it is sent, and the bank pays; or nobody knows, and a person
//! finds out. Nothing here sends a file twice. Before it [`issue_file`](super::issue_file), after it
//! [`write_remittances`](super::write_remittances).

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::RunId;
use counterfoil_core::run::RunState;

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Enqueue, Job};
use crate::posting;
use crate::run::{self, Run};
use crate::scope::{Audited, CouncilScope, Tx};

/// Claims that one job assesses.
const BATCH: usize = jobs::MOST_IDS;

/// Records that the file has left: its claims are paid. They are assessed again as things are known now, so that a plan
/// that changed after the cut-off becomes an entry of the next run.
///
/// # Errors
/// [`Error::Refused`] when no file was issued.
pub async fn file_sent(scope: &CouncilScope, at: DateTime<Utc>, run: RunId) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let Some(mut audited) = moved(tx, run, RunState::Sent, Action::SendPaymentFile).await? else {
                return Ok(());
            };
            let paid = posting::paid_by(&mut audited, run).await?;
            let jobs = paid.chunks(BATCH).map(|claims| Enqueue::from(Job::AssessClaims { claims: claims.to_vec() }));
            jobs::enqueue_all(&mut audited, jobs.collect::<Vec<_>>()).await
        })
        .await
}

/// Records what became of the file at the bank: settled, or unknown.
///
/// # Errors
/// [`Error::Refused`] when it was not sent, or has another outcome than these.
pub async fn reconcile(scope: &CouncilScope, at: DateTime<Utc>, run: RunId, outcome: RunState) -> Result<()> {
    if !matches!(outcome, RunState::Settled | RunState::Unknown) {
        return Err(Error::Refused("A payment file is settled, or it is not known what became of it.".to_owned()));
    }
    scope.transaction(at, async |tx: &mut Tx<'_>| moved(tx, run, outcome, Action::ReconcileRun).await.map(|_| ())).await
}

/// Moves a run on; none where it is there already.
async fn moved<'t, 'c>(
    tx: &'t mut Tx<'c>,
    id: RunId,
    next: RunState,
    action: Action,
) -> Result<Option<Audited<'t, 'c>>> {
    let found = run::lock(tx, id).await?;
    let was = found.state;
    if was == next {
        tx.discard();
        return Ok(None);
    }
    if !was.may_become(next) {
        return Err(Error::Refused(format!(
            "This run is {} and cannot become \u{2018}{}\u{2019} now.",
            was.words().to_lowercase(),
            next.words()
        )));
    }
    let detail = serde_json::json!({ "from": was, "to": next });
    let mut audited = tx.audited(Record::of(action, id).detail(detail)).await?;
    run::update(&mut audited, was, &Run { state: next, ..found }).await?;
    Ok(Some(audited))
}
