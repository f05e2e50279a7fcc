//! The fields of a claim's form: their names, and what they hold for a statement that is known. Lines are numbered from 1,
//! as people count; planned visits from 0, as the plan counts.

use chrono::NaiveDate;
use counterfoil_core::plan::PlannedCare;
use counterfoil_core::pricing::facts::{PlannedVisit, Recording};
use counterfoil_core::statement::{Actuals, DayActual, LineStatement, Outcome, Statement, VisitActual, by_day};
use counterfoil_tenants::claim::{LinePlan, ToState};

use super::read::{clock_words, quantity_words};

/// Whether quantities are stated for the period or for each day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One quantity for the period.
    #[default]
    Period,
    /// One for each day.
    Days,
}

impl Mode {
    /// As the form's field has it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Period => "period",
            Self::Days => "day",
        }
    }

    /// What a field says.
    pub(crate) fn named(name: &str) -> Self {
        if name == Self::Days.name() { Self::Days } else { Self::Period }
    }

    /// How a statement was made.
    pub(crate) fn of(statement: &Statement) -> Self {
        let has_days = statement.lines.iter().any(|line| matches!(line.actuals, Actuals::Days { .. }));
        if has_days { Self::Days } else { Self::Period }
    }
}

/// A field of a line: `line-1-comment`.
pub(crate) fn field(line: u32, name: &str) -> String {
    format!("line-{}-{name}", line.saturating_add(1))
}

/// A field of a day of a line: `line-1-20241216-actual`.
pub(crate) fn day(line: u32, date: NaiveDate, name: &str) -> String {
    field(line, &format!("{}-{name}", date.format("%Y%m%d")))
}

/// A field of a planned visit: `line-1-p7-start`.
pub(crate) fn visit(line: u32, planned: u32, name: &str) -> String {
    field(line, &format!("p{planned}-{name}"))
}

/// A field of an added visit: `line-1-a0-start`.
pub(crate) fn added(line: u32, place: usize, name: &str) -> String {
    field(line, &format!("a{place}-{name}"))
}

/// What the fields hold for a statement.
pub(crate) fn fields_of(claim: &ToState, statement: &Statement, mode: Mode) -> Vec<(String, String)> {
    let mut fields = vec![
        ("by".to_owned(), mode.name().to_owned()),
        ("reference".to_owned(), statement.payment_reference.clone()),
        ("note".to_owned(), statement.note.clone()),
    ];
    for plan in &claim.plans {
        let stated = statement.lines.iter().find(|line| line.line == plan.number);
        let missed =
            LineStatement { line: plan.number, actuals: nothing(claim.seen.recording), comment: String::new() };
        let stated = stated.unwrap_or(&missed);
        fields.push((field(plan.number, "comment"), stated.comment.clone()));
        match claim.seen.recording {
            Recording::Timetabled => visits(&mut fields, plan, stated),
            Recording::Quantities | Recording::None if mode == Mode::Days => days(&mut fields, plan, stated),
            Recording::Quantities | Recording::None => period(&mut fields, plan, stated),
        }
    }
    fields
}

/// A line of which a statement says nothing was missed.
fn nothing(recording: Recording) -> Actuals {
    match recording {
        Recording::Timetabled => Actuals::Visits { visits: Vec::new() },
        Recording::Quantities | Recording::None => Actuals::Days { days: Vec::new() },
    }
}

fn period(fields: &mut Vec<(String, String)>, plan: &LinePlan, stated: &LineStatement) {
    let (delivered, frustrated, reason, visits) = match &stated.actuals {
        Actuals::Period { delivered, frustrated, reason, visits } => {
            (delivered.raw(), frustrated.raw(), reason.clone(), *visits)
        }
        actuals => {
            let days = by_day(actuals, &plan.planned, plan.held);
            let sum = |of: fn(&DayActual) -> i64| days.iter().map(of).sum::<i64>();
            let reason = days.iter().map(|day| day.reason.clone()).find(|reason| !reason.is_empty());
            let visits = days.iter().filter_map(|day| day.visits).reduce(u32::saturating_add);
            (sum(|day| day.delivered.raw()), sum(|day| day.frustrated.raw()), reason.unwrap_or_default(), visits)
        }
    };
    fields.push((field(plan.number, "actual"), quantity_words(delivered)));
    fields.push((field(plan.number, "frustrated"), or_blank(frustrated)));
    fields.push((field(plan.number, "reason"), reason));
    fields.push((field(plan.number, "visits"), visits.map(|visits| visits.to_string()).unwrap_or_default()));
}

fn days(fields: &mut Vec<(String, String)>, plan: &LinePlan, stated: &LineStatement) {
    for one in by_day(&stated.actuals, &plan.planned, plan.held) {
        fields.push((day(plan.number, one.date, "actual"), quantity_words(one.delivered.raw())));
        fields.push((day(plan.number, one.date, "frustrated"), or_blank(one.frustrated.raw())));
        fields.push((day(plan.number, one.date, "reason"), one.reason));
        fields.push((
            day(plan.number, one.date, "visits"),
            one.visits.map(|visits| visits.to_string()).unwrap_or_default(),
        ));
    }
}

fn or_blank(thousandths: i64) -> String {
    if thousandths == 0 { String::new() } else { quantity_words(thousandths) }
}

fn visits(fields: &mut Vec<(String, String)>, plan: &LinePlan, stated: &LineStatement) {
    let stated = match &stated.actuals {
        Actuals::Visits { visits } => visits.clone(),
        _ => as_planned(&plan.planned),
    };
    for planned in &plan.planned.visits {
        let answer = stated.iter().find(|visit| visit.planned == Some(planned.visit));
        let name = |name| visit(plan.number, planned.visit, name);
        let took_place = answer.is_some_and(|answer| answer.outcome == Outcome::Delivered);
        if took_place {
            fields.push((name("done"), "yes".to_owned()));
        }
        let (start, minutes, carers) = match answer.filter(|_| took_place) {
            Some(answer) => (answer.start, answer.minutes, answer.carers),
            None => (planned.start, planned.minutes, planned.carers),
        };
        fields.push((name("start"), clock_words(start)));
        fields.push((name("minutes"), minutes.to_string()));
        fields.push((name("carers"), carers.to_string()));
        fields.push((name("reason"), answer.map(|answer| answer.reason.clone()).unwrap_or_default()));
    }
    let extra: Vec<&VisitActual> = stated.iter().filter(|visit| visit.planned.is_none()).collect();
    fields.push((field(plan.number, "added"), extra.len().to_string()));
    for (place, one) in extra.into_iter().enumerate() {
        let name = |name| added(plan.number, place, name);
        fields.push((name("date"), one.date.to_string()));
        fields.push((name("start"), clock_words(one.start)));
        fields.push((name("minutes"), one.minutes.to_string()));
        fields.push((name("carers"), one.carers.to_string()));
        fields.push((name("reason"), one.reason.clone()));
    }
}

fn as_planned(planned: &PlannedCare) -> Vec<VisitActual> {
    planned.visits.iter().filter_map(answered).collect()
}

/// A planned visit that took place as planned.
pub(super) fn answered(planned: &PlannedVisit) -> Option<VisitActual> {
    Some(VisitActual {
        planned: Some(planned.visit),
        date: planned.day.date()?,
        start: planned.start,
        minutes: planned.minutes,
        monitored: None,
        carers: planned.carers,
        outcome: Outcome::Delivered,
        reason: String::new(),
        comment: String::new(),
    })
}
