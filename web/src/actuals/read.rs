//! Single values as people type them: quantities, times of day, lengths, carers. Each is read in the ways that people
//! write it, and what cannot be read says what is wrong with it as the end of a sentence.

use counterfoil_core::money::Quantity;
use counterfoil_core::pricing::facts::Unit;

/// The most of any unit that somebody may state for a line: far above any week, far below any overflow.
const MOST_UNITS: i64 = 9_999;
/// Minutes of a day.
const DAY: u16 = 1_440;

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ValueError {
    /// Nothing was typed.
    #[error("nothing was entered")]
    Empty,
    /// No quantity.
    #[error("enter a number, like 7 or 7.5")]
    NotANumber,
    /// Below zero.
    #[error("enter 0 or more")]
    Negative,
    /// More places than are kept.
    #[error("enter at most 3 decimal places")]
    TooFine,
    /// More than anybody delivers.
    #[error("enter {MOST_UNITS} or less")]
    TooMuch,
    /// No time of day.
    #[error("enter a time, like 7:30 or 19:30")]
    NotATime,
    /// No length.
    #[error("enter the length in minutes, from 1 to 1440")]
    NotALength,
    /// No number of carers.
    #[error("enter how many carers came, from 1 to 9")]
    NotCarers,
    /// No whole number.
    #[error("enter a whole number")]
    NotWhole,
}

/// A quantity of a unit: `7`, `7.5`, `7.25`; hours also as `7:30`.
pub(crate) fn quantity(text: &str, unit: Unit) -> Result<Quantity, ValueError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ValueError::Empty);
    }
    if text.starts_with(['-', '\u{2212}']) {
        return Err(ValueError::Negative);
    }
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes) = (whole(hours)?, whole(minutes).ok().filter(|minutes| *minutes < 60));
        let minutes = minutes.filter(|_| unit == Unit::Hour).ok_or(ValueError::NotANumber)?;
        // a third of an hour is no thousandths, and is kept to the nearest one
        let thousandths = hours * 1_000 + (minutes * 1_000 + 30) / 60;
        return within(thousandths);
    }
    let (units, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !digits(units) || !digits(fraction) || (units.is_empty() && fraction.is_empty()) {
        return Err(ValueError::NotANumber);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 3 {
        return Err(ValueError::TooFine);
    }
    let units = if units.is_empty() { 0 } else { whole(units)? };
    let fraction = format!("{fraction:0<3}").parse::<i64>().map_err(|_| ValueError::NotANumber)?;
    within(units.saturating_mul(1_000).saturating_add(fraction))
}

fn within(thousandths: i64) -> Result<Quantity, ValueError> {
    if thousandths > MOST_UNITS * 1_000 {
        return Err(ValueError::TooMuch);
    }
    Ok(Quantity::from_thousandths(thousandths))
}

fn whole(text: &str) -> Result<i64, ValueError> {
    let text = text.trim();
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ValueError::NotANumber);
    }
    text.parse().map_err(|_| ValueError::NotANumber)
}

/// A time of day in minutes from midnight: `7:30`, `07.30`, `0730`, `7`, `7:30pm`.
pub(crate) fn clock(text: &str) -> Result<u16, ValueError> {
    let text: String = text.trim().to_lowercase().chars().filter(|character| !character.is_whitespace()).collect();
    if text.is_empty() {
        return Err(ValueError::Empty);
    }
    let (time, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(time), _) => (time, Some(0)),
        (_, Some(time)) => (time, Some(12)),
        _ => (text.as_str(), None),
    };
    let (hours, minutes) = match time.split_once([':', '.']) {
        Some((hours, minutes)) if minutes.len() == 2 => (hours, minutes),
        Some(_) => return Err(ValueError::NotATime),
        None if time.len() == 4 && time.is_ascii() => time.split_at(2),
        None => (time, "0"),
    };
    let number = |part: &str| whole(part).ok().and_then(|number| u16::try_from(number).ok());
    let (hours, minutes) = number(hours).zip(number(minutes)).ok_or(ValueError::NotATime)?;
    let hours = match half {
        Some(_) if hours == 0 || hours > 12 => return Err(ValueError::NotATime),
        Some(half) => hours % 12 + half,
        None => hours,
    };
    let of_day = hours * 60 + minutes;
    if hours > 23 || minutes > 59 { Err(ValueError::NotATime) } else { Ok(of_day) }
}

