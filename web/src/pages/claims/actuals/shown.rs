//! A claim's form as its page shows it: each line with its plan beside what was typed, day by day and visit by visit.

use chrono::NaiveDate;
use counterfoil_core::adjustment::Covered;
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_core::pricing::facts::{Day, Recording};
use counterfoil_core::pricing::words::units;
use counterfoil_tenants::claim::{LinePlan, LineSeen, ReasonOffered};
use counterfoil_tenants::reason::ReasonKind;
use counterfoil_tenants::steps::open_actuals::OpenActuals;
use serde::Serialize;

use super::live::Live;
use crate::actuals::{Mode, added, clock_words, day, field, hours_words, quantity_words, typed_in, visit};
use crate::form::{Errors, FormShown, Typed};
use crate::london;

/// The page.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    pub(super) form: FormShown,
    /// Where the claim is; the form posts to `/actuals` below it.
    pub(super) claim: String,
    person: String,
    week: String,
    council: String,
    contract: String,
    timetabled: bool,
    by_day: bool,
    /// Why nothing can be entered now.
    closed: Option<String>,
    /// What will happen to a change, where a run has paid the claim before.
    paid_before: bool,
    /// Whether the deadline has passed.
    late: bool,
    deadline: String,
    comment_needed: bool,
    /// Accepted adjustments, each in a sentence.
    covered: Vec<String>,
    /// Where an adjustment of the plan is asked for.
    adjust: String,
    visits_required: bool,
    can_copy: bool,
    confirm: &'static str,
    reasons: Vec<Reasons>,
    lines: Vec<Line>,
    pub(super) live: Live,
    /// What somebody else saved meanwhile, beside what was typed here.
    pub(super) conflict: Option<Conflict>,
    /// What the person saw, and sends back.
    pub(super) version: u32,
    pub(super) statement_version: u32,
}

/// Somebody else was faster.
#[derive(Debug, Serialize)]
pub(in crate::pages::claims) struct Conflict {
    pub(super) at: String,
    pub(super) lines: Vec<Compared>,
}

/// One line, theirs and one's own.
#[derive(Debug, Serialize)]
pub(in crate::pages::claims) struct Compared {
    pub(super) number: u32,
    pub(super) theirs: Vec<String>,
    pub(super) yours: Vec<String>,
}

/// Reasons of one kind.
#[derive(Debug, Serialize)]
struct Reasons {
    label: &'static str,
    items: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct Item {
    value: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Line {
    /// From 1.
    number: u32,
    reference: String,
    service: String,
    tier: String,
    purchase_order: Option<String>,
    unit: &'static str,
    /// Each rate once.
    unit_cost: Vec<String>,
    planned: String,
    planned_visits: usize,
    /// Days with their visits or quantities; empty where one quantity is asked for.
    days: Vec<OneDay>,
    added: Vec<Row>,
    /// The days on which a visit can be added.
    dates: Vec<Item>,
    /// The names of its fields begin with this.
    name: String,
    values: Values,
    comment: String,
}

/// What stands in the fields of a quantity.
#[derive(Debug, Default, Serialize)]
struct Values {
    actual: String,
    frustrated: String,
    reason: String,
    visits: String,
}

#[derive(Debug, Serialize)]
struct OneDay {
    /// `Mon 16 Dec`.
    short: String,
    /// `Monday 16 December`.
    long: String,
    name: String,
    planned: String,
    values: Values,
    visits: Vec<Row>,
}

/// A visit.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// What it is called: `Monday 16 December, 07:30`.
    title: String,
    planned: String,
    done: bool,
    date: String,
    start: String,
    minutes: String,
    carers: String,
    reason: String,
}

/// Where the page is, and when.
pub(super) struct Place<'a> {
    pub(super) claim: String,
    pub(super) council: &'a str,
    pub(super) now: chrono::DateTime<chrono::Utc>,
}

impl Page {
    /// The form as it was typed, with what is wrong with it and what it comes to.
    pub(super) fn of(open: &OpenActuals, place: Place<'_>, (typed, errors): (&Typed, &Errors), live: Live) -> Self {
        let claim = &open.claim;
        let seen = &claim.seen;
        let carried = |name| typed.text(name).parse().ok();
        let by_day = Mode::named(typed.text("by")) == Mode::Days;
        let vocabulary: Vocabulary = seen.words.vocabulary;
        let lines = claim.plans.iter().filter_map(|plan| {
            let line = seen.lines.iter().find(|line| line.number == plan.number)?;
            Some(Line::of(plan, line, open, (typed, by_day)))
        });
        Self {
            form: FormShown::returned(typed, errors),
            adjust: place.claim.replacen("/claims/", "/adjustments/new?claim=", 1),
            claim: place.claim,
            person: seen.person.clone(),
            week: london::span(seen.claim.starts, seen.claim.ends),
            council: place.council.to_owned(),
            contract: format!("{}, {}", seen.contract.0, seen.contract.1),
            timetabled: seen.recording == Recording::Timetabled,
            by_day,
            closed: open.closed.clone(),
            paid_before: seen.claim.run_id.is_some() || seen.claim.state == ClaimState::Paid,
            late: seen.cut_off < place.now,
            deadline: london::deadline(seen.cut_off),
            comment_needed: open.comment_needed,
            covered: claim.plans.iter().flat_map(|plan| covered(plan, (seen.claim.starts, seen.claim.ends))).collect(),
            visits_required: claim.visits_required,
            can_copy: claim.before.is_some(),
            confirm: vocabulary.confirm(),
            reasons: reasons(&claim.reasons),
            lines: lines.collect(),
            live,
            conflict: None,
            // what the person saw when the form was opened, however often it was shown again since
            version: carried("version").unwrap_or(seen.claim.version),
            statement_version: carried("statement_version").unwrap_or(seen.claim.statement_version),
        }
    }
}

