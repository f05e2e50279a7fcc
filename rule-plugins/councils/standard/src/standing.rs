//! What a day pays at all, before anything is counted: closed, in hospital, after death or the end of care.

use counterfoil_rule_sdk::{
    Arg, Day, DayKind, EndingKind, Reason, Stay, StayKind, Unit, Verdict, days, lookup, reason,
};

use crate::Line;
use crate::settings::{BankHoliday, Methods};

/// What should become of some care, and at which band of the rate card.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome<'a> {
    pub(crate) verdict: Verdict,
    /// Whether it has a price at all. What nobody claims (missed care, a plan that does not apply) has none.
    pub(crate) priced: bool,
    /// The band; none for the line's own.
    pub(crate) band: Option<&'a str>,
    pub(crate) reason: Reason,
}

impl Outcome<'_> {
    pub(crate) const fn payable(reason: Reason) -> Self {
        Self { verdict: Verdict::Payable, priced: true, band: None, reason }
    }

    pub(crate) const fn held(verdict: Verdict, reason: Reason) -> Self {
        Self { verdict, priced: true, band: None, reason }
    }

    pub(crate) const fn nothing(reason: Reason) -> Self {
        Self { verdict: Verdict::Rejected, priced: false, band: None, reason }
    }
}

/// The hospital stay on a day: from the day of admission to the day before discharge.
pub(crate) fn hospital_stay<'a>(line: &Line<'a>, day: Day) -> Option<&'a Stay> {
    line.claim.stays.iter().find(|stay| {
        stay.kind == StayKind::Hospital && stay.from <= day && stay.discharged.is_none_or(|back| day < back)
    })
}

/// Pay while the person is in hospital: so many days in full, then at a band of the rate card, then nothing.
pub(crate) fn retention<'a>(methods: &Methods<'a>, stay: &Stay, day: Day, full_days: i64) -> Outcome<'a> {
    let since = i64::from(day) - i64::from(stay.from);
    let args = [Arg::Day(stay.from), Arg::Days(full_days)];
    if since < full_days {
        return Outcome::payable(reason::with("hospital-full", args));
    }
    let reduced = methods.hospital_band_days.is_none_or(|days| since < full_days + days);
    if !methods.hospital_band.is_empty() && reduced {
        let reason = reason::with("hospital-reduced", args);
        return Outcome { band: Some(methods.hospital_band), ..Outcome::payable(reason) };
    }
    Outcome::held(Verdict::Rejected, reason::with("hospital-over", args))
}

/// What death or end of care makes of a day after it; none for the days up to it.
pub(crate) fn after_end<'a>(line: &Line<'a>, methods: &Methods<'a>, day: Day) -> Option<Outcome<'a>> {
    let ending = line.claim.ending.filter(|ending| day > ending.happened)?;
    let (further, counted_from, paid, unpaid) = match ending.kind {
        EndingKind::Death if methods.death_from_notified => {
            (methods.death_days, ending.notified, "death-retention", "after-death")
        }
        EndingKind::Death => (methods.death_days, ending.happened, "death-retention", "after-death"),
        EndingKind::End => (methods.end_days, ending.happened, "end-retention", "after-end"),
    };
    let args = [Arg::Day(ending.happened), Arg::Days(further)];
    Some(if i64::from(day) <= i64::from(counted_from) + further {
        Outcome::payable(reason::with(paid, args))
    } else {
        Outcome::held(Verdict::Rejected, reason::with(unpaid, args))
    })
}

/// Whether the day is closed and closed days are not paid.
pub(crate) fn closed(line: &Line<'_>, methods: &Methods<'_>, day: Day) -> bool {
    !methods.closed_paid && days::facts(line.claim, day).closed
}

/// What a planned day pays where the plan is what is paid, or all that is known.
pub(crate) fn planned<'a>(line: &Line<'a>, day: Day) -> Outcome<'a> {
    let methods = line.methods.on(day);
    let unclaimed = |outcome: Outcome<'a>| match outcome.verdict {
        // nobody asked for it: it is no part of what is claimed
        Verdict::Rejected => Outcome { priced: false, ..outcome },
        _ => outcome,
    };
    if closed(line, methods, day) {
        return Outcome::nothing(reason::plain("closed"));
    }
    if let Some(outcome) = after_end(line, methods, day) {
        return unclaimed(outcome);
    }
    if !methods.discharge_day_charged && left_on(line, day) {
        return Outcome::nothing(reason::plain("discharge-day"));
    }
    if let (Some(full_days), Some(stay)) = (methods.hospital_full_days, hospital_stay(line, day)) {
        return unclaimed(retention(methods, stay, day, full_days));
    }
    if line.awaits_actuals() {
        return Outcome::held(Verdict::Pending, reason::plain("awaiting-actuals"));
    }
    Outcome::payable(reason::plain("planned"))
}

/// Whether the person left a placement on this day. Care that is counted in hours or visits has no such day.
fn left_on(line: &Line<'_>, day: Day) -> bool {
    let stays_there = matches!(line.facts.unit, Unit::Day | Unit::Night | Unit::Week);
    stays_there && line.claim.ending.is_some_and(|ending| ending.kind == EndingKind::End && ending.happened == day)
}

/// The kind of a day as the contract pays it, and as it stands in the week.
pub(crate) fn kinds(line: &Line<'_>, day: Day) -> (DayKind, DayKind) {
    let facts = days::facts(line.claim, day);
    if !facts.bank_holiday {
        return (facts.kind, facts.kind);
    }
    let enhanced = match line.methods.on(day).bank_holiday {
        BankHoliday::Always => true,
        BankHoliday::Never => false,
        BankHoliday::ByContract => {
            let key = "bank-holiday-enhancement";
            lookup::flag(&line.facts.attributes, key, day) || lookup::flag(&line.claim.attributes, key, day)
        }
    };
    (if enhanced { DayKind::BankHoliday } else { facts.kind }, facts.kind)
}
