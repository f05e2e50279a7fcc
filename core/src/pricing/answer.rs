//! What a rule answers for one claim: charges, findings, and a verdict for each line. It is not believed until
//! [`check`](mod@super::check) has been through it.

use serde::{Deserialize, Serialize};

use super::facts::Day;

/// The whole answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// One for each rate, span of dates and outcome.
    pub charges: Vec<Charge>,
    /// What a person should know; each may hold the line back.
    pub findings: Vec<Finding>,
    /// Exactly one for each line.
    pub verdicts: Vec<LineVerdict>,
}

/// What the rule says should become of a charge or a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// To be paid, if it is within tolerance.
    Payable,
    /// A person decides.
    Suspended,
    /// Not paid.
    Rejected,
    /// Not decided yet: something is still to come (a statement, a date of discharge).
    Pending,
}

/// A reason code with its arguments, put into words by the council's message table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// Lower-case words with hyphens, at most 60 characters, for example `frustrated-hospital`.
    pub code: String,
    /// In the order in which the message's placeholders take them, at most eight.
    pub args: Vec<Arg>,
}

impl Reason {
    /// A reason without arguments.
    #[must_use]
    pub fn plain(code: &str) -> Self {
        Self { code: code.to_owned(), args: Vec::new() }
    }
}

/// An argument of a reason, with its unit, so that it can be written as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arg {
    /// A day.
    Day(Day),
    /// A number of days.
    Days(i64),
    /// Minutes.
    Minutes(i64),
    /// A time of day, in minutes from midnight.
    Time(u16),
    /// Thousandths of a unit.
    Units(i64),
    /// Whole pence.
    Pence(i64),
    /// A whole number.
    Count(i64),
    /// A code that has words of its own in the council's tables (a reason, a band).
    Code(String),
}

/// One rate over one span of dates: `pence = units / divisor x rate`, rounded once, half away from zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The line.
    pub line: u32,
    /// The first day of care that it is for.
    pub from: Day,
    /// The last day of care that it is for.
    pub to: Day,
    /// The stated visit that it is for, if it is for one.
    pub visit: Option<u32>,
    /// How much of what was stated it accounts for: thousandths of the unit; carer-minutes if timetabled.
    pub accounts_for: i64,
    /// Units priced, in thousandths of the rate's unit (or of its divisor).
    pub units: i64,
    /// What the units are divided by: 1; 7 for days of a weekly rate; 60 for minutes of an hourly one.
    pub divisor: u16,
    /// The rate-card row; none only where nothing is charged (`units` and `pence` are 0).
    pub row: Option<u32>,
    /// Whole pence.
    pub pence: i64,
    /// What should become of it.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingLevel {
    /// For information.
    Note,
    /// The provider should mend it before confirming; it stops the confirmation.
    Mend,
    /// A person at the council should look: the line is suspended.
    Suspend,
}

/// Something a person should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The line; none for the whole claim.
    pub line: Option<u32>,
    /// The day, if it is about one.
    pub day: Option<Day>,
    /// The stated visit, if it is about one.
    pub visit: Option<u32>,
    /// How much it weighs.
    pub level: FindingLevel,
    /// What it is.
    pub reason: Reason,
}

/// The rule's word on a line as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineVerdict {
    /// The line.
    pub line: u32,
    /// `Payable` leaves each charge its own verdict; anything else overrides those that are payable.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
}
