//! Lines of which only the plan is known: paid on it (residential, in advance), or shown at its price until actuals
//! are stated.

use counterfoil_rule_sdk::{LineFacts, PlannedDay, Span, Unit, Verdict, days, lookup, rates};

use crate::Line;
use crate::charges::{Charges, Place, Units};
use crate::rating::{quantity, wanted};
use crate::standing::{after_end, planned};
use crate::visits::{Length, visit};

/// Prices the plan of a line.
pub(crate) fn price<'a>(line: &Line<'a>, charges: &mut Charges) {
    let mut by_visit: Vec<PlannedDay> = line.facts.plan.clone();
    for planned_visit in &line.facts.planned_visits {
        let amount = i64::from(planned_visit.minutes) * i64::from(planned_visit.carers);
        if let Some(day) = by_visit.iter_mut().find(|day| day.day == planned_visit.day) {
            day.quantity -= amount;
            let length = Length {
                day: planned_visit.day,
                start: planned_visit.start,
                minutes: i64::from(planned_visit.minutes),
                carers: i64::from(planned_visit.carers),
                accounts_for: amount,
                visit: None,
            };
            visit(line, charges, &length, planned(line, planned_visit.day));
        }
    }
    let weekly = lookup::number(&line.facts.attributes, "weekly-quantity", line.facts.valid.from);
    match weekly.filter(|_| line.methods.first().sevenths && is_partial(line)) {
        Some(weekly) => sevenths(line, charges, weekly),
        None => {
            for day in by_visit.iter().filter(|day| day.quantity > 0) {
                quantity(line, charges, (day.day, day.quantity), planned(line, day.day));
            }
        }
    }
    tail(line, charges);
}

/// Whether the line begins or ends within the claim.
fn is_partial(line: &Line<'_>) -> bool {
    let (valid, period) = (&line.facts.valid, &line.claim.period);
    valid.from <= valid.to && (valid.from > period.from || valid.to < period.to)
}

/// A week that is begun or left in its middle: the weekly quantity / 7 x the days left, the first included.
fn sevenths<'a>(line: &Line<'a>, charges: &mut Charges, weekly: i64) {
    for day in days::each(&line.facts.valid) {
        let accounts_for =
            line.facts.plan.iter().filter(|planned| planned.day == day).map(|planned| planned.quantity).sum();
        let place = Place { day, visit: None, joins: true, accounts_for };
        let outcome = planned(line, day);
        let row = rates::row(&line.facts.rates, &wanted(line, &outcome, day, day, None));
        match row.filter(|row| outcome.priced && row.unit == line.facts.unit) {
            Some(row) => {
                let units = Units { row, units: weekly, divisor: 7 };
                charges.add(place, units, outcome.verdict, outcome.reason);
            }
            None if !outcome.priced => charges.nothing(place, outcome.verdict, outcome.reason),
            None => charges.doubt(place, &outcome, "no-rate"),
        }
    }
}

/// The days after the line's end for which retention is paid: a place that is counted by day, night or week is held
/// once a day. They account for nothing, since nothing was planned or stated.
fn tail<'a>(line: &Line<'a>, charges: &mut Charges) {
    let Some(days) = days_after(line.facts, &line.claim.period) else {
        return;
    };
    for day in days::each(&days) {
        let methods = line.methods.on(day);
        let Some(outcome) = after_end(line, methods, day).filter(|outcome| outcome.verdict == Verdict::Payable) else {
            continue;
        };
        let place = Place { day, visit: None, joins: true, accounts_for: 0 };
        let row = rates::row(&line.facts.rates, &wanted(line, &outcome, day, day, None));
        let divisor = match (line.facts.unit, row.map(|row| row.unit)) {
            (Unit::Week | Unit::Day | Unit::Night, Some(Unit::Week)) => 7,
            (Unit::Day, Some(Unit::Day)) | (Unit::Night, Some(Unit::Night)) => 1,
            _ => continue,
        };
        if let Some(row) = row {
            charges.add(place, Units { row, units: 1_000, divisor }, outcome.verdict, outcome.reason);
        }
    }
}

fn days_after(line: &LineFacts, period: &Span) -> Option<Span> {
    let tail = line.tail?;
    let from = (line.valid.to + 1).max(period.from);
    Some(Span { from, to: tail.min(period.to) })
}
