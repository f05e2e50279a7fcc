//! Parts of a trial, worked together: their claims are read without what the rule was told of them, which follows a few
//! megabytes at a time while what came before is priced, so that memory does not grow with the trial. Where a limit holds
//! over a contract, what its other claims use is moved by as much as the trial moves it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use counterfoil_core::ids::{AssessmentId, ClaimId};
use counterfoil_core::money::{Money, Overflow};
use counterfoil_core::pricing::facts::EarlierDay;
use counterfoil_core::pricing::{Pricer, RuleDigest};
use counterfoil_core::tolerance::{Level, Use};

use super::super::Means;
use super::super::known::stated_before;
use super::replay::{Came, Sums, ToReplay, Tried, replay_all};
use crate::error::{Error, Result};
use crate::rule_trial::{self, MOST_SLOW, Part, Slow, State, ToTry, Trial, TrialLine};
use crate::scope::{CouncilScope, Tx};
use crate::{assessment, rule_version};

/// How much of what rules were told is read at once, in bytes; a single claim may be more.
const CHUNK: usize = 2 * 1024 * 1024;

/// Parts that are worked together, with what is known of their claims.
pub(super) struct Batch {
    pub(super) trial: Trial,
    pub(super) parts: Vec<Part>,
    claims: Vec<ToTry>,
    /// What is payable and what is suspended on each line by the assessments that count.
    before: BTreeMap<(ClaimId, u32), (Money, Money)>,
    /// What claims use of their plan by these, where a limit holds over their contract.
    used: BTreeMap<ClaimId, Use>,
    /// What was stated before, for claims whose component looked less far back.
    earlier: BTreeMap<ClaimId, Vec<EarlierDay>>,
    /// The component, where this process does not hold it yet.
    component: Option<Vec<u8>>,
}

/// What came of a batch.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) parts: Vec<Part>,
    pub(super) lines: Vec<TrialLine>,
    pub(super) slowest: Vec<Slow>,
}

/// The next parts of a trial that runs, with about so many claims; none where it has ended.
pub(super) async fn next(tx: &mut Tx<'_>, means: &Means, trial: &Trial, claims: u32) -> Result<Option<Batch>> {
    if trial.state != State::Running {
        return Ok(None);
    }
    let parts = rule_trial::next_parts(tx, trial.id, claims).await?;
    if parts.is_empty() {
        return Ok(None);
    }
    let claims = rule_trial::claims_of(tx, trial, &parts).await?;
    let assessments: Vec<AssessmentId> = claims.iter().map(|claim| claim.assessment).collect();
    let weighs = claims.iter().filter(|claim| weighs_contract(claim)).map(|claim| claim.part);
    let weighs: BTreeSet<u32> = weighs.collect();
    let beside = claims.iter().filter(|claim| weighs.contains(&claim.part)).map(|claim| claim.assessment);
    let mut used = BTreeMap::new();
    for (claim, lines) in assessment::uses(tx, &beside.collect::<Vec<_>>()).await? {
        let whole = lines.iter().map(|line| line.whole).try_fold(Use::default(), Use::with);
        used.insert(claim, whole.map_err(Error::refused)?);
    }
    let rule = RuleDigest(trial.digest.clone());
    let held = means.pricer.holds(&rule);
    let component = if held { None } else { rule_version::component(tx, &trial.digest).await? };
    Ok(Some(Batch {
        before: rule_trial::sums_before(tx, &assessments).await?,
        earlier: earlier(tx, &*means.pricer, &trial.digest, &claims).await?,
        trial: trial.clone(),
        parts,
        claims,
        used,
        component,
    }))
}

fn weighs_contract(claim: &ToTry) -> bool {
    claim.weighed.limits.iter().any(|limit| limit.level == Level::Contract)
}

/// What was stated before claims, where the component that is tried looks further back than the one that counts.
async fn earlier(
    tx: &mut Tx<'_>,
    pricer: &dyn Pricer,
    digest: &str,
    claims: &[ToTry],
) -> Result<BTreeMap<ClaimId, Vec<EarlierDay>>> {
    let days = look_back(tx, pricer, digest).await?;
    if days == 0 {
        return Ok(BTreeMap::new());
    }
    let mut short = BTreeSet::new();
    for component in claims.iter().map(|claim| claim.component.as_str()).collect::<BTreeSet<_>>() {
        if look_back(tx, pricer, component).await? < days {
            short.insert(component);
        }
    }
    let ids: Vec<ClaimId> =
        claims.iter().filter(|claim| short.contains(claim.component.as_str())).map(|claim| claim.claim).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut found = stated_before(tx, &ids, days).await?;
    Ok(ids.into_iter().map(|id| (id, found.remove(&id).unwrap_or_default())).collect())
}

