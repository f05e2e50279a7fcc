//! Lines stated as quantities by day. What was delivered within the plan, beyond it, frustrated and missed each
//! have an outcome of their own; equal ones of several days become one charge.

use counterfoil_rule_sdk::{Day, StatedDay, Verdict, reason};

use crate::charges::Charges;
use crate::rating::quantity;
use crate::standing::{Outcome, after_end, closed, planned};
use crate::{Line, extras, frustrated};

/// Prices every stated day of a line.
pub(crate) fn price<'a>(line: &Line<'a>, charges: &mut Charges) {
    for day in &line.facts.stated_days {
        for (amount, outcome) in outcomes(line, day) {
            if amount > 0 {
                quantity(line, charges, (day.day, amount), outcome);
            }
        }
    }
}

fn outcomes<'a>(line: &Line<'a>, day: &StatedDay) -> [(i64, Outcome<'a>); 4] {
    [
        (day.delivered - day.extra, delivered(line, day.day)),
        (day.extra, extra(line, day.day)),
        (day.frustrated, not_delivered(line, day.day, &day.reason)),
        (day.missed, missed(line, day.day)),
    ]
}

/// Delivered within the plan.
pub(crate) fn delivered<'a>(line: &Line<'a>, day: Day) -> Outcome<'a> {
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
pub(crate) fn extra<'a>(line: &Line<'a>, day: Day) -> Outcome<'a> {
    if line.pays_plan() {
        return Outcome::held(Verdict::Rejected, reason::plain("extra-paid-on-plan"));
    }
    extras::outcome(line, day)
}

/// Planned, but missed by the service user.
pub(crate) fn not_delivered<'a>(line: &Line<'a>, day: Day, given: &str) -> Outcome<'a> {
    if line.pays_plan() {
        planned(line, day)
    } else {
        frustrated::outcome(line, day, given)
    }
}

/// Planned, but missed by the provider.
pub(crate) fn missed<'a>(line: &Line<'a>, day: Day) -> Outcome<'a> {
    if line.pays_plan() && line.methods.on(day).missed_on_plan_paid {
        return planned(line, day);
    }
    Outcome::nothing(reason::plain("missed-by-provider"))
}
