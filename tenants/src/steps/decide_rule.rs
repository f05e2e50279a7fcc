//! What administrators decide about a version of the payment rule: a second one approves or declines it, and any retires
//! it. Before it stands [`upload_rule`](super::upload_rule), after it [`activate_rule`](super::activate_rule).

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::event::Action;
use counterfoil_core::ids::RuleId;
use serde_json::json;
use uuid::Uuid;

use super::Means;
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::rule_version::{self, Event, EventKind, LONGEST_COMMENT, RuleSeen, Timeline, Who};
use crate::scope::{Audited, CouncilScope, Tx};

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It may be switched on.
    Approve,
    /// It may not.
    Decline,
    /// It is not to be used any more.
    Retire,
    /// It may price again after a quarantine.
    LiftQuarantine,
}

impl Ruling {
    const fn kind(self) -> (EventKind, Action) {
        match self {
            Self::Approve => (EventKind::Approve, Action::ApproveRule),
            Self::Decline => (EventKind::Decline, Action::DeclineRule),
            Self::Retire => (EventKind::Retire, Action::RetireRule),
            Self::LiftQuarantine => (EventKind::LiftQuarantine, Action::LiftRuleQuarantine),
        }
    }

    /// Why it cannot be, for a version as it stands and whoever decides.
    fn refused(self, seen: &RuleSeen, who: Who<'_>) -> Option<&'static str> {
        let own = seen.upload.as_ref().is_some_and(|upload| upload.uploaded_by == who.person);
        match self {
            Self::Approve | Self::Decline if own => {
                Some("You uploaded this version. Another administrator has to approve or decline it")
            }
            Self::Approve | Self::Decline if !seen.can_be_decided() => {
                Some("This version was used or retired, so there is nothing to approve or decline")
            }
            Self::Approve if seen.fails() => Some(
                "A case comes to something else than it expects. A version can be approved once all its cases pass",
            ),
            Self::Approve if seen.approval().is_some() => Some("This version is approved already"),
            Self::Retire if seen.is_switched_on => {
                Some("This version prices claims, or will. Switch another one on in its place first")
            }
            Self::Retire if seen.is_retired() => Some("This version is retired already"),
            Self::LiftQuarantine if !seen.is_quarantined() => Some("This version is not in quarantine"),
            _ => None,
        }
    }
}

/// Decides about a version.
///
/// # Errors
/// [`Error::Refused`] with the reason why it cannot be; [`Error::NotFound`] for a version that the council does not have.
pub async fn decide_rule(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    who: Who<'_>,
    (digest, ruling, comment): (&str, Ruling, &str),
) -> Result<()> {
    check_comment(comment, ruling != Ruling::Approve)?;
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let (_, seen) = find(tx, means, digest).await?;
            if let Some(words) = ruling.refused(&seen, who) {
                return Err(Error::Refused(words.to_owned()));
            }
            let (kind, action) = ruling.kind();
            let detail = json!({ "digest": digest, "name": seen.name, "version": seen.version, "comment": comment });
            let mut audited = tx.audited(Record::on(action, "rule").detail(detail)).await?;
            record(&mut audited, who, (digest, kind), (comment, None)).await?;
            let first = seen.activations.iter().map(|row| row.active_from).min();
            match (ruling, first) {
                // what was suspended meanwhile is priced
                (Ruling::LiftQuarantine, Some(from)) => super::activate_rule::reassess_from(&mut audited, from).await,
                _ => Ok(()),
            }
        })
        .await
}

/// Refuses a comment that is too long, or missing where one is needed.
pub(super) fn check_comment(comment: &str, needed: bool) -> Result<()> {
    match comment.chars().count() {
        0 if needed => Err(Error::Refused("Enter why".to_owned())),
        0..=LONGEST_COMMENT => Ok(()),
        _ => Err(Error::Refused("The reason must be 2,000 characters or fewer".to_owned())),
    }
}

/// A version as it stands, and what prices from when.
pub(super) async fn find(tx: &mut Tx<'_>, means: &Means, digest: &str) -> Result<(Timeline, RuleSeen)> {
    let (timeline, seen) = rule_version::seen(tx, &*means.pricer, local_time(tx.at()).date()).await?;
    let seen = seen.into_iter().find(|seen| seen.digest == digest).ok_or(Error::NotFound)?;
    Ok((timeline, seen))
}

/// Writes the decision into the version's history.
pub(super) async fn record(
    audited: &mut Audited<'_, '_>,
    who: Who<'_>,
    (digest, kind): (&str, EventKind),
    (comment, active_from): (&str, Option<NaiveDate>),
) -> Result<()> {
    let row = Event {
        id: RuleId::from_uuid(Uuid::now_v7()),
        digest: digest.to_owned(),
        kind,
        at: audited.at(),
        person_id: Some(who.person),
        person: who.name.to_owned(),
        comment: comment.to_owned(),
        active_from,
    };
    rule_version::add_event(audited, row).await
}
