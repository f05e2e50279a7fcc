//! Days and instants in the words in which councils publish them: `31 December 2024`, and `6pm on Tuesday 25
//! March 2025` by the clocks of the United Kingdom.
//!
//! Records keep UTC; `counterfoil_core::calendar::clock` knows when the clocks change. Stands between both
//! and the pages, and is what the templates' filters of the same names call.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, TimeDelta, Timelike as _, Utc};
use counterfoil_core::calendar::clock::{local_instant, local_time};

/// `31 December 2024`.
pub(crate) fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}

/// `Tuesday 31 December 2024`.
pub(crate) fn weekday(day: NaiveDate) -> String {
    day.format("%A %-d %B %Y").to_string()
}

/// `14 to 20 December 2024`, `28 December 2024 to 3 January 2025`; one day is said once.
pub(crate) fn span(first: NaiveDate, last: NaiveDate) -> String {
    let start = match (first.year() == last.year(), first.month() == last.month()) {
        _ if first == last => return day(last),
        (true, true) => first.format("%-d").to_string(),
        (true, false) => first.format("%-d %B").to_string(),
        (false, _) => day(first),
    };
    format!("{start} to {}", day(last))
}

/// `6pm on Tuesday 25 March 2025`, for what has to be done in time.
///
/// A deadline at midnight is said as the last minute of the day before it, since "midnight on Tuesday" is
/// read both ways.
pub(crate) fn deadline(instant: DateTime<Utc>) -> String {
    let local = local_time(instant);
    if local.hour() == 0
        && local.minute() == 0
        && let Some(eve) = local.date().pred_opt()
    {
        return format!("11:59pm on {}", weekday(eve));
    }
    format!("{} on {}", time(instant), weekday(local.date()))
}

/// `25 March 2025 at 6:03pm`, for what has happened. Seconds are left out.
pub(crate) fn moment(instant: DateTime<Utc>) -> String {
    format!("{} at {}", day(local_time(instant).date()), time(instant))
}

/// `6pm`, `6:03pm`, `midday`, `midnight`. In the hour that comes twice a year it says which one is meant.
pub(crate) fn time(instant: DateTime<Utc>) -> String {
    let local = local_time(instant);
    let (afternoon, hour) = local.hour12();
    let half = if afternoon { "pm" } else { "am" };
    let words = match (local.hour(), local.minute()) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (_, 0) => format!("{hour}{half}"),
        (_, minute) => format!("{hour}:{minute:02}{half}"),
    };
    match which_of_two(instant, local) {
        Some(clocks) => format!("{words} {clocks}"),
        None => words,
    }
}

/// The clocks that are meant where they show the same time twice.
fn which_of_two(instant: DateTime<Utc>, local: NaiveDateTime) -> Option<&'static str> {
    // `local_instant` takes the second of two.
    if local_instant(local) != instant {
        return Some("BST, before the clocks go back");
    }
    let earlier = instant.checked_sub_signed(TimeDelta::hours(1))?;
    (local_time(earlier) == local).then_some("GMT, after the clocks go back")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    fn on(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(year, month, day, hour, minute, 0).unwrap()
    }

    #[test]
    fn a_cut_off_is_six_in_the_evening_in_winter_and_in_summer() {
        assert_eq!(deadline(utc(2025, 3, 25, 18, 0)), "6pm on Tuesday 25 March 2025");
        assert_eq!(deadline(utc(2025, 4, 1, 17, 0)), "6pm on Tuesday 1 April 2025");
        assert_eq!(deadline(utc(2024, 12, 22, 18, 0)), "6pm on Sunday 22 December 2024");
    }

    #[test]
    fn the_hour_that_is_skipped_is_never_said() {
        assert_eq!(moment(utc(2025, 3, 30, 0, 59)), "30 March 2025 at 12:59am");
        assert_eq!(moment(utc(2025, 3, 30, 1, 0)), "30 March 2025 at 2am");
    }

    #[test]
    fn the_hour_that_comes_twice_says_which_is_meant() {
        assert_eq!(time(utc(2025, 10, 25, 23, 59)), "12:59am");
        assert_eq!(time(utc(2025, 10, 26, 0, 0)), "1am BST, before the clocks go back");
        assert_eq!(time(utc(2025, 10, 26, 0, 30)), "1:30am BST, before the clocks go back");
        assert_eq!(time(utc(2025, 10, 26, 1, 30)), "1:30am GMT, after the clocks go back");
        assert_eq!(time(utc(2025, 10, 26, 2, 0)), "2am");
    }

    #[test]
    fn noon_and_midnight_have_names_and_minutes_two_digits() {
        assert_eq!(moment(utc(2025, 1, 9, 12, 0)), "9 January 2025 at midday");
        assert_eq!(moment(utc(2025, 1, 9, 0, 0)), "9 January 2025 at midnight");
        assert_eq!(moment(utc(2025, 1, 9, 12, 5)), "9 January 2025 at 12:05pm");
        assert_eq!(moment(utc(2025, 7, 9, 23, 0)), "10 July 2025 at midnight");
        assert_eq!(deadline(utc(2025, 7, 9, 23, 0)), "11:59pm on Wednesday 9 July 2025");
    }

    #[test]
    fn a_period_says_month_and_year_once_where_they_are_the_same() {
        let december = on(2024, 12, 14);
        assert_eq!(span(december, on(2024, 12, 20)), "14 to 20 December 2024");
        assert_eq!(span(on(2024, 11, 30), on(2024, 12, 6)), "30 November to 6 December 2024");
        assert_eq!(span(december, on(2025, 1, 3)), "14 December 2024 to 3 January 2025");
        assert_eq!(span(on(2023, 12, 1), december), "1 December 2023 to 14 December 2024");
        assert_eq!(span(december, december), "14 December 2024");
    }
}
