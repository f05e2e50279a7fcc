//! Counting in working days: not a weekend, not a bank holiday of the division.
//!
//! Stands between the bank holidays and everything that dates a payment.

use chrono::{Datelike, Days, NaiveDate, Weekday};

use super::{BankHolidays, Division, HolidayUse};

/// The working days of one division.
#[derive(Debug, Clone, Copy)]
pub struct WorkingDays<'a> {
    holidays: Option<&'a BankHolidays>,
    division: Division,
}

impl BankHolidays {
    /// The working days of a division.
    #[must_use]
    pub const fn working_days(&self, division: Division) -> WorkingDays<'_> {
        WorkingDays { holidays: Some(self), division }
    }

    /// The days on which BACS processes payments; it follows England's holidays wherever the council is.
    #[must_use]
    pub const fn bacs_days(&self) -> WorkingDays<'_> {
        self.working_days(Division::EnglandAndWales)
    }
}

impl<'a> WorkingDays<'a> {
    /// Every Monday to Friday, for a table that does not count bank holidays in.
    #[must_use]
    pub const fn weekdays_only() -> Self {
        Self { holidays: None, division: Division::EnglandAndWales }
    }

    /// Counting bank holidays in or not, as a schedule says. `holidays` must already be as known when the
    /// schedule wants them ([`BankHolidays::as_known_on`]).
    #[must_use]
    pub const fn counting(holidays: &'a BankHolidays, division: Division, used: HolidayUse) -> Self {
        match used {
            HolidayUse::NotCounted => Self::weekdays_only(),
            HolidayUse::CountedIn { .. } => holidays.working_days(division),
        }
    }

    /// Whether money is moved on this day.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && self.holiday(date).is_none()
    }

    /// The title of the bank holiday on this day, if it is one: `Summer bank holiday`.
    #[must_use]
    pub fn holiday(&self, date: NaiveDate) -> Option<&'a str> {
        self.holidays?.get(self.division, date).map(|holiday| holiday.title.as_str())
    }

    /// This day if it is a working day, else the first one after it.
    #[must_use]
    pub fn on_or_after(&self, date: NaiveDate) -> NaiveDate {
        if self.is_working_day(date) { date } else { self.next_working_day(date) }
    }

    /// This day if it is a working day, else the last one before it.
    #[must_use]
    pub fn on_or_before(&self, date: NaiveDate) -> NaiveDate {
        if self.is_working_day(date) { date } else { self.add_working_days(date, -1) }
    }

    /// The first working day strictly after a day.
    #[must_use]
    pub fn next_working_day(&self, date: NaiveDate) -> NaiveDate {
        self.add_working_days(date, 1)
    }

    /// The `days`-th working day strictly after a day, or before it when negative; the day itself for 0,
    /// working day or not. At the ends of the calendar (year 262142) it stays on the last day there is.
    #[must_use]
    pub fn add_working_days(&self, date: NaiveDate, days: i32) -> NaiveDate {
        let (mut day, mut left) = (date, days.unsigned_abs());
        while left > 0 {
            let step = if days > 0 { day.checked_add_days(Days::new(1)) } else { day.checked_sub_days(Days::new(1)) };
            let Some(next) = step else { return day };
            day = next;
            if self.is_working_day(day) {
                left -= 1;
            }
        }
        day
    }

    /// How many working days lie after `from` up to and including `to`; negative, counted from `to`, when
    /// `to` comes first. So `working_days_between(d, add_working_days(d, n)) == n` for n of 0 and above.
    #[must_use]
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> i64 {
        if to < from {
            return -self.working_days_between(to, from);
        }
        let count = from.iter_days().skip(1).take_while(|day| *day <= to).filter(|day| self.is_working_day(*day));
        i64::try_from(count.count()).unwrap_or(i64::MAX)
    }
}
