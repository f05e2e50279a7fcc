//! Which rule prices which claims, by the start of their period, and what pricing by it needs: the components that this
//! process does not hold yet, and how far back each looks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::pricing::{Pricer, RuleDigest};

use crate::error::Result;
use crate::rule::{self, RuleActivation};
use crate::rule_version::{self, Follows};
use crate::scope::Tx;

/// What a run that is open goes by: the rules as they were when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::steps) struct Pinned {
    /// The start of the run's own period.
    pub(in crate::steps) starts: NaiveDate,
    /// The component that prices what begins then.
    pub(in crate::steps) digest: String,
    /// When it was opened.
    pub(in crate::steps) opened_at: DateTime<Utc>,
}

/// The rules of some claims.
pub(in crate::steps) struct Rules {
    /// By the start of a period.
    pub(super) by_start: BTreeMap<NaiveDate, RuleActivation>,
    /// Those that are in quarantine, where nothing prices in their place.
    quarantined: BTreeSet<String>,
    /// Components that are needed and not held.
    pub(super) components: Vec<Vec<u8>>,
    /// How many days each of them looks back, by digest.
    look_back: BTreeMap<String, u16>,
}

impl Rules {
    /// Whether a component is in quarantine.
    pub(super) fn is_quarantined(&self, rule: &RuleActivation) -> bool {
        self.quarantined.contains(&rule.component_digest)
    }

    /// How many days of earlier statements a component asks for.
    pub(super) fn look_back(&self, pricer: &dyn Pricer, digest: &str) -> u64 {
        if let Some(days) = self.look_back.get(digest) {
            return u64::from(*days);
        }
        // a rule that cannot be asked faults when it prices, with a reason that people see
        let described = pricer.describe(&RuleDigest(digest.to_owned()));
        described.map_or(0, |described| u64::from(described.look_back_days))
    }
}

/// The rules of claims that begin on these days.
pub(super) async fn of_starts(
    tx: &mut Tx<'_>,
    pricer: &dyn Pricer,
    pinned: Option<&Pinned>,
    starts: BTreeSet<NaiveDate>,
) -> Result<Rules> {
    let aside = rule_version::quarantined(tx).await?;
    let in_place =
        if aside.is_empty() { Follows::Suspend } else { rule_version::quarantine_setting(tx).await?.follows };
    let mut by_start = BTreeMap::new();
    for starts in starts {
        let mut counts = match pinned {
            Some(pinned) => of_run(tx, pinned, starts).await?,
            None => rule::in_force(tx, starts).await?,
        };
        if in_place == Follows::LastGood && aside.contains(&counts.component_digest) {
            let before = rule::activations(tx).await?.into_iter();
            let mut good = before.filter(|row| row.active_from <= starts && row.recorded_at <= counts.recorded_at);
            counts = good.find(|row| !aside.contains(&row.component_digest)).unwrap_or(counts);
        }
        by_start.insert(starts, counts);
    }
    let used: BTreeSet<String> = by_start.values().map(|row| row.component_digest.clone()).collect();
    let (mut components, mut look_back) = (Vec::new(), BTreeMap::new());
    for digest in &used {
        if pricer.holds(&RuleDigest(digest.clone())) {
            continue;
        }
        let (version, component) =
            (rule_version::version(tx, digest).await?, rule_version::component(tx, digest).await?);
        if let (Some(version), Some(component)) = (version, component) {
            look_back.insert(digest.clone(), version.description.look_back_days);
            components.push(component);
        }
    }
    let quarantined = aside.intersection(&used).cloned().collect();
    Ok(Rules { by_start, quarantined, components, look_back })
}

async fn of_run(tx: &mut Tx<'_>, pinned: &Pinned, starts: NaiveDate) -> Result<RuleActivation> {
    if starts == pinned.starts {
        let own = rule::activations(tx).await?.into_iter().find(|row| row.component_digest == pinned.digest);
        if let Some(own) = own {
            return Ok(own);
        }
    }
    rule::in_force_at(tx, starts, pinned.opened_at).await
}
