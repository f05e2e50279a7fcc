//! How a schedule's periods usually close and pay, and why one departs from it: what a provider has to be told plainly
//! before Christmas. Stands after the periods; the calendar's page asks it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::clock::local_time;
use super::{BankHoliday, BankHolidays, Division, Origin, PayPeriod, PeriodDates};

/// The days after a period's last one on which things usually happen, negative for days before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// The cut-off: days after the period's last day, and the time by clocks in the United Kingdom.
    pub cut_off: (i64, NaiveTime),
    /// The bank date.
    pub bank_date: i64,
}

/// How a period departs from what is usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure<'a> {
    /// The cut-off is earlier than usual.
    pub is_early: bool,
    /// The cut-off is later than usual.
    pub is_late: bool,
    /// The bank date is another than usual.
    pub other_bank_date: bool,
    /// When it would have closed.
    pub usual_cut_off: (NaiveDate, NaiveTime),
    /// When it would have been in the bank.
    pub usual_bank_date: NaiveDate,
    /// Bank holidays that explain it: those between the first and the last of these days.
    pub holidays: Vec<&'a BankHoliday>,
    /// What the council said about it.
    pub reason: Option<&'a str>,
}

impl Usual {
    /// What most of the periods do; none where there are no two that agree on their cut-off.
    #[must_use]
    pub fn of(periods: &[PayPeriod]) -> Option<Self> {
        let cut_offs = most(periods.iter().map(|period| cut_off(&period.dates)))?;
        let bank_dates = most(periods.iter().map(|period| days(period.dates.ends, period.dates.bank_date)));
        Some(Self { cut_off: cut_offs, bank_date: bank_dates? })
    }

    /// How a period departs from it; none for one that is as usual.
    #[must_use]
    pub fn departure<'a>(
        &self,
        period: &'a PayPeriod,
        holidays: &'a BankHolidays,
        division: Division,
    ) -> Option<Departure<'a>> {
        let dates = &period.dates;
        let own = cut_off(dates);
        let other_bank_date = days(dates.ends, dates.bank_date) != self.bank_date;
        if own == self.cut_off && !other_bank_date {
            return None;
        }
        let usual_cut_off = dates.ends.checked_add_signed(TimeDelta::days(self.cut_off.0))?;
        let usual_bank_date = dates.ends.checked_add_signed(TimeDelta::days(self.bank_date))?;
        // a holiday explains what lies around it: from the first of the dates that moved to the last of them
        let around = [dates.cut_off_date(), usual_cut_off, dates.bank_date, usual_bank_date];
        let first = around.into_iter().min()?;
        let last = around.into_iter().max()?;
        let between = holidays.of(division).filter(|holiday| first <= holiday.date && holiday.date <= last);
        Some(Departure {
            is_early: own < self.cut_off,
            is_late: own > self.cut_off,
            other_bank_date,
            usual_cut_off: (usual_cut_off, self.cut_off.1),
            usual_bank_date,
            holidays: between.collect(),
            reason: match &period.origin {
                Origin::Overridden { reason, .. } => Some(reason),
                Origin::Generated | Origin::Imported { .. } => None,
            },
        })
    }
}

fn days(from: NaiveDate, to: NaiveDate) -> i64 {
    (to - from).num_days()
}

fn cut_off(dates: &PeriodDates) -> (i64, NaiveTime) {
    let local = local_time(dates.cut_off);
    (days(dates.ends, local.date()), local.time())
}

/// What comes most often, and more than once; of two alike the smaller.
fn most<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let found = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    (found.1 > 1).then_some(found.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::published;
    use super::*;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn periods() -> (Vec<PayPeriod>, BankHolidays) {
        let holidays = BankHolidays::bundled().unwrap();
        let days = (date(2024, 10, 26), date(2025, 7, 31));
        (published::weekly_actuals().calendar(days.0, days.1, &holidays).unwrap().periods, holidays)
    }

    #[test]
    fn weekly_actuals_close_on_tuesday_at_six_and_pay_a_week_later() {
        let usual = Usual::of(&periods().0).unwrap();
        assert_eq!(usual.cut_off, (4, published::CUT_OFF_TIME));
        assert_eq!(usual.bank_date, 11);
    }

    #[test]
    fn both_cut_offs_of_christmas_2024_are_early_because_of_its_bank_holidays() {
        let (periods, holidays) = periods();
        let usual = Usual::of(&periods).unwrap();
        let early = |starts: NaiveDate| {
            let period = periods.iter().find(|period| period.dates.starts == starts).unwrap();
            let departure = usual.departure(period, &holidays, Division::EnglandAndWales).unwrap();
            assert!(departure.is_early && !departure.is_late);
            let days: Vec<NaiveDate> = departure.holidays.iter().map(|holiday| holiday.date).collect();
            (departure.usual_cut_off.0, days, departure.reason.unwrap().to_owned())
        };
        let reason = "Early cut-off at Christmas".to_owned();
        let christmas = vec![date(2024, 12, 25), date(2024, 12, 26)];
        assert_eq!(early(date(2024, 12, 14)), (date(2024, 12, 24), christmas, reason.clone()));
        assert_eq!(early(date(2024, 12, 21)), (date(2024, 12, 31), vec![date(2025, 1, 1)], reason));
        // an ordinary week
        let ordinary = periods.iter().find(|period| period.dates.starts == date(2025, 2, 1)).unwrap();
        assert_eq!(usual.departure(ordinary, &holidays, Division::EnglandAndWales), None);
    }

    #[test]
    fn a_bank_date_that_moved_over_easter_is_another_one_and_the_cut_off_is_as_usual() {
        let (periods, holidays) = periods();
        let usual = Usual::of(&periods).unwrap();
        // 5 to 11 April 2025 closes on Tuesday 15 April; Good Friday and Easter Monday lie before its bank date
        let easter = periods.iter().find(|period| period.dates.starts == date(2025, 4, 5)).unwrap();
        let departure = usual.departure(easter, &holidays, Division::EnglandAndWales).unwrap();
        assert!(!departure.is_early && !departure.is_late && departure.other_bank_date);
        let titles: Vec<&str> = departure.holidays.iter().map(|holiday| holiday.title.as_str()).collect();
        assert_eq!(titles, ["Good Friday", "Easter Monday"]);
    }

    #[test]
    fn one_period_alone_is_not_usual() {
        let (periods, _) = periods();
        assert_eq!(Usual::of(&periods[..1]), None);
        assert_eq!(Usual::of(&[]), None);
    }
}
