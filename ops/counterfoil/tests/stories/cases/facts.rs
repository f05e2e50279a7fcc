//! Whether a claim's facts, as the service gathered and stored them, are those of a case: field by field.
//!
//! Two things are told otherwise and mean the same. A case may date a rate-card row as the rate card does; the service
//! gives a rule each row cut to the days that it counts for, in the rate card's order. And settings stand in the order
//! of their names.

use counterfoil_core::pricing::ClaimFacts;
use counterfoil_core::pricing::facts::{LineFacts, RateRow, Span};

/// What differs, one sentence each.
pub(super) fn differences(case: &ClaimFacts, held: &ClaimFacts) -> Vec<String> {
    let (case, held) = (as_given(case), as_given(held));
    let mut wrong = Vec::new();
    let mut compare = |what: &str, case: String, held: String| {
        if case != held {
            wrong.push(format!("{what} of the case: {case}\n    of the claim: {held}"));
        }
    };
    compare("period", format!("{:?}", case.period), format!("{:?}", held.period));
    compare("recording", format!("{:?}", case.recording), format!("{:?}", held.recording));
    compare("terms", format!("{:?}", case.terms), format!("{:?}", held.terms));
    compare("stated", format!("{:?}", case.stated), format!("{:?}", held.stated));
    compare("attributes", format!("{:?}", case.attributes), format!("{:?}", held.attributes));
    compare("days", format!("{:?}", case.days), format!("{:?}", held.days));
    compare("stays", format!("{:?}", case.stays), format!("{:?}", held.stays));
    compare("ending", format!("{:?}", case.ending), format!("{:?}", held.ending));
    compare("earlier", format!("{:?}", case.earlier), format!("{:?}", held.earlier));
    compare("settings", format!("{:?}", case.settings), format!("{:?}", held.settings));
    compare("lines", case.lines.len().to_string(), held.lines.len().to_string());
    for (case, held) in case.lines.iter().zip(&held.lines) {
        compare("line", format!("{:?}", names(case)), format!("{:?}", names(held)));
        compare("valid", format!("{:?}", (case.valid, case.tail)), format!("{:?}", (held.valid, held.tail)));
        compare("attributes", format!("{:?}", case.attributes), format!("{:?}", held.attributes));
        compare("plan", format!("{:?}", case.plan), format!("{:?}", held.plan));
        compare("visits", format!("{:?}", case.planned_visits), format!("{:?}", held.planned_visits));
        compare("rates", format!("{:?}", case.rates), format!("{:?}", held.rates));
        compare("stated days", format!("{:?}", case.stated_days), format!("{:?}", held.stated_days));
        compare("stated visits", format!("{:?}", case.stated_visits), format!("{:?}", held.stated_visits));
    }
    if wrong.is_empty() && case != held {
        wrong.push("a field differs that nobody compares".to_owned());
    }
    wrong
}

fn names(line: &LineFacts) -> impl std::fmt::Debug + '_ {
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
