//! Computes a line of a claim again from what is stored of it: the bytes that the rule was told, the component of the
//! digest that priced it, and what was weighed beside its answer. Whoever doubts a penny can see where it came from, and
//! that it would be the same today. Changes nothing.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use counterfoil_core::disposition::{
    Assessed, Assessment, ClaimToAssess, Decision, DisposedCharge, Disposition, assess,
};
use counterfoil_core::ids::{AssessmentId, BadId, ClaimId, ClaimLineId, EntryId};
use counterfoil_core::language::Language;
use counterfoil_core::money::Money;
use counterfoil_core::pricing::facts::{ClaimFacts, LineFacts};
use counterfoil_core::pricing::words::Words;
use counterfoil_core::pricing::{Pricer, RuleDigest, canonical};
use counterfoil_core::tolerance::{Limit, Use};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde::de::DeserializeOwned;

use super::Means;
use crate::assessment::{self, AssessmentRow};
use crate::claim::{self, Claim, ClaimLine};
use crate::entry::{self, Entry};
use crate::error::{Error, Result};
use crate::explanation::{self, Explaining};
use crate::schema::{claim_line, entry as entry_table};
use crate::scope::{CouncilScope, Tx};
use crate::{charge, profile, reason, rule_version};

/// What names a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineNamed {
    /// The claim line itself: everything that was posted for it.
    Line(ClaimLineId),
    /// What a run posted for it once.
    Entry(EntryId),
    /// A line of a claim by its number; every line without one.
    OfClaim(ClaimId, Option<u32>),
    /// A line of one assessment, whether it was ever posted or not.
    OfAssessment(AssessmentId, Option<u32>),
}

/// Text that names no line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\u{2018}{given}\u{2019} names no line: give what was paid ({}_...), a claim's line ({}_...), or a claim or assessment \
     with the line's number ({}_.../0, {}_.../0)",
    EntryId::PREFIX,
    ClaimLineId::PREFIX,
    ClaimId::PREFIX,
    AssessmentId::PREFIX
)]
pub struct NotALine {
    given: String,
}

impl FromStr for LineNamed {
    type Err = NotALine;

    fn from_str(given: &str) -> Result<Self, NotALine> {
        let wrong = || NotALine { given: given.to_owned() };
        let (id, number) = match given.split_once('/') {
            Some((id, number)) => (id, Some(number.parse().map_err(|_| wrong())?)),
            None => (given, None),
        };
        let of_claim = id.parse().map(|id| Self::OfClaim(id, number));
        let of_any = of_claim.or_else(|_: BadId| id.parse().map(|id| Self::OfAssessment(id, number)));
        let of_one = |_: BadId| match number {
            None => id.parse().map(Self::Line).or_else(|_: BadId| id.parse().map(Self::Entry)).map_err(|_| wrong()),
            Some(_) => Err(wrong()),
        };
        of_any.or_else(of_one)
    }
}

/// A line as it was priced, and as it is priced by the same rule from the same facts now.
#[derive(Debug, Clone)]
pub struct Recomputed {
    /// Of which claim.
    pub claim: Claim,
    /// The line's number within it.
    pub number: u32,
    /// What was posted for it by this assessment; none where it was not paid by it.
    pub entry: Option<Entry>,
    /// What is stored of its pricing, the bytes that the rule was told among it.
    pub assessment: AssessmentRow,
    /// What the rule was told of the line.
    pub facts: LineFacts,
    /// The charges of the line as they are stored.
    pub stored: Vec<DisposedCharge>,
    /// Those that come out now.
    pub again: Vec<DisposedCharge>,
    /// The fuel that the claim took now.
    pub fuel: u64,
    /// What differs, a sentence each. None: it is to the penny what is stored and what was paid.
    pub differences: Vec<String>,
    /// How the council explains it.
    pub explaining: Explaining,
}

