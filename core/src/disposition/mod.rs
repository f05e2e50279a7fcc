//! What becomes of every unit stated: payable, suspended, rejected or pending. Here the rule's checked answer, the
//! council's [`tolerance`](crate::tolerance) and an officer's decisions come together; what is payable is the claim's
//! entitlement, which a run posts ([`entry`](crate::entry)).

mod assess;
mod decision;
mod reduce;

pub use assess::{AssessError, Assessed, Assessment, ClaimToAssess, assess};
pub use decision::{Decision, DecisionError, Settlement};
pub use reduce::reduced_to;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::money::{Money, Overflow, Rate};
use crate::pricing::words::{NotMessages, Tables};
use crate::pricing::{Reason, Verdict};

/// What becomes of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// It will be paid by the next run.
    Payable,
    /// An officer decides.
    Suspended,
    /// It is not paid.
    Rejected,
    /// Something is still to come.
    Pending,
}

impl Disposition {
    /// Every disposition, in the order of the summary.
    pub const ALL: [Self; 4] = [Self::Payable, Self::Suspended, Self::Rejected, Self::Pending];

    /// The number that is stored.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Payable => 0,
            Self::Suspended => 1,
            Self::Rejected => 2,
            Self::Pending => 3,
        }
    }

    /// The disposition that a stored number stands for.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|disposition| disposition.code() == code)
    }
}

impl From<Verdict> for Disposition {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Payable => Self::Payable,
            Verdict::Suspended => Self::Suspended,
            Verdict::Rejected => Self::Rejected,
            Verdict::Pending => Self::Pending,
        }
    }
}

/// A charge with what becomes of it: one rate over one span of dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisposedCharge {
    /// The line's number within the claim.
    pub line: u32,
    /// The first day of care that it is for.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
    /// The stated visit that it is for, if it is for one.
    pub visit: Option<u32>,
    /// How much of what was stated it accounts for: thousandths of the unit; carer-minutes if timetabled.
    pub accounts_for: i64,
    /// Units priced, in thousandths.
    pub units: i64,
    /// What the units are divided by.
    pub divisor: u16,
    /// The rate; none where nothing is charged, and for what an officer took off.
    pub rate: Option<Rate>,
    /// Whole pence, never negative.
    pub amount: Money,
    /// What becomes of it.
    pub disposition: Disposition,
    /// The rule's reason.
    pub reason: Reason,
    /// What moved it from the rule's verdict, if anything did: a finding, a breach of tolerance, a decision.
    pub moved_by: Option<Reason>,
}

/// A claim's sums by disposition. `claimed` is the price of everything stated.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The price of everything stated.
    pub claimed: Money,
    /// Payable: the entitlement.
    pub payable: Money,
    /// Held for an officer.
    pub suspended: Money,
    /// Not paid.
    pub rejected: Money,
    /// Waiting for something.
    pub pending: Money,
}

impl Totals {
    /// The sums of some charges.
    ///
    /// # Errors
    /// [`Overflow`] when a sum does not fit.
    pub fn of<'a>(charges: impl IntoIterator<Item = &'a DisposedCharge>) -> Result<Self, Overflow> {
        let mut totals = Self::default();
        for charge in charges {
            let sum = match charge.disposition {
                Disposition::Payable => &mut totals.payable,
                Disposition::Suspended => &mut totals.suspended,
                Disposition::Rejected => &mut totals.rejected,
                Disposition::Pending => &mut totals.pending,
            };
            *sum = sum.checked_add(charge.amount)?;
            totals.claimed = totals.claimed.checked_add(charge.amount)?;
        }
        Ok(totals)
    }

    /// Whether the parts make the whole.
    #[must_use]
    pub fn add_up(&self) -> bool {
        Money::total([self.payable, self.suspended, self.rejected, self.pending]) == Ok(self.claimed)
    }
}

/// The service's own words, in every language: for what moves a charge, tolerance and officers' decisions, and for what
/// no rule says. A rule pack and a council add theirs.
///
/// # Errors
/// [`NotMessages`] if a bundled table cannot be read, which a test rules out.
pub fn messages() -> Result<Tables, NotMessages> {
    Tables::from_json(&[
        (Language::English, include_str!("messages.en.json")),
        (Language::Welsh, include_str!("messages.cy.json")),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tolerance::{Breach, Level, Limit, Measure, Use};

    #[test]
    fn every_breach_has_words_in_every_language() {
        let messages = messages().expect("the bundled tables");
        for level in [Level::Visit, Level::Line, Level::Week, Level::Contract] {
            for measure in [Measure::Units, Measure::Percent, Measure::Pounds] {
                let limit = Limit { level, units: None, percent: None, pounds: None };
                let reason = Breach { limit, measure, over: Use::default() }.reason();
                for language in Language::ALL {
                    let table = messages.get(language).expect("a table of every language");
                    assert!(table.reasons.contains_key(&reason.code), "{language}: {}", reason.code);
                }
            }
        }
    }
}
