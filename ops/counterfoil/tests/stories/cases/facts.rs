//! Whether a claim's facts, as the service gathered and stored them, are those of a case: field by field.
//!
//! Two things are told otherwise and mean the same. A case may date a rate-card row as the rate card does; the service
//! gives a rule each row cut to the days that it counts for, in the rate card's order. And settings stand in the order
//! of their names.

use std::fmt::Debug;

use counterfoil_core::pricing::ClaimFacts;
use counterfoil_core::pricing::facts::{LineFacts, RateRow, Span};

/// What differs, one sentence each.
pub(super) fn differences(case: &ClaimFacts, held: &ClaimFacts) -> Vec<String> {
    let (case, held) = (as_given(case), as_given(held));
    let mut wrong = Vec::new();
    let mut compare = |what: &str, case: &dyn Debug, held: &dyn Debug| {
        let (case, held) = (format!("{case:?}"), format!("{held:?}"));
        if case != held {
            wrong.push(format!("{what} of the case: {case}\n    of the claim: {held}"));
        }
    };
    compare("period", &case.period, &held.period);
    compare("recording", &case.recording, &held.recording);
    compare("terms", &case.terms, &held.terms);
    compare("stated", &case.stated, &held.stated);
    compare("attributes", &case.attributes, &held.attributes);
    compare("days", &case.days, &held.days);
    compare("stays", &case.stays, &held.stays);
    compare("ending", &case.ending, &held.ending);
    compare("earlier", &case.earlier, &held.earlier);
    compare("settings", &case.settings, &held.settings);
    compare("lines", &case.lines.len(), &held.lines.len());
    for (case, held) in case.lines.iter().zip(&held.lines) {
        compare("line", &names(case), &names(held));
        compare("valid", &(case.valid, case.tail), &(held.valid, held.tail));
        compare("attributes", &case.attributes, &held.attributes);
        compare("plan", &case.plan, &held.plan);
        compare("visits", &case.planned_visits, &held.planned_visits);
        compare("rates", &case.rates, &held.rates);
        compare("stated days", &case.stated_days, &held.stated_days);
        compare("stated visits", &case.stated_visits, &held.stated_visits);
    }
    if wrong.is_empty() && case != held {
        wrong.push("a field differs that nobody compares".to_owned());
    }
    wrong
}

fn names(line: &LineFacts) -> impl Debug + '_ {
    (line.line, &line.service, line.unit, &line.tier)
}

/// The facts with rates cut to the days of their line, and lists whose order means nothing in one order.
pub(super) fn as_given(facts: &ClaimFacts) -> ClaimFacts {
    let mut facts = facts.clone();
    facts.settings.sort_by(|a, b| (&a.key, &a.scope, a.from).cmp(&(&b.key, &b.scope, b.from)));
    for line in &mut facts.lines {
        // a line that begins within the period has no rate before its first day
        let days = Span { from: line.valid.from.max(facts.period.from), to: facts.period.to };
        line.rates.retain_mut(|row| cut(row, days));
        line.rates.sort_by(|a, b| order(a).cmp(&order(b)));
        for (number, row) in line.rates.iter_mut().enumerate() {
            row.row = u32::try_from(number).unwrap();
        }
    }
    facts
}

fn order(row: &RateRow) -> impl Ord + '_ {
    (&row.band, row.minutes, row.day_kind, row.time_band, row.unit, row.from)
}

fn cut(row: &mut RateRow, days: Span) -> bool {
    row.from = row.from.max(days.from);
    row.to = Some(row.to.map_or(days.to, |to| to.min(days.to)));
    row.to >= Some(row.from)
}
