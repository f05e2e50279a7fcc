//! The rule that makes pay periods: how long they are, when they close, when they are paid.
//!
//! Stands first in the making of a calendar; [`super::Schedule`] lays imports and overrides over it.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::clock::deadline;
use super::rules::{month_count, plus_days, plus_months};
use super::{BankDateRule, DayRule, FinalisationRule, PeriodDates, ScheduleError, WorkingDays};

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

/// When amendments close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutOffRule {
    /// On which day.
    pub day: DayRule,
    /// Until when, by clocks in the United Kingdom; this second is still in.
    pub time: NaiveTime,
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
    pub fn period(&self, number: i32, working: &WorkingDays<'_>) -> Result<PeriodDates, ScheduleError> {
        let index = i64::from(number) - 1;
        let starts = self.start(index)?;
        let ends = self.start(index + 1)?.pred_opt().ok_or(ScheduleError::Dates)?;
        let edge = if self.timing == Timing::Arrears { ends } else { starts };
        let closes = self.cut_off.day.date(edge).ok_or(ScheduleError::Dates)?;
        let finalisation = self.finalisation.date(closes, working).ok_or(ScheduleError::Dates)?;
        let bank_date = self.bank_date.date(finalisation, working).ok_or(ScheduleError::Dates)?;
        Ok(PeriodDates { starts, ends, cut_off: deadline(closes, self.cut_off.time), finalisation, bank_date })
    }

    /// A number whose period lies wholly before a day, at most a few periods before it.
    pub(super) fn number_before(&self, day: NaiveDate) -> Result<i32, ScheduleError> {
        let (elapsed, length) = match self.unit {
            Unit::Weeks(weeks) => ((day - self.anchor).num_days(), 7 * i64::from(weeks)),
            Unit::Months(months) => (month_count(day) - month_count(self.anchor), i64::from(months)),
        };
        if length == 0 {
            return Err(ScheduleError::Length);
        }
        i32::try_from(elapsed.div_euclid(length) - 1).map_err(|_| ScheduleError::Dates)
    }

    fn start(&self, index: i64) -> Result<NaiveDate, ScheduleError> {
        match self.unit {
            Unit::Weeks(0) | Unit::Months(0) => Err(ScheduleError::Length),
            Unit::Weeks(weeks) => plus_days(self.anchor, index * 7 * i64::from(weeks)).ok_or(ScheduleError::Dates),
            Unit::Months(months) => plus_months(self.anchor, index * i64::from(months)).ok_or(ScheduleError::Dates),
        }
    }
}
