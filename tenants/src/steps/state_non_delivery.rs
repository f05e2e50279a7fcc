//! Care that was not delivered on a range of days, for many people and contracts at once: what of it would change, claim
//! by claim and line by line, priced before and after; then stating it, each claim as it was seen. Proposing stores
//! nothing. Stating is [`state_actuals`](super::state_actuals)'s.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actuals_file::{OpenClaim, OpenLine};
use counterfoil_core::claim::ClaimEvent;
use counterfoil_core::disposition::Assessment;
use counterfoil_core::ids::{ClaimId, ContractId, OrganisationId};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::facts::{Recording, Unit};
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_core::statement::{
    Actuals, LineStatement, NotDelivered, Quantities, StatedCare, Statement, StatementError,
};

use super::Means;
use super::price_actuals::{PricedActuals, price_actuals};
use super::state_actuals::{ToState, state_actuals};
use crate::claim::{self, ReasonOffered};
use crate::error::{Error, Result};
use crate::reason::ReasonKind;
use crate::scope::{CouncilScope, Provider, ProviderScope, Tx};
use crate::statement::Source;

/// The code with which rules say that a comment is missing.
const COMMENT_NEEDED: &str = "comment-needed";
/// How many claims are looked at together, at most.
pub const MOST_CLAIMS: usize = 120;
/// How many are priced or stated in one go.
const TOGETHER: usize = 50;

/// What was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Under these contracts.
    pub contracts: Vec<ContractId>,
    /// Of these people, by the council's reference; of all where there are none.
    pub people: Vec<String>,
    /// The first and last day, both included.
    pub days: (NaiveDate, NaiveDate),
    /// The council's code for why.
    pub reason: String,
    /// What is added to each line's comment; may be empty.
    pub comment: String,
    /// Lines that are left as they are.
    pub left_out: BTreeSet<(ClaimId, u32)>,
}

/// What stating it would do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proposal {
    /// What would change, by first day, contract and person.
    pub changes: Vec<Change>,
    /// What cannot, and why, with the claims that it is about.
    pub cannot: Vec<Cannot>,
    /// Whether the council asks for a comment and there is none.
    pub comment_missing: bool,
    /// Whether more claims are touched than are looked at together.
    pub too_many: bool,
}

/// A claim that would change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The claim as it stands.
    pub claim: ClaimId,
    /// Its version.
    pub version: u32,
    /// The contract and the person, by the council's references.
    pub about: (String, String),
    /// Its days.
    pub days: (NaiveDate, NaiveDate),
    /// Its lines that would change.
    pub lines: Vec<LineChange>,
    /// What it would state.
    pub statement: Statement,
    /// What is payable now, and would be then; none where the rule gives no sum.
    pub payable: (Option<Money>, Option<Money>),
}

/// A line that would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineChange {
    /// From 0.
    pub number: u32,
    /// The CPLI number, and the service.
    pub about: (String, String),
    /// What it is counted in; none where visits are, in carer-minutes.
    pub unit: Option<Unit>,
    /// As it stands.
    pub before: Quantities,
    /// As it would be.
    pub after: Quantities,
    /// Whether it is left as it is.
    pub left_out: bool,
}

/// A claim that cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cannot {
    /// The claim.
    pub claim: ClaimId,
    /// The contract and the person, by the council's references.
    pub about: (String, String),
    /// Its days.
    pub days: (NaiveDate, NaiveDate),
    /// Why, in a sentence that says what to do.
    pub because: String,
}

