//! Plans, rates and terms of a contract as people say them.

use chrono::NaiveDate;
use counterfoil_core::money::{Quantity, Rate};
use counterfoil_core::plan::{Plan, TimetabledVisit};
use counterfoil_core::pricing::facts::{Attribute, DayKind, RateRow, Recording, Terms, Unit, Value};
pub(in crate::pages) use counterfoil_core::pricing::words::amount;
use counterfoil_tenants::contract::{ClaimPeriod, ContractKind};

use crate::london;

/// Monday first, as plans count.
pub(in crate::pages) const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

pub(in crate::pages) const fn kind(kind: ContractKind) -> &'static str {
    match kind {
        ContractKind::Framework => "Framework",
        ContractKind::Spot => "Spot",
        ContractKind::Block => "Block",
    }
}

pub(in crate::pages) const fn recording(recording: Recording) -> &'static str {
    match recording {
        Recording::Timetabled => "Visit by visit",
        Recording::Quantities => "Quantities for the week",
        Recording::None => "Not recorded",
    }
}

pub(in crate::pages) const fn terms(terms: Terms) -> &'static str {
    match terms {
        Terms::Planned => "The plan, whatever was delivered",
        Terms::Actual => "What was delivered, and what the person missed where the reason counts",
    }
}

pub(in crate::pages) const fn claim_period(period: ClaimPeriod) -> &'static str {
    match period {
        ClaimPeriod::Week => "A week",
        ClaimPeriod::PayPeriod => "The whole pay period",
    }
}

pub(in crate::pages) const fn gross(gross: bool) -> &'static str {
    if gross {
        "Gross: before the person\u{2019}s contribution is taken off"
    } else {
        "Net: after the person\u{2019}s contribution is taken off"
    }
}

/// `an hour`.
pub(in crate::pages) const fn one(unit: Unit) -> &'static str {
    match unit {
        Unit::Hour => "an hour",
        Unit::Visit => "a visit",
        Unit::Session => "a session",
        Unit::Day => "a day",
        Unit::Night => "a night",
        Unit::Week => "a week",
    }
}

/// A plan in a line: what it comes to in a week.
pub(in crate::pages) fn plan(plan: &Plan, unit: Unit) -> String {
    match plan {
        Plan::Timetable { visits } => {
            let minutes: i64 = visits.iter().map(|visit| i64::from(visit.minutes) * i64::from(visit.carers)).sum();
            let count = visits.len();
            let noun = if count == 1 { "visit" } else { "visits" };
            format!("{count} {noun} a week, {} of care", hours(minutes))
        }
        Plan::Days { quantities } => {
            let whole: i64 = quantities.iter().map(|quantity| quantity.raw()).sum();
            format!("{} a week, by day", amount(Quantity::from_thousandths(whole), unit))
        }
        Plan::Week { quantity } => format!("{} for each seven days", amount(*quantity, unit)),
    }
}

