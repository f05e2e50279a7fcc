//! One claim of a trial: priced again from the bytes that the rule was told, with the limits and decisions that were
//! weighed, and put beside what it was assessed at.

use std::collections::BTreeMap;

use counterfoil_core::disposition::{
    AssessError, Assessed, Assessment, ClaimToAssess, Decision, DisposedCharge, Disposition, assess,
};
use counterfoil_core::money::{Money, Overflow};
use counterfoil_core::pricing::facts::{ClaimFacts, EarlierDay, Setting};
use counterfoil_core::pricing::{Pricer, Reason, RuleDigest, canonical};
use counterfoil_core::tolerance::{Limit, Use};

use crate::error::{Error, Result};
use crate::rule_trial::TriedSetting;

/// What of a trial holds for all its claims.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) rule: RuleDigest,
    pub(super) settings: Vec<TriedSetting>,
}

/// What of a claim is priced again.
pub(super) struct ToReplay {
    /// Its place among those of the batch.
    pub(super) place: usize,
    /// What the rule was told.
    pub(super) input: Vec<u8>,
    pub(super) limits: Vec<Limit>,
    /// What the contract's other claims use.
    pub(super) others: Use,
    pub(super) decisions: Vec<Decision>,
    /// What was stated before, where the component that is tried looks further back than the one before.
    pub(super) earlier: Option<Vec<EarlierDay>>,
}

/// What it came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Came {
    /// The component answered.
    Priced(Sums),
    /// It failed, in words.
    Failed(String),
    /// What the rule was told cannot be read: it was kept by another version of the service.
    Unread,
}

/// Sums of a claim that was priced again.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sums {
    /// By line.
    pub(super) lines: BTreeMap<u32, LineSums>,
    pub(super) fuel: u64,
    /// What the claim uses of its plan.
    pub(super) used: Use,
}

/// Sums of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LineSums {
    pub(super) payable: Money,
    pub(super) suspended: Money,
    /// Why something is suspended, where it is.
    pub(super) because: Option<Reason>,
}

/// Prices claims again, each with its place.
///
/// # Errors
/// [`Error::Refused`] when the machine was too slow: the job is tried again.
pub(super) fn replay_all(pricer: &dyn Pricer, tried: &Tried, claims: Vec<ToReplay>) -> Result<Vec<(usize, Came)>> {
    claims.into_iter().map(|claim| Ok((claim.place, replay(pricer, tried, claim)?))).collect()
}

fn replay(pricer: &dyn Pricer, tried: &Tried, claim: ToReplay) -> Result<Came> {
    let Ok(mut facts) = canonical::read(&claim.input) else { return Ok(Came::Unread) };
    with_settings(&mut facts, &tried.settings);
    if let Some(earlier) = claim.earlier {
        facts.earlier = earlier;
    }
    let to_assess = ClaimToAssess {
        rule: tried.rule.clone(),
        facts,
        limits: claim.limits,
        others: claim.others,
        decisions: claim.decisions,
    };
    let outcome = match assess(pricer, &to_assess) {
        // what an officer decided on what was suspended then may find nothing to be decided on now
        Err(AssessError::Decision(_)) => with_decisions_that_fit(pricer, to_assess),
        other => other,
    };
    match outcome.map_err(Error::refused)? {
        Assessment::Priced(assessed) => {
            Ok(sums(&assessed).map_or_else(|overflow| Came::Failed(overflow.to_string()), Came::Priced))
        }
        Assessment::Faulted { fault } => Ok(Came::Failed(fault.to_string())),
    }
}

/// The same with those of the decisions that can still be taken.
fn with_decisions_that_fit(pricer: &dyn Pricer, mut to_assess: ClaimToAssess) -> Result<Assessment, AssessError> {
    for decision in std::mem::take(&mut to_assess.decisions) {
        to_assess.decisions.push(decision);
        match assess(pricer, &to_assess) {
            Err(AssessError::Decision(_)) => drop(to_assess.decisions.pop()),
            Err(slow @ AssessError::Operational(_)) => return Err(slow),
            Ok(_) => {}
        }
    }
    assess(pricer, &to_assess)
}

/// Puts settings in the place of those of the same name and purpose, from the first day on which any held.
fn with_settings(facts: &mut ClaimFacts, tried: &[TriedSetting]) {
    let first = facts.settings.iter().map(|setting| setting.from).chain([facts.period.from]).min();
    let from = facts.earlier.iter().map(|day| day.day).chain(first).min().unwrap_or(facts.period.from);
    for setting in tried {
        facts.settings.retain(|own| own.key != setting.key || own.scope != setting.scope);
        facts.settings.push(Setting {
            key: setting.key.clone(),
            scope: setting.scope.clone(),
            from,
            value: setting.value.clone(),
        });
    }
    // in the order in which a claim's facts are gathered
    facts.settings.sort_by(|a, b| (&a.key, &a.scope, a.from).cmp(&(&b.key, &b.scope, b.from)));
}

fn sums(assessed: &Assessed) -> Result<Sums, Overflow> {
    let mut lines: BTreeMap<u32, LineSums> = BTreeMap::new();
    for charge in &assessed.charges {
        let line = lines.entry(charge.line).or_default();
        match charge.disposition {
            Disposition::Payable => line.payable = line.payable.checked_add(charge.amount)?,
            Disposition::Suspended => {
                line.suspended = line.suspended.checked_add(charge.amount)?;
                line.because.get_or_insert_with(|| because(charge));
            }
            Disposition::Rejected | Disposition::Pending => {}
        }
    }
    let used = assessed.uses.iter().map(|line| line.whole).try_fold(Use::default(), Use::with)?;
    Ok(Sums { lines, fuel: assessed.fuel, used })
}

fn because(charge: &DisposedCharge) -> Reason {
    charge.moved_by.clone().unwrap_or_else(|| charge.reason.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use counterfoil_core::pricing::facts::Value;

    use super::*;

    #[test]
    fn a_setting_that_is_tried_holds_all_along_and_leaves_the_others() {
        let day = |number: i32| number;
        let mut facts: ClaimFacts = serde_json::from_value(serde_json::json!({
            "period": { "from": day(100), "to": day(106) }, "recording": "quantities", "terms": "actual", "stated": false,
            "settings": [
                { "key": "extras", "scope": "", "from": 10, "value": { "code": "never" } },
                { "key": "extras", "scope": "", "from": 103, "value": { "code": "limited" } },
                { "key": "extras", "scope": "spot", "from": 10, "value": { "code": "limited" } },
            ],
        }))
        .unwrap();
        let value = Value::Code("payable".to_owned());
        let tried = TriedSetting { key: "extras".to_owned(), scope: String::new(), value: value.clone() };
        with_settings(&mut facts, &[tried]);
        let shown: Vec<(&str, i32)> = facts.settings.iter().map(|own| (own.scope.as_str(), own.from.0)).collect();
        assert_eq!(shown, [("", 10), ("spot", 10)]);
        assert_eq!(facts.settings[0].value, value);
    }
}
