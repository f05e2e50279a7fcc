//! Which row of the rate card a line's care is priced by, and in how many of its units.

use counterfoil_rule_sdk::{Day, RateRow, Unit, lookup, rates};

use crate::Line;
use crate::charges::{Charges, Place, Units};
use crate::standing::{Outcome, kinds};

/// What a price is wanted for: the band of the outcome, else the line's own, on a day as the contract pays it.
pub(crate) fn wanted<'a>(
    line: &Line<'a>,
    outcome: &Outcome<'a>,
    day: Day,
    kind_of: Day,
    time: Option<u16>,
) -> rates::Wanted<'a> {
    let (kind, plain_kind) = kinds(line, kind_of);
    let band = outcome.band.unwrap_or_else(|| own_band(line, day));
    rates::Wanted { band, day, kind, plain_kind, time }
}

/// The band that an attribute of the line names, if the council's settings say which attribute.
fn own_band<'a>(line: &Line<'a>, day: Day) -> &'a str {
    let key = line.methods.on(day).band_attribute;
    if key.is_empty() { "" } else { lookup::code(&line.facts.attributes, key, day).unwrap_or_default() }
}

/// Prices a quantity of the line's unit on one day.
pub(crate) fn quantity<'a>(line: &Line<'a>, charges: &mut Charges, (day, quantity): (Day, i64), outcome: Outcome<'a>) {
    let place = Place { day, visit: None, joins: true, accounts_for: quantity };
    if !outcome.priced {
        return charges.nothing(place, outcome.verdict, outcome.reason);
    }
    let Some(row) = rates::row(&line.facts.rates, &wanted(line, &outcome, day, day, None)) else {
        return charges.doubt(place, &outcome, "no-rate");
    };
    match units(line, row, quantity) {
        Some((units, divisor)) => {
            charges.add(place, Units { row, units, divisor }, outcome.verdict, outcome.reason);
        }
        None => charges.doubt(place, &outcome, "rate-in-other-unit"),
    }
}

/// A quantity of the line in units of the row, with their divisor.
fn units(line: &Line<'_>, row: &RateRow, quantity: i64) -> Option<(i64, u16)> {
    match (line.facts.unit, row.unit) {
        (Unit::Week, Unit::Week) => Some(weeks(quantity)),
        (unit, row) if unit == row => Some((quantity, 1)),
        (Unit::Day | Unit::Night, Unit::Week) => Some((quantity, 7)),
        _ => None,
    }
}

/// A part of a week that stands for whole days is charged by the day, so that seven of them are one week to the
/// penny: a week is spread over its days as 143 or 142 thousandths.
fn weeks(quantity: i64) -> (i64, u16) {
    let sevenths = quantity.saturating_mul(7);
    let days = (sevenths + 500) / 1_000;
    if (sevenths - days * 1_000).abs() <= 7 { (days * 1_000, 7) } else { (quantity, 1) }
}
