//! One cell, and what it can be read as: a day in British order, a time of day, a quantity, a count.

use std::fmt;

use chrono::{Datelike as _, Days, NaiveDate};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::words::settled;
use crate::calendar::import::day_of;
use crate::money::Quantity;

/// A cell as a file held it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text; in CSV everything is.
    Text(String),
    /// A number of a spreadsheet, which may stand for a day or a time.
    Number(Decimal),
    /// What a spreadsheet shows as a day or a time.
    Moment {
        /// The day; before 1901 for a time alone.
        date: NaiveDate,
        /// Seconds from midnight.
        seconds: u32,
    },
}

/// Where a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// From 0.
    pub column: usize,
    /// From 1.
    pub row: u32,
}

impl fmt::Display for Place {
    /// As spreadsheets name it: `C7`, `AA12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut letters, mut left) = (Vec::new(), self.column + 1);
        while left > 0 {
            let letter = u8::try_from((left - 1) % 26).unwrap_or_default();
            letters.push(char::from(b'A' + letter));
            left = (left - 1) / 26;
        }
        let name: String = letters.into_iter().rev().collect();
        write!(f, "{name}{}", self.row)
    }
}

/// What is wrong with a cell and what to do.
pub(super) type Refusal = (String, String);

fn refusal<T>(reason: impl Into<String>, cure: impl Into<String>) -> Result<T, Refusal> {
    Err((reason.into(), cure.into()))
}

/// The serial number of a day that a spreadsheet may mean: 1954 to 2119. What is outside is another number.
const SERIALS: std::ops::Range<u64> = 20_000..80_500;

/// The day before the first of a spreadsheet's calendar, with the leap day of 1900 that it wrongly has.
const EPOCH: Option<NaiveDate> = NaiveDate::from_ymd_opt(1899, 12, 30);

const SECONDS: u32 = 86_400;

