//! What was stated of a line, in words: what somebody compares who was overtaken by a colleague.

use counterfoil_core::pricing::facts::Unit;
use counterfoil_core::pricing::words::amount;
use counterfoil_core::statement::{Actuals, LineStatement, Outcome, VisitActual};
use counterfoil_tenants::claim::LinePlan;

use super::read::{clock_words, quantity_words};

/// A line's statement as short sentences; `words` are the reasons', by code.
pub(crate) fn told(
    stated: Option<&LineStatement>,
    plan: &LinePlan,
    (unit, words): (Unit, &dyn Fn(&str) -> String),
) -> Vec<String> {
    let Some(stated) = stated else { return vec!["Nothing delivered".to_owned()] };
    let because = |reason: &str| if reason.is_empty() { String::new() } else { format!(" ({})", words(reason)) };
    let mut said = Vec::new();
    match &stated.actuals {
        Actuals::AsPlanned => said.push("All as planned".to_owned()),
        Actuals::Period { delivered, frustrated, reason, visits } => {
            said.push(format!("{} delivered", amount(*delivered, unit)));
            if frustrated.raw() > 0 {
                said.push(format!("{} frustrated{}", amount(*frustrated, unit), because(reason)));
            }
            said.extend(visits.map(|visits| format!("{visits} {}", if visits == 1 { "visit" } else { "visits" })));
        }
        Actuals::Days { days } => {
            for day in days {
                let frustrated = match day.frustrated.raw() {
                    0 => String::new(),
                    some => format!(", {} frustrated{}", quantity_words(some), because(&day.reason)),
                };
                let delivered = amount(day.delivered, unit);
                said.push(format!("{}: {delivered}{frustrated}", day.date.format("%a %-d %b")));
            }
        }
        Actuals::Visits { visits } => {
            let done = visits.iter().filter(|visit| visit.outcome == Outcome::Delivered).count();
            said.push(if done == 1 { "1 visit took place".to_owned() } else { format!("{done} visits took place") });
            said.extend(visits.iter().filter_map(|visit| difference(visit, plan, &because)));
            let answered = |number| visits.iter().any(|visit| visit.planned == Some(number));
            for planned in plan.planned.visits.iter().filter(|planned| !answered(planned.visit)) {
                let date = planned.day.date().map(|date| date.format("%a %-d %b").to_string()).unwrap_or_default();
                said.push(format!("{date} {}: missed", clock_words(planned.start)));
            }
        }
    }
    if !stated.comment.trim().is_empty() {
        said.push(format!("Comment: {}", stated.comment.trim()));
    }
    said
}

/// How a visit differs from its plan, if it does.
fn difference(visit: &VisitActual, plan: &LinePlan, because: &dyn Fn(&str) -> String) -> Option<String> {
    let planned = visit.planned.and_then(|number| plan.planned.visits.iter().find(|one| one.visit == number));
    let start = planned.map_or(visit.start, |planned| planned.start);
    let at = format!("{} {}", visit.date.format("%a %-d %b"), clock_words(start));
    let reason = because(&visit.reason);
    let carers = if visit.carers == 1 { "1 carer".to_owned() } else { format!("{} carers", visit.carers) };
    Some(match (visit.outcome, planned) {
        (Outcome::Frustrated, _) => format!("{at}: frustrated{reason}"),
        (Outcome::Missed, _) => format!("{at}: missed{reason}"),
        (Outcome::Delivered, None) => format!("{at}: added, {} minutes, {carers}{reason}", visit.minutes),
        (Outcome::Delivered, Some(planned)) => {
            let same = (planned.start, planned.minutes, planned.carers) == (visit.start, visit.minutes, visit.carers);
            if same && visit.reason.is_empty() {
                return None;
            }
            format!("{at}: {} for {} minutes, {carers}{reason}", clock_words(visit.start), visit.minutes)
        }
    })
}
