//! A statement measured against the plan: the days and visits that go into a rule's facts.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Actuals, DayActual, LineStatement, Outcome, Quantities, StatementError, VisitActual};
use crate::money::apportion;
use crate::plan::PlannedCare;
use crate::pricing::facts::{Day, PlannedVisit, Recording, Span, StatedDay, StatedVisit};

/// What was stated, in the shape that a rule is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatedCare {
    /// By day; empty for a timetabled line.
    pub days: Vec<StatedDay>,
    /// By visit; empty unless timetabled.
    pub visits: Vec<StatedVisit>,
}

impl StatedCare {
    /// Measures one line's statement against its plan.
    ///
    /// `held` are the days on which the line holds within the claim; `reasons` the codes that the council has.
    ///
    /// # Errors
    /// The first [`StatementError`] found, by day.
    pub fn of(
        statement: &LineStatement,
        planned: &PlannedCare,
        held: Span,
        recording: Recording,
        reasons: &BTreeSet<String>,
    ) -> Result<Self, StatementError> {
        let commented = !statement.comment.trim().is_empty();
        let care = match (&statement.actuals, recording) {
            (Actuals::Visits { visits }, Recording::Timetabled) => {
                Self { visits: stated_visits(visits, planned, held, commented)?, ..Self::default() }
            }
            (Actuals::AsPlanned, Recording::Timetabled) => {
                let visits =
                    planned.visits.iter().map(answered_as_planned).collect::<Option<Vec<_>>>().unwrap_or_default();
                Self { visits: stated_visits(&visits, planned, held, commented)?, ..Self::default() }
            }
            (Actuals::Days { days }, Recording::Quantities) => {
                Self { days: stated_days(days, planned, held, commented)?, ..Self::default() }
            }
            (Actuals::Period { .. } | Actuals::AsPlanned, Recording::Quantities) => {
                let days = spread(&statement.actuals, planned, held);
                Self { days: stated_days(&days, planned, held, commented)?, ..Self::default() }
            }
            (_, Recording::Timetabled) => {
                return Err(StatementError::Recording { expected: "visit by visit" });
            }
            (_, Recording::Quantities) => {
                return Err(StatementError::Recording { expected: "as quantities" });
            }
            (_, Recording::None) => {
                return Err(StatementError::Recording { expected: "by its plan alone" });
            }
        };
        let codes = care.days.iter().map(|day| &day.reason).chain(care.visits.iter().map(|visit| &visit.reason));
        match codes.into_iter().find(|code| !code.is_empty() && !reasons.contains(*code)) {
            Some(code) => Err(StatementError::UnknownReason { code: code.clone() }),
            None => Ok(care),
        }
    }

    /// A line of which the statement says nothing: all that was planned was missed.
    ///
    /// # Errors
    /// None that a plan can cause; the type is that of the measuring functions.
    pub fn nothing(planned: &PlannedCare, held: Span, recording: Recording) -> Result<Self, StatementError> {
        Ok(match recording {
            Recording::Timetabled => Self { visits: stated_visits(&[], planned, held, false)?, ..Self::default() },
            Recording::Quantities | Recording::None => {
                Self { days: stated_days(&[], planned, held, false)?, ..Self::default() }
            }
        })
    }

    /// Whether anything differs from the plan.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.days.iter().any(|day| day.frustrated != 0 || day.missed != 0 || day.extra != 0)
            || self.visits.iter().any(|visit| visit.frustrated != 0 || visit.missed != 0 || visit.extra != 0)
    }
}

/// A planned visit that took place as planned; none on a day beyond all calendars.
pub(super) fn answered_as_planned(visit: &PlannedVisit) -> Option<VisitActual> {
    Some(VisitActual {
        planned: Some(visit.visit),
        date: visit.day.date()?,
        start: visit.start,
        minutes: visit.minutes,
        monitored: None,
        carers: visit.carers,
        outcome: Outcome::Delivered,
        reason: String::new(),
        comment: String::new(),
    })
}

