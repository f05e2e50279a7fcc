//! One claim through the rule, tolerance and the decisions taken on it: pure but for the pricer, which may take a few
//! milliseconds and holds nothing.

use serde::{Deserialize, Serialize};

use super::decision::accepted;
use super::reduce::reduced_to;
use super::{Decision, DecisionError, DisposedCharge, Disposition, Settlement, Totals};
use crate::money::{Money, Overflow, Rate};
use crate::pricing::facts::{LineFacts, Recording};
use crate::pricing::{
    Answer, Charge, ClaimFacts, Fault, Finding, FindingLevel, Priced, Pricer, Reason, RuleDigest, Verdict,
};
use crate::tolerance::{Breach, Limit, LineUse, Use, held_back};

/// What an assessment is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimToAssess {
    /// The rule in force at the period's start.
    pub rule: RuleDigest,
    /// What the rule is told.
    pub facts: ClaimFacts,
    /// The council's limits that apply to the contract and its lines.
    pub limits: Vec<Limit>,
    /// What the contract's other claims of the period use, for limits over the contract.
    pub others: Use,
    /// The decisions that hold for this version of the statement, in the order in which they were taken.
    pub decisions: Vec<Decision>,
}

/// What came of it. Immutable once stored, with the facts that it was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Assessment {
    /// The rule answered.
    Priced(Box<Assessed>),
    /// The rule failed: the claim is suspended with this reason, and what was posted for it stands.
    Faulted {
        /// Why.
        fault: Fault,
    },
}

/// A priced claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessed {
    /// The charges, in order of line and date.
    pub charges: Vec<DisposedCharge>,
    /// What the rule found.
    pub findings: Vec<Finding>,
    /// Sums by disposition.
    pub totals: Totals,
    /// What each line uses of its plan.
    pub uses: Vec<LineUse>,
    /// The price of the plan.
    pub planned: Money,
    /// Version of the interface that the rule speaks.
    pub interface: String,
    /// Version of the engine that ran it.
    pub engine: String,
    /// Fuel that the claim took, without the pricing of the plan beside it.
    pub fuel: u64,
}

/// Why a claim could not be assessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssessError {
    /// The machine's fault: try again.
    #[error(transparent)]
    Operational(Fault),
    /// A decision that cannot be taken.
    #[error(transparent)]
    Decision(#[from] DecisionError),
}

impl Assessed {
    /// Whether the provider has something to mend before confirming.
    #[must_use]
    pub fn to_mend(&self) -> Vec<&Finding> {
        self.findings.iter().filter(|finding| finding.level == FindingLevel::Mend).collect()
    }

    /// What a run may post for one line.
    ///
    /// # Errors
    /// [`Overflow`] when the charges do not add up within 64 bits.
    pub fn entitlement(&self, line: u32) -> Result<Money, Overflow> {
        let payable = |charge: &&DisposedCharge| charge.line == line && charge.disposition == Disposition::Payable;
        Money::total(self.charges.iter().filter(payable).map(|charge| charge.amount))
    }
}

/// Assesses one claim.
///
/// # Errors
/// [`AssessError`]: an operational fault, to be tried again, or a decision that cannot be taken. Any other fault of
/// the rule is an [`Assessment::Faulted`].
pub fn assess(pricer: &dyn Pricer, claim: &ClaimToAssess) -> Result<Assessment, AssessError> {
    let faulted = |fault: Fault| {
        if fault.is_operational() { Err(AssessError::Operational(fault)) } else { Ok(Assessment::Faulted { fault }) }
    };
    let priced = match pricer.assess(&claim.rule, &claim.facts) {
        Ok(priced) => priced,
        Err(fault) => return faulted(fault),
    };
    let plan = match plan_price(pricer, claim, &priced) {
        Ok(plan) => plan,
        Err(fault) => return faulted(fault),
    };
    let too_large = |_: Overflow| Fault::AnswerWrong(crate::pricing::AnswerError::TooMuch);
    let uses = claim
        .facts
        .lines
        .iter()
        .map(|line| line_use(&claim.facts, line, &priced.answer, &plan))
        .collect::<Result<Vec<_>, _>>();
    let held = uses.and_then(|uses| Ok((held_back(&claim.limits, &uses, claim.others)?, uses)));
    let (held, uses) = match held {
        Ok(held) => held,
        Err(overflow) => return faulted(too_large(overflow)),
    };
    let mut charges: Vec<DisposedCharge> =
        priced.answer.charges.iter().filter_map(|charge| disposed(&claim.facts, charge)).collect();
    charges.sort_by(|a, b| {
        (a.line, a.from, a.to, a.visit, a.disposition).cmp(&(b.line, b.from, b.to, b.visit, b.disposition))
    });
    apply_verdicts(&mut charges, &priced.answer);
    if claim.facts.stated {
        apply_tolerance(&mut charges, &held);
    }
    for decision in &claim.decisions {
        if let Err(fault) = settle(pricer, claim, decision, &mut charges)? {
            return faulted(fault);
        }
    }
    let totals = Totals::of(&charges);
    let planned = Money::total(
        plan.charges.iter().filter(|c| c.verdict != Verdict::Rejected).map(|c| Money::from_pence(c.pence)),
    );
    match (totals, planned) {
        (Ok(totals), Ok(planned)) => Ok(Assessment::Priced(Box::new(Assessed {
            charges,
            findings: priced.answer.findings,
            totals,
            uses,
            planned,
            interface: priced.interface,
            engine: priced.engine,
            fuel: priced.fuel,
        }))),
        (Err(overflow), _) | (_, Err(overflow)) => faulted(too_large(overflow)),
    }
}