/// What people should know of a line before they state more than was planned.
fn covered(plan: &LinePlan, (starts, ends): (NaiveDate, NaiveDate)) -> Vec<String> {
    let of_week = plan.covered.iter().filter(|one| one.from <= ends && one.to.is_none_or(|to| starts <= to));
    let sentence = |one: &Covered| {
        let days = match one.to {
            Some(to) => london::span(one.from, to),
            None => format!("{} on", london::day(one.from)),
        };
        format!(
            "Extras on line {} cannot be stated from {days}: adjustment {} of {} was accepted, and its care is in the plan.",
            plan.number.saturating_add(1),
            one.number,
            one.line
        )
    };
    of_week.map(sentence).collect()
}

fn reasons(offered: &[ReasonOffered]) -> Vec<Reasons> {
    let groups = [
        (ReasonKind::Frustrated, "Frustrated"),
        (ReasonKind::Missed, "Missed by you"),
        (ReasonKind::Extra, "More than planned"),
        (ReasonKind::Variance, "Other difference"),
    ];
    let of = |kind: ReasonKind| {
        let those = offered.iter().filter(move |reason| reason.kind == kind);
        those.map(|reason| Item { value: reason.code.clone(), text: reason.words.clone() }).collect::<Vec<_>>()
    };
    let groups = groups.into_iter().map(|(kind, label)| Reasons { label, items: of(kind) });
    groups.filter(|group| !group.items.is_empty()).collect()
}

impl Line {
    fn of(plan: &LinePlan, line: &LineSeen, open: &OpenActuals, (typed, by_day): (&Typed, bool)) -> Self {
        let timetabled = open.claim.seen.recording == Recording::Timetabled;
        let planned = plan.planned.total();
        let text = |name: &str| typed.raw(&field(line.number, name)).to_owned();
        let rates = open.rates.get(&line.number).map(Vec::as_slice).unwrap_or_default();
        let dates: Vec<chrono::NaiveDate> =
            (plan.held.from.0..=plan.held.to.0).filter_map(|day| Day(day).date()).collect();
        Self {
            number: line.number.saturating_add(1),
            reference: line.reference.clone(),
            service: line.service.clone(),
            tier: line.tier.clone(),
            purchase_order: line.purchase_order.clone(),
            unit: if timetabled { "time" } else { units(line.unit) },
            unit_cost: rates.iter().map(ToString::to_string).collect(),
            planned: if timetabled { hours_words(planned) } else { quantity_words(planned) },
            planned_visits: plan.planned.visits.len(),
            days: if timetabled || by_day {
                dates.iter().map(|date| OneDay::of(plan, *date, timetabled, typed)).collect()
            } else {
                Vec::new()
            },
            added: (0..typed_in(typed, line.number)).map(|place| Row::added(line.number, place, typed)).collect(),
            dates: dates
                .iter()
                .map(|date| Item { value: date.to_string(), text: date.format("%a %-d %b").to_string() })
                .collect(),
            name: format!("line-{}", line.number.saturating_add(1)),
            values: Values {
                actual: text("actual"),
                frustrated: text("frustrated"),
                reason: text("reason"),
                visits: text("visits"),
            },
            comment: typed.lines(&field(line.number, "comment")),
        }
    }
}

impl OneDay {
    fn of(plan: &LinePlan, date: chrono::NaiveDate, timetabled: bool, typed: &Typed) -> Self {
        let on = plan.planned.days.iter().find(|day| day.day.date() == Some(date)).map_or(0, |day| day.quantity);
        let text = |name: &str| typed.raw(&day(plan.number, date, name)).to_owned();
        let visits = plan.planned.visits.iter().filter(|visit| timetabled && visit.day.date() == Some(date));
        Self {
            short: date.format("%a %-d %b").to_string(),
            long: date.format("%A %-d %B").to_string(),
            name: day(plan.number, date, "").trim_end_matches('-').to_owned(),
            planned: if timetabled { hours_words(on) } else { quantity_words(on) },
            values: Values {
                actual: text("actual"),
                frustrated: text("frustrated"),
                reason: text("reason"),
                visits: text("visits"),
            },
            visits: visits
                .map(|planned| {
                    let of = |name| visit(plan.number, planned.visit, name);
                    let text = |name| typed.raw(&of(name)).to_owned();
                    let carers =
                        if planned.carers == 1 { String::new() } else { format!(", {} carers", planned.carers) };
                    Row {
                        name: of("").trim_end_matches('-').to_owned(),
                        title: clock_words(planned.start),
                        planned: format!("{} minutes{carers}", planned.minutes),
                        done: typed.chose(&of("done"), "yes"),
                        date: date.to_string(),
                        start: text("start"),
                        minutes: text("minutes"),
                        carers: text("carers"),
                        reason: text("reason"),
                    }
                })
                .collect(),
        }
    }
}

impl Row {
    fn added(line: u32, place: usize, typed: &Typed) -> Self {
        let of = |name| added(line, place, name);
        let text = |name| typed.raw(&of(name)).to_owned();
        Self {
            name: of("").trim_end_matches('-').to_owned(),
            title: format!("Added visit {}", place + 1),
            planned: String::new(),
            done: true,
            date: text("date"),
            start: text("start"),
            minutes: text("minutes"),
            carers: text("carers"),
            reason: text("reason"),
        }
    }
}
