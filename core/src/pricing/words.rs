//! Reasons and arithmetic as people read them: a code with its arguments becomes a sentence by a message table, a
//! charge becomes `2.5 hours x £18.85 = £47.13`. Remittances and officers' screens use both.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::answer::{Arg, Charge, Reason};
use super::facts::{Day, Unit};
use crate::disposition::DisposedCharge;
use crate::money::{Money, Quantity, Rate};

/// Sentences for reason codes, and words for the codes in their arguments. A sentence has `{0}`, `{1}` ... where
/// the arguments go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageTable {
    /// Reason code to sentence.
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// Code in an argument (a reason for care not delivered, a band, a setting) to words.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
}

/// A message table that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("this is not a message table: {0}")]
pub struct NotMessages(#[from] serde_json::Error);

impl MessageTable {
    /// The table that JSON stands for: `{"reasons": {code: sentence}, "codes": {code: words}}`.
    ///
    /// # Errors
    /// [`NotMessages`] with the place where reading stopped.
    pub fn from_json(json: &str) -> Result<Self, NotMessages> {
        Ok(serde_json::from_str(json)?)
    }

    /// This table with another's entries in the place of its own, as a council's words replace the pack's.
    #[must_use]
    pub fn overlaid_with(mut self, other: Self) -> Self {
        self.reasons.extend(other.reasons);
        self.codes.extend(other.codes);
        self
    }

    /// The sentence for a reason. A code without a sentence is shown as its own words, with its arguments.
    #[must_use]
    pub fn sentence(&self, reason: &Reason) -> String {
        let args: Vec<String> = reason.args.iter().map(|arg| self.arg(arg)).collect();
        match self.reasons.get(&reason.code) {
            Some(template) => filled(template, &args),
            None if args.is_empty() => reason.code.replace('-', " "),
            None => format!("{} ({})", reason.code.replace('-', " "), args.join(", ")),
        }
    }

    fn arg(&self, arg: &Arg) -> String {
        match arg {
            Arg::Day(day) => shown(*day),
            Arg::Days(days) => counted(*days, "day"),
            Arg::Minutes(minutes) => counted(*minutes, "minute"),
            Arg::Time(minutes) => format!("{:02}:{:02}", minutes / 60, minutes % 60),
            Arg::Units(units) => Quantity::from_thousandths(*units).to_string(),
            Arg::Pence(pence) => Money::from_pence(*pence).to_string(),
            Arg::Count(count) => count.to_string(),
            Arg::Code(code) => self.codes.get(code).cloned().unwrap_or_else(|| code.replace('-', " ")),
        }
    }
}

/// The template with its placeholders filled in one pass, so that an argument's own braces stay as they are.
fn filled(template: &str, args: &[String]) -> String {
    let mut text = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let number = from.find('}').and_then(|end| Some((end, from.get(1..end)?.parse::<usize>().ok()?)));
        match number.and_then(|(end, number)| Some((end, args.get(number)?))) {
            Some((end, arg)) => {
                text.push_str(arg);
                rest = &from[end + 1..];
            }
            None => {
                text.push('{');
                rest = &from[1..];
            }
        }
    }
    text.push_str(rest);
    text
}

/// The arithmetic of a charge at a rate for one `unit`: `45 minutes x £18.85 an hour = £14.14`. None for care that
/// has no price.
#[must_use]
pub fn arithmetic(charge: &Charge, unit: Unit, rate: Rate) -> Option<String> {
    charge.row?;
    Some(sum((charge.units, charge.divisor), unit, rate, Money::from_pence(charge.pence)))
}

/// The arithmetic of a charge as it was disposed; none for one without a rate.
#[must_use]
pub fn arithmetic_of(charge: &DisposedCharge, unit: Unit) -> Option<String> {
    Some(sum((charge.units, charge.divisor), unit, charge.rate?, charge.amount))
}

fn sum((units, divisor): (i64, u16), unit: Unit, rate: Rate, amount: Money) -> String {
    let units = Quantity::from_thousandths(units);
    match (unit, divisor) {
        (_, 1) => format!("{} x {rate} = {amount}", of_units(units, name(unit))),
        (Unit::Hour, 60) => format!("{} x {rate} an hour = {amount}", of_units(units, "minute")),
        // the rest of a visit, by the minute at the price of an hour's visit
        (_, 60) => format!("{} x {rate} for 60 = {amount}", of_units(units, "minute")),
        (Unit::Week, 7) => format!("{} x {rate} a week = {amount}", of_units(units, "day")),
        (unit, divisor) => format!("{} / {divisor} x {rate} = {amount}", of_units(units, name(unit))),
    }
}

const fn name(unit: Unit) -> &'static str {
    match unit {
        Unit::Hour => "hour",
        Unit::Visit => "visit",
        Unit::Session => "session",
        Unit::Day => "day",
        Unit::Night => "night",
        Unit::Week => "week",
    }
}

/// A unit where no number stands beside it: `hours`.
#[must_use]
pub const fn units(unit: Unit) -> &'static str {
    match unit {
        Unit::Hour => "hours",
        Unit::Visit => "visits",
        Unit::Session => "sessions",
        Unit::Day => "days",
        Unit::Night => "nights",
        Unit::Week => "weeks",
    }
}

/// A quantity with its unit: `1 session`, `7.5 hours`, `0.5 hours`. Pages, files, letters and documents all say it so.
#[must_use]
pub fn amount(quantity: Quantity, unit: Unit) -> String {
    of_units(quantity, name(unit))
}

fn of_units(units: Quantity, name: &str) -> String {
    let plural = if units.raw() == 1_000 { "" } else { "s" };
    format!("{units} {name}{plural}")
}

fn counted(count: i64, name: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {name}{plural}")
}

fn shown(day: Day) -> String {
    day.date().map_or_else(|| format!("day {}", day.0), |date| date.format("%-d %B %Y").to_string())
}
