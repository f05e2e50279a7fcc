//! Local deadlines as instants.
//!
//! Councils publish cut-offs as clock time in the United Kingdom; records keep UTC. Stands between the dates
//! of a period and the receipt times that are compared with them.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::London;

/// The instant at which clocks in the United Kingdom show this time on this date.
///
/// Twice a year that needs a rule. A time that comes twice, as 01:30 on 26 October 2025, means the second
/// one, so that nobody is cut off an hour early. A time that is skipped, as 01:30 on 30 March 2025, is
/// read as though the clocks had not yet gone forward: 01:30 GMT, which clocks show as 02:30.
#[must_use]
pub fn deadline(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    local_instant(date.and_time(time))
}

/// As [`deadline`], for a local date and time in one.
#[must_use]
pub fn local_instant(local: NaiveDateTime) -> DateTime<Utc> {
    if let Some(instant) = London.from_local_datetime(&local).latest() {
        return instant.with_timezone(&Utc);
    }
    // Skipped: carry the offset from before the change across it. Changes are half a year apart, so three
    // hours earlier is always an ordinary time.
    let hours = TimeDelta::hours(3);
    let before = local.checked_sub_signed(hours).and_then(|earlier| London.from_local_datetime(&earlier).latest());
    before
        .and_then(|instant| instant.with_timezone(&Utc).checked_add_signed(hours))
        .unwrap_or_else(|| Utc.from_utc_datetime(&local))
}

/// What clocks in the United Kingdom show at an instant.
#[must_use]
pub fn local_time(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.with_timezone(&London).naive_local()
}

/// The hours from the start of one day to the end of another, both included: 168 for a week, 167 for the one
/// in which the clocks go forward, 169 for the one in which they go back.
#[must_use]
pub fn hours_in(starts: NaiveDate, ends: NaiveDate) -> i64 {
    let after = ends.checked_add_days(Days::new(1)).unwrap_or(ends);
    (deadline(after, NaiveTime::MIN) - deadline(starts, NaiveTime::MIN)).num_hours()
}
