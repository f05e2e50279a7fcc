//! Dates as councils write them.
//!
//! Day before month always: `16/03/2024`, `16-3-24`, `2024-03-16`, `16 March 2024`, `Sat 16th Mar 2024`; a cut-off may
//! carry a time, as `26/03/2024 18:00`, `26 March 2024 6pm` or `2024-03-26T18:00`.

use chrono::{NaiveDate, NaiveTime};

/// What to write instead, said in every refusal.
const EXAMPLE: &str = "write day/month/year, as 16/03/2024";

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A date without a time.
///
/// # Errors
/// What is wrong with the cell, to follow the word `it`.
pub(crate) fn day(cell: &str) -> Result<NaiveDate, String> {
    match day_and_time(cell)? {
        (day, None) => Ok(day),
        (_, Some(_)) => Err(format!("has a time as well, which only the cut-off may; {EXAMPLE}")),
    }
}

/// A date, and the time if there is one.
///
/// # Errors
/// What is wrong with the cell, to follow the word `it`.
pub(super) fn day_and_time(cell: &str) -> Result<(NaiveDate, Option<NaiveTime>), String> {
    let lowered = cell.trim().to_lowercase();
    let (lowered, iso_time) = match lowered.split_once('t') {
        Some((date, time))
            if date.ends_with(|last: char| last.is_ascii_digit()) && date.contains('-') && !time.starts_with('h') =>
        {
            (date.to_owned(), Some(time.to_owned()))
        }
        _ => (lowered, None),
    };
    let mut words: Vec<&str> = lowered.split([' ', '\u{a0}', ',', '\t']).filter(|word| !word.is_empty()).collect();
    words.extend(iso_time.as_deref());
    words.retain(|word| !is_filler(word));
    if words.is_empty() {
        return Err(format!("has no date; {EXAMPLE}"));
    }
    let (time, words): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| is_time(word));
    let time = match time.as_slice() {
        [] => None,
        [one] => Some(clock_time(one).ok_or_else(|| format!("has the time \u{2018}{one}\u{2019}; write it as 18:00"))?),
        _ => return Err(format!("has more than one time; {EXAMPLE}")),
    };
    Ok((calendar_date(&words)?, time))
}

fn is_filler(word: &str) -> bool {
    const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let bare = word.trim_end_matches('.');
    matches!(bare, "at" | "by" | "of" | "on") || WEEKDAYS.iter().any(|name| bare.len() >= 3 && name.starts_with(bare))
}

fn is_time(word: &str) -> bool {
    word.contains(':') || word.ends_with("am") || word.ends_with("pm") || word == "noon"
}

fn clock_time(word: &str) -> Option<NaiveTime> {
    if word == "noon" {
        return NaiveTime::from_hms_opt(12, 0, 0);
    }
    let (figures, half) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(figures), _) => (figures, Some(0)),
        (_, Some(figures)) => (figures, Some(12)),
        _ => (word, None),
    };
    let mut parts = figures.split([':', '.']);
    let hour: u32 = parts.next()?.parse().ok()?;
    let minute: u32 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    let second: u32 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    let hour = match half {
        Some(add) if (1..=12).contains(&hour) => hour % 12 + add,
        Some(_) => return None,
        None => hour,
    };
    if parts.next().is_some() { None } else { NaiveTime::from_hms_opt(hour, minute, second) }
}

fn calendar_date(words: &[&str]) -> Result<NaiveDate, String> {
    let parts: Vec<&str> = match words {
        [one] => one.split(['/', '-', '.']).collect(),
        several => several.to_vec(),
    };
    let [first, month, last] = parts.as_slice() else {
        return Err(format!("is not a date; {EXAMPLE}"));
    };
    let (day, year) = if first.len() == 4 { (*last, *first) } else { (*first, *last) };
    let day = day.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']);
    let (Some(day), Some(month), Some(year)) = (number(day), month_number(month), year_number(year)) else {
        return Err(format!("is not a date; {EXAMPLE}"));
    };
    if month > 12 {
        return Err(format!("has no month {month}; {EXAMPLE}, the day first"));
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| format!("is a day that does not exist; {EXAMPLE}"))
}

fn number(text: &str) -> Option<u32> {
    let figures = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if figures { text.parse().ok() } else { None }
}

fn month_number(text: &str) -> Option<u32> {
    let bare = text.trim_end_matches('.');
    if let Some(figures) = number(bare) {
        return Some(figures);
    }
    let named = MONTHS.iter().position(|name| bare.len() >= 3 && name.starts_with(bare))?;
    u32::try_from(named + 1).ok()
}

/// Four figures, or two for this century: no published calendar is older.
fn year_number(text: &str) -> Option<i32> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match text.len() {
        4 => text.parse().ok(),
        2 => text.parse::<i32>().ok().map(|year| 2000 + year),
        _ => None,
    }
}
