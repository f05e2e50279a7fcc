//! The most that a night is paid (sleep-in): where the hours of a night come to more than the rate card's row for a
//! night, that row is charged instead.

use counterfoil_rule_sdk::{Arg, Charge, Day, Unit, Verdict, price, rates, reason};

use crate::Line;
use crate::charges::Charges;
use crate::rating::wanted;
use crate::standing::Outcome;

/// Prices the charges and applies the ceiling.
pub(crate) fn apply(line: &Line<'_>, charges: &mut Charges) {
    let charges = charges.priced();
    if line.methods.first().night_ceiling_band.is_empty() {
        return;
    }
    let mut nights: Vec<Day> = charges.iter().map(|charge| night(line, charge)).collect();
    nights.sort_unstable();
    nights.dedup();
    for of in nights {
        one_night(line, charges, of);
    }
}

fn one_night(line: &Line<'_>, charges: &mut Vec<Charge>, of: Day) {
    let band = line.methods.on(of).night_ceiling_band;
    let counts = |charge: &Charge| night(line, charge) == of && charge.verdict == Verdict::Payable && charge.pence > 0;
    let outcome = Outcome { band: Some(band), ..Outcome::payable(reason::plain("night-ceiling")) };
    let row =
        rates::row(&line.facts.rates, &wanted(line, &outcome, of, of, None)).filter(|row| row.unit == Unit::Night);
    let sum: i64 = charges.iter().filter(|charge| counts(charge)).map(|charge| charge.pence).sum();
    let Some((row, ceiling)) = row.and_then(|row| Some((row, price::price(1_000, 1, row.rate)?))) else {
        return;
    };
    if sum <= ceiling {
        return;
    }
    let accounts_for = charges.iter().filter(|charge| counts(charge)).map(|charge| charge.accounts_for).sum();
    let visits: Vec<Option<u32>> = charges.iter().filter(|charge| counts(charge)).map(|charge| charge.visit).collect();
    // one visit's night stays that visit's charge; several visits share it
    let visit = visits.first().copied().flatten().filter(|first| visits.iter().all(|visit| *visit == Some(*first)));
    charges.retain(|charge| !counts(charge));
    charges.push(Charge {
        line: line.facts.line,
        from: of,
        to: of,
        visit,
        accounts_for,
        units: 1_000,
        divisor: 1,
        row: Some(row.row),
        pence: ceiling,
        verdict: Verdict::Payable,
        reason: reason::with("night-ceiling", [Arg::Pence(sum)]),
    });
}

/// The night that a charge belongs to: the day on which its visit started.
fn night(line: &Line<'_>, charge: &Charge) -> Day {
    let visit = charge.visit.and_then(|number| line.facts.stated_visits.get(usize::try_from(number).ok()?));
    visit.map_or(charge.from, |visit| visit.day)
}