/// What would change where care was not delivered.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the person's; [`Error::Refused`] for a reason that the council does
/// not have for care that was not delivered, and without a comment where the reason needs one.
pub async fn propose_non_delivery(
    provider: &ProviderScope,
    pricing: &CouncilScope,
    (means, at): (&Means, DateTime<Utc>),
    organisation: OrganisationId,
    asked: &Asked,
) -> Result<Proposal> {
    let council = pricing.tenant();
    let (from, to) = asked.days;
    let read = provider.read(async |tx: &mut Tx<'_, Provider>| {
        let reasons = claim::reasons_offered_own(tx, council, to).await?;
        let within = (asked.contracts.as_slice(), from, to);
        Ok((reasons, claim::open_own(tx, council, organisation, within, at).await?))
    });
    let (reasons, open) = read.await?;
    let not_delivered = asked.not_delivered(&reasons)?;
    let codes: BTreeSet<String> = reasons.into_iter().map(|reason| reason.code).collect();
    let mut open: Vec<OpenClaim> = open.into_iter().filter(|open| asked.is_about(open)).collect();
    let too_many = open.len() > MOST_CLAIMS;
    open.truncate(MOST_CLAIMS);
    let mut proposal = Proposal { too_many, ..Proposal::default() };
    let mut standing = Vec::new();
    for open in open {
        match of_claim(&open, &not_delivered, (asked, &codes), at) {
            Ok(Some(change)) => {
                standing.push((open.id, as_it_stands(&open)));
                proposal.changes.push(change);
            }
            Ok(None) => {}
            Err(because) => proposal.cannot.push(cannot(&open, because)),
        }
    }
    let by = Pricing { provider, pricing, means, at, organisation };
    let before = by.all(standing).await?;
    let wanted = proposal.changes.iter().map(|change| (change.claim, change.statement.clone())).collect();
    let after = by.all(wanted).await?;
    let mut changes = Vec::with_capacity(proposal.changes.len());
    for mut change in std::mem::take(&mut proposal.changes) {
        match after.get(&change.claim) {
            Some(Ok(priced)) => {
                proposal.comment_missing |= asks_for_comment(priced);
                let now = before.get(&change.claim).and_then(|priced| priced.as_ref().ok());
                change.payable = (now.and_then(payable), payable(priced));
                changes.push(change);
            }
            Some(Err(because)) => proposal.cannot.push(Cannot {
                claim: change.claim,
                about: change.about,
                days: change.days,
                because: because.clone(),
            }),
            None => return Err(Error::NotFound),
        }
    }
    proposal.changes = changes;
    Ok(proposal)
}

/// How stating one claim ended.
pub type Outcome = (ClaimId, Result<()>);

/// States what was proposed, each claim as it was seen: the version beside each is the one that the person saw. Claims
/// that somebody else changed meanwhile are told apart; the others are stated all the same.
pub async fn state_non_delivery(
    provider: &ProviderScope,
    pricing: &CouncilScope,
    (means, at): (&Means, DateTime<Utc>),
    organisation: OrganisationId,
    to_state: Vec<ToState>,
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(to_state.len());
    let by = (organisation, Source::Screen);
    for together in to_state.chunks(TOGETHER) {
        // all of them or none; where that fails, each by itself, so that one holds up no other
        if state_actuals(provider, pricing, means, at, by, together.to_vec()).await.is_ok() {
            outcomes.extend(together.iter().map(|one| (one.claim, Ok(()))));
            continue;
        }
        for one in together {
            let stated = state_actuals(provider, pricing, means, at, by, vec![one.clone()]).await;
            outcomes.push((one.claim, stated.map(|_| ())));
        }
    }
    outcomes
}

impl Asked {
    fn is_about(&self, open: &OpenClaim) -> bool {
        self.people.is_empty() || self.people.iter().any(|person| person.eq_ignore_ascii_case(&open.person))
    }

    fn not_delivered(&self, reasons: &[ReasonOffered]) -> Result<NotDelivered> {
        let known = reasons.iter().find(|reason| reason.code == self.reason);
        let known = known.filter(|reason| matches!(reason.kind, ReasonKind::Frustrated | ReasonKind::Missed));
        let Some(reason) = known else {
            return Err(Error::Refused("Choose why care was not delivered.".to_owned()));
        };
        if reason.comment_needed && self.comment.trim().is_empty() {
            return Err(Error::Refused(format!("Enter a comment. \u{2018}{}\u{2019} needs one.", reason.words)));
        }
        let (from, to) = self.days;
        Ok(NotDelivered {
            from,
            to,
            reason: self.reason.clone(),
            frustrated: reason.kind == ReasonKind::Frustrated,
            comment: self.comment.clone(),
        })
    }
}

/// What was stated last, or all as planned.
fn as_it_stands(open: &OpenClaim) -> Statement {
    Statement {
        lines: open.lines.iter().filter_map(|line| standing(open, line)).collect(),
        payment_reference: open.payment_reference.clone(),
        note: open.note.clone(),
    }
}

fn standing(open: &OpenClaim, line: &OpenLine) -> Option<LineStatement> {
    let as_planned = LineStatement { line: line.number, actuals: Actuals::AsPlanned, comment: String::new() };
    line.stated.clone().or_else(|| (!open.is_stated()).then_some(as_planned))
}

