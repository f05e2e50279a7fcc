//! A day's answer on a timesheet, and the fields of the ordinary form behind it: the answer becomes what was delivered,
//! what was frustrated and why, and the form is then read as every other. Days that a page does not show stay as they
//! stand.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use counterfoil_core::money::Quantity;
use counterfoil_core::pricing::facts::{Day, Unit};
use counterfoil_core::statement::{DayActual, Statement, by_day};
use counterfoil_tenants::claim::{LinePlan, ReasonOffered, ToState};
use counterfoil_tenants::reason::ReasonKind;

use super::super::actuals::Form;
use crate::actuals::{Mode, day, field, quantity, quantity_words};
use crate::form::Typed;

/// One, in thousandths.
const ONE: i64 = 1_000;

/// What a day's choice can be.
pub(super) const PLANNED: &str = "planned";
pub(super) const AWAY: &str = "away";
pub(super) const OTHER: &str = "other";
pub(super) const NONE: &str = "none";

/// The days on which a line holds.
pub(super) fn held(plan: &LinePlan) -> impl Iterator<Item = NaiveDate> + use<> {
    (plan.held.from.0..=plan.held.to.0).filter_map(|day| Day(day).date())
}

/// What is planned for a day, in thousandths of the unit.
pub(super) fn planned_on(plan: &LinePlan, date: NaiveDate) -> i64 {
    plan.planned.days.iter().find(|day| day.day.date() == Some(date)).map_or(0, |day| day.quantity)
}

/// What a line is counted in.
pub(super) fn unit_of(claim: &ToState, plan: &LinePlan) -> Unit {
    claim.seen.lines.iter().find(|line| line.number == plan.number).map_or(Unit::Hour, |line| line.unit)
}

/// Whether a day on which nothing was planned is answered with one of the unit.
pub(super) const fn comes_in_ones(unit: Unit) -> bool {
    matches!(unit, Unit::Day | Unit::Night)
}

/// The answers that a statement gives.
pub(super) fn answers_of(claim: &ToState, statement: &Statement) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for plan in &claim.plans {
        let stated = statement.lines.iter().find(|line| line.line == plan.number);
        let days = stated.map(|line| by_day(&line.actuals, &plan.planned, plan.held)).unwrap_or_default();
        fields.push((field(plan.number, "comment"), stated.map(|line| line.comment.clone()).unwrap_or_default()));
        for date in held(plan) {
            let one = days.iter().find(|one| one.date == date);
            fields.extend(answer_of(claim, plan, date, one));
        }
    }
    fields
}

/// The answer of one day.
fn answer_of(claim: &ToState, plan: &LinePlan, date: NaiveDate, one: Option<&DayActual>) -> [(String, String); 3] {
    let planned = planned_on(plan, date);
    let delivered = one.map_or(0, |one| one.delivered.raw());
    let frustrated = one.map_or(0, |one| one.frustrated.raw());
    let reason = one.map(|one| one.reason.clone()).unwrap_or_default();
    let missed = is_missed(&claim.reasons, &reason);
    let away = delivered == 0 && planned > 0 && (frustrated == planned || (frustrated == 0 && missed));
    let extra_one = planned == 0 && delivered == ONE && comes_in_ones(unit_of(claim, plan));
    let was = match (delivered == planned && frustrated == 0, away) {
        (true, _) if planned == 0 => NONE,
        (true, _) => PLANNED,
        (_, true) => AWAY,
        _ if extra_one && reason.is_empty() => PLANNED,
        _ => OTHER,
    };
    [
        (day(plan.number, date, "was"), was.to_owned()),
        (day(plan.number, date, "actual"), quantity_words(delivered)),
        (day(plan.number, date, "reason"), reason),
    ]
}

fn is_missed(reasons: &[ReasonOffered], code: &str) -> bool {
    reasons.iter().any(|reason| reason.code == code && reason.kind == ReasonKind::Missed)
}

/// The ordinary form that a page's answers stand for. `form` is the claim as it stands, which gives the days that the page
/// does not show.
pub(super) fn as_form(form: &Form<'_>, typed: &Typed) -> Typed {
    let claim = form.to_state();
    let stands = form.filled(&form.as_it_stands(), Mode::Days);
    let mut fields: BTreeMap<String, String> =
        stands.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let sent = |name: &str| typed.all(name).next().is_some();
    for plan in &claim.plans {
        for date in held(plan).filter(|date| sent(&day(plan.number, *date, "was"))) {
            let stood = fields.get(&day(plan.number, date, "actual")).cloned().unwrap_or_default();
            let [actual, frustrated, reason] = fields_of(claim, plan, date, typed);
            if actual != stood {
                // visits that were counted for another answer are not known for this one
                fields.insert(day(plan.number, date, "visits"), String::new());
            }
            fields.insert(day(plan.number, date, "actual"), actual);
            fields.insert(day(plan.number, date, "frustrated"), frustrated);
            fields.insert(day(plan.number, date, "reason"), reason);
        }
        let comment = field(plan.number, "comment");
        if sent(&comment) {
            fields.insert(comment.clone(), typed.raw(&comment).to_owned());
        }
    }
    for name in ["version", "statement_version"] {
        fields.insert(name.to_owned(), typed.raw(name).to_owned());
    }
    Typed::of(fields.into_iter().collect())
}

