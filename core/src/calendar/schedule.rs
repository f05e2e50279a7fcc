//! A council's schedule and the calendar that it unrolls into.
//!
//! Stands between the generator and imports on one side and, on the other, the steps that ask which run a claim is paid in.

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use super::clock::local_instant;
use super::generator::HolidayUse;
use super::{
    BankHolidays, Calendar, CheckSettings, Division, FindingCode, Generator, Origin, PayPeriod, Submission,
    WorkingDays, check, short_date,
};

/// The most periods that one calendar may hold: weekly periods for almost two hundred years.
const MOST_PERIODS: usize = 10_000;

/// When a council pays, and how it came to those dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// As the council calls it.
    pub name: String,
    /// Whose bank holidays the council keeps.
    pub division: Division,
    /// When its payment files are submitted.
    #[serde(default)]
    pub submission: Submission,
    /// The rule for periods that no table covers; none where there are only tables.
    pub generator: Option<Generator>,
    /// Periods of published tables; a generated period that shares a day with one of them gives way.
    #[serde(default)]
    pub imported: Vec<PayPeriod>,
    /// What people changed, applied in this order.
    #[serde(default)]
    pub overrides: Vec<PeriodOverride>,
    /// Warnings that people accepted.
    #[serde(default)]
    pub accepted: Vec<AcceptedFinding>,
}

/// Other dates for one period, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodOverride {
    /// First day of the period meant, as the generator or the table has it.
    pub period_starts: NaiveDate,
    /// Why; shown wherever the period is.
    pub reason: String,
    /// Another first day.
    #[serde(default)]
    pub starts: Option<NaiveDate>,
    /// Another last day.
    #[serde(default)]
    pub ends: Option<NaiveDate>,
    /// Another cut-off, by clocks in the United Kingdom.
    #[serde(default)]
    pub cut_off: Option<NaiveDateTime>,
    /// Another day of finalisation.
    #[serde(default)]
    pub finalisation: Option<NaiveDate>,
    /// Another bank date.
    #[serde(default)]
    pub bank_date: Option<NaiveDate>,
}

/// A warning that a person looked at and let stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptedFinding {
    /// Which kind.
    pub code: FindingCode,
    /// Of which period.
    pub period_starts: NaiveDate,
    /// Why.
    pub reason: String,
}

/// Why a schedule makes no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// Periods of no weeks or no months.
    #[error("a pay period needs at least one week or one month; give its length")]
    Length,
    /// A day of the month that does not exist, or dates beyond any calendar.
    #[error("the schedule's dates cannot be worked out; give a day of the month from 1 to 31 and dates near today")]
    Dates,
    /// More periods than anyone needs.
    #[error("that is more than {MOST_PERIODS} pay periods; ask for a shorter stretch of time")]
    TooMany,
    /// An override of nothing.
    #[error("no pay period starts on {}, so it cannot be overridden; give the first day of one that exists", short_date(*starts))]
    NoSuchPeriod {
        /// The first day that was given.
        starts: NaiveDate,
    },
    /// An override without a reason.
    #[error("the override of the pay period that starts on {} gives no reason; say why the dates differ", short_date(*starts))]
    NoReason {
        /// The first day of the period.
        starts: NaiveDate,
    },
}