impl Recomputed {
    /// What the line may be paid, as computed now.
    ///
    /// # Errors
    /// [`Error::Refused`] where the charges do not add up within 64 bits.
    pub fn payable(&self) -> Result<Money> {
        payable(&self.again)
    }
}

/// What is stored of one line's pricing.
struct Stored {
    claim: Claim,
    number: u32,
    entry: Option<Entry>,
    assessment: AssessmentRow,
    charges: Vec<DisposedCharge>,
    component: Option<Vec<u8>>,
    explaining: Explaining,
    /// For what differs.
    words: Words,
}

/// Computes a line again: once for each time that something was posted for it, or as it is priced now where nothing was.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] where the rule gave no answer then, or its component is not here.
pub async fn recompute_line(scope: &CouncilScope, means: &Means, named: LineNamed) -> Result<Vec<Recomputed>> {
    let stored = scope.read(async |tx: &mut Tx<'_>| stored(tx, means, named).await).await?;
    let pricer = means.pricer.clone();
    let again = tokio::task::spawn_blocking(move || stored.into_iter().map(|one| one.again(&*pricer)).collect());
    again.await.map_err(|error| Error::Refused(format!("The line could not be computed again ({error}).")))?
}

async fn stored(tx: &mut Tx<'_>, means: &Means, named: LineNamed) -> Result<Vec<Stored>> {
    let tenant = tx.tenant().uuid();
    let mut found: Vec<(ClaimId, u32, AssessmentId, Option<Entry>)> = Vec::new();
    match named {
        LineNamed::Line(id) => {
            let row = claim_line::table.find((tenant, id.uuid())).select(ClaimLine::as_select());
            let line = row.first(tx.conn()).await.optional()?.ok_or(Error::NotFound)?;
            found.extend(posted_or_priced(tx, &line).await?);
        }
        LineNamed::Entry(id) => {
            let row = entry_table::table
                .filter(entry_table::tenant_id.eq(tenant))
                .filter(entry_table::id.eq(id.uuid()))
                .select(Entry::as_select());
            let entry: Entry = row.first(tx.conn()).await.optional()?.ok_or(Error::NotFound)?;
            let lines = claim::lines(tx, &[entry.claim_id]).await?;
            let line = lines.iter().find(|line| line.id == entry.claim_line_id).ok_or(Error::NotFound)?;
            found.push((entry.claim_id, line.number, entry.assessment_id, Some(entry)));
        }
        LineNamed::OfClaim(id, number) => {
            for line in claim::lines(tx, &[id]).await?.iter().filter(|line| number.is_none_or(|n| n == line.number)) {
                found.extend(posted_or_priced(tx, line).await?);
            }
        }
        LineNamed::OfAssessment(id, number) => {
            let row = assessment::find(tx, id).await?;
            let entries = entry::of_claims(tx, &[row.claim_id]).await?;
            let lines = claim::lines(tx, &[row.claim_id]).await?;
            for line in lines.into_iter().filter(|line| number.is_none_or(|n| n == line.number)) {
                let posted = entries.iter().find(|entry| entry.claim_line_id == line.id && entry.assessment_id == id);
                found.push((row.claim_id, line.number, id, posted.cloned()));
            }
        }
    }
    if found.is_empty() {
        return Err(Error::NotFound);
    }
    let mut all = Vec::with_capacity(found.len());
    for (claim, number, id, entry) in found {
        all.push(Stored::load(tx, means, (claim, number), id, entry).await?);
    }
    Ok(all)
}

/// Every entry of a line with the assessment that it was posted by, or the assessment that counts now.
async fn posted_or_priced(
    tx: &mut Tx<'_>,
    line: &ClaimLine,
) -> Result<Vec<(ClaimId, u32, AssessmentId, Option<Entry>)>> {
    let mut entries = entry::of_claims(tx, &[line.claim_id]).await?;
    entries.retain(|entry| entry.claim_line_id == line.id);
    if !entries.is_empty() {
        let of = |entry: Entry| (line.claim_id, line.number, entry.assessment_id, Some(entry));
        return Ok(entries.into_iter().map(of).collect());
    }
    let id = claim::find(tx, line.claim_id).await?.assessment_id;
    let id = id.ok_or_else(|| Error::Refused("This claim has not been priced yet".to_owned()))?;
    Ok(vec![(line.claim_id, line.number, id, None)])
}

impl Stored {
    async fn load(
        tx: &mut Tx<'_>,
        means: &Means,
        (claim, number): (ClaimId, u32),
        id: AssessmentId,
        entry: Option<Entry>,
    ) -> Result<Self> {
        let claim = claim::find(tx, claim).await?;
        let assessment = assessment::find(tx, id).await?;
        let charges = charge::of_assessments(tx, &[id]).await?.into_iter().map(DisposedCharge::from).collect();
        // one that comes with the service is loaded already
        let held = means.pricer.holds(&RuleDigest(assessment.component_digest.clone()));
        let component = if held { None } else { rule_version::component(tx, &assessment.component_digest).await? };
        let explaining = explaining(tx, claim.ends).await?;
        let words = explaining.words_in(&means.words, Language::English);
        Ok(Self { claim, number, entry, assessment, charges, component, explaining, words })
    }

    fn again(self, pricer: &dyn Pricer) -> Result<Recomputed> {
        let mut differences = Vec::new();
        let row = self.assessment;
        if let Some(fault) = &row.fault {
            return Err(Error::Refused(format!("Nothing was priced here: {fault}")));
        }
        if canonical::digest(&row.input) != row.input_digest {
            differences.push("the stored facts are not those of which the digest was kept".to_owned());
        }
        let rule = RuleDigest(row.component_digest.clone());
        if let Some(component) = &self.component {
            let loaded = pricer.load_uploaded(component).map_err(Error::refused)?;
            if loaded != rule {
                differences.push(format!(
                    "the stored component is {loaded}, not {rule}",
                    loaded = loaded.0,
                    rule = rule.0
                ));
            }
        } else if !pricer.holds(&rule) {
            return Err(Error::Refused(format!(
                "The component {} of {} {} is not here: it came with an earlier version of the service, with which this can \
                 be computed again",
                rule.0, row.pack, row.pack_version
            )));
        }
        let facts: ClaimFacts = canonical::read(&row.input).map_err(|error| unreadable(&error))?;
        let line = facts.lines.iter().find(|line| line.line == self.number).cloned().ok_or(Error::NotFound)?;
        let to_assess = ClaimToAssess {
            rule,
            facts,
            limits: weighed::<Vec<Limit>>(&row, "limits")?,
            others: weighed::<Use>(&row, "others")?,
            decisions: weighed::<Vec<Decision>>(&row, "decisions")?,
        };
        let again = match assess(pricer, &to_assess).map_err(Error::refused)? {
            Assessment::Priced(again) => again,
            Assessment::Faulted { fault } => {
                return Err(Error::Refused(format!("The rule gives no answer where it gave one: {fault}")));
            }
        };
        let of_line = |charges: &[DisposedCharge]| -> Vec<DisposedCharge> {
            charges.iter().filter(|charge| charge.line == self.number).cloned().collect()
        };
        let (stored, charges) = (of_line(&self.charges), of_line(&again.charges));
        compare(&mut differences, (&stored, &charges), &self.words);
        compare_whole(&mut differences, &row, &again);
        if let Some(entry) = &self.entry {
            let now = payable(&charges)?;
            if now != entry.entitlement_pence {
                differences.push(format!("it comes to {now}, and {} was posted for it", entry.entitlement_pence));
            }
        }
        Ok(Recomputed {
            claim: self.claim,
            number: self.number,
            entry: self.entry,
            assessment: row,
            facts: line,
            stored,
            again: charges,
            fuel: again.fuel,
            differences,
            explaining: self.explaining,
        })
    }
}

fn compare(differences: &mut Vec<String>, (stored, again): (&[DisposedCharge], &[DisposedCharge]), words: &Words) {
    if stored.len() != again.len() {
        differences.push(format!("there are {} charges, where {} are stored", again.len(), stored.len()));
    }
    for (number, (was, is)) in (1..).zip(stored.iter().zip(again)) {
        if was.amount != is.amount || was.disposition != is.disposition {
            differences.push(format!(
                "charge {number} comes to {} {}, where {} {} is stored",
                is.amount,
                word(is.disposition),
                was.amount,
                word(was.disposition)
            ));
        } else if was != is {
            differences.push(format!(
                "charge {number} comes to the same in another way: {}, where it was {}",
                words.sentence(&is.reason).words,
                words.sentence(&was.reason).words
            ));
        }
    }
}

const fn word(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Payable => "payable",
        Disposition::Suspended => "suspended",
        Disposition::Rejected => "rejected",
        Disposition::Pending => "pending",
    }
}