/// The stated days of a line that is recorded as quantities: every planned day is there, those that were not
/// stated as missed.
///
/// # Errors
/// The first [`StatementError`] found.
pub fn stated_days(
    days: &[DayActual],
    planned: &PlannedCare,
    held: Span,
    commented: bool,
) -> Result<Vec<StatedDay>, StatementError> {
    let mut plan: BTreeMap<Day, i64> = planned.days.iter().map(|day| (day.day, day.quantity)).collect();
    let mut stated: BTreeMap<Day, StatedDay> = BTreeMap::new();
    for actual in days {
        let day = within(actual.date, held)?;
        let (delivered, frustrated) = (actual.delivered.raw(), actual.frustrated.raw());
        if delivered < 0 || frustrated < 0 {
            return Err(StatementError::Negative { date: actual.date });
        }
        if frustrated > 0 && actual.reason.is_empty() {
            return Err(StatementError::ReasonMissing { date: actual.date });
        }
        let planned = plan.remove(&day).unwrap_or_default();
        let settled = Quantities::settle(planned, delivered, frustrated)
            .ok_or(StatementError::FrustratedAbovePlan { date: actual.date })?;
        let row = stated_day(day, settled, actual.visits, &actual.reason, commented);
        if stated.insert(day, row).is_some() {
            return Err(StatementError::DayTwice { date: actual.date });
        }
    }
    for (day, quantity) in plan {
        let missed = Quantities { planned: quantity, missed: quantity, ..Quantities::default() };
        stated.insert(day, stated_day(day, missed, None, "", commented));
    }
    Ok(stated.into_values().collect())
}

fn stated_day(day: Day, settled: Quantities, visits: Option<u32>, reason: &str, comment: bool) -> StatedDay {
    StatedDay {
        day,
        delivered: settled.delivered,
        frustrated: settled.frustrated,
        missed: settled.missed,
        extra: settled.extra,
        visits,
        reason: reason.to_owned(),
        comment,
    }
}

/// The stated visits of a timetabled line, in order of time: every planned visit is there, those that were not
/// answered as missed.
///
/// # Errors
/// The first [`StatementError`] found.
pub fn stated_visits(
    visits: &[VisitActual],
    planned: &PlannedCare,
    held: Span,
    commented: bool,
) -> Result<Vec<StatedVisit>, StatementError> {
    let mut open: BTreeMap<u32, &PlannedVisit> = planned.visits.iter().map(|visit| (visit.visit, visit)).collect();
    let mut stated = Vec::with_capacity(visits.len());
    for actual in visits {
        within(actual.date, held)?;
        if actual.start >= 1_440 || actual.minutes == 0 || actual.minutes > 1_440 || actual.carers > 9 {
            return Err(StatementError::Time { date: actual.date });
        }
        let answered = match actual.planned {
            None => None,
            Some(number) => Some(open.remove(&number).ok_or_else(|| answered_before(planned, number))?),
        };
        stated.push(one_visit(actual, answered, commented)?);
    }
    for visit in open.into_values() {
        let missed = i64::from(visit.minutes) * i64::from(visit.carers);
        stated.push(StatedVisit {
            comment: commented,
            missed,
            ..blank(visit.day, visit.start, visit.minutes, Some(visit.visit))
        });
    }
    if stated.len() > super::MOST_VISITS {
        return Err(StatementError::TooManyVisits { found: stated.len(), most: super::MOST_VISITS });
    }
    stated.sort_by(|a, b| order(a).cmp(&order(b)));
    for (number, visit) in stated.iter_mut().enumerate() {
        visit.visit = u32::try_from(number).unwrap_or(u32::MAX);
    }
    Ok(stated)
}

/// Everything that tells two visits apart, so that the order in which they were typed in changes nothing.
fn order(visit: &StatedVisit) -> impl Ord + '_ {
    (
        (visit.day, visit.start, visit.minutes, visit.planned, visit.carers),
        (visit.delivered, visit.frustrated, visit.missed, visit.extra),
        (visit.actual_start, visit.actual_minutes, visit.reason.as_str(), visit.comment),
    )
}

fn answered_before(planned: &PlannedCare, number: u32) -> StatementError {
    let known = planned.visits.iter().find(|visit| visit.visit == number);
    match known.and_then(|visit| visit.day.date().map(|date| (date, visit.start))) {
        Some((date, start)) => StatementError::VisitTwice { date, start },
        None => StatementError::UnknownVisit { visit: number },
    }
}

