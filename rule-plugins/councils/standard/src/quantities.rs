//! Lines stated as quantities by day. What was delivered within the plan, beyond it, frustrated and missed each
//! have an outcome of their own; equal ones of several days become one charge.

use counterfoil_rule_sdk::{Day, Verdict, reason};

use crate::charges::Charges;
use crate::rating::quantity;
use crate::standing::{Outcome, after_end, closed, planned};
use crate::{Line, extras, frustrated};

/// A part of what was stated, with an outcome of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Delivered within the plan.
    Delivered,
    /// Delivered above the plan.
    Extra,
    /// Planned, but missed by the service user.
    Frustrated,
    /// Planned, but missed by the provider.
    Missed,
}

/// Prices every stated day of a line.
pub(crate) fn price<'a>(line: &Line<'a>, charges: &mut Charges) {
    for day in &line.facts.stated_days {
        let parts = [
            (day.delivered - day.extra, Part::Delivered),
            (day.extra, Part::Extra),
            (day.frustrated, Part::Frustrated),
            (day.missed, Part::Missed),
        ];
        for (amount, part) in parts {
            if amount > 0 {
                let outcome = outcome(line, part, day.day, &day.reason);
                quantity(line, charges, (day.day, amount), outcome);
            }
        }
    }
}

/// What becomes of a part of a day's or a visit's care; `given` is the reason that was stated for it.
pub(crate) fn outcome<'a>(line: &Line<'a>, part: Part, day: Day, given: &str) -> Outcome<'a> {
    match part {
        Part::Delivered => delivered(line, day),
        Part::Extra => extra(line, day),
        Part::Frustrated => not_delivered(line, day, given),
        Part::Missed => missed(line, day),
    }
}

/// Delivered within the plan.
fn delivered<'a>(line: &Line<'a>, day: Day) -> Outcome<'a> {
    let methods = line.methods.on(day);
    if line.pays_plan() {
        return planned(line, day);
    }
    if closed(line, methods, day) {
        return Outcome::held(Verdict::Rejected, reason::plain("closed"));
    }
    if after_end(line, methods, day).is_some() {
        return Outcome::held(Verdict::Suspended, reason::plain("delivered-after-end"));
    }
    Outcome::payable(reason::plain("delivered"))
}

/// Delivered above the plan.
fn extra<'a>(line: &Line<'a>, day: Day) -> Outcome<'a> {
    if line.pays_plan() {
        return Outcome::held(Verdict::Rejected, reason::plain("extra-paid-on-plan"));
    }
    extras::outcome(line, day)
}

/// Planned, but missed by the service user.
fn not_delivered<'a>(line: &Line<'a>, day: Day, given: &str) -> Outcome<'a> {
    if line.pays_plan() { planned(line, day) } else { frustrated::outcome(line, day, given) }
}

/// Planned, but missed by the provider.
fn missed<'a>(line: &Line<'a>, day: Day) -> Outcome<'a> {
    if line.pays_plan() && line.methods.on(day).missed_on_plan_paid {
        return planned(line, day);
    }
    Outcome::nothing(reason::plain("missed-by-provider"))
}