impl Cell {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Moment { .. } => false,
        }
    }

    /// As text: a number without trailing noughts, a day as `14/12/2024`.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => settled(text).into_owned(),
            Self::Number(number) => number.normalize().to_string(),
            Self::Moment { date, seconds } if date.year() < 1901 => clock(*seconds),
            Self::Moment { date, seconds: 0 } => date.format("%d/%m/%Y").to_string(),
            Self::Moment { date, seconds } => format!("{} {}", date.format("%d/%m/%Y"), clock(*seconds)),
        }
    }

    /// A day.
    pub(super) fn day(&self) -> Result<NaiveDate, Refusal> {
        const CURE: &str = "Write the day, month and year, for example 20/12/2024.";
        match self {
            Self::Empty => refusal("The date is missing.", CURE),
            Self::Moment { date, .. } if date.year() >= 1901 => Ok(*date),
            Self::Moment { .. } => refusal("There is a time where a date should be.", CURE),
            Self::Number(number) => {
                serial(*number).map_or_else(|| refusal(format!("\u{2018}{number}\u{2019} is not a date."), CURE), Ok)
            }
            Self::Text(_) => {
                let text = self.text();
                if let Some(day) = plain_day(&text) {
                    return Ok(day);
                }
                if let Some(day) = text.parse().ok().filter(|_| text.len() == 5).and_then(serial) {
                    return Ok(day);
                }
                day_of(&text).or_else(|_| refusal(format!("\u{2018}{}\u{2019} is not a date.", short(&text)), CURE))
            }
        }
    }

    /// A time of day in minutes from midnight; seconds are rounded down.
    pub(super) fn time(&self) -> Result<u16, Refusal> {
        const CURE: &str = "Write hours and minutes of the 24 hour clock, for example 08:30 or 17:45.";
        let minutes = |seconds: u32| u16::try_from(seconds / 60).unwrap_or_default();
        match self {
            Self::Empty => refusal("The time is missing.", CURE),
            Self::Moment { seconds, .. } => Ok(minutes(*seconds)),
            Self::Number(number) if *number < Decimal::ZERO || (number.fract().is_zero() && !number.is_zero()) => {
                refusal(format!("\u{2018}{number}\u{2019} is not a time."), CURE)
            }
            Self::Number(number) => {
                // a share of the day, which is kept as the nearest binary fraction
                let seconds = (number.fract() * Decimal::from(SECONDS)).round().to_u32().unwrap_or_default();
                Ok(minutes(seconds.min(SECONDS - 1)))
            }
            Self::Text(_) => {
                let text = self.text();
                clock_time(&text).map_or_else(
                    || refusal(format!("\u{2018}{}\u{2019} is not a time.", short(&text)), CURE),
                    |seconds| Ok(minutes(seconds)),
                )
            }
        }
    }

    /// A quantity of units, 0 or more, with at most three decimal places.
    pub(super) fn quantity(&self) -> Result<Quantity, Refusal> {
        let number = self.number("the quantity", "7.5")?;
        if number.is_sign_negative() && !number.is_zero() {
            return refusal(format!("\u{2018}{number}\u{2019} is below zero."), "Write 0 if nothing was delivered.");
        }
        Quantity::new(number).or_else(|_| {
            refusal(
                format!("\u{2018}{number}\u{2019} has more than three decimal places."),
                "Round it to three places, for example 7.333.",
            )
        })
    }

    /// A whole number up to a largest.
    pub(super) fn count(&self, what: &str, most: u32) -> Result<u32, Refusal> {
        let number = self.number(what, "2")?;
        let whole = number.fract().is_zero().then(|| number.to_u32()).flatten().filter(|whole| *whole <= most);
        whole.map_or_else(
            || {
                refusal(
                    format!("\u{2018}{number}\u{2019} is not {what}."),
                    format!("Write a whole number from 0 to {most}."),
                )
            },
            Ok,
        )
    }

    fn number(&self, what: &str, example: &str) -> Result<Decimal, Refusal> {
        let cure = format!("Write {what} in figures, for example {example}.");
        match self {
            Self::Empty => refusal(format!("There is nothing where {what} should be."), cure),
            Self::Number(number) => Ok(*number),
            Self::Moment { .. } => refusal(
                format!("There is a date or a time where {what} should be."),
                format!("Format the cell as a number and write {what}, for example {example}."),
            ),
            Self::Text(text) => {
                let text = text.trim();
                if text.contains(',') {
                    return refusal(
                        format!("\u{2018}{}\u{2019} has a comma in it.", short(text)),
                        format!(
                            "Write the decimal point as a full stop and nothing between thousands, for example {example}."
                        ),
                    );
                }
                let plain = !text.is_empty()
                    && text.len() <= 20
                    && text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
                let number = plain.then(|| text.parse().ok()).flatten();
                number.map_or_else(|| refusal(format!("\u{2018}{}\u{2019} is not a number.", short(text)), cure), Ok)
            }
        }
    }
}

/// The day of a serial number; the time that may stand after it is left out.
fn serial(number: Decimal) -> Option<NaiveDate> {
    let days = number.trunc().to_u64().filter(|days| SERIALS.contains(days))?;
    EPOCH?.checked_add_days(Days::new(days))
}

/// `20/12/2024` and `2024-12-20`, which nearly all cells of a table are.
fn plain_day(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    let figures = |from: usize, to: usize| -> Option<u32> {
        bytes
            .get(from..to)?
            .iter()
            .try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0')))
    };
    if bytes.len() != 10 {
        return None;
    }
    match (bytes.get(2), bytes.get(5), bytes.get(4), bytes.get(7)) {
        (Some(b'/'), Some(b'/'), ..) => {
            NaiveDate::from_ymd_opt(i32::try_from(figures(6, 10)?).ok()?, figures(3, 5)?, figures(0, 2)?)
        }
        (_, _, Some(b'-'), Some(b'-')) => {
            NaiveDate::from_ymd_opt(i32::try_from(figures(0, 4)?).ok()?, figures(5, 7)?, figures(8, 10)?)
        }
        _ => None,
    }
}

