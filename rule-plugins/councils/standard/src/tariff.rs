//! The price of a stretch of care whose paid minutes are known: by the hour, from a list of lengths, or from the
//! longest listed length and the rest by the minute.

use counterfoil_rule_sdk::{Arg, Day, RateRow, Reason, Unit, Verdict, rates, reason};

use crate::Line;
use crate::charges::{Charges, Place, Units};
use crate::rating::wanted;
use crate::segments::{Segment, cut, whole};
use crate::settings::VisitPricing;
use crate::standing::Outcome;
use crate::visits::Length;

/// Charges so many paid minutes of each carer.
pub(crate) fn charge<'a>(line: &Line<'a>, charges: &mut Charges, length: &Length, paid: i64, outcome: Outcome<'a>) {
    let place = Place { day: length.day, visit: length.visit, joins: false, accounts_for: length.accounts_for };
    if !outcome.priced {
        return charges.nothing(place, outcome.verdict, outcome.reason);
    }
    if paid <= 0 {
        let reason = reason::with("too-short-to-pay", [Arg::Minutes(length.minutes)]);
        return charges.nothing(place, outcome.verdict, reason);
    }
    match line.methods.on(length.day).visit_pricing {
        VisitPricing::Hourly => by_time(line, charges, length, paid, &outcome),
        VisitPricing::PriceList => by_list(line, charges, length, paid, &outcome),
        VisitPricing::LargestBandAndRest => by_band_and_rest(line, charges, length, paid, &outcome),
    }
}

/// At the rate of the time of day: of its start, or cut where the rate changes.
fn by_time<'a>(line: &Line<'a>, charges: &mut Charges, length: &Length, paid: i64, outcome: &Outcome<'a>) {
    let start = i64::from(length.start);
    if !line.methods.on(length.day).split_at_edges {
        let row = row_of(line, length, outcome, &whole(start, paid));
        let place = Place { day: length.day, visit: length.visit, joins: false, accounts_for: length.accounts_for };
        return at_row(charges, place, length, paid, row, outcome);
    }
    // neighbours at the same row are one charge, rounded once
    let mut stretches: Vec<(Segment, Option<&RateRow>)> = Vec::with_capacity(2);
    for segment in cut(&line.facts.rates, start, paid) {
        let row = row_of(line, length, outcome, &segment);
        let number = row.map(|row| row.row);
        match stretches.last_mut().filter(|(last, of)| last.later == segment.later && of.map(|row| row.row) == number) {
            Some((last, _)) => last.minutes += segment.minutes,
            None => stretches.push((segment, row)),
        }
    }
    // a price for the whole visit is that of its start
    if stretches.first().and_then(|(_, row)| *row).is_some_and(|row| row.unit != Unit::Hour) {
        stretches.truncate(1);
    }
    let mut left = length.accounts_for;
    let last = stretches.len().saturating_sub(1);
    for (number, (segment, row)) in stretches.into_iter().enumerate() {
        let accounts_for = if number == last { left } else { left.min(segment.minutes * length.carers) };
        left -= accounts_for;
        let day = charged_on(line, length.day, segment.later);
        let place = Place { day, visit: length.visit, joins: false, accounts_for };
        at_row(charges, place, length, segment.minutes, row, outcome);
    }
}

/// Minutes at an hourly row, or the whole visit at a row for one.
fn at_row(
    charges: &mut Charges,
    place: Place,
    length: &Length,
    minutes: i64,
    row: Option<&RateRow>,
    outcome: &Outcome<'_>,
) {
    match row {
        Some(row) if row.unit == Unit::Hour => {
            let units = Units { row, units: minutes * length.carers * 1_000, divisor: 60 };
            charges.add(place, units, outcome.verdict, said(outcome, "visit", length, minutes));
        }
        Some(row) if row.unit != Unit::Week => {
            let units = Units { row, units: length.carers * 1_000, divisor: 1 };
            charges.add(place, units, outcome.verdict, said(outcome, "visit-flat", length, minutes));
        }
        Some(_) => charges.doubt(place, outcome, "rate-in-other-unit"),
        None => charges.doubt(place, outcome, "no-rate"),
    }
}