/// The price of the plan alone, which tolerance in pounds and the figures side by side need.
fn plan_price(pricer: &dyn Pricer, claim: &ClaimToAssess, priced: &Priced) -> Result<Answer, Fault> {
    if !claim.facts.stated {
        return Ok(priced.answer.clone());
    }
    let mut facts = claim.facts.clone();
    facts.stated = false;
    for line in &mut facts.lines {
        line.stated_days.clear();
        line.stated_visits.clear();
    }
    Ok(pricer.assess(&claim.rule, &facts)?.answer)
}

fn line_use(facts: &ClaimFacts, line: &LineFacts, answer: &Answer, plan: &Answer) -> Result<LineUse, Overflow> {
    let units = |quantity: i64| match facts.recording {
        // carer-minutes as thousandths of an hour
        Recording::Timetabled => quantity.checked_mul(50).map(|scaled| scaled / 3).ok_or(Overflow),
        Recording::Quantities | Recording::None => Ok(quantity),
    };
    let planned: i64 = line.plan.iter().map(|day| day.quantity).sum();
    let claimed: i64 = if facts.stated {
        let days = line.stated_days.iter().map(|day| day.delivered + day.frustrated);
        days.chain(line.stated_visits.iter().map(|visit| visit.delivered + visit.frustrated)).sum()
    } else {
        planned
    };
    let visits = line.stated_visits.iter().filter(|visit| visit.planned.is_some()).map(|visit| {
        let claimed = visit.delivered + visit.frustrated;
        Ok(Use {
            planned_units: units(claimed + visit.missed - visit.extra)?,
            claimed_units: units(claimed)?,
            ..Use::default()
        })
    });
    Ok(LineUse {
        line: line.line,
        whole: Use {
            planned_units: units(planned)?,
            claimed_units: units(claimed)?,
            planned: would_pay(plan, line.line)?,
            claimed: would_pay(answer, line.line)?,
        },
        visits: visits.collect::<Result<_, _>>()?,
    })
}

fn would_pay(answer: &Answer, line: u32) -> Result<Money, Overflow> {
    let counts = |charge: &&Charge| charge.line == line && charge.verdict != Verdict::Rejected;
    Money::total(answer.charges.iter().filter(counts).map(|charge| Money::from_pence(charge.pence)))
}

fn disposed(facts: &ClaimFacts, charge: &Charge) -> Option<DisposedCharge> {
    let line = facts.lines.iter().find(|line| line.line == charge.line)?;
    let rate = charge.row.and_then(|row| line.rates.iter().find(|rate| rate.row == row));
    Some(DisposedCharge {
        line: charge.line,
        from: charge.from.date()?,
        to: charge.to.date()?,
        visit: charge.visit,
        accounts_for: charge.accounts_for,
        units: charge.units,
        divisor: charge.divisor,
        rate: rate.map(|row| Rate::from_ten_thousandths(row.rate)),
        amount: Money::from_pence(charge.pence),
        disposition: charge.verdict.into(),
        reason: charge.reason.clone(),
        moved_by: None,
    })
}

fn apply_verdicts(charges: &mut [DisposedCharge], answer: &Answer) {
    for verdict in answer.verdicts.iter().filter(|verdict| verdict.verdict != Verdict::Payable) {
        hold(charges, Some(verdict.line), verdict.verdict.into(), &verdict.reason);
    }
    for finding in answer.findings.iter().filter(|finding| finding.level == FindingLevel::Suspend) {
        hold(charges, finding.line, Disposition::Suspended, &finding.reason);
    }
}

fn apply_tolerance(charges: &mut [DisposedCharge], held: &[(u32, Breach)]) {
    for (line, breach) in held {
        hold(charges, Some(*line), Disposition::Suspended, &breach.reason());
    }
}

/// Moves what is payable on a line (on every line, without one).
fn hold(charges: &mut [DisposedCharge], line: Option<u32>, to: Disposition, because: &Reason) {
    for charge in charges {
        if line.is_none_or(|line| line == charge.line) && charge.disposition == Disposition::Payable {
            charge.disposition = to;
            charge.moved_by = Some(because.clone());
        }
    }
}

fn settle(
    pricer: &dyn Pricer,
    claim: &ClaimToAssess,
    decision: &Decision,
    charges: &mut Vec<DisposedCharge>,
) -> Result<Result<(), Fault>, AssessError> {
    decision.check()?;
    let Settlement::Quantity { accepted: quantity } = decision.settlement else {
        decision.settle(charges, None)?;
        return Ok(Ok(()));
    };
    let facts = reduced_to(&claim.facts, decision.line, quantity).ok_or(DecisionError::Quantity)?;
    let repriced = match pricer.assess(&claim.rule, &facts) {
        Ok(repriced) => repriced.answer,
        Err(fault) => return Ok(Err(fault)),
    };
    let repriced = accepted(&repriced.charges, decision.line, |charge| disposed(&facts, charge));
    decision.settle(charges, Some(repriced))?;
    Ok(Ok(()))
}
