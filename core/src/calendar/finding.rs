//! What is unusual about a calendar, in a form that a screen can list and a person can accept.
//!
//! Made by [`super::check()`] and the import; kept beside the calendar until somebody has dealt with it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Unusual; a person may accept it with a reason.
    Warning,
    /// Kept as published, but the period cannot run until it is overridden.
    Impossible,
}

/// What kind of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// The values of the table's columns belong to other headings; concerns the whole table.
    ColumnsDisagree,
    /// Dates lie where no list of bank holidays reaches; concerns the whole table.
    HolidaysUnknown,
    /// The period ends before it starts.
    EndsBeforeStart,
    /// Days between two periods belong to neither.
    Gap,
    /// Days belong to two periods and would be paid twice.
    Overlap,
    /// Right weekdays, but more or fewer weeks than the other periods.
    OddLength,
    /// A date on another weekday than in the other periods.
    WrongWeekday,
    /// Amendments close only after the run is finalised.
    CutOffAfterFinalisation,
    /// The run is finalised on a weekend or a bank holiday.
    FinalisationNotWorkingDay,
    /// The money would arrive before the run that pays it.
    BankBeforeFinalisation,
    /// The money would arrive on the day of the run that pays it.
    BankOnFinalisation,
    /// Less time between run and bank than BACS takes.
    TooShortForBacs,
    /// No payments arrive on that day.
    BankNotWorkingDay,
    /// The bank date departs from the rule of the rest of the table.
    BankOffRule,
}

impl FindingCode {
    /// As it is serialised: `bank_off_rule`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ColumnsDisagree => "columns_disagree",
            Self::HolidaysUnknown => "holidays_unknown",
            Self::EndsBeforeStart => "ends_before_start",
            Self::Gap => "gap",
            Self::Overlap => "overlap",
            Self::OddLength => "odd_length",
            Self::WrongWeekday => "wrong_weekday",
            Self::CutOffAfterFinalisation => "cut_off_after_finalisation",
            Self::FinalisationNotWorkingDay => "finalisation_not_working_day",
            Self::BankBeforeFinalisation => "bank_before_finalisation",
            Self::BankOnFinalisation => "bank_on_finalisation",
            Self::TooShortForBacs => "too_short_for_bacs",
            Self::BankNotWorkingDay => "bank_not_working_day",
            Self::BankOffRule => "bank_off_rule",
        }
    }
}

/// Something unusual about one period, or about the whole table when it names none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub code: FindingCode,
    /// How much it matters.
    pub severity: Severity,
    /// The row of the published table, the first line of the text being 1.
    pub row: Option<u32>,
    /// First day of the period concerned.
    pub period_starts: Option<NaiveDate>,
    /// The dates it is about, the wrong one first.
    pub dates: Vec<NaiveDate>,
    /// What is wrong and why, for a person.
    pub sentence: String,
}