fn one_visit(
    actual: &VisitActual,
    planned: Option<&PlannedVisit>,
    commented: bool,
) -> Result<StatedVisit, StatementError> {
    let plan = planned.map_or(0, |visit| i64::from(visit.minutes) * i64::from(visit.carers));
    let (delivered, frustrated) = match actual.outcome {
        Outcome::Delivered if actual.carers == 0 => {
            return Err(StatementError::Time { date: actual.date });
        }
        Outcome::Delivered => (i64::from(actual.minutes) * i64::from(actual.carers), 0),
        _ if planned.is_none() => {
            return Err(StatementError::NotPlanned { date: actual.date, start: actual.start });
        }
        Outcome::Frustrated if actual.reason.is_empty() => {
            return Err(StatementError::ReasonMissing { date: actual.date });
        }
        Outcome::Frustrated => (0, plan),
        Outcome::Missed => (0, 0),
    };
    let settled = Quantities::settle(plan, delivered, frustrated)
        .ok_or(StatementError::FrustratedAbovePlan { date: actual.date })?;
    let came = if actual.outcome == Outcome::Delivered { actual.carers } else { 0 };
    Ok(StatedVisit {
        actual_start: actual.monitored.map(|(start, _)| start),
        actual_minutes: actual.monitored.map(|(_, minutes)| minutes),
        carers: came,
        delivered: settled.delivered,
        frustrated: settled.frustrated,
        missed: settled.missed,
        extra: settled.extra,
        reason: actual.reason.clone(),
        comment: commented || !actual.comment.trim().is_empty(),
        ..blank(Day::of(actual.date), actual.start, actual.minutes, actual.planned)
    })
}

fn blank(day: Day, start: u16, minutes: u16, planned: Option<u32>) -> StatedVisit {
    StatedVisit {
        visit: 0,
        planned,
        day,
        start,
        minutes,
        actual_start: None,
        actual_minutes: None,
        carers: 0,
        delivered: 0,
        frustrated: 0,
        missed: 0,
        extra: 0,
        attributes: Vec::new(),
        reason: String::new(),
        comment: false,
    }
}

fn within(date: NaiveDate, held: Span) -> Result<Day, StatementError> {
    let day = Day::of(date);
    if held.contains(day) {
        return Ok(day);
    }
    Err(StatementError::OutsidePeriod {
        date,
        from: held.from.date().unwrap_or(date),
        to: held.to.date().unwrap_or(date),
    })
}

/// What was stated as quantities, day by day: as it was, or spread over the plan's days. Nothing for visits.
#[must_use]
pub fn by_day(actuals: &Actuals, planned: &PlannedCare, held: Span) -> Vec<DayActual> {
    match actuals {
        Actuals::Days { days } => days.clone(),
        Actuals::Visits { .. } => Vec::new(),
        Actuals::Period { .. } | Actuals::AsPlanned => spread(actuals, planned, held),
    }
}

/// Spreads a quantity for the whole period over the plan's days by largest remainder, so that rates by date apply:
/// frustrated in proportion to the plan, delivered in proportion to what of the plan was not frustrated. A day is
/// then over plan only if the whole is, and short only if the whole is. Without a plan it falls on the days held.
fn spread(actuals: &Actuals, planned: &PlannedCare, held: Span) -> Vec<DayActual> {
    let plan: Vec<(Day, i64)> = if planned.days.is_empty() {
        (held.from.0..=held.to.0).map(|day| (Day(day), 0)).collect()
    } else {
        planned.days.iter().map(|day| (day.day, day.quantity)).collect()
    };
    let total: i64 = plan.iter().map(|(_, quantity)| quantity).sum();
    let (delivered, frustrated, reason, visits) = match actuals {
        Actuals::Period { delivered, frustrated, reason, visits } => {
            (delivered.raw(), frustrated.raw(), reason.as_str(), *visits)
        }
        _ => (total, 0, "", None),
    };
    let weights: Vec<u64> = plan.iter().map(|(_, quantity)| quantity.unsigned_abs()).collect();
    let weights = if total == 0 { vec![1; plan.len()] } else { weights };
    let frustrated = apportion(frustrated, &weights);
    let left: Vec<u64> = plan
        .iter()
        .zip(&frustrated)
        .map(|((_, quantity), gone)| quantity.saturating_sub(*gone).max(0).unsigned_abs())
        .collect();
    let delivered = apportion(delivered, if left.iter().all(|left| *left == 0) { &weights } else { &left });
    let visits: Vec<Option<i64>> = match visits {
        Some(visits) => apportion(i64::from(visits), &weights).into_iter().map(Some).collect(),
        None => vec![None; plan.len()],
    };
    plan.iter()
        .zip(frustrated.into_iter().zip(delivered).zip(visits))
        .filter_map(|((day, _), ((frustrated, delivered), visits))| {
            Some(DayActual {
                date: day.date()?,
                delivered: crate::money::Quantity::from_thousandths(delivered),
                frustrated: crate::money::Quantity::from_thousandths(frustrated),
                reason: if frustrated > 0 { reason.to_owned() } else { String::new() },
                visits: visits.and_then(|visits| u32::try_from(visits).ok()),
            })
        })
        .collect()
}
