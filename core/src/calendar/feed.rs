//! Pay periods for a diary: iCalendar (RFC 5545). One file may carry several calendars, since a provider is paid by many
//! and has one diary. Stands beside [`export`](super::export), which is for spreadsheets.

use chrono::{DateTime, Utc};

use super::{Origin, PayPeriod};

/// One calendar among those of a feed.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Said before each event: the council and the schedule. Empty where the feed has one calendar.
    pub name: &'a str,
    /// Parts the ids of its events from those of the others, and stays the same; empty where there are no others.
    pub key: &'a str,
    /// Its periods.
    pub periods: &'a [PayPeriod],
    /// Whether clients are billed by it: its cut-offs are last moments for actuals, its bank dates days of issue.
    pub bills: bool,
}

/// The feed: for each period the moment when amendments close, and the bank date as an all-day event. `name` is what
/// diaries call it, `host` the right-hand side of the events' ids, which are the same in every edition; `now` is stamped
/// on each event.
#[must_use]
pub fn write(name: &str, parts: &[Part<'_>], host: &str, now: DateTime<Utc>) -> String {
    let mut lines: Vec<String> = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Counterfoil//Pay periods//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
        "X-PUBLISHED-TTL:PT12H",
    ]
    .map(str::to_owned)
    .into();
    lines.push(format!("X-WR-CALNAME:{}", escaped(name)));
    for part in parts {
        for period in part.periods {
            events(&mut lines, part, period, host, now);
        }
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}

fn events(lines: &mut Vec<String>, part: &Part<'_>, period: &PayPeriod, host: &str, now: DateTime<Utc>) {
    let dates = period.dates;
    let care = escaped(&dates.label());
    let id = dates.starts.format("%Y%m%d");
    let key = if part.key.is_empty() { String::new() } else { format!("-{}", part.key) };
    let before = if part.name.is_empty() { String::new() } else { format!("{}: ", escaped(part.name)) };
    let closes = format!("DTSTART:{}", dates.cut_off.format("%Y%m%dT%H%M%SZ"));
    let paid = format!("DTSTART;VALUE=DATE:{}", dates.bank_date.format("%Y%m%d"));
    let why = match &period.origin {
        Origin::Overridden { reason, .. } => escaped(reason),
        Origin::Generated | Origin::Imported { .. } => String::new(),
    };
    let both = if part.bills {
        [
            ("actuals", closes, format!("Last actuals before clients are billed for {care}")),
            ("billed", paid, format!("Clients are billed for {care}")),
        ]
    } else {
        [("closes", closes, format!("Last amendments for {care}")), ("paid", paid, format!("Payment for {care}"))]
    };
    for (kind, start, summary) in both {
        lines.push("BEGIN:VEVENT".to_owned());
        lines.push(format!("UID:{id}-{kind}{key}@{host}"));
        lines.push(format!("DTSTAMP:{}", now.format("%Y%m%dT%H%M%SZ")));
        lines.push(start);
        lines.push(format!("SUMMARY:{before}{summary}"));
        if !why.is_empty() {
            lines.push(format!("DESCRIPTION:{why}"));
        }
        lines.push("TRANSP:TRANSPARENT".to_owned());
        lines.push("END:VEVENT".to_owned());
    }
}

/// Text as a value may hold it: its own marks escaped, line ends as `\n`, other control characters left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.replace("\r\n", "\n").chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' | '\r' => escaped.push_str("\\n"),
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_keeps_its_meaning_and_stays_on_its_line() {
        assert_eq!(escaped("Home care; day care, north\\south"), "Home care\\; day care\\, north\\\\south");
        assert_eq!(escaped("Early\r\nsee letter\n\u{7}END:VEVENT"), "Early\\nsee letter\\nEND:VEVENT");
    }

    #[test]
    fn a_long_line_is_folded_between_characters_and_read_back_by_joining() {
        let long = format!("SUMMARY:{}", "\u{e9}\u{2019}x".repeat(60));
        let text = folded(&long);
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(text.strip_suffix("\r\n").unwrap().replace("\r\n ", ""), long);
    }
}
