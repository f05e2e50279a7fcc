//! A person's week on a timesheet, as its page shows it: a card a day, with the plan beside what was answered.

use chrono::NaiveDate;
use counterfoil_core::money::Quantity;
use counterfoil_core::pricing::words::{amount, units};
use counterfoil_tenants::claim::{LinePlan, LineSeen, ReasonOffered};
use counterfoil_tenants::reason::ReasonKind;
use serde::Serialize;

use super::super::actuals::Form;
use super::super::actuals::live::Live;
use super::super::actuals::shown::Conflict;
use super::answers::{AWAY, NONE, OTHER, PLANNED, comes_in_ones, held, planned_on};
use super::is_shared_lives;
use crate::actuals::{day, field};
use crate::form::{Errors, FormShown, Typed};
use crate::london;

/// The page.
#[derive(Debug, Serialize)]
pub(super) struct Page {
    form: FormShown,
    here: String,
    sheet: String,
    /// The ordinary form of the same claim.
    claim: String,
    person: String,
    /// `Person 2 of 3`, `Week 1 of 4`.
    progress: Vec<String>,
    span: String,
    council: String,
    deadline: String,
    closed: Option<String>,
    paid_before: bool,
    comment_needed: bool,
    has_last_week: bool,
    week: usize,
    /// The other weeks, by number.
    weeks: Vec<Week>,
    /// What saving is called here.
    save: &'static str,
    gone: Vec<Choice>,
    missed: Vec<Choice>,
    lines: Vec<Line>,
    live: Live,
    conflict: Option<Conflict>,
    version: u32,
    statement_version: u32,
}

#[derive(Debug, Serialize)]
struct Week {
    number: usize,
    span: String,
    is_current: bool,
}

#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Line {
    number: u32,
    /// The names of its fields begin with this.
    name: String,
    reference: String,
    service: String,
    unit: &'static str,
    cards: Vec<Card>,
    comment: String,
}

/// A day.
#[derive(Debug, Serialize)]
struct Card {
    name: String,
    title: String,
    planned: String,
    was: String,
    choices: Vec<Choice>,
    actual: String,
    reason: String,
}

/// What stands around the week.
pub(super) struct Around<'a> {
    pub(super) here: String,
    pub(super) sheet: String,
    pub(super) claim: String,
    /// Which of how many.
    pub(super) person: (usize, usize),
    pub(super) week: usize,
    pub(super) weeks: &'a [(NaiveDate, NaiveDate)],
    pub(super) council: &'a str,
    pub(super) has_last_week: bool,
    pub(super) is_next_person: bool,
}

impl Page {
    pub(super) fn of(
        form: &Form<'_>,
        around: &Around<'_>,
        (typed, errors): (&Typed, &Errors),
        (live, conflict): (Live, Option<Conflict>),
    ) -> Self {
        let claim = form.to_state();
        let seen = &claim.seen;
        let shown = around.weeks.get(around.week.saturating_sub(1)).copied();
        let shown = shown.unwrap_or((seen.claim.starts, seen.claim.ends));
        let carried = |name| typed.text(name).parse().ok().filter(|_| conflict.is_none());
        let (person, people) = around.person;
        let mut progress = Vec::new();
        if people > 1 {
            progress.push(format!("Person {person} of {people}"));
        }
        if around.weeks.len() > 1 {
            progress.push(format!("Week {} of {}", around.week, around.weeks.len()));
        }
        let lines = claim.plans.iter().filter_map(|plan| {
            let line = seen.lines.iter().find(|line| line.number == plan.number)?;
            Some(Line::of(plan, line, (shown, is_shared_lives(&seen.contract.1)), typed))
        });
        Self {
            form: FormShown::returned(typed, errors),
            here: around.here.clone(),
            sheet: around.sheet.clone(),
            claim: around.claim.clone(),
            person: seen.person.clone(),
            progress,
            span: london::span(shown.0, shown.1),
            council: around.council.to_owned(),
            deadline: london::deadline(seen.cut_off),
            closed: form.open.closed.clone(),
            paid_before: seen.claim.run_id.is_some(),
            comment_needed: form.open.comment_needed,
            has_last_week: around.has_last_week,
            week: around.week,
            weeks: (1..)
                .zip(around.weeks)
                .map(|(number, (from, to))| Week {
                    number,
                    span: london::span(*from, *to),
                    is_current: number == around.week,
                })
                .collect(),
            save: match (around.week < around.weeks.len(), around.is_next_person) {
                _ if conflict.is_some() => "Save mine over theirs",
                (true, _) => "Save, next week",
                (false, true) => "Save, next person",
                (false, false) => "Save and check",
            },
            gone: of_kind(&claim.reasons, ReasonKind::Frustrated),
            missed: of_kind(&claim.reasons, ReasonKind::Missed),
            lines: lines.collect(),
            live,
            version: carried("version").unwrap_or(seen.claim.version),
            statement_version: carried("statement_version").unwrap_or(seen.claim.statement_version),
            conflict,
        }
    }
}

fn of_kind(reasons: &[ReasonOffered], kind: ReasonKind) -> Vec<Choice> {
    let those = reasons.iter().filter(|reason| reason.kind == kind);
    those.map(|reason| choice(&reason.code, &reason.words)).collect()
}

fn choice(value: &str, text: &str) -> Choice {
    Choice { value: value.to_owned(), text: text.to_owned() }
}

impl Line {
    fn of(
        plan: &LinePlan,
        line: &LineSeen,
        ((from, to), at_home): ((NaiveDate, NaiveDate), bool),
        typed: &Typed,
    ) -> Self {
        let days = held(plan).filter(|date| (from..=to).contains(date));
        Self {
            number: line.number.saturating_add(1),
            name: field(line.number, "").trim_end_matches('-').to_owned(),
            reference: line.reference.clone(),
            service: line.service.clone(),
            unit: units(line.unit),
            cards: days.map(|date| Card::of(plan, line, (date, at_home), typed)).collect(),
            comment: typed.lines(&field(line.number, "comment")),
        }
    }
}

impl Card {
    fn of(plan: &LinePlan, line: &LineSeen, (date, at_home): (NaiveDate, bool), typed: &Typed) -> Self {
        let text = |name: &str| typed.raw(&day(plan.number, date, name)).to_owned();
        let planned = planned_on(plan, date);
        let was = text("was");
        let ones = comes_in_ones(line.unit);
        let here = match at_home && ones {
            true => "With me",
            false if planned > 0 => "As planned",
            false => "One",
        };
        let mut choices = Vec::new();
        if planned > 0 {
            choices.extend([choice(PLANNED, here), choice(AWAY, "Away")]);
        } else {
            choices.push(choice(NONE, "None"));
            if ones {
                choices.push(choice(PLANNED, here));
            }
        }
        if !ones || was == OTHER {
            choices.push(choice(OTHER, "Other"));
        }
        Self {
            name: day(plan.number, date, "").trim_end_matches('-').to_owned(),
            title: date.format("%a %-d %B").to_string(),
            planned: match planned {
                0 => "none planned".to_owned(),
                some => format!("{} planned", amount(Quantity::from_thousandths(some), line.unit)),
            },
            was,
            choices,
            actual: text("actual"),
            reason: text("reason"),
        }
    }
}
