//! From a claim's form to the domain's statement. Everything that is wrong is named by line and by what it is about; what
//! is right is read all the same, so that it can be shown, carried over and priced.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use counterfoil_core::adjustment::extra_covered;
use counterfoil_core::invoice::{Reference, ReferenceError};
use counterfoil_core::money::Quantity;
use counterfoil_core::pricing::facts::{PlannedVisit, Recording};
use counterfoil_core::statement::{Actuals, DayActual, LineStatement, Outcome, StatedCare, Statement, VisitActual};
use counterfoil_tenants::claim::{LinePlan, LineSeen, ReasonOffered, ToState};
use counterfoil_tenants::reason::ReasonKind;

use super::fields::{Mode, added, answered, day, field, visit};
use super::read::{self, ValueError, clock_words};
use crate::form::{Errors, Typed};

/// The most rows that a form adds to a line.
pub(crate) const ADDED_AT_MOST: usize = 60;
/// The longest comment, note, in characters.
const LONGEST: usize = 2_000;

/// What was read of a form.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Read {
    /// The statement, as far as it could be read.
    pub(crate) statement: Statement,
    /// What is wrong.
    pub(crate) errors: Errors,
    /// How much of that is extras that an accepted adjustment covers: these can be read, and laid out by day.
    extras: usize,
}

impl Read {
    /// Whether everything that was typed could be read.
    pub(crate) fn is_readable(&self) -> bool {
        self.errors.iter().count() == self.extras
    }

    /// A statement with nothing wrong.
    pub(crate) fn of(statement: Statement) -> Self {
        Self { statement, ..Self::default() }
    }
}

/// How many rows a line's form has added.
pub(crate) fn typed_in(typed: &Typed, line: u32) -> usize {
    typed.text(&field(line, "added")).parse::<usize>().unwrap_or_default().min(ADDED_AT_MOST)
}

/// Reads a form.
pub(crate) fn read(claim: &ToState, typed: &Typed) -> Read {
    let mut reading = Reading { claim, typed, mode: Mode::named(typed.text("by")), errors: Errors::new(), extras: 0 };
    let lines = claim.plans.iter().map(|plan| reading.line(plan)).collect();
    let (payment_reference, note) = (typed.text("reference").to_owned(), typed.lines("note"));
    let (mut errors, extras) = (reading.errors, reading.extras);
    match Reference::read(&payment_reference) {
        Ok(_) | Err(ReferenceError::Empty) => {}
        Err(error) => errors.add("reference", format!("Your reference {error}")),
    }
    errors.unless(
        note.chars().count() <= LONGEST,
        "note",
        format!("The note to the council must be {LONGEST} characters or fewer"),
    );
    Read { statement: Statement { lines, payment_reference, note }, errors, extras }
}

struct Reading<'a> {
    claim: &'a ToState,
    typed: &'a Typed,
    mode: Mode,
    errors: Errors,
    extras: usize,
}

