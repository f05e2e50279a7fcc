//! Timetabled lines: each stated visit is priced by its length for each carer, rounded as the council says, at the rate
//! of its time and day or from a price list by length.

use counterfoil_rule_sdk::{
    Arg, Day, RateRow, Reason, StatedVisit, Unit, Verdict, rates, reason, round,
};

use crate::Line;
use crate::charges::{Charges, Place, Units};
use crate::quantities::{delivered, extra, missed, not_delivered};
use crate::rating::wanted;
use crate::segments::{Segment, cut, whole};
use crate::settings::{Methods, Rounding, VisitPricing};
use crate::standing::Outcome;

/// A stretch of care: so many minutes by so many carers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length {
    /// The day on which the visit starts.
    pub(crate) day: Day,
    /// Minutes from midnight.
    pub(crate) start: u16,
    /// Minutes of each carer.
    pub(crate) minutes: i64,
    pub(crate) carers: i64,
    /// Carer-minutes stated or planned.
    pub(crate) accounts_for: i64,
    pub(crate) visit: Option<u32>,
}

/// Prices every stated visit of a line.
pub(crate) fn price<'a>(line: &Line<'a>, charges: &mut Charges) {
    for stated in &line.facts.stated_visits {
        let carers = carers(line, stated);
        let parts = [
            (stated.delivered - stated.extra, delivered(line, stated.day)),
            (stated.extra, extra(line, stated.day)),
            (
                stated.frustrated,
                not_delivered(line, stated.day, &stated.reason),
            ),
            (stated.missed, missed(line, stated.day)),
        ];
        // what was delivered above the plan comes after what was planned
        let mut start = stated.start;
        let mut before = 0;
        for (amount, outcome) in parts {
            if amount <= 0 {
                continue;
            }
            // part of a visit by fewer carers is priced by the minute of one
            let (carers, minutes) = if amount % carers == 0 {
                (carers, amount / carers)
            } else {
                (1, amount)
            };
            let methods = line.methods.on(stated.day);
            let rounded = rounded(methods, before + minutes) - rounded(methods, before);
            let length = Length {
                day: stated.day,
                start,
                minutes,
                carers,
                accounts_for: amount,
                visit: Some(stated.visit),
            };
            rounded_visit(line, charges, &length, rounded, outcome);
            before += minutes;
            start = start.saturating_add(u16::try_from(minutes).unwrap_or_default());
        }
    }
}

/// Who came; for a visit that nobody made, who should have come.
fn carers(line: &Line<'_>, stated: &StatedVisit) -> i64 {
    let planned = stated.planned.and_then(|number| {
        line.facts
            .planned_visits
            .iter()
            .find(|visit| visit.visit == number)
    });
    let carers = if stated.carers > 0 {
        stated.carers
    } else {
        planned.map_or(1, |visit| visit.carers)
    };
    i64::from(carers.max(1))
}

/// Prices one stretch of care, rounded as the council says.
pub(crate) fn visit<'a>(
    line: &Line<'a>,
    charges: &mut Charges,
    length: &Length,
    outcome: Outcome<'a>,
) {
    let rounded = rounded(line.methods.on(length.day), length.minutes);
    rounded_visit(line, charges, length, rounded, outcome);
}

fn rounded(methods: &Methods<'_>, minutes: i64) -> i64 {
    match methods.rounding {
        Rounding::Exact => minutes,
        Rounding::Nearest => round::nearest(minutes, methods.rounding_minutes),
        Rounding::Up => round::up(minutes, methods.rounding_minutes),
        Rounding::Down => round::down(minutes, methods.rounding_minutes),
    }
}

fn rounded_visit<'a>(
    line: &Line<'a>,
    charges: &mut Charges,
    length: &Length,
    paid: i64,
    outcome: Outcome<'a>,
) {
    let place = Place {
        day: length.day,
        visit: length.visit,
        joins: false,
        accounts_for: length.accounts_for,
    };
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
fn by_time<'a>(
    line: &Line<'a>,
    charges: &mut Charges,
    length: &Length,
    paid: i64,
    outcome: &Outcome<'a>,
) {
    let rows = &line.facts.rates;
    let segments = if line.methods.on(length.day).split_at_edges {
        cut(rows, i64::from(length.start), paid)
    } else {
        whole(i64::from(length.start), paid)
    };
    let mut left = length.accounts_for;
    let mut at = 0;
    while let Some(first) = segments.get(at) {
        let row = row_of(line, length, outcome, first);
        // neighbours at the same row are one charge, rounded once
        let same = |segment: &&Segment| {
            segment.later == first.later
                && row_of(line, length, outcome, segment).map(|row| row.row)
                    == row.map(|row| row.row)
        };
        let joined: Vec<&Segment> = segments.iter().skip(at).take_while(same).collect();
        let flat = row.is_some_and(|row| row.unit != Unit::Hour);
        at += if flat {
            segments.len()
        } else {
            joined.len().max(1)
        };
        let minutes: i64 = joined.iter().map(|segment| segment.minutes).sum();
        let accounts_for = if at >= segments.len() {
            left
        } else {
            left.min(minutes * length.carers)
        };
        left -= accounts_for;
        let place = Place {
            day: charged_on(line, length.day, first.later),
            visit: length.visit,
            joins: false,
            accounts_for,
        };
        match row {
            Some(row) if row.unit == Unit::Hour => {
                let units = Units {
                    row,
                    units: minutes * length.carers * 1_000,
                    divisor: 60,
                };
                charges.add(
                    place,
                    units,
                    outcome.verdict,
                    said(outcome, "visit", length, minutes),
                );
            }
            Some(row) if row.unit != Unit::Week => {
                let units = Units {
                    row,
                    units: length.carers * 1_000,
                    divisor: 1,
                };
                charges.add(
                    place,
                    units,
                    outcome.verdict,
                    said(outcome, "visit-flat", length, minutes),
                );
            }
            Some(_) => charges.doubt(place, outcome, "rate-in-other-unit"),
            None => charges.doubt(place, outcome, "no-rate"),
        }
    }
}

