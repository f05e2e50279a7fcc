//! Pay periods as text that other programs read: CSV for spreadsheets, iCalendar for diaries.
//!
//! Stands at the end: what a council publishes to its providers. What [`csv()`] writes, [`super::import`] reads
//! back.

use chrono::{DateTime, NaiveDate, Utc};

use super::clock::local_time;
use super::import::Column;
use super::{Origin, PayPeriod, feed};

/// The periods in the published columns, with their number in front and the reason of an override behind.
/// Dates as 16/03/2024; the cut-off with its time by clocks in the United Kingdom. Lines end in CR LF.
#[must_use]
pub fn csv(periods: &[PayPeriod]) -> String {
    let mut text = String::from("Number");
    for column in Column::ALL {
        text.push(',');
        text.push_str(column.heading());
    }
    text.push_str(",Reason for change\r\n");
    for period in periods {
        let dates = period.dates;
        let reason = match &period.origin {
            Origin::Overridden { reason, .. } => quoted(reason),
            Origin::Generated | Origin::Imported { .. } => String::new(),
        };
        text.push_str(&format!(
            "{},{},{},{},{},{},{reason}\r\n",
            period.number,
            local_time(dates.cut_off).format("%d/%m/%Y %H:%M:%S"),
            day(dates.finalisation),
            day(dates.starts),
            day(dates.ends),
            day(dates.bank_date),
        ));
    }
    text
}

fn day(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// A cell in quotes. A leading sign that a spreadsheet would take for a formula gets an apostrophe.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

/// The periods as an iCalendar feed (RFC 5545): for each one the moment when amendments close, and the
/// bank date as an all-day event. `calendar` is its name, `host` the right-hand side of the events' ids, which are
/// the same in every edition of the feed; `now` is stamped on each event.
#[must_use]
pub fn ics(periods: &[PayPeriod], calendar: &str, host: &str, now: DateTime<Utc>) -> String {
    feed::write(calendar, &[feed::Part { name: "", key: "", periods, bills: false }], host, now)
}