fn row_of<'a>(line: &Line<'a>, length: &Length, outcome: &Outcome<'a>, segment: &Segment) -> Option<&'a RateRow> {
    let day = charged_on(line, length.day, segment.later);
    let wanted = wanted(line, outcome, day, length.day + segment.later, Some(segment.time));
    rates::row(&line.facts.rates, &wanted)
}

/// The day of care that minutes after midnight are charged to: their own, or the visit's where the line or the
/// claim ends before.
fn charged_on(line: &Line<'_>, day: Day, later: i32) -> Day {
    let own = day + later;
    if own <= line.facts.valid.to.min(line.claim.period.to) { own } else { day }
}

/// At the price listed for exactly this length.
fn by_list<'a>(line: &Line<'a>, charges: &mut Charges, length: &Length, paid: i64, outcome: &Outcome<'a>) {
    let place = Place { day: length.day, visit: length.visit, joins: false, accounts_for: length.accounts_for };
    let wanted = wanted(line, outcome, length.day, length.day, Some(length.start));
    let row = u16::try_from(paid).ok().and_then(|paid| rates::by_length(&line.facts.rates, paid, &wanted));
    match row {
        Some(row) => {
            let units = Units { row, units: length.carers * 1_000, divisor: 1 };
            charges.add(place, units, outcome.verdict, said(outcome, "visit-by-length", length, paid));
        }
        None => charges.doubt(place, outcome, "no-price-for-length"),
    }
}

/// The price of the longest listed length that fits, and the rest by the minute at the price of an hour.
fn by_band_and_rest<'a>(line: &Line<'a>, charges: &mut Charges, length: &Length, paid: i64, outcome: &Outcome<'a>) {
    let rows = &line.facts.rates;
    let wanted = wanted(line, outcome, length.day, length.day, Some(length.start));
    let place = |accounts_for| Place { day: length.day, visit: length.visit, joins: false, accounts_for };
    let hour =
        rates::by_length(rows, 60, &wanted).or_else(|| rates::row(rows, &wanted).filter(|row| row.unit == Unit::Hour));
    let band = rates::largest_within(rows, u16::try_from(paid).unwrap_or(u16::MAX), &wanted);
    let listed = band.and_then(|row| row.minutes).map_or(0, i64::from);
    let rest = paid - listed;
    if rest > 0 && hour.is_none() {
        return charges.doubt(place(length.accounts_for), outcome, "no-price-for-length");
    }
    let rest_accounts =
        if band.is_some() { (length.accounts_for - listed * length.carers).max(0) } else { length.accounts_for };
    if let Some(row) = band {
        let accounts_for = if rest > 0 { length.accounts_for - rest_accounts } else { length.accounts_for };
        let units = Units { row, units: length.carers * 1_000, divisor: 1 };
        charges.add(place(accounts_for), units, outcome.verdict, said(outcome, "visit-by-length", length, listed));
    }
    if let Some(row) = hour.filter(|_| rest > 0) {
        let units = Units { row, units: rest * length.carers * 1_000, divisor: 60 };
        charges.add(place(rest_accounts), units, outcome.verdict, said(outcome, "visit-rest", length, rest));
    }
}

/// Why: what the outcome says, or for care delivered as planned how its minutes were paid.
fn said(outcome: &Outcome<'_>, code: &str, length: &Length, paid: i64) -> Reason {
    let delivered = outcome.verdict == Verdict::Payable && outcome.reason.code == "delivered";
    if !delivered {
        return outcome.reason.clone();
    }
    reason::with(code, [Arg::Count(length.carers), Arg::Minutes(length.minutes), Arg::Minutes(paid)])
}