/// What would change of one claim; none where no planned care of it falls on the days, and why not where it may not.
fn of_claim(
    open: &OpenClaim,
    not_delivered: &NotDelivered,
    (asked, codes): (&Asked, &BTreeSet<String>),
    at: DateTime<Utc>,
) -> Result<Option<Change>, String> {
    if open.recording == Recording::None {
        return Err("This contract is paid by its plan: tell the council of a stay or a closure instead.".to_owned());
    }
    let mut lines = Vec::new();
    let mut statement = as_it_stands(open);
    for line in &open.lines {
        let (Some(held), Some(stated)) = (line.held, standing(open, line)) else { continue };
        let Some(changed) = not_delivered.stated_on(&stated, &line.planned, held, open.recording) else { continue };
        let measured = |stated: &LineStatement| {
            let care = StatedCare::of(stated, &line.planned, held, open.recording, codes)?;
            Ok::<_, StatementError>(sum(&care, line.planned.total()))
        };
        let left_out = asked.left_out.contains(&(open.id, line.number));
        lines.push(LineChange {
            number: line.number,
            about: (line.reference.clone(), line.service.clone()),
            unit: (open.recording == Recording::Quantities).then_some(line.unit),
            before: measured(&stated).map_err(|error| error.to_string())?,
            after: measured(&changed).map_err(|error| error.to_string())?,
            left_out,
        });
        if let Some(place) = statement.lines.iter_mut().find(|of| of.line == line.number).filter(|_| !left_out) {
            *place = changed;
        }
    }
    if lines.is_empty() {
        return Ok(None);
    }
    // what nothing would change of is not worth a sentence, so that this comes last
    let is_over = counterfoil_core::calendar::clock::local_time(at).date() > open.ends;
    if !is_over {
        return Err("This week is not over yet. Come back the day after it ends.".to_owned());
    }
    if let Err(refused) = open.state.after(ClaimEvent::State, open.basis, open.is_stated()) {
        return Err(refused.to_string());
    }
    Ok(Some(Change {
        claim: open.id,
        version: open.version,
        about: (open.contract.clone(), open.person.clone()),
        days: (open.starts, open.ends),
        lines,
        statement,
        payable: (None, None),
    }))
}

fn cannot(open: &OpenClaim, because: String) -> Cannot {
    let about = (open.contract.clone(), open.person.clone());
    Cannot { claim: open.id, about, days: (open.starts, open.ends), because }
}

fn sum(care: &StatedCare, planned: i64) -> Quantities {
    let mut sum = Quantities { planned, ..Quantities::default() };
    let days = care.days.iter().map(|day| (day.delivered, day.frustrated, day.missed, day.extra));
    let visits = care.visits.iter().map(|visit| (visit.delivered, visit.frustrated, visit.missed, visit.extra));
    for (delivered, frustrated, missed, extra) in days.chain(visits) {
        sum.delivered += delivered;
        sum.frustrated += frustrated;
        sum.missed += missed;
        sum.extra += extra;
    }
    sum
}

fn payable(priced: &PricedActuals) -> Option<Money> {
    match &priced.assessment {
        Assessment::Priced(assessed) => Some(assessed.totals.payable),
        Assessment::Faulted { .. } => None,
    }
}

fn asks_for_comment(priced: &PricedActuals) -> bool {
    let asks = |finding: &Finding| finding.level == FindingLevel::Mend && finding.reason.code == COMMENT_NEEDED;
    matches!(&priced.assessment, Assessment::Priced(assessed) if assessed.findings.iter().any(asks))
}

/// What pricing needs.
struct Pricing<'a> {
    provider: &'a ProviderScope,
    pricing: &'a CouncilScope,
    means: &'a Means,
    at: DateTime<Utc>,
    organisation: OrganisationId,
}

impl Pricing<'_> {
    /// Prices statements, together where that works; each that is refused has its sentence.
    async fn all(
        &self,
        statements: Vec<(ClaimId, Statement)>,
    ) -> Result<BTreeMap<ClaimId, Result<PricedActuals, String>>> {
        let mut all = BTreeMap::new();
        for together in statements.chunks(TOGETHER) {
            match self.some(together).await {
                Ok(priced) => all.extend(priced.into_iter().map(|priced| (priced.claim, Ok(priced)))),
                Err(Error::Refused(_)) => {
                    for one in together {
                        match self.some(std::slice::from_ref(one)).await {
                            Ok(priced) => all.extend(priced.into_iter().map(|priced| (priced.claim, Ok(priced)))),
                            Err(Error::Refused(words)) => {
                                all.insert(one.0, Err(words));
                            }
                            Err(error) => return Err(error),
                        }
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    async fn some(&self, statements: &[(ClaimId, Statement)]) -> Result<Vec<PricedActuals>> {
        price_actuals(self.provider, self.pricing, self.means, self.at, self.organisation, statements).await
    }
}
