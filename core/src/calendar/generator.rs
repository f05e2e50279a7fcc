//! The rule that makes pay periods: how long they are, when they close, when they are paid.
//!
//! Stands first in the making of a calendar; [`super::Schedule`] lays imports and overrides over it.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use super::clock::deadline;
use super::{PeriodDates, ScheduleError, WorkingDays};

/// What periods are measured in, and how many of it make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", content = "length", rename_all = "snake_case")]
pub enum Unit {
    /// 1 for a weekly, 4 for a four-weekly schedule.
    Weeks(u16),
    /// Calendar months; 1 for a monthly schedule.
    Months(u16),
}

/// Whether care is paid after it was delivered or before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// After the period; the cut-off is counted from its last day.
    Arrears,
    /// Before the period; the cut-off is counted from its first day.
    Advance,
    /// Within the period, some weeks back and some ahead; the cut-off is counted from its first day.
    Mixed,
}

/// Whether bank holidays move dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HolidayUse {
    /// The table takes no notice of them.
    NotCounted,
    /// They are counted in.
    CountedIn {
        /// As the list stood on this day; as it stands now when absent.
        known_on: Option<NaiveDate>,
    },
}

impl Default for HolidayUse {
    fn default() -> Self {
        Self::CountedIn { known_on: None }
    }
}

/// A day counted from the edge of a period that [`Timing`] names.
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

/// When amendments close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutOffRule {
    /// On which day.
    pub day: DayRule,
    /// Until when, by clocks in the United Kingdom; this second is still in.
    pub time: NaiveTime,
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

/// A rule for all of a schedule's periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generator {
    /// What periods are measured in.
    #[serde(flatten)]
    pub unit: Unit,
    /// First day of period 1; where periods are weeks, its weekday is the one on which weeks start.
    pub anchor: NaiveDate,
    /// Arrears, advance, or both.
    pub timing: Timing,
    /// When amendments close.
    pub cut_off: CutOffRule,
    /// When the run is finalised.
    pub finalisation: FinalisationRule,
    /// When the money is in the bank.
    pub bank_date: BankDateRule,
    /// Whether bank holidays move finalisation and bank date.
    pub holidays: HolidayUse,
}

impl Generator {
    /// The dates of the period with this number, the one at the anchor being 1.
    ///
    /// # Errors
    /// [`ScheduleError::Length`] for periods of no length, [`ScheduleError::Dates`] for a day of the month that
    /// does not exist or dates beyond the calendar.
    pub fn period(
        &self,
        number: i32,
        working: &WorkingDays<'_>,
    ) -> Result<PeriodDates, ScheduleError> {
        let index = i64::from(number) - 1;
        let starts = self.start(index)?;
        let ends = self
            .start(index + 1)?
            .pred_opt()
            .ok_or(ScheduleError::Dates)?;
        let edge = if self.timing == Timing::Arrears {
            ends
        } else {
            starts
        };
        let closes = self.cut_off.day.date(edge).ok_or(ScheduleError::Dates)?;
        let finalisation = self
            .finalisation
            .date(closes, working)
            .ok_or(ScheduleError::Dates)?;
        let bank_date = self
            .bank_date
            .date(finalisation, working)
            .ok_or(ScheduleError::Dates)?;
        Ok(PeriodDates {
            starts,
            ends,
            cut_off: deadline(closes, self.cut_off.time),
            finalisation,
            bank_date,
        })
    }

    /// A number whose period lies wholly before a day, at most a few periods before it.
    pub(super) fn number_before(&self, day: NaiveDate) -> Result<i32, ScheduleError> {
        let (elapsed, length) = match self.unit {
            Unit::Weeks(weeks) => ((day - self.anchor).num_days(), 7 * i64::from(weeks)),
            Unit::Months(months) => (
                month_count(day) - month_count(self.anchor),
                i64::from(months),
            ),
        };
        if length == 0 {
            return Err(ScheduleError::Length);
        }
        i32::try_from(elapsed.div_euclid(length) - 1).map_err(|_| ScheduleError::Dates)
    }

    fn start(&self, index: i64) -> Result<NaiveDate, ScheduleError> {
        match self.unit {
            Unit::Weeks(0) | Unit::Months(0) => Err(ScheduleError::Length),
            Unit::Weeks(weeks) => {
                plus_days(self.anchor, index * 7 * i64::from(weeks)).ok_or(ScheduleError::Dates)
            }
            Unit::Months(months) => {
                plus_months(self.anchor, index * i64::from(months)).ok_or(ScheduleError::Dates)
            }
        }
    }
}

impl DayRule {
    fn date(self, edge: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Weekday { weekday, weeks } => {
                plus_days(next_weekday(edge, weekday)?, 7 * i64::from(weeks))
            }
            Self::Days { days } => plus_days(edge, i64::from(days)),
            Self::DayOfMonth { day, months } => {
                day_of_month(plus_months(edge.with_day(1)?, i64::from(months))?, day)
            }
        }
    }
}

impl FinalisationRule {
    fn date(self, closes: NaiveDate, working: &WorkingDays<'_>) -> Option<NaiveDate> {
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
            Self::WorkingDaysAfter { days } => {
                Some(working.add_working_days(finalisation, i32::from(days)))
            }
            Self::WeekdayAfter { weekday, roll } => {
                Some(roll.date(next_weekday(finalisation, weekday)?, working))
            }
            Self::DayOfMonth { day, roll } => {
                let first = finalisation.with_day(1)?;
                let this_month = day_of_month(first, day)?;
                let next = if this_month > finalisation {
                    this_month
                } else {
                    day_of_month(plus_months(first, 1)?, day)?
                };
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
                let name =
                    monday.map_or_else(|| weekday.to_string(), |day| day.format("%A").to_string());
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
    let ahead =
        (weekday.num_days_from_monday() + 6 - after.weekday().num_days_from_monday()) % 7 + 1;
    after.checked_add_days(Days::new(u64::from(ahead)))
}

fn plus_days(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let step = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(step)
    } else {
        date.checked_add_days(step)
    }
}

fn plus_months(date: NaiveDate, months: i64) -> Option<NaiveDate> {
    let step = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
    if months < 0 {
        date.checked_sub_months(step)
    } else {
        date.checked_add_months(step)
    }
}

/// Months since year 0, to subtract from each other.
fn month_count(date: NaiveDate) -> i64 {
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
