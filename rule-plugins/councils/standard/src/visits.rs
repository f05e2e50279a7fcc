//! Timetabled lines: each stated visit is taken apart into what was delivered, extra, frustrated and missed, and its
//! minutes for each carer are rounded as the council says. What they cost is the `tariff`'s.

use counterfoil_rule_sdk::{Day, StatedVisit, round};

use crate::Line;
use crate::charges::Charges;
use crate::quantities::{Part, outcome};
use crate::settings::{Methods, Rounding};
use crate::standing::Outcome;
use crate::tariff::charge;

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
            (stated.delivered - stated.extra, Part::Delivered),
            (stated.extra, Part::Extra),
            (stated.frustrated, Part::Frustrated),
            (stated.missed, Part::Missed),
        ];
        // what was delivered above the plan comes after what was planned
        let mut start = stated.start;
        let mut before = 0;
        for (amount, part) in parts {
            if amount <= 0 {
                continue;
            }
            // part of a visit by fewer carers is priced by the minute of one
            let (carers, minutes) = if amount % carers == 0 { (carers, amount / carers) } else { (1, amount) };
            let methods = line.methods.on(stated.day);
            let rounded = rounded(methods, before + minutes) - rounded(methods, before);
            let length =
                Length { day: stated.day, start, minutes, carers, accounts_for: amount, visit: Some(stated.visit) };
            let outcome = outcome(line, part, stated.day, &stated.reason);
            charge(line, charges, &length, rounded, outcome);
            before += minutes;
            start = start.saturating_add(u16::try_from(minutes).unwrap_or_default());
        }
    }
}

/// Who came; for a visit that nobody made, who should have come.
fn carers(line: &Line<'_>, stated: &StatedVisit) -> i64 {
    // a planned visit's number is its position
    let at = stated.planned.and_then(|number| usize::try_from(number).ok());
    let planned = at.and_then(|at| line.facts.planned_visits.get(at));
    let carers = if stated.carers > 0 { stated.carers } else { planned.map_or(1, |visit| visit.carers) };
    i64::from(carers.max(1))
}

/// Prices one stretch of care, rounded as the council says.
pub(crate) fn visit<'a>(line: &Line<'a>, charges: &mut Charges, length: &Length, outcome: Outcome<'a>) {
    let rounded = rounded(line.methods.on(length.day), length.minutes);
    charge(line, charges, length, rounded, outcome);
}

fn rounded(methods: &Methods<'_>, minutes: i64) -> i64 {
    match methods.rounding {
        Rounding::Exact => minutes,
        Rounding::Nearest => round::nearest(minutes, methods.rounding_minutes),
        Rounding::Up => round::up(minutes, methods.rounding_minutes),
        Rounding::Down => round::down(minutes, methods.rounding_minutes),
    }
}
