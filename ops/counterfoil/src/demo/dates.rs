//! Dates and instants that the demo names in its source, checked when it is compiled.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use counterfoil_core::calendar::clock::deadline;

/// A date written in the source. One that no calendar has does not compile where it is a constant.
#[must_use]
#[allow(clippy::panic)] // in constants, where it is a compile error
pub(crate) const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => panic!("no such date"),
    }
}

/// A time of day written in the source.
#[must_use]
#[allow(clippy::panic)]
pub(crate) const fn time(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => panic!("no such time"),
    }
}

/// The instant at which clocks in London show a time on a date.
#[must_use]
pub(crate) fn london(date: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    deadline(date, time(hour, minute))
}