/// `1 hour 30 minutes`.
pub(in crate::pages) fn hours(minutes: i64) -> String {
    let part = |count: i64, word: &str| match count {
        0 => String::new(),
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    match (minutes / 60, minutes % 60) {
        (0, 0) => "0 minutes".to_owned(),
        (whole, 0) => part(whole, "hour"),
        (whole, rest) => format!("{} {}", part(whole, "hour"), part(rest, "minute")).trim().to_owned(),
    }
}

/// `7:30am`, from minutes after midnight.
pub(in crate::pages) fn clock(minutes: u16) -> String {
    let (hour, minute) = ((minutes / 60) % 24, minutes % 60);
    let half = if hour < 12 { "am" } else { "pm" };
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    match (hour, minute) {
        (0, 0) => "midnight".to_owned(),
        (12, 0) => "midday".to_owned(),
        (_, 0) => format!("{twelve}{half}"),
        _ => format!("{twelve}:{minute:02}{half}"),
    }
}

/// `7:30am to 8am`.
pub(in crate::pages) fn from_to(visit: &TimetabledVisit) -> String {
    format!("{} to {}", clock(visit.start), clock(visit.start.saturating_add(visit.minutes)))
}

/// `£18.85 an hour`.
pub(in crate::pages) fn rate(row: &RateRow) -> String {
    let rate = Rate::from_ten_thousandths(row.rate);
    match row.minutes {
        Some(minutes) => format!("{rate} for {minutes} minutes"),
        None => format!("{rate} {}", one(row.unit)),
    }
}

/// When a rate is for other than always: the kind of day, and the time of it.
pub(in crate::pages) fn when(row: &RateRow) -> String {
    let day = row.day_kind.map(|kind| match kind {
        DayKind::Weekday => "Monday to Friday",
        DayKind::Saturday => "Saturday",
        DayKind::Sunday => "Sunday",
        DayKind::BankHoliday => "Bank holidays",
    });
    let time = row.time_band.map(|(from, to)| format!("{} to {}", clock(from), clock(to)));
    match (day, time) {
        (None, None) => "Every day".to_owned(),
        (Some(day), None) => day.to_owned(),
        (None, Some(time)) => format!("Every day, {time}"),
        (Some(day), Some(time)) => format!("{day}, {time}"),
    }
}

/// `Tier 1`, from a code or a number.
pub(in crate::pages) fn tier(code: &str) -> String {
    let words = code.replace(['-', '_'], " ");
    if code.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("Tier {words}");
    }
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A fact about a contract or line: its name, its value, and the days for which it holds.
pub(in crate::pages) fn attribute(attribute: &Attribute) -> (String, String) {
    let name = match attribute.key.as_str() {
        "tier-need" => "Recorded need".to_owned(),
        "distance-thousandths-mile" => "Distance".to_owned(),
        key => {
            let words = key.replace(['-', '_'], " ");
            let mut letters = words.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    };
    let value = match (&attribute.value, attribute.key.as_str()) {
        (Value::Number(number), "distance-thousandths-mile") => {
            format!("{} miles", Quantity::from_thousandths(*number))
        }
        (Value::Flag(true), _) => "Yes".to_owned(),
        (Value::Flag(false), _) => "No".to_owned(),
        (Value::Number(number), _) => number.to_string(),
        (Value::Code(code), _) => code.clone(),
        (Value::Codes(codes), _) => codes.join(", "),
    };
    let days = match (attribute.from.date(), attribute.to.and_then(counterfoil_core::pricing::facts::Day::date)) {
        (_, None) => String::new(),
        (Some(from), Some(to)) => format!(" ({})", london::span(from, to)),
        (None, Some(to)) => format!(" (until {})", london::day(to)),
    };
    (name, format!("{value}{days}"))
}

/// `since 1 April 2024`, `from 1 April to 31 May 2024`.
pub(in crate::pages) fn validity(from: NaiveDate, to: Option<NaiveDate>) -> String {
    match to {
        Some(to) => london::span(from, to),
        None => format!("Since {}", london::day(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_says_what_it_comes_to_in_a_week() {
        let visit = |weekday, carers| TimetabledVisit { weekday, start: 450, minutes: 45, carers };
        let twice = Plan::Timetable { visits: vec![visit(0, 1), visit(2, 2)] };
        assert_eq!(plan(&twice, Unit::Hour), "2 visits a week, 2 hours 15 minutes of care");
        let sessions = [1, 0, 1, 0, 0, 0, 0].map(|count: i64| Quantity::from_thousandths(count * 1_000));
        assert_eq!(plan(&Plan::Days { quantities: sessions }, Unit::Session), "2 sessions a week, by day");
        assert_eq!((tier("tier-1"), tier("2")), ("Tier 1".to_owned(), "Tier 2".to_owned()));
        let week = Plan::Week { quantity: Quantity::from_thousandths(1_000) };
        assert_eq!(plan(&week, Unit::Week), "1 week for each seven days");
        assert_eq!(from_to(&visit(0, 1)), "7:30am to 8:15am");
        assert_eq!(
            (clock(0), clock(720), clock(1_440), hours(0)),
            ("midnight".to_owned(), "midday".to_owned(), "midnight".to_owned(), "0 minutes".to_owned())
        );
    }
}