/// What was delivered, what was frustrated, and why, for the answer of one day.
fn fields_of(claim: &ToState, plan: &LinePlan, date: NaiveDate, typed: &Typed) -> [String; 3] {
    let planned = planned_on(plan, date);
    let reason = typed.text(&day(plan.number, date, "reason")).to_owned();
    let nothing = || [String::new(), String::new(), String::new()];
    match typed.text(&day(plan.number, date, "was")) {
        PLANNED if planned > 0 => [quantity_words(planned), String::new(), String::new()],
        PLANNED => [quantity_words(ONE), String::new(), String::new()],
        AWAY if is_missed(&claim.reasons, &reason) => ["0".to_owned(), String::new(), reason],
        AWAY => ["0".to_owned(), quantity_words(planned), reason],
        OTHER => {
            let actual = typed.raw(&day(plan.number, date, "actual")).to_owned();
            let came = quantity(&actual, unit_of(claim, plan)).map_or(planned, Quantity::raw);
            let kind = claim.reasons.iter().find(|offered| offered.code == reason).map(|offered| offered.kind);
            let gone = if kind == Some(ReasonKind::Frustrated) { (planned - came).max(0) } else { 0 };
            let frustrated = if gone > 0 { quantity_words(gone) } else { String::new() };
            [actual, frustrated, reason]
        }
        _ => nothing(),
    }
}

/// The answers of the days of a week taken from the plan.
pub(super) fn as_planned(form: &Form<'_>, (from, to): (NaiveDate, NaiveDate)) -> Vec<(String, String)> {
    let claim = form.to_state();
    let of_plan = answers_of(claim, &form.as_planned());
    claim.plans.iter().flat_map(|plan| taken(claim, &of_plan, plan, (from, to), Some)).collect()
}

/// The answers of the days of a week taken from the week before: of this claim, or the last of the claim before it. None
/// where there is none.
pub(super) fn as_last_week(form: &Form<'_>, (from, to): (NaiveDate, NaiveDate)) -> Option<Vec<(String, String)>> {
    let claim = form.to_state();
    let starts = claim.seen.claim.starts;
    let (answers, forward) = if from > starts {
        (answers_of(claim, &form.as_it_stands()), None)
    } else {
        // what was stated for the period before was moved by the period's length: its last week is that of this one
        let weeks = ((claim.seen.claim.ends - starts).num_days() / 7).unsigned_abs();
        (answers_of(claim, claim.before.as_ref()?), Some(7 * weeks))
    };
    let source = |date: NaiveDate| match forward {
        Some(days) => date.checked_add_days(Days::new(days)),
        None => date.checked_sub_days(Days::new(7)),
    };
    Some(claim.plans.iter().flat_map(|plan| taken(claim, &answers, plan, (from, to), source)).collect())
}

/// The answers for the days of a week, each taken from another day; a day whose plan does not allow that answer keeps its
/// own.
fn taken(
    claim: &ToState,
    answers: &[(String, String)],
    plan: &LinePlan,
    (from, to): (NaiveDate, NaiveDate),
    source: impl Fn(NaiveDate) -> Option<NaiveDate>,
) -> Vec<(String, String)> {
    let answer = |name: &str| answers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let mut fields = Vec::new();
    for date in held(plan).filter(|date| (from..=to).contains(date)) {
        let theirs = |name: &str| source(date).and_then(|theirs| answer(&day(plan.number, theirs, name)));
        let is_planned = planned_on(plan, date) > 0;
        let fits = match theirs("was").as_deref() {
            Some(PLANNED) => is_planned || comes_in_ones(unit_of(claim, plan)),
            Some(AWAY) => is_planned,
            Some(NONE) => !is_planned,
            Some(_) => true,
            None => false,
        };
        if fits {
            let all = ["was", "actual", "reason"].into_iter();
            fields.extend(all.map(|name| (day(plan.number, date, name), theirs(name).unwrap_or_default())));
        }
    }
    fields
}