fn row_of<'a>(
    line: &Line<'a>,
    length: &Length,
    outcome: &Outcome<'a>,
    segment: &Segment,
) -> Option<&'a RateRow> {
    let day = charged_on(line, length.day, segment.later);
    let wanted = wanted(
        line,
        outcome,
        day,
        length.day + segment.later,
        Some(segment.time),
    );
    rates::row(&line.facts.rates, &wanted)
}

/// The day of care that minutes after midnight are charged to: their own, or the visit's where the line or the
/// claim ends before.
fn charged_on(line: &Line<'_>, day: Day, later: i32) -> Day {
    let own = day + later;
    if own <= line.facts.valid.to.min(line.claim.period.to) {
        own
    } else {
        day
    }
}

/// At the price listed for exactly this length.
fn by_list<'a>(
    line: &Line<'a>,
    charges: &mut Charges,
    length: &Length,
    paid: i64,
    outcome: &Outcome<'a>,
) {
    let place = Place {
        day: length.day,
        visit: length.visit,
        joins: false,
        accounts_for: length.accounts_for,
    };
    let wanted = wanted(line, outcome, length.day, length.day, Some(length.start));
    let row = u16::try_from(paid)
        .ok()
        .and_then(|paid| rates::by_length(&line.facts.rates, paid, &wanted));
    match row {
        Some(row) => {
            let units = Units {
                row,
                units: length.carers * 1_000,
                divisor: 1,
            };
            charges.add(
                place,
                units,
                outcome.verdict,
                said(outcome, "visit-by-length", length, paid),
            );
        }
        None => charges.doubt(place, outcome, "no-price-for-length"),
    }
}

/// The price of the longest listed length that fits, and the rest by the minute at the price of an hour.
fn by_band_and_rest<'a>(
    line: &Line<'a>,
    charges: &mut Charges,
    length: &Length,
    paid: i64,
    outcome: &Outcome<'a>,
) {
    let rows = &line.facts.rates;
    let wanted = wanted(line, outcome, length.day, length.day, Some(length.start));
    let place = |accounts_for| Place {
        day: length.day,
        visit: length.visit,
        joins: false,
        accounts_for,
    };
    let hour = rates::by_length(rows, 60, &wanted)
        .or_else(|| rates::row(rows, &wanted).filter(|row| row.unit == Unit::Hour));
    let band = rates::largest_within(rows, u16::try_from(paid).unwrap_or(u16::MAX), &wanted);
    let listed = band.and_then(|row| row.minutes).map_or(0, i64::from);
    let rest = paid - listed;
    if rest > 0 && hour.is_none() {
        return charges.doubt(place(length.accounts_for), outcome, "no-price-for-length");
    }
    let rest_accounts = if band.is_some() {
        (length.accounts_for - listed * length.carers).max(0)
    } else {
        length.accounts_for
    };
    if let Some(row) = band {
        let accounts_for = if rest > 0 {
            length.accounts_for - rest_accounts
        } else {
            length.accounts_for
        };
        let units = Units {
            row,
            units: length.carers * 1_000,
            divisor: 1,
        };
        charges.add(
            place(accounts_for),
            units,
            outcome.verdict,
            said(outcome, "visit-by-length", length, listed),
        );
    }
    if let Some(row) = hour.filter(|_| rest > 0) {
        let units = Units {
            row,
            units: rest * length.carers * 1_000,
            divisor: 60,
        };
        charges.add(
            place(rest_accounts),
            units,
            outcome.verdict,
            said(outcome, "visit-rest", length, rest),
        );
    }
}

/// Why: what the outcome says, or for care delivered as planned how its minutes were paid.
fn said(outcome: &Outcome<'_>, code: &str, length: &Length, paid: i64) -> Reason {
    let delivered = outcome.verdict == Verdict::Payable && outcome.reason.code == "delivered";
    if !delivered {
        return outcome.reason.clone();
    }
    reason::with(
        code,
        [
            Arg::Count(length.carers),
            Arg::Minutes(length.minutes),
            Arg::Minutes(paid),
        ],
    )
}