fn compare_whole(differences: &mut Vec<String>, row: &AssessmentRow, again: &Assessed) {
    if again.totals.payable != row.payable_pence {
        let (is, was) = (again.totals.payable, row.payable_pence);
        differences.push(format!("the claim comes to {is} payable, where {was} is stored"));
    }
    // fuel is comparable on one version of the engine only
    if again.engine == row.engine && again.fuel != row.fuel {
        differences.push(format!("it took {} units of fuel, where {} are stored", again.fuel, row.fuel));
    }
}

fn payable(charges: &[DisposedCharge]) -> Result<Money> {
    let payable = charges.iter().filter(|charge| charge.disposition == Disposition::Payable);
    Money::total(payable.map(|charge| charge.amount)).map_err(Error::refused)
}

fn weighed<T: DeserializeOwned>(row: &AssessmentRow, key: &str) -> Result<T> {
    let value = row.weighed.get(key).cloned().unwrap_or_default();
    serde_json::from_value(value).map_err(|error| unreadable(&error))
}

fn unreadable(error: &dyn fmt::Display) -> Error {
    Error::Unreadable { what: error.to_string() }
}

/// The council's reasons, and what it put in the place of the service's and the packs' words.
async fn explaining(tx: &mut Tx<'_>, day: NaiveDate) -> Result<Explaining> {
    let codes = reason::on(tx, day).await?.into_iter().map(|reason| (reason.code, reason.words)).collect();
    let (tenant, messages) = (tx.tenant().uuid(), profile::on(tx, day).await?.messages);
    explanation::with(tx.conn(), tenant, messages, codes).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_is_named_by_what_people_have_of_it() {
        let uuid = uuid::Uuid::from_u128(7);
        let (claim, line) = (ClaimId::from_uuid(uuid), ClaimLineId::from_uuid(uuid));
        let (entry, assessed) = (EntryId::from_uuid(uuid), AssessmentId::from_uuid(uuid));
        let named = |text: String| text.parse::<LineNamed>();
        assert_eq!(named(line.to_string()), Ok(LineNamed::Line(line)));
        assert_eq!(named(entry.to_string()), Ok(LineNamed::Entry(entry)));
        assert_eq!(named(claim.to_string()), Ok(LineNamed::OfClaim(claim, None)));
        assert_eq!(named(format!("{claim}/2")), Ok(LineNamed::OfClaim(claim, Some(2))));
        assert_eq!(named(format!("{assessed}/0")), Ok(LineNamed::OfAssessment(assessed, Some(0))));
        for wrong in [String::new(), "7".to_owned(), format!("{claim}/"), format!("{claim}/x"), format!("{entry}/1")] {
            assert!(named(wrong.clone()).unwrap_err().to_string().contains("names no line"), "{wrong}");
        }
    }
}
