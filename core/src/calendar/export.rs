//! Pay periods as text that other programs read: CSV for spreadsheets, iCalendar for diaries.
//!
//! Stands at the end: what a council publishes to its providers. What [`csv()`] writes, [`super::import`] reads
//! back.

use chrono::{DateTime, NaiveDate, Utc};

use super::clock::local_time;
use super::import::Column;
use super::{Origin, PayPeriod};

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
    let mut lines: Vec<String> = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Counterfoil//Pay periods//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(calendar)),
    ];
    for period in periods {
        let dates = period.dates;
        let care = escaped(&dates.label());
        let id = dates.starts.format("%Y%m%d");
        let closes = format!("DTSTART:{}", dates.cut_off.format("%Y%m%dT%H%M%SZ"));
        let paid = format!("DTSTART;VALUE=DATE:{}", dates.bank_date.format("%Y%m%d"));
        let events =
            [("closes", closes, format!("Last amendments for {care}")), ("paid", paid, format!("Payment for {care}"))];
        for (kind, start, summary) in events {
            lines.push("BEGIN:VEVENT".to_owned());
            lines.push(format!("UID:{id}-{kind}@{host}"));
            lines.push(format!("DTSTAMP:{}", now.format("%Y%m%dT%H%M%SZ")));
            lines.push(start);
            lines.push(format!("SUMMARY:{summary}"));
            lines.push("TRANSP:TRANSPARENT".to_owned());
            lines.push("END:VEVENT".to_owned());
        }
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace(['\r', '\n'], " ")
}

/// A line of at most 75 bytes, the rest on lines that start with a space, each ended by CR LF.
fn folded(line: &str) -> String {
    let mut text = String::with_capacity(line.len() + 2);
    let mut width = 0;
    for character in line.chars() {
        if width + character.len_utf8() > 75 {
            text.push_str("\r\n ");
            width = 1;
        }
        text.push(character);
        width += character.len_utf8();
    }
    text.push_str("\r\n");
    text
}