impl Reading<'_> {
    fn line(&mut self, plan: &LinePlan) -> LineStatement {
        let seen = self.claim.seen.lines.iter().find(|line| line.number == plan.number);
        let actuals = match (self.claim.seen.recording, self.mode) {
            (Recording::Timetabled, _) => Actuals::Visits { visits: self.visits(plan) },
            (_, Mode::Days) => Actuals::Days { days: self.days(plan, seen) },
            (_, Mode::Period) => self.period(plan, seen),
        };
        let comment = self.typed.lines(&field(plan.number, "comment"));
        if comment.chars().count() > LONGEST {
            self.wrong(
                field(plan.number, "comment"),
                plan,
                &format!("the comment must be {LONGEST} characters or fewer"),
            );
        }
        let stated = LineStatement { line: plan.number, actuals, comment };
        self.fits(plan, &stated);
        let needing = self.reasons_of(&stated).find(|reason| reason.comment_needed).map(|reason| reason.words.clone());
        if let Some(reason) = needing.filter(|_| stated.comment.is_empty()) {
            let words = format!("enter a comment. \u{2018}{reason}\u{2019} needs one");
            self.wrong(field(plan.number, "comment"), plan, &words);
        }
        stated
    }

    /// What only the whole line shows: that it fits the plan, as storing it will ask.
    fn fits(&mut self, plan: &LinePlan, stated: &LineStatement) {
        let prefix = field(plan.number, "");
        if self.errors.iter().any(|(field, _)| field.starts_with(&prefix)) {
            return;
        }
        let codes: BTreeSet<String> = self.claim.reasons.iter().map(|reason| reason.code.clone()).collect();
        let recording = self.claim.seen.recording;
        let place = field(plan.number, if recording == Recording::Quantities { "actual" } else { "visits" });
        let line = plan.number.saturating_add(1);
        match StatedCare::of(stated, &plan.planned, plan.held, recording, &codes) {
            Ok(care) => {
                let Some(extra) = extra_covered(&care.days, &care.visits, &plan.covered) else { return };
                let by_day = recording == Recording::Quantities && self.mode == Mode::Days;
                let place = if by_day { day(plan.number, extra.day, "actual") } else { place };
                self.errors.add(place, format!("Line {line}: {extra}"));
                self.extras += 1;
            }
            Err(error) => self.errors.add(place, format!("Line {line}: {error}")),
        }
    }

    fn period(&mut self, plan: &LinePlan, seen: Option<&LineSeen>) -> Actuals {
        let of = |name| field(plan.number, name);
        let (delivered, frustrated) = self.quantities(plan, seen, "", [of("actual"), of("frustrated")]);
        let reason = self.typed.text(&of("reason")).to_owned();
        self.reason_for(plan, "", (of("reason"), &reason), frustrated);
        let visits = self.number_of_visits(plan, "", of("visits"), delivered);
        // a reason without anything frustrated would be dropped where it is spread, and is not asked for
        Actuals::Period { delivered, frustrated, reason, visits }
    }

    fn days(&mut self, plan: &LinePlan, seen: Option<&LineSeen>) -> Vec<DayActual> {
        let (Some(from), Some(to)) = (plan.held.from.date(), plan.held.to.date()) else { return Vec::new() };
        let mut days = Vec::new();
        for date in from.iter_days().take_while(|date| *date <= to) {
            let of = |name| day(plan.number, date, name);
            let planned = plan.planned.days.iter().any(|day| day.day.date() == Some(date));
            let blank = ["actual", "frustrated", "visits"].iter().all(|name| self.typed.text(&of(name)).is_empty());
            if blank && !planned {
                continue;
            }
            let on = format!("{}: ", date.format("%A %-d %B"));
            let (delivered, frustrated) = self.quantities(plan, seen, &on, [of("actual"), of("frustrated")]);
            let reason = self.typed.text(&of("reason")).to_owned();
            self.reason_for(plan, &on, (of("reason"), &reason), frustrated);
            let visits = self.number_of_visits(plan, &on, of("visits"), delivered);
            days.push(DayActual { date, delivered, frustrated, reason, visits });
        }
        days
    }

    fn quantities(
        &mut self,
        plan: &LinePlan,
        seen: Option<&LineSeen>,
        on: &str,
        [actual, frustrated]: [String; 2],
    ) -> (Quantity, Quantity) {
        let unit = seen.map_or(counterfoil_core::pricing::facts::Unit::Hour, |line| line.unit);
        let delivered = match read::quantity(self.typed.raw(&actual), unit) {
            Ok(delivered) => delivered,
            Err(ValueError::Empty) => {
                self.wrong(actual, plan, &format!("{on}enter what was delivered. Enter 0 if nothing was"));
                Quantity::ZERO
            }
            Err(error) => {
                self.wrong(actual, plan, &format!("{on}what was delivered: {error}"));
                Quantity::ZERO
            }
        };
        let gone = match read::quantity(self.typed.raw(&frustrated), unit) {
            Ok(gone) => gone,
            Err(ValueError::Empty) => Quantity::ZERO,
            Err(error) => {
                self.wrong(frustrated, plan, &format!("{on}what was frustrated: {error}"));
                Quantity::ZERO
            }
        };
        (delivered, gone)
    }

    fn reason_for(&mut self, plan: &LinePlan, on: &str, (place, reason): (String, &str), frustrated: Quantity) {
        if frustrated.raw() > 0 && reason.is_empty() {
            self.wrong(place, plan, &format!("{on}choose why care was frustrated"));
        } else if frustrated.raw() > 0 && self.kind_of(reason).is_some_and(|kind| kind == ReasonKind::Missed) {
            self.wrong(
                place,
                plan,
                &format!("{on}choose a reason for which care is frustrated, not one for which you missed it"),
            );
        }
    }

    fn number_of_visits(&mut self, plan: &LinePlan, on: &str, place: String, delivered: Quantity) -> Option<u32> {
        match read::visits(self.typed.raw(&place)) {
            Ok(None) if self.claim.visits_required && delivered.raw() > 0 => {
                self.wrong(place, plan, &format!("{on}enter the number of visits"));
                None
            }
            Ok(visits) => visits,
            Err(error) => {
                self.wrong(place, plan, &format!("{on}number of visits: {error}"));
                None
            }
        }
    }

    fn visits(&mut self, plan: &LinePlan) -> Vec<VisitActual> {
        let mut visits: Vec<VisitActual> =
            plan.planned.visits.iter().filter_map(|planned| self.planned_visit(plan, planned)).collect();
        for place in 0..typed_in(self.typed, plan.number) {
            visits.extend(self.added_visit(plan, place));
        }
        visits
    }

    fn planned_visit(&mut self, plan: &LinePlan, planned: &PlannedVisit) -> Option<VisitActual> {
        let of = |name| visit(plan.number, planned.visit, name);
        let as_planned = answered(planned)?;
        let on = format!("{}, {}: ", as_planned.date.format("%A %-d %B"), clock_words(planned.start));
        let reason = self.typed.text(&of("reason")).to_owned();
        let kind = self.kind_of(&reason);
        if !self.typed.chose(&of("done"), "yes") {
            let outcome = if kind == Some(ReasonKind::Frustrated) { Outcome::Frustrated } else { Outcome::Missed };
            if kind == Some(ReasonKind::Extra) {
                self.wrong(of("reason"), plan, &format!("{on}choose why the visit did not take place"));
            }
            return Some(VisitActual { outcome, reason, ..as_planned });
        }
        if matches!(kind, Some(ReasonKind::Frustrated | ReasonKind::Missed)) {
            let words = "untick the visit if it did not take place, or choose no reason";
            self.wrong(of("reason"), plan, &format!("{on}{words}"));
        }
        let (start, minutes, carers) = self.times(plan, &on, [of("start"), of("minutes"), of("carers")], &as_planned);
        Some(VisitActual { start, minutes, carers, reason, ..as_planned })
    }

    fn added_visit(&mut self, plan: &LinePlan, place: usize) -> Option<VisitActual> {
        let of = |name| added(plan.number, place, name);
        if ["start", "minutes"].iter().all(|name| self.typed.text(&of(name)).is_empty()) {
            // a row that nobody filled in, or that was emptied to take the visit out
            return None;
        }
        let on = format!("added visit {}: ", place + 1);
        let Ok(date) = self.typed.text(&of("date")).parse::<NaiveDate>() else {
            self.wrong(of("date"), plan, &format!("{on}choose the day"));
            return None;
        };
        let reason = self.typed.text(&of("reason")).to_owned();
        if matches!(self.kind_of(&reason), Some(ReasonKind::Frustrated | ReasonKind::Missed)) {
            let words = "a visit that was not planned cannot be frustrated or missed. Choose another reason or none";
            self.wrong(of("reason"), plan, &format!("{on}{words}"));
        }
        let blank = VisitActual {
            planned: None,
            date,
            start: 0,
            minutes: 0,
            monitored: None,
            carers: 1,
            outcome: Outcome::Delivered,
            reason: reason.clone(),
            comment: String::new(),
        };
        let (start, minutes, carers) = self.times(plan, &on, [of("start"), of("minutes"), of("carers")], &blank);
        Some(VisitActual { start, minutes, carers, ..blank })
    }

    fn times(
        &mut self,
        plan: &LinePlan,
        on: &str,
        [start, minutes, carers]: [String; 3],
        otherwise: &VisitActual,
    ) -> (u16, u16, u8) {
        let read_start = read::clock(self.typed.raw(&start));
        let read_minutes = read::minutes(self.typed.raw(&minutes));
        let read_carers = read::carers(self.typed.raw(&carers));
        let mut or = |place: String, error: ValueError, empty: &str| {
            let words = if error == ValueError::Empty { empty.to_owned() } else { error.to_string() };
            self.wrong(place, plan, &format!("{on}{words}"));
        };
        let start = read_start.unwrap_or_else(|error| {
            or(start, error, "enter when it started");
            otherwise.start
        });
        let minutes = read_minutes.unwrap_or_else(|error| {
            or(minutes, error, "enter how many minutes it took");
            otherwise.minutes
        });
        let carers = read_carers.unwrap_or_else(|error| {
            or(carers, error, "enter how many carers came");
            otherwise.carers
        });
        (start, minutes, carers)
    }

    fn kind_of(&self, code: &str) -> Option<ReasonKind> {
        self.claim.reasons.iter().find(|reason| reason.code == code).map(|reason| reason.kind)
    }

    fn reasons_of<'s>(&'s self, stated: &'s LineStatement) -> impl Iterator<Item = &'s ReasonOffered> {
        let codes: Vec<&str> = match &stated.actuals {
            Actuals::Visits { visits } => visits.iter().map(|visit| visit.reason.as_str()).collect(),
            Actuals::Days { days } => days.iter().map(|day| day.reason.as_str()).collect(),
            Actuals::Period { reason, .. } => vec![reason.as_str()],
            Actuals::AsPlanned => Vec::new(),
        };
        self.claim.reasons.iter().filter(move |reason| codes.contains(&reason.code.as_str()))
    }

    fn wrong(&mut self, place: String, plan: &LinePlan, what: &str) {
        self.errors.add(place, format!("Line {}: {what}", plan.number.saturating_add(1)));
    }
}
