//! The rules that date the steps of a period: which day amendments close, finalisation, the bank date.
//!
//! Used by the generator, one rule for each step; the bank date rule also by the checks of published tables.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::WorkingDays;

/// A day counted from the edge of a period that [`super::Timing`] names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DayRule {
    /// The first such weekday strictly after the edge, moved by whole weeks (back when negative).
    Weekday {
        /// Which one.
        weekday: Weekday,
        /// Weeks further; 0 for the first one.
        weeks: i32,
    },
    /// Calendar days after the edge; before it when negative.
    Days {
        /// How many.
        days: i32,
    },
    /// A day of the month, in the edge's month moved by whole months; the last day where a month is shorter.
    DayOfMonth {
        /// 1 to 31.
        day: u32,
        /// Months further; 0 for the edge's own month.
        months: i32,
    },
}

/// When the run is finalised, counted from the day on which amendments close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FinalisationRule {
    /// The first such weekday strictly after it, or the next working day where that is none.
    Weekday {
        /// Which one.
        weekday: Weekday,
    },
    /// So many working days after it; 0 for the same day, or the next working day where that is none.
    WorkingDays {
        /// How many.
        days: u16,
    },
}

/// Where a payment date goes that is not a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// To the working day before.
    Earlier,
    /// To the working day after.
    Later,
}

/// When the money is in the bank, counted from finalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BankDateRule {
    /// So many working days after it.
    WorkingDaysAfter {
        /// How many.
        days: u16,
    },
    /// The first such weekday strictly after it.
    WeekdayAfter {
        /// Which one.
        weekday: Weekday,
        /// Where it goes when that is not a working day.
        roll: Roll,
    },
    /// The next time that this day of the month comes strictly after it; the last day where a month is shorter.
    DayOfMonth {
        /// 1 to 31.
        day: u32,
        /// Where it goes when that is not a working day.
        roll: Roll,
    },
}

impl DayRule {
    pub(super) fn date(self, edge: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Weekday { weekday, weeks } => plus_days(next_weekday(edge, weekday)?, 7 * i64::from(weeks)),
            Self::Days { days } => plus_days(edge, i64::from(days)),
            Self::DayOfMonth { day, months } => day_of_month(plus_months(edge.with_day(1)?, i64::from(months))?, day),
        }
    }
}

impl FinalisationRule {
    pub(super) fn date(self, closes: NaiveDate, working: &WorkingDays<'_>) -> Option<NaiveDate> {
        match self {
            Self::Weekday { weekday } => Some(working.on_or_after(next_weekday(closes, weekday)?)),
            Self::WorkingDays { days: 0 } => Some(working.on_or_after(closes)),
            Self::WorkingDays { days } => Some(working.add_working_days(closes, i32::from(days))),
        }
    }
}

impl BankDateRule {
    /// The bank date of a run finalised on this day; `None` for a day of the month that does not exist.
    #[must_use]
    pub fn date(self, finalisation: NaiveDate, working: &WorkingDays<'_>) -> Option<NaiveDate> {
        match self {
            Self::WorkingDaysAfter { days } => Some(working.add_working_days(finalisation, i32::from(days))),
            Self::WeekdayAfter { weekday, roll } => Some(roll.date(next_weekday(finalisation, weekday)?, working)),
            Self::DayOfMonth { day, roll } => {
                let first = finalisation.with_day(1)?;
                let this_month = day_of_month(first, day)?;
                let next =
                    if this_month > finalisation { this_month } else { day_of_month(plus_months(first, 1)?, day)? };
                Some(roll.date(next, working))
            }
        }
    }

    /// As a table would say it: `finalisation + 4 working days`.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::WorkingDaysAfter { days: 1 } => "finalisation + 1 working day".to_owned(),
            Self::WorkingDaysAfter { days } => format!("finalisation + {days} working days"),
            Self::WeekdayAfter { weekday, .. } => {
                let monday = NaiveDate::from_isoywd_opt(2024, 1, weekday);
                let name = monday.map_or_else(|| weekday.to_string(), |day| day.format("%A").to_string());
                format!("the {name} after finalisation")
            }
            Self::DayOfMonth { day, .. } => format!("day {day} of the month after finalisation"),
        }
    }
}

impl Roll {
    fn date(self, date: NaiveDate, working: &WorkingDays<'_>) -> NaiveDate {
        match self {
            Self::Earlier => working.on_or_before(date),
            Self::Later => working.on_or_after(date),
        }
    }
}

/// The first such weekday strictly after a day.
fn next_weekday(after: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let ahead = (weekday.num_days_from_monday() + 6 - after.weekday().num_days_from_monday()) % 7 + 1;
    after.checked_add_days(Days::new(u64::from(ahead)))
}

pub(super) fn plus_days(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let step = Days::new(days.unsigned_abs());
    if days < 0 { date.checked_sub_days(step) } else { date.checked_add_days(step) }
}

pub(super) fn plus_months(date: NaiveDate, months: i64) -> Option<NaiveDate> {
    let step = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 { date.checked_sub_months(step) } else { date.checked_add_months(step) }
}

/// Months since year 0, to subtract from each other.
pub(super) fn month_count(date: NaiveDate) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month0())
}

/// This day of the month that starts on `first`, or its last day.
fn day_of_month(first: NaiveDate, day: u32) -> Option<NaiveDate> {
    if !(1..=31).contains(&day) {
        return None;
    }
    let last = plus_months(first, 1)?.pred_opt()?;
    Some(first.with_day(day).unwrap_or(last))
}