/// `08:30`, `8.30`, `0830`, `8:30:15`, `8:30 am`, `5pm`: seconds from midnight.
fn clock_time(text: &str) -> Option<u32> {
    let text = text.to_lowercase().replace(' ', "");
    let (figures, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(figures), _) => (figures, Some(0)),
        (_, Some(figures)) => (figures, Some(12)),
        _ => (text.as_str(), None),
    };
    let parts: Vec<&str> = figures.split([':', '.']).collect();
    let number = |part: &&str| -> Option<u32> { (1..=2).contains(&part.len()).then(|| part.parse().ok()).flatten() };
    let (hour, minute, second) = match parts.as_slice() {
        [whole] if half.is_some() => (number(whole)?, 0, 0),
        [whole] if whole.len() == 4 => (whole.get(..2)?.parse().ok()?, whole.get(2..)?.parse().ok()?, 0),
        [hour, minute] if minute.len() == 2 => (number(hour)?, number(minute)?, 0),
        [hour, minute, second] => (number(hour)?, number(minute)?, number(second)?),
        _ => return None,
    };
    let hour = match half {
        Some(add) if (1..=12).contains(&hour) => hour % 12 + add,
        Some(_) => return None,
        None => hour,
    };
    (hour < 24 && minute < 60 && second < 60).then_some(hour * 3_600 + minute * 60 + second)
}

fn clock(seconds: u32) -> String {
    format!("{:02}:{:02}", seconds / 3_600, seconds / 60 % 60)
}

/// Enough of what was typed to be recognised.
pub(super) fn short(text: &str) -> String {
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(39).chain(['\u{2026}']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn number(text: &str) -> Cell {
        Cell::Number(text.parse().expect("a number"))
    }

    #[test]
    fn cells_are_named_as_a_spreadsheet_names_them() {
        let names = [(0, 1), (2, 7), (25, 3), (26, 12), (701, 1), (702, 1)];
        let names = names.map(|(column, row)| Place { column, row }.to_string());
        assert_eq!(names, ["A1", "C7", "Z3", "AA12", "ZZ1", "AAA1"]);
    }

    #[test]
    fn days_are_read_in_british_order_and_as_serial_numbers() {
        let day = NaiveDate::from_ymd_opt(2024, 12, 5);
        for cell in ["05/12/2024", "5/12/24", "2024-12-05", "5 December 2024", "Thu 5 Dec 2024", "45631"] {
            assert_eq!(text(cell).day().ok(), day, "{cell}");
        }
        assert_eq!(number("45631").day().ok(), day);
        assert_eq!(number("45631.75").day().ok(), day);
        for cell in [text("12/25/2024"), text("soon"), text(""), number("3"), Cell::Empty] {
            let (_, cure) = cell.day().expect_err("no date");
            assert!(cure.contains("20/12/2024"));
        }
    }

    #[test]
    fn times_are_read_as_text_and_as_a_share_of_the_day() {
        for cell in ["08:30", "8:30", "8.30", "0830", "8:30am", "08:30:59"] {
            assert_eq!(text(cell).time(), Ok(510), "{cell}");
        }
        assert_eq!(text("5pm").time(), Ok(1_020));
        assert_eq!(number("0.354166666666667").time(), Ok(510));
        assert_eq!(number("45631.354166666664").time(), Ok(510));
        assert_eq!(number("0").time(), Ok(0));
        for cell in [text("25:00"), text("830"), text("8:60"), text("13pm"), number("830"), number("-0.5")] {
            assert!(cell.time().is_err(), "{cell:?}");
        }
    }

    #[test]
    fn a_decimal_comma_is_refused_with_what_to_write() {
        let (reason, cure) = text("7,5").quantity().expect_err("a comma");
        assert_eq!(reason, "\u{2018}7,5\u{2019} has a comma in it.");
        assert!(cure.contains("full stop") && cure.contains("7.5"), "{cure}");
        assert_eq!(text("7.5").quantity(), Ok(Quantity::from_thousandths(7_500)));
        assert_eq!(number("7.50").quantity(), Ok(Quantity::from_thousandths(7_500)));
        assert!(text("-1").quantity().expect_err("negative").0.contains("below zero"));
        assert!(text("1.2345").quantity().expect_err("too fine").1.contains("three places"));
        assert!(text("1e3").quantity().is_err() && text("two").quantity().is_err());
    }
}