/// How many days of earlier statements a component asks for; none where nobody knows it any more.
async fn look_back(tx: &mut Tx<'_>, pricer: &dyn Pricer, digest: &str) -> Result<u16> {
    if let Ok(described) = pricer.describe(&RuleDigest(digest.to_owned())) {
        return Ok(described.look_back_days);
    }
    let version = rule_version::version(tx, digest).await?;
    Ok(version.map_or(0, |version| version.description.look_back_days))
}

impl Batch {
    /// How many claims it counts for.
    pub(super) fn size(&self) -> u32 {
        self.parts.iter().map(|part| part.claims).fold(0, u32::saturating_add)
    }

    /// Prices every claim again and adds up what they come to.
    ///
    /// # Errors
    /// [`Error::Refused`] where the component is not to be had, or the machine was too slow; [`Error::Database`].
    pub(super) async fn tally(mut self, scope: &CouncilScope, means: &Means) -> Result<Tally> {
        self.make_ready(means).await?;
        let tried = Tried { rule: RuleDigest(self.trial.digest.clone()), settings: self.trial.settings.clone() };
        let tried = Arc::new(tried);
        let places: Vec<usize> = (0..self.claims.len()).filter(|place| self.was_told(*place)).collect();
        let mut came = self.replayed(scope, means, &tried, &places).await?;
        let moved = self.move_others(&came).map_err(Error::refused)?;
        came.extend(self.replayed(scope, means, &tried, &moved).await?);
        self.add_up(&came).map_err(Error::refused)
    }

    async fn make_ready(&mut self, means: &Means) -> Result<()> {
        let Some(component) = self.component.take() else {
            if means.pricer.holds(&RuleDigest(self.trial.digest.clone())) {
                return Ok(());
            }
            return Err(Error::Refused("The version that is tried is no longer there".to_owned()));
        };
        let pricer = means.pricer.clone();
        let ready = tokio::task::spawn_blocking(move || pricer.load_uploaded(&component)).await;
        let again = || Error::Refused("The version could not be made ready here. It will be tried again.".to_owned());
        ready.map_err(|_| again())?.map(drop).map_err(|fault| {
            tracing::error!(%fault, "a rule that is tried could not be made ready");
            again()
        })
    }

    /// Whether the rule could be told anything of a claim.
    fn was_told(&self, place: usize) -> bool {
        self.claims.get(place).is_some_and(|claim| claim.input_bytes > 0)
    }

    /// Prices claims again; the next of them are read meanwhile.
    async fn replayed(
        &self,
        scope: &CouncilScope,
        means: &Means,
        tried: &Arc<Tried>,
        places: &[usize],
    ) -> Result<BTreeMap<usize, Came>> {
        let mut came = BTreeMap::new();
        let mut chunks = self.chunks(places).into_iter();
        let mut ahead = match chunks.next() {
            Some(chunk) => Some(self.read(scope, &chunk).await?),
            None => None,
        };
        while let Some(claims) = ahead {
            let (pricer, tried) = (means.pricer.clone(), tried.clone());
            let pricing = tokio::task::spawn_blocking(move || replay_all(&*pricer, &tried, claims));
            ahead = match chunks.next() {
                Some(chunk) => Some(self.read(scope, &chunk).await?),
                None => None,
            };
            let interrupted =
                |error| Error::Refused(format!("Pricing was interrupted ({error}). It will be tried again."));
            came.extend(pricing.await.map_err(interrupted)??);
        }
        Ok(came)
    }

    /// Claims, as many at once as have so many bytes.
    fn chunks(&self, places: &[usize]) -> Vec<Vec<usize>> {
        let (mut chunks, mut bytes) = (Vec::<Vec<usize>>::new(), CHUNK);
        for place in places {
            let own = self.claims.get(*place).map_or(0, |claim| claim.input_bytes);
            bytes = bytes.saturating_add(own);
            match chunks.last_mut() {
                Some(chunk) if bytes <= CHUNK => chunk.push(*place),
                _ => {
                    chunks.push(vec![*place]);
                    bytes = own;
                }
            }
        }
        chunks
    }

