//! Puts a version of the payment rule aside that failed on too many claims within a day, as its council chose: what it
//! would price is suspended, or priced by the rule that was in force before it. Lifting it is an administrator's act, in
//! [`decide_rule`](super::decide_rule).

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::RuleId;
use counterfoil_core::pricing::Fault;
use serde_json::json;
use uuid::Uuid;

use super::activate_rule::reassess_from;
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::rule;
use crate::rule_version::{self, Event, EventKind, Follows, QuarantineSetting};
use crate::scope::{Audited, CouncilScope, Tx};

/// The days over which faults are counted.
const WINDOW: TimeDelta = TimeDelta::days(1);

/// Chooses when a rule is put into quarantine, and what follows.
///
/// # Errors
/// [`Error::Refused`] for a number of faults outside 1 to 1,000.
pub async fn set_rule_quarantine(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    (faults, follows): (u32, Follows),
) -> Result<()> {
    if !(1..=QuarantineSetting::MOST_FAULTS).contains(&faults) {
        return Err(Error::Refused("The number of claims must be between 1 and 1,000".to_owned()));
    }
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let detail = json!({ "faults": faults, "follows": follows });
            let mut audited = tx.audited(Record::on(Action::SetRuleQuarantine, "rule").detail(detail)).await?;
            let recorded_by = audited.actor();
            let row = QuarantineSetting { recorded_at: at, recorded_by, faults, follows };
            rule_version::set_quarantine(&mut audited, row).await
        })
        .await
}

/// Counts the faults of rules that have just had one, and puts aside what failed too often.
pub(super) async fn weigh_faults<'a>(
    audited: &mut Audited<'_, '_>,
    stored: impl Iterator<Item = (&'a str, Option<&'a Fault>)>,
) -> Result<()> {
    let own = stored.filter(|(_, fault)| fault.is_some_and(Fault::is_the_rules_own));
    let failed: BTreeSet<&str> = own.map(|(digest, _)| digest).collect();
    if failed.is_empty() {
        return Ok(());
    }
    let setting = rule_version::quarantine_setting(audited).await?;
    let aside = rule_version::quarantined(audited).await?;
    let at = audited.at();
    for digest in failed {
        if aside.contains(digest) {
            continue;
        }
        // what an administrator has lifted begins from nothing
        let lifted = rule_version::events(audited)
            .await?
            .into_iter()
            .find(|event| event.digest == digest && event.kind == EventKind::LiftQuarantine);
        let since = lifted.map_or(at - WINDOW, |event| event.at.max(at - WINDOW));
        let faults = rule_version::faults_since(audited, digest, since).await?;
        if faults < setting.faults {
            continue;
        }
        let detail = json!({ "digest": digest, "claims": faults, "follows": setting.follows });
        let mut audited = audited.audited(Record::on(Action::QuarantineRule, "rule").detail(detail)).await?;
        let row = Event {
            id: RuleId::from_uuid(Uuid::now_v7()),
            digest: digest.to_owned(),
            kind: EventKind::Quarantine,
            at,
            person_id: None,
            person: "Service".to_owned(),
            comment: match faults {
                1 => "It failed on a claim.".to_owned(),
                _ => format!("It failed on {faults} claims within a day."),
            },
            active_from: None,
        };
        rule_version::add_event(&mut audited, row).await?;
        if setting.follows == Follows::LastGood {
            // what it failed on is priced by the rule before it
            let own = rule::activations(&mut audited).await?.into_iter().filter(|row| row.component_digest == digest);
            if let Some(from) = own.map(|row| row.active_from).min() {
                reassess_from(&mut audited, from).await?;
            }
        }
    }
    Ok(())
}
