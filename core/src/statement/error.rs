//! What can be wrong with a statement, in words for the person who typed it.

use chrono::NaiveDate;

/// Why a statement cannot be taken as it is. Nothing of it is stored until it is mended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// The line is not in the claim.
    #[error("Line {line} is not part of this claim. Choose one of the lines shown.")]
    UnknownLine {
        /// Its number.
        line: u32,
    },
    /// The line is stated twice.
    #[error("Line {line} is stated twice. Keep one of the two.")]
    LineTwice {
        /// Its number.
        line: u32,
    },
    /// A day outside of the days for which the line holds.
    #[error("{} is outside of this claim. Give a date from {} to {}.", long(*date), long(*from), long(*to))]
    OutsidePeriod {
        /// The day given.
        date: NaiveDate,
        /// The first day that may be stated.
        from: NaiveDate,
        /// The last.
        to: NaiveDate,
    },
    /// A day stated twice.
    #[error("{} is stated twice. Add the two together on one row.", long(*date))]
    DayTwice {
        /// The day.
        date: NaiveDate,
    },
    /// More frustrated than was planned.
    #[error("More is marked as frustrated on {} than was planned. Frustrated care cannot be more than the plan.", long(*date))]
    FrustratedAbovePlan {
        /// The day.
        date: NaiveDate,
    },
    /// A negative quantity.
    #[error("A quantity on {} is below zero. Give 0 if no care was delivered.", long(*date))]
    Negative {
        /// The day.
        date: NaiveDate,
    },
    /// Frustrated without a reason.
    #[error("Say why care on {} was frustrated: choose a reason.", long(*date))]
    ReasonMissing {
        /// The day.
        date: NaiveDate,
    },
    /// A reason that the council does not have.
    #[error("\u{2018}{code}\u{2019} is not one of this council's reasons. Choose a reason from its list.")]
    UnknownReason {
        /// What was given.
        code: String,
    },
    /// A planned visit that the plan does not have.
    #[error("Planned visit {visit} is not in the plan of this line.")]
    UnknownVisit {
        /// Its number.
        visit: u32,
    },
    /// A planned visit answered twice.
    #[error("The planned visit at {} on {} is answered twice. Keep one of the two, and add the other as a visit of its own.", clock(*start), long(*date))]
    VisitTwice {
        /// The day.
        date: NaiveDate,
        /// The planned start.
        start: u16,
    },
    /// A time that a day does not have.
    #[error("A visit on {} has a time that cannot be: give a start before 24:00, a length of 1 to 1440 minutes and 1 to 9 carers.", long(*date))]
    Time {
        /// The day.
        date: NaiveDate,
    },
    /// An added visit that is said to have been frustrated or missed: only a planned visit can be.
    #[error("The visit at {} on {} was not planned, so it cannot be frustrated or missed. Remove it.", clock(*start), long(*date))]
    NotPlanned {
        /// The day.
        date: NaiveDate,
        /// Its start.
        start: u16,
    },
    /// Recorded in a way that the contract does not use.
    #[error("This contract is recorded {expected}. State its actuals that way.")]
    Recording {
        /// `visit by visit` or `as quantities`.
        expected: &'static str,
    },
    /// More visits than a claim may hold.
    #[error("There are {found} visits on this claim; at most {most} can be stated at once.")]
    TooManyVisits {
        /// How many.
        found: usize,
        /// How many are allowed.
        most: usize,
    },
}

fn long(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