/// A length in minutes.
pub(crate) fn minutes(text: &str) -> Result<u16, ValueError> {
    match text.trim() {
        "" => Err(ValueError::Empty),
        text => {
            let found = whole(text).ok().and_then(|minutes| u16::try_from(minutes).ok());
            found.filter(|minutes| (1..=DAY).contains(minutes)).ok_or(ValueError::NotALength)
        }
    }
}

/// How many carers came.
pub(crate) fn carers(text: &str) -> Result<u8, ValueError> {
    match text.trim() {
        "" => Err(ValueError::Empty),
        text => {
            let found = whole(text).ok().and_then(|carers| u8::try_from(carers).ok());
            found.filter(|carers| (1..=9).contains(carers)).ok_or(ValueError::NotCarers)
        }
    }
}

/// A number of visits; none where nothing was typed.
pub(crate) fn visits(text: &str) -> Result<Option<u32>, ValueError> {
    match text.trim() {
        "" => Ok(None),
        text => {
            let found = whole(text).ok().and_then(|visits| u32::try_from(visits).ok());
            found.filter(|visits| *visits <= 999).map(Some).ok_or(ValueError::NotWhole)
        }
    }
}

/// `07:30`.
pub(crate) fn clock_words(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Thousandths of a unit as a form shows them: `7.5`.
pub(crate) fn quantity_words(thousandths: i64) -> String {
    Quantity::from_thousandths(thousandths).to_string()
}

/// Carer-minutes in words: `10 hours 30 minutes`, `45 minutes`, `0 minutes`.
pub(crate) fn hours_words(minutes: i64) -> String {
    let part = |number: i64, name: &str| match number {
        1 => format!("1 {name}"),
        number => format!("{number} {name}s"),
    };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => part(minutes, "minute"),
        (hours, 0) => part(hours, "hour"),
        (hours, minutes) => format!("{} {}", part(hours, "hour"), part(minutes, "minute")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_exactly_and_only_where_they_are_quantities() {
        let raw = |text: &str, unit| quantity(text, unit).map(Quantity::raw);
        let of = |text| raw(text, Unit::Hour);
        assert_eq!([of("7"), of(" 7.50 "), of(".25"), of("0.125")], [Ok(7_000), Ok(7_500), Ok(250), Ok(125)]);
        assert_eq!([of("7:30"), of("0:20"), of("12:05")], [Ok(7_500), Ok(333), Ok(12_083)]);
        assert_eq!(raw("7:30", Unit::Day), Err(ValueError::NotANumber), "only hours have minutes");
        assert_eq!(of(""), Err(ValueError::Empty));
        assert_eq!([of("-1"), of("\u{2212}2")], [Err(ValueError::Negative); 2]);
        assert_eq!(of("1.0005"), Err(ValueError::TooFine));
        assert_eq!(of("10000"), Err(ValueError::TooMuch));
        for text in ["seven", "7,5", "1e3", ".", "7.5h", "7:75", "\u{663}", "1.2.3", "99999999999999999999"] {
            assert_eq!(of(text), Err(ValueError::NotANumber), "{text}");
        }
    }

    #[test]
    fn times_are_read_in_the_ways_that_people_write_them() {
        for (text, minutes) in [
            ("7:30", 450),
            ("07.30", 450),
            ("0730", 450),
            ("7", 420),
            ("7:30 PM", 1_170),
            ("12am", 0),
            ("12:15pm", 735),
        ] {
            assert_eq!(clock(text), Ok(minutes), "{text}");
        }
        for text in ["24:00", "7:3", "7:60", "13pm", "0am", "noon", "7:30:15", "-7:30"] {
            assert_eq!(clock(text), Err(ValueError::NotATime), "{text}");
        }
        assert_eq!(clock(" "), Err(ValueError::Empty));
        assert_eq!(
            (minutes("45"), minutes("0"), minutes("1441")),
            (Ok(45), Err(ValueError::NotALength), Err(ValueError::NotALength))
        );
        assert_eq!(
            (carers("2"), carers("0"), carers("10")),
            (Ok(2), Err(ValueError::NotCarers), Err(ValueError::NotCarers))
        );
        assert_eq!((visits(""), visits("14"), visits("1.5")), (Ok(None), Ok(Some(14)), Err(ValueError::NotWhole)));
    }

    #[test]
    fn minutes_are_said_as_hours() {
        let said: Vec<String> = [0, 1, 45, 60, 61, 630].into_iter().map(hours_words).collect();
        assert_eq!(said, ["0 minutes", "1 minute", "45 minutes", "1 hour", "1 hour 1 minute", "10 hours 30 minutes"]);
        assert_eq!((clock_words(5), clock_words(1_439)), ("00:05".to_owned(), "23:59".to_owned()));
    }
}