    async fn read(&self, scope: &CouncilScope, places: &[usize]) -> Result<Vec<ToReplay>> {
        let claims: Vec<(usize, &ToTry)> =
            places.iter().filter_map(|place| Some((*place, self.claims.get(*place)?))).collect();
        let ids: Vec<AssessmentId> = claims.iter().map(|(_, claim)| claim.assessment).collect();
        let inputs = scope.read(async |tx: &mut Tx<'_>| assessment::inputs(tx, &ids).await).await?;
        let mut inputs: BTreeMap<ClaimId, Vec<u8>> = inputs.into_iter().collect();
        let to_replay = |(place, claim): (usize, &ToTry)| {
            Ok(ToReplay {
                place,
                input: inputs.remove(&claim.claim).ok_or(Error::NotFound)?,
                limits: claim.weighed.limits.clone(),
                others: claim.weighed.others,
                decisions: claim.weighed.decisions.clone(),
                earlier: self.earlier.get(&claim.claim).cloned(),
            })
        };
        claims.into_iter().map(to_replay).collect()
    }

    /// Moves what claims have beside them under their contract by as much as the trial moves it; gives the claims for which
    /// that is something.
    fn move_others(&mut self, came: &BTreeMap<usize, Came>) -> Result<Vec<usize>, Overflow> {
        let used_now = |place: usize| match came.get(&place) {
            Some(Came::Priced(sums)) => sums.used,
            _ => Use::default(),
        };
        let used_before = |claim: &ToTry| self.used.get(&claim.claim).copied().unwrap_or_default();
        let mut by_part: BTreeMap<u32, (Use, Use)> = BTreeMap::new();
        for (place, claim) in self.claims.iter().enumerate().filter(|(place, _)| came.contains_key(place)) {
            let (before, now) = by_part.entry(claim.part).or_default();
            (*before, *now) = (before.with(used_before(claim))?, now.with(used_now(place))?);
        }
        let mut moved = Vec::new();
        for (place, claim) in self.claims.iter().enumerate() {
            let Some((before, now)) = by_part.get(&claim.part).filter(|_| came.contains_key(&place)) else { continue };
            if !weighs_contract(claim) {
                continue;
            }
            let (before, now) = (without(*before, used_before(claim))?, without(*now, used_now(place))?);
            let others = without(claim.weighed.others.with(now)?, before)?;
            if others != claim.weighed.others {
                moved.push((place, others));
            }
        }
        for (place, others) in &moved {
            if let Some(claim) = self.claims.get_mut(*place) {
                claim.weighed.others = *others;
            }
        }
        Ok(moved.into_iter().map(|(place, _)| place).collect())
    }

    fn add_up(self, came: &BTreeMap<usize, Came>) -> Result<Tally, Overflow> {
        let untried =
            |part: &Part| Part::to_try(part.trial_id, part.number, (part.contract_id, part.starts, part.claims));
        let mut parts: BTreeMap<u32, Part> = self.parts.iter().map(|part| (part.number, untried(part))).collect();
        let mut tally = Tally::default();
        for (place, claim) in self.claims.iter().enumerate() {
            let Some(part) = parts.get_mut(&claim.part) else { continue };
            let (sums, fault) = match came.get(&place) {
                Some(Came::Priced(sums)) => (sums.clone(), None),
                Some(Came::Failed(why)) => (Sums::default(), Some(why.clone())),
                Some(Came::Unread) | None => {
                    part.left_out += 1;
                    continue;
                }
            };
            part.faulted += u32::from(fault.is_some());
            part.fuel_before = part.fuel_before.saturating_add(claim.fuel);
            part.fuel_now = part.fuel_now.saturating_add(sums.fuel);
            tally.slowest.push(Slow { claim: claim.claim, before: claim.fuel, now: sums.fuel });
            for line in self.lines(claim, &sums, fault) {
                part.lines += 1;
                part.payable_before = part.payable_before.checked_add(line.payable_before)?;
                part.payable_now = part.payable_now.checked_add(line.payable_now)?;
                part.suspended_before = part.suspended_before.checked_add(line.suspended_before)?;
                part.suspended_now = part.suspended_now.checked_add(line.suspended_now)?;
                part.newly_suspended += u32::from(is_newly_suspended(&line));
                let differs = line.payable_before != line.payable_now || line.suspended_before != line.suspended_now;
                if differs || line.fault.is_some() {
                    part.differing += 1;
                    tally.lines.push(line);
                }
            }
        }
        tally.slowest = slowest(tally.slowest);
        tally.parts = parts.into_values().collect();
        Ok(tally)
    }

    /// The lines of a claim, before and after.
    fn lines(&self, claim: &ToTry, sums: &Sums, fault: Option<String>) -> Vec<TrialLine> {
        let numbers: BTreeSet<u32> = claim.lines.iter().chain(sums.lines.keys()).copied().collect();
        let line = |number: u32| {
            let (payable, suspended) = self.before.get(&(claim.claim, number)).copied().unwrap_or_default();
            let now = sums.lines.get(&number).cloned().unwrap_or_default();
            let mut line = TrialLine {
                trial_id: self.trial.id,
                claim_id: claim.claim,
                line: number,
                contract_id: claim.contract,
                payable_before: payable,
                payable_now: now.payable,
                suspended_before: suspended,
                suspended_now: now.suspended,
                reason: None,
                fault: fault.clone(),
            };
            line.reason = now.because.filter(|_| is_newly_suspended(&line));
            line
        };
        numbers.into_iter().map(line).collect()
    }
}

fn is_newly_suspended(line: &TrialLine) -> bool {
    !line.suspended_now.is_zero() && line.suspended_before.is_zero()
}

/// The claims that took most, the most first.
pub(super) fn slowest(mut claims: Vec<Slow>) -> Vec<Slow> {
    claims.sort_by_key(|slow| (std::cmp::Reverse(slow.now), slow.claim));
    claims.truncate(MOST_SLOW);
    claims
}

fn without(whole: Use, part: Use) -> Result<Use, Overflow> {
    Ok(Use {
        planned_units: whole.planned_units.checked_sub(part.planned_units).ok_or(Overflow)?,
        claimed_units: whole.claimed_units.checked_sub(part.claimed_units).ok_or(Overflow)?,
        planned: whole.planned.checked_sub(part.planned)?,
        claimed: whole.claimed.checked_sub(part.claimed)?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::{DateTime, NaiveDate, Utc};
    use counterfoil_core::ids::{ContractId, PersonId, TrialId};
    use counterfoil_core::tolerance::Limit;
    use uuid::Uuid;

    use super::*;
    use crate::rule_trial::Weighed;

    fn pence(pence: i64) -> Money {
        Money::from_pence(pence)
    }

    fn used(claimed_units: i64, claimed: i64) -> Use {
        Use { planned_units: 7_000, claimed_units, planned: pence(7_000), claimed: pence(claimed) }
    }

    fn claim(number: u128, others: Use) -> ToTry {
        let over_contract = Limit { level: Level::Contract, units: None, percent: None, pounds: Some(pence(500)) };
        ToTry {
            part: 1,
            claim: ClaimId::from_uuid(Uuid::from_u128(number)),
            contract: ContractId::from_uuid(Uuid::nil()),
            assessment: AssessmentId::from_uuid(Uuid::from_u128(number)),
            component: String::new(),
            fuel: 0,
            input_bytes: 10,
            weighed: Weighed { limits: vec![over_contract], others, decisions: Vec::new() },
            lines: vec![0],
        }
    }

    /// Two claims under one contract; the first was assessed before anything was known of the second.
    fn batch() -> Batch {
        let (trial, contract) = (TrialId::from_uuid(Uuid::nil()), ContractId::from_uuid(Uuid::nil()));
        let claims = vec![claim(1, Use::default()), claim(2, used(7_000, 7_000))];
        Batch {
            trial: Trial {
                id: trial,
                digest: String::new(),
                name: String::new(),
                version: String::new(),
                settings: Vec::new(),
                started_at: DateTime::<Utc>::UNIX_EPOCH,
                started_by: PersonId::from_uuid(Uuid::nil()),
                starter: String::new(),
                state: State::Running,
                ended_at: None,
                claims: 2,
                done: 0,
                listed: 0,
                slowest: Vec::new(),
            },
            parts: vec![Part::to_try(trial, 1, (contract, NaiveDate::default(), 2))],
            used: claims.iter().map(|claim| (claim.claim, used(7_000, 7_000))).collect(),
            claims,
            before: BTreeMap::new(),
            earlier: BTreeMap::new(),
            component: None,
        }
    }

    fn came(first: Use, second: Use) -> BTreeMap<usize, Came> {
        let priced = |used| Came::Priced(Sums { used, ..Sums::default() });
        BTreeMap::from([(0, priced(first)), (1, priced(second))])
    }

    #[test]
    fn what_stands_beside_a_claim_is_moved_only_by_what_the_trial_moves() {
        let mut batch = batch();
        let same = used(7_000, 7_000);
        assert!(batch.move_others(&came(same, same)).unwrap().is_empty(), "old figures are no difference");
        assert_eq!(batch.move_others(&came(same, used(7_000, 7_600))).unwrap(), [0]);
        let moved = Use { claimed: pence(600), ..Use::default() };
        assert_eq!(batch.claims[0].weighed.others, moved);
        assert_eq!(batch.claims[1].weighed.others, same);
    }

    #[test]
    fn claims_are_read_a_few_megabytes_at_a_time_and_a_large_one_alone() {
        let mut batch = batch();
        batch.claims = (0..6).map(|number| claim(number, Use::default())).collect();
        for (claim, bytes) in batch.claims.iter_mut().zip([CHUNK / 2, CHUNK / 2, 1, CHUNK * 3, 1, 1]) {
            claim.input_bytes = bytes;
        }
        let places: Vec<usize> = (0..6).collect();
        assert_eq!(batch.chunks(&places), [vec![0, 1], vec![2], vec![3], vec![4, 5]]);
    }
}
