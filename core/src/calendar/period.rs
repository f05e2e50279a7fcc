//! One pay period and where its dates came from.
//!
//! Made by the generator, an import or an override; read by everything that follows in the flow.

use std::fmt;

use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};
use serde::{Deserialize, Serialize};

use super::clock::{hours_in, local_time};

/// The five published dates of a pay period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PeriodDates {
    /// First day of care covered.
    pub starts: NaiveDate,
    /// Last day of care covered, itself included.
    pub ends: NaiveDate,
    /// Last instant at which amendments and confirmations are in time.
    pub cut_off: DateTime<Utc>,
    /// Day on which the run is finalised.
    pub finalisation: NaiveDate,
    /// Day on which the money is in the payee's account.
    pub bank_date: NaiveDate,
}

/// Where a period's dates came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// The schedule's generator.
    Generated,
    /// A row of a published table.
    Imported {
        /// The line of the text that the row starts on, the first line being 1, as a spreadsheet counts.
        row: u32,
        /// The row as it was published, unchanged.
        text: String,
    },
    /// Changed by a person.
    Overridden {
        /// Why.
        reason: String,
        /// What the generator or the table said.
        said: PeriodDates,
        /// Where that came from.
        from: Box<Origin>,
    },
}

impl Origin {
    /// The row of the published table, also beneath an override.
    #[must_use]
    pub fn row(&self) -> Option<u32> {
        match self {
            Self::Generated => None,
            Self::Imported { row, .. } => Some(*row),
            Self::Overridden { from, .. } => from.row(),
        }
    }

    /// The text of the published row, also beneath an override.
    #[must_use]
    pub fn original_text(&self) -> Option<&str> {
        match self {
            Self::Generated => None,
            Self::Imported { text, .. } => Some(text),
            Self::Overridden { from, .. } => from.original_text(),
        }
    }
}

/// A pay period of a schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayPeriod {
    /// Its number in the schedule: counted from the generator's anchor or from the first row of a table, which
    /// are 1. Negative or zero before the anchor.
    pub number: i32,
    /// Its five dates, beside the number when serialised.
    #[serde(flatten)]
    pub dates: PeriodDates,
    /// Where they came from.
    pub origin: Origin,
}

impl PeriodDates {
    /// Whether a day of care falls into the period.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.starts <= day && day <= self.ends
    }

    /// Whole days covered; zero or less when the dates are the wrong way round.
    #[must_use]
    pub fn days(&self) -> i64 {
        (self.ends - self.starts).num_days() + 1
    }

    /// Hours covered: 168 a week, less or more by one where the clocks change.
    #[must_use]
    pub fn hours(&self) -> i64 {
        hours_in(self.starts, self.ends)
    }

    /// Whether something received at this instant is in time. Receipts count in whole seconds, as they are
    /// shown: 18:00:00 is in, 18:00:01 is not.
    #[must_use]
    pub fn in_time(&self, received: DateTime<Utc>) -> bool {
        received.trunc_subsecs(0) <= self.cut_off
    }

    /// The day of the cut-off as clocks in the United Kingdom show it.
    #[must_use]
    pub fn cut_off_date(&self) -> NaiveDate {
        local_time(self.cut_off).date()
    }

    /// `14 Dec 2024 to 20 Dec 2024`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} to {}", short_date(self.starts), short_date(self.ends))
    }
}

impl fmt::Display for PayPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.dates.label())
    }
}

/// `7 Jan 2025`.
pub(crate) fn short_date(date: NaiveDate) -> String {
    format!("{} {}", date.day(), date.format("%b %Y"))
}

/// `Tuesday 7 January 2025`.
pub(crate) fn day_and_date(date: NaiveDate) -> String {
    format!("{} {} {}", date.format("%A"), date.day(), date.format("%B %Y"))
}
