//! A council tries a version of its payment rule, or another value of a setting, on past pay periods: every claim of
//! them is priced again from the facts that were kept of it, and what it would come to is put beside what it was assessed
//! at. No claim is changed. Before it stands [`upload_rule`](super::upload_rule), after it
//! [`decide_rule`](super::decide_rule). Here a trial is started and cancelled; a job works through it (`work`), part by
//! part (`part`), a claim at a time (`replay`).

mod part;
mod replay;
mod work;

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PeriodId, TrialId};
use serde_json::json;
use uuid::Uuid;

use super::Means;
use super::decide_rule::find;
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::rule_schema;
use crate::rule_trial::{self, MOST_PERIODS, MOST_RUNNING, Part, State, Trial, TrialPeriod, TriedSetting};
use crate::rule_version::Who;
use crate::schedule;
use crate::scope::{CouncilScope, Tx};

pub use work::{Pace, Worked, work_trial};

/// What is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToStart {
    /// The component.
    pub digest: String,
    /// On which pay periods.
    pub periods: Vec<PeriodId>,
    /// With which settings, as if they had held all along; the others are as each claim was assessed with.
    pub settings: Vec<TriedSetting>,
}

/// Starts a trial; a job works through it.
///
/// # Errors
/// [`Error::NotFound`] for a version or a pay period that the council does not have; [`Error::Refused`] where there is
/// nothing to try, too much, or too much at once.
pub async fn start_trial(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    who: Who<'_>,
    to_start: &ToStart,
) -> Result<TrialId> {
    let refused = |words: String| Error::Refused(words);
    let mut periods = to_start.periods.clone();
    periods.sort_unstable();
    periods.dedup();
    match periods.len() {
        0 => return Err(refused("Select at least one pay period".to_owned())),
        1..=MOST_PERIODS => {}
        _ => return Err(refused(format!("Select at most {MOST_PERIODS} pay periods"))),
    }
    let id = TrialId::from_uuid(Uuid::now_v7());
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let (_, seen) = find(tx, means, &to_start.digest).await?;
            let schema = seen.description.as_ref().map(|described| described.settings_schema.as_str());
            rule_schema::check(schema.unwrap_or("{}"), &to_start.settings).map_err(refused)?;
            let mut chosen = Vec::with_capacity(periods.len());
            for period in &periods {
                let row = schedule::period(tx, *period).await?;
                chosen.push(TrialPeriod { trial_id: id, schedule_id: row.schedule_id, period_id: row.id });
            }
            if rule_trial::running(tx).await? >= MOST_RUNNING {
                return Err(refused(format!(
                    "{MOST_RUNNING} trials are running. Wait until one of them is finished, or cancel one"
                )));
            }
            let parts = rule_trial::chosen(tx, &periods).await?;
            let claims = parts.iter().map(|(_, _, claims)| *claims).fold(0, u32::saturating_add);
            if claims == 0 {
                return Err(refused("No claim of these pay periods was assessed. Select others".to_owned()));
            }
            let detail = json!({
                "digest": to_start.digest, "name": seen.name, "version": seen.version, "periods": periods,
                "settings": to_start.settings, "claims": claims,
            });
            let mut audited = tx.audited(Record::of(Action::StartTrial, id).detail(detail)).await?;
            let trial = Trial {
                id,
                digest: to_start.digest.clone(),
                name: seen.name,
                version: seen.version,
                settings: to_start.settings.clone(),
                started_at: at,
                started_by: who.person,
                starter: who.name.to_owned(),
                state: State::Running,
                ended_at: None,
                claims,
                done: 0,
                listed: 0,
                slowest: Vec::new(),
            };
            let parts = (1..).zip(parts).map(|(number, part)| Part::to_try(id, number, part)).collect();
            rule_trial::add(&mut audited, trial, chosen, parts).await?;
            jobs::enqueue(&mut audited, Job::TryRule { trial: id }).await
        })
        .await
        .map(|()| id)
}

/// Cancels a trial that runs; what was tried so far stays to be looked at. One that has ended is left as it is.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for one that is finished.
pub async fn cancel_trial(scope: &CouncilScope, at: DateTime<Utc>, id: TrialId) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let trial = rule_trial::lock(tx, id).await?;
            match trial.state {
                State::Running => {}
                State::Finished => return Err(Error::Conflict("This trial is finished already".to_owned())),
                State::Cancelled => {
                    tx.discard();
                    return Ok(());
                }
            }
            let detail = json!({ "digest": trial.digest, "done": trial.done, "claims": trial.claims });
            let mut audited = tx.audited(Record::of(Action::CancelTrial, id).detail(detail)).await?;
            rule_trial::end(&mut audited, id, (State::Cancelled, at)).await
        })
        .await
}
