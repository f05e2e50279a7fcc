//! What other claims of the same contracts contribute to claims that are loaded: what was stated for their lines
//! before, as far back as their rules ask, and what is used beside them, where a limit over a contract weighs it. Each
//! takes a few queries however many claims there are, and none where nothing asks for it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use counterfoil_core::ids::{AssessmentId, ClaimId, ContractId};
use counterfoil_core::pricing::Pricer;
use counterfoil_core::pricing::canonical::{self, StatedLine};
use counterfoil_core::pricing::facts::{Day, EarlierDay};
use counterfoil_core::tolerance::{Level, Use};

use super::rules::Rules;
use crate::claim::{AssessedPeriod, Claim, ClaimLine};
use crate::error::{Error, Result};
use crate::scope::Tx;
use crate::tolerance::LimitRow;
use crate::{assessment, claim};

/// Earlier statements of the claims' lines by date of care, as far back as the rules ask: from the facts that those
/// claims were assessed from. Claims without any have no entry.
pub(super) async fn earlier(
    tx: &mut Tx<'_>,
    pricer: &dyn Pricer,
    rules: &Rules,
    claims: &[Claim],
    lines: &BTreeMap<ClaimId, Vec<ClaimLine>>,
) -> Result<BTreeMap<ClaimId, Vec<EarlierDay>>> {
    answered(tx, asking(pricer, rules, claims), lines).await
}

/// The same for claims that each look back to a day.
pub(super) async fn answered(
    tx: &mut Tx<'_>,
    asking: Vec<(&Claim, NaiveDate)>,
    lines: &BTreeMap<ClaimId, Vec<ClaimLine>>,
) -> Result<BTreeMap<ClaimId, Vec<EarlierDay>>> {
    let Some(first) = asking.iter().map(|(_, from)| *from).min() else { return Ok(BTreeMap::new()) };
    let last = asking.iter().map(|(claim, _)| claim.starts).max().unwrap_or(first);
    let contracts: BTreeSet<ContractId> = asking.iter().map(|(claim, _)| claim.contract_id).collect();
    let people: BTreeSet<_> = asking.iter().map(|(claim, _)| claim.service_user_id).collect();
    let mut before: Vec<AssessedPeriod> = claim::assessed_of_contracts(tx, &contracts, first, last).await?;
    before.retain(|other| other.statement_version > 0 && people.contains(&other.service_user_id));
    let answers = |other: &AssessedPeriod, (claim, from): &(&Claim, NaiveDate)| {
        other.contract_id == claim.contract_id
            && other.service_user_id == claim.service_user_id
            && other.starts < claim.starts
            && other.ends >= *from
    };
    before.retain(|other| asking.iter().any(|ask| answers(other, ask)));
    if before.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<ClaimId> = before.iter().map(|other| other.id).collect();
    let mut their_lines: BTreeMap<ClaimId, Vec<ClaimLine>> = BTreeMap::new();
    for line in claim::lines(tx, &ids).await? {
        their_lines.entry(line.claim_id).or_default().push(line);
    }
    let assessments: Vec<AssessmentId> = before.iter().map(|other| other.assessment_id).collect();
    let stated: Vec<(ClaimId, Vec<StatedLine>)> = assessment::inputs(tx, &assessments)
        .await?
        .into_iter()
        .filter_map(|(claim, input)| Some((claim, canonical::stated(&input).ok()?)))
        .collect();
    let before: BTreeMap<ClaimId, AssessedPeriod> = before.into_iter().map(|other| (other.id, other)).collect();
    let mut found = BTreeMap::new();
    for ask in &asking {
        let (claim, from) = *ask;
        let own = lines.get(&claim.id).map_or(&[][..], Vec::as_slice);
        let mut days = Vec::new();
        for (id, stated) in &stated {
            if !before.get(id).is_some_and(|other| answers(other, ask)) {
                continue;
            }
            let theirs = their_lines.get(id).map_or(&[][..], Vec::as_slice);
            for line in stated {
                let same = theirs
                    .iter()
                    .find(|theirs| theirs.number == line.line)
                    .and_then(|theirs| own.iter().find(|own| own.service_line_id == theirs.service_line_id));
                if let Some(own) = same {
                    days.extend(days_of(own.number, line, Day::of(from)));
                }
            }
        }
        days.sort_by_key(|day| (day.line, day.day));
        found.insert(claim.id, days);
    }
    Ok(found)
}

/// The claims whose rules look back, each with the day from which on.
fn asking<'a>(pricer: &dyn Pricer, rules: &Rules, claims: &'a [Claim]) -> Vec<(&'a Claim, NaiveDate)> {
    let mut look_back: BTreeMap<&str, u64> = BTreeMap::new();
    for rule in rules.by_start.values() {
        let digest = rule.component_digest.as_str();
        look_back.entry(digest).or_insert_with(|| rules.look_back(pricer, digest));
    }
    let from = |claim: &Claim| {
        let digest = rules.by_start.get(&claim.starts)?.component_digest.as_str();
        let back = look_back.get(digest).copied().filter(|back| *back > 0)?;
        claim.starts.checked_sub_days(Days::new(back))
    };
    claims.iter().filter_map(|claim| Some((claim, from(claim)?))).collect()
}

fn days_of(number: u32, line: &StatedLine, from: Day) -> impl Iterator<Item = EarlierDay> {
    let days = line.stated_days.iter().chain(&line.stated_visits).filter(move |stated| stated.day >= from);
    days.map(move |stated| EarlierDay {
        line: number,
        day: stated.day,
        delivered: stated.delivered,
        frustrated: stated.frustrated,
        missed: stated.missed,
        extra: stated.extra,
        reason: stated.reason.clone(),
    })
}

/// What the contracts' other claims for the same days use, where a limit over a contract weighs it.
pub(super) async fn beside(
    tx: &mut Tx<'_>,
    limits: &[LimitRow],
    claims: &[Claim],
) -> Result<BTreeMap<(ContractId, NaiveDate), Use>> {
    let mut used = BTreeMap::new();
    if !limits.iter().any(|row| row.level == Level::Contract) {
        return Ok(used);
    }
    let loaded: BTreeSet<ClaimId> = claims.iter().map(|claim| claim.id).collect();
    let same_days: BTreeSet<(ContractId, NaiveDate)> =
        claims.iter().map(|claim| (claim.contract_id, claim.starts)).collect();
    let contracts: BTreeSet<ContractId> = same_days.iter().map(|(contract, _)| *contract).collect();
    let first = claims.iter().map(|claim| claim.starts).min().unwrap_or_default();
    let last = claims.iter().map(|claim| claim.starts).max().unwrap_or_default();
    let mut others = claim::assessed_of_contracts(tx, &contracts, first, last).await?;
    others.retain(|other| !loaded.contains(&other.id) && same_days.contains(&(other.contract_id, other.starts)));
    let ids: Vec<AssessmentId> = others.iter().map(|other| other.assessment_id).collect();
    let others: BTreeMap<ClaimId, AssessedPeriod> = others.into_iter().map(|other| (other.id, other)).collect();
    for (claim, uses) in assessment::uses(tx, &ids).await? {
        let Some(other) = others.get(&claim) else { continue };
        let sum = used.entry((other.contract_id, other.starts)).or_default();
        *sum = uses.iter().map(|line| line.whole).try_fold(*sum, Use::with).map_err(Error::refused)?;
    }
    Ok(used)
}
