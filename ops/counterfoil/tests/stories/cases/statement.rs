//! What a provider has to type so that a claim says what a case says.

use chrono::NaiveDate;
use counterfoil_core::money::Quantity;
use counterfoil_core::pricing::ClaimFacts;
use counterfoil_core::pricing::facts::{Day, EarlierDay, LineFacts, Recording, StatedDay, StatedVisit};
use counterfoil_core::statement::{Actuals, DayActual, LineStatement, Outcome, Statement, VisitActual};

/// The comment, where a case says that there is one.
const COMMENT: &str = "As it was.";

pub(super) fn date(day: Day) -> NaiveDate {
    day.date().unwrap()
}

/// The actuals of the case.
pub(super) fn of(facts: &ClaimFacts) -> Statement {
    let lines = facts.lines.iter().map(|line| match facts.recording {
        Recording::Timetabled => visits(line),
        _ => days(line),
    });
    Statement { lines: lines.collect(), ..Statement::default() }
}

fn days(line: &LineFacts) -> LineStatement {
    let days = line.stated_days.iter().map(day).collect();
    let commented = line.stated_days.iter().any(|day| day.comment);
    let comment = if commented { COMMENT } else { "" };
    LineStatement { line: line.line, actuals: Actuals::Days { days }, comment: comment.to_owned() }
}

fn day(stated: &StatedDay) -> DayActual {
    DayActual {
        date: date(stated.day),
        delivered: Quantity::from_thousandths(stated.delivered),
        frustrated: Quantity::from_thousandths(stated.frustrated),
        reason: stated.reason.clone(),
        visits: stated.visits,
    }
}

fn visits(line: &LineFacts) -> LineStatement {
    let visits = line.stated_visits.iter().map(|stated| visit(line, stated)).collect();
    LineStatement { line: line.line, actuals: Actuals::Visits { visits }, comment: String::new() }
}

fn visit(line: &LineFacts, stated: &StatedVisit) -> VisitActual {
    let planned = stated.planned.and_then(|number| line.planned_visits.iter().find(|visit| visit.visit == number));
    let outcome = match stated {
        StatedVisit { frustrated: 1.., .. } => Outcome::Frustrated,
        StatedVisit { carers: 0, .. } => Outcome::Missed,
        _ => Outcome::Delivered,
    };
    VisitActual {
        planned: stated.planned,
        date: date(stated.day),
        start: stated.start,
        minutes: stated.minutes,
        monitored: stated.actual_start.zip(stated.actual_minutes),
        carers: if stated.carers > 0 { stated.carers } else { planned.map_or(0, |visit| visit.carers) },
        outcome,
        reason: stated.reason.clone(),
        comment: if stated.comment { COMMENT.to_owned() } else { String::new() },
    }
}

/// The actuals of the weeks before.
pub(super) fn before(facts: &ClaimFacts) -> Statement {
    let lines = facts.lines.iter().map(|line| {
        let days = facts.earlier.iter().filter(|earlier| earlier.line == line.line).map(earlier_day).collect();
        LineStatement { line: line.line, actuals: Actuals::Days { days }, comment: COMMENT.to_owned() }
    });
    Statement { lines: lines.collect(), ..Statement::default() }
}

fn earlier_day(earlier: &EarlierDay) -> DayActual {
    DayActual {
        date: date(earlier.day),
        delivered: Quantity::from_thousandths(earlier.delivered),
        frustrated: Quantity::from_thousandths(earlier.frustrated),
        reason: earlier.reason.clone(),
        visits: None,
    }
}