impl Schedule {
    /// The periods that share a day with `from` to `to`, both included, by date, with what is unusual about
    /// them. Ask for a few months more than the claims cover, so that late confirmations find their run.
    ///
    /// # Errors
    /// [`ScheduleError`] when the generator's figures make no dates, or an override within the range names a
    /// period that does not exist or gives no reason.
    pub fn calendar(&self, from: NaiveDate, to: NaiveDate, holidays: &BankHolidays) -> Result<Calendar, ScheduleError> {
        let known = self.known_holidays(holidays);
        let mut periods: Vec<PayPeriod> =
            self.imported.iter().filter(|period| shares_a_day(period, from, to)).cloned().collect();
        if let Some(generator) = &self.generator {
            let working = WorkingDays::counting(&known, self.division, generator.holidays);
            periods.extend(self.generated(generator, from, to, &working)?);
        }
        for change in &self.overrides {
            let found = periods.iter_mut().find(|period| original_start(period) == change.period_starts);
            match found {
                Some(period) => change.apply(period)?,
                None if (from..=to).contains(&change.period_starts) => {
                    return Err(ScheduleError::NoSuchPeriod { starts: change.period_starts });
                }
                None => {}
            }
        }
        periods.sort_by_key(|period| (period.dates, period.origin.row()));
        let findings = check(&periods, &self.check_settings(), &known);
        Ok(Calendar { name: self.name.clone(), periods, findings, accepted: self.accepted.clone() })
    }

    /// How the schedule's periods are checked.
    #[must_use]
    pub fn check_settings(&self) -> CheckSettings {
        CheckSettings {
            division: self.division,
            submission: self.submission,
            bank_date: self.generator.as_ref().map(|generator| generator.bank_date),
            holidays: self.generator.as_ref().map(|generator| generator.holidays).unwrap_or_default(),
        }
    }

    fn known_holidays(&self, holidays: &BankHolidays) -> BankHolidays {
        match self.generator.as_ref().map(|generator| generator.holidays) {
            Some(HolidayUse::CountedIn { known_on: Some(day) }) => holidays.as_known_on(day),
            _ => holidays.clone(),
        }
    }

    fn generated(
        &self,
        generator: &Generator,
        from: NaiveDate,
        to: NaiveDate,
        working: &WorkingDays<'_>,
    ) -> Result<Vec<PayPeriod>, ScheduleError> {
        let mut made = Vec::new();
        for number in generator.number_before(from)?.. {
            let period = PayPeriod { number, dates: generator.period(number, working)?, origin: Origin::Generated };
            if period.dates.starts > to {
                break;
            }
            let given = |other: &PayPeriod| shares_a_day(other, period.dates.starts, period.dates.ends);
            if shares_a_day(&period, from, to) && !self.imported.iter().any(given) {
                made.push(period);
            }
            if made.len() > MOST_PERIODS {
                return Err(ScheduleError::TooMany);
            }
        }
        Ok(made)
    }
}

impl PeriodOverride {
    /// For the period that starts on this day, changing nothing yet.
    #[must_use]
    pub fn of(period_starts: NaiveDate, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self { period_starts, reason, starts: None, ends: None, cut_off: None, finalisation: None, bank_date: None }
    }

    fn apply(&self, period: &mut PayPeriod) -> Result<(), ScheduleError> {
        if self.reason.trim().is_empty() {
            return Err(ScheduleError::NoReason { starts: self.period_starts });
        }
        let said = period.dates;
        period.dates.starts = self.starts.unwrap_or(said.starts);
        period.dates.ends = self.ends.unwrap_or(said.ends);
        period.dates.cut_off = self.cut_off.map_or(said.cut_off, local_instant);
        period.dates.finalisation = self.finalisation.unwrap_or(said.finalisation);
        period.dates.bank_date = self.bank_date.unwrap_or(said.bank_date);
        let from = Box::new(period.origin.clone());
        period.origin = Origin::Overridden { reason: self.reason.clone(), said, from };
        Ok(())
    }
}

fn shares_a_day(period: &PayPeriod, from: NaiveDate, to: NaiveDate) -> bool {
    period.dates.starts <= to && from <= period.dates.ends.max(period.dates.starts)
}

/// The first day as it was before anybody changed it.
fn original_start(period: &PayPeriod) -> NaiveDate {
    let (mut starts, mut origin) = (period.dates.starts, &period.origin);
    while let Origin::Overridden { said, from, .. } = origin {
        starts = said.starts;
        origin = from;
    }
    starts
}
