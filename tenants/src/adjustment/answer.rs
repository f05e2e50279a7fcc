//! The council's part: to accept an adjustment as asked or otherwise, which records further versions of the line, or to
//! reject it with a reason.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::adjustment::{Becomes, varied, weekly};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AdjustmentId, PersonId};
use diesel::{OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use super::{Adjustment, Answer, LONGEST, Outcome, answered_before, plan_changed};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::record::insert;
use crate::schema::{adjustment, adjustment_answer};
use crate::scope::{Audited, CouncilScope, Tx};
use crate::service_line;
use crate::steps::change_records::record_versions;

/// How an adjustment is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The first day.
    pub from: NaiveDate,
    /// The last, if it is for a while.
    pub to: Option<NaiveDate>,
    /// What the plan becomes.
    pub becomes: Becomes,
    /// What the provider is told; may be empty.
    pub reason: String,
    /// The newest version of the line that was before whoever decides.
    pub seen: u32,
}

/// Accepts an adjustment: the plan changes from its first day, claims that the change reaches are assessed again, and extras
/// of the line cannot be stated on the days that it covers.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] with what to mend; [`Error::Conflict`] for one that is answered already, and where
/// the plan was changed meanwhile.
pub async fn accept(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    decider: (PersonId, &str),
    (id, accepted): (AdjustmentId, &Accepted),
) -> Result<()> {
    check_reason(&accepted.reason)?;
    let done = scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let asked = open(tx, id).await?;
            let line = asked.service_line_id;
            let versions = service_line::versions(tx, &[line]).await?.remove(&line).unwrap_or_default();
            if versions.last().map(|version| version.version) != Some(accepted.seen) {
                return Err(plan_changed());
            }
            let days = (accepted.from, accepted.to);
            let made = varied(&versions, days, &accepted.becomes, at).map_err(Error::refused)?;
            let [first, ..] = made.as_slice() else { return Err(Error::NotFound) };
            let (quantity, recorded) = (weekly(&first.plan, first.unit), first.version);
            record_versions(tx, line, made).await?;
            let detail = json!({
                "line": line, "from": days.0, "to": days.1, "quantity": quantity.raw(), "version": recorded,
            });
            let mut audited = tx.audited(Record::of(Action::AcceptAdjustment, id).detail(detail)).await?;
            let row = Answer {
                outcome: Outcome::Accepted,
                covers_from: Some(accepted.from),
                covers_to: accepted.to,
                quantity: Some(quantity),
                recorded_version: Some(recorded),
                ..answer(&asked, (at, decider), accepted.seen, &accepted.reason)
            };
            write(&mut audited, row).await?;
            jobs::enqueue(&mut audited, Job::TellOfAdjustment { adjustment: id, answered: true }).await
        })
        .await;
    settled(done)
}

/// Rejects an adjustment with a reason; the plan stays as it is.
///
/// # Errors
/// As [`accept`].
pub async fn reject(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    decider: (PersonId, &str),
    (id, reason, seen): (AdjustmentId, &str, u32),
) -> Result<()> {
    if reason.is_empty() {
        return Err(Error::Refused("Enter why it is rejected".to_owned()));
    }
    check_reason(reason)?;
    let done = scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let asked = open(tx, id).await?;
            let mut audited = tx.audited(Record::of(Action::RejectAdjustment, id)).await?;
            write(&mut audited, answer(&asked, (at, decider), seen, reason)).await?;
            jobs::enqueue(&mut audited, Job::TellOfAdjustment { adjustment: id, answered: true }).await
        })
        .await;
    settled(done)
}

fn check_reason(reason: &str) -> Result<()> {
    match reason.chars().count() {
        0..=LONGEST => Ok(()),
        _ => Err(Error::Refused("The reason must be 2,000 characters or fewer".to_owned())),
    }
}

/// One that nobody has answered yet.
async fn open(tx: &mut Tx<'_>, id: AdjustmentId) -> Result<Adjustment> {
    let tenant = tx.tenant().uuid();
    let asked = adjustment::table.find((tenant, id.uuid())).select(Adjustment::as_select()).first(tx.conn()).await?;
    let answered: Option<Uuid> = adjustment_answer::table
        .find((tenant, id.uuid()))
        .select(adjustment_answer::adjustment_id)
        .first(tx.conn())
        .await
        .optional()?;
    if answered.is_some() { Err(answered_before()) } else { Ok(asked) }
}

/// A rejection, of which an acceptance says more.
fn answer(
    asked: &Adjustment,
    (at, (person, name)): (DateTime<Utc>, (PersonId, &str)),
    seen: u32,
    reason: &str,
) -> Answer {
    Answer {
        adjustment_id: asked.id,
        organisation_id: asked.organisation_id,
        contract_id: asked.contract_id,
        service_line_id: asked.service_line_id,
        number: asked.number,
        outcome: Outcome::Rejected,
        covers_from: None,
        covers_to: None,
        quantity: None,
        seen_version: seen,
        recorded_version: None,
        reason: reason.to_owned(),
        answered_at: at,
        answered_by: person,
        answerer: name.to_owned(),
    }
}

async fn write(audited: &mut Audited<'_, '_>, row: Answer) -> Result<()> {
    insert!(audited, adjustment_answer, [row]);
    Ok(())
}

/// Whoever came second, in this or in the plan, is told so.
fn settled(done: Result<()>) -> Result<()> {
    match done {
        Err(error) => Err(match error.constraint() {
            Some("adjustment_answer_pkey") => answered_before(),
            Some("service_line_version_pkey") => plan_changed(),
            _ => error,
        }),
        done => done,
    }
}
