//! Opens the run of a schedule's pay period: one run, however many start it at once, with a work item for each
//! contract. Before it stand the confirmations, after it [`post_contract`](super::post_contract).

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PeriodId, RunId};
use counterfoil_core::run::RunState;
use uuid::Uuid;

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::failpoint;
use crate::jobs::{self, Job};
use crate::run::{self, Run};
use crate::scope::{CouncilScope, Tx};
use crate::{posting, rule, schedule};

/// What came of opening a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// The run.
    pub run: RunId,
    /// How many contracts it works through; 0 when it was open already.
    pub contracts: usize,
    /// Whether somebody had opened it before.
    pub already: bool,
}

/// Opens the run of a pay period. Starting it again, or at the same time, finds the one run.
///
/// # Errors
/// [`Error::NotFound`] for a period that the council does not have; [`Error::Refused`] before the cut-off and for a
/// period whose dates cannot be.
pub async fn open_run(scope: &CouncilScope, at: DateTime<Utc>, period: PeriodId) -> Result<Opened> {
    failpoint::hit("run-opening");
    let opened = scope.transaction(at, async |tx: &mut Tx<'_>| open(tx, period).await).await?;
    failpoint::hit("run-opened");
    Ok(opened)
}

async fn open(tx: &mut Tx<'_>, period: PeriodId) -> Result<Opened> {
    let period = schedule::period(tx, period).await?;
    if !period.runnable {
        return Err(Error::Refused(format!(
            "The pay period from {} to {} has dates that cannot be right, so it cannot be run. Correct its dates first.",
            period.starts.format("%-d %B %Y"),
            period.ends.format("%-d %B %Y")
        )));
    }
    if tx.at() <= period.cut_off {
        return Err(Error::Refused(
            "Amendments for this pay period are still open. Finalise its run after the cut-off.".to_owned(),
        ));
    }
    let rule = rule::in_force(tx, period.starts).await?;
    // an id that follows from the key: two who start the run at once start the same one
    let id = RunId::from_uuid(Uuid::new_v5(&tx.tenant().uuid(), format!("run/{}/1", period.id.uuid()).as_bytes()));
    let detail = serde_json::json!({ "period": period.id, "rule": rule.component_digest });
    let mut audited = tx.audited(Record::of(Action::OpenRun, id).detail(detail)).await?;
    let new = Run {
        id,
        schedule_id: period.schedule_id,
        period_id: period.id,
        sequence: 1,
        state: RunState::Open,
        rule_digest: rule.component_digest,
        created_at: audited.at(),
        opened_by: audited.actor(),
        finalised_at: None,
        finalised_by: None,
        approved_at: None,
        approved_by: None,
        banks_digest: None,
    };
    let (there, opened) = run::open(&mut audited, new).await?;
    if !opened {
        audited.discard();
        return Ok(Opened { run: there.id, contracts: 0, already: true });
    }
    let contracts = posting::contracts_of(&mut audited, id).await?;
    run::add_work(&mut audited, id, &contracts).await?;
    jobs::enqueue(&mut audited, Job::WorkRun { run: id }).await?;
    failpoint::hit("run-opening-before-commit");
    Ok(Opened { run: id, contracts: contracts.len(), already: false })
}
