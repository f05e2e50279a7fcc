//! What providers state: mostly the plan, else one way in which a week goes differently. Every statement is measured
//! against its plan here, as the service will, so that a timeline holds none that would be refused.

use std::collections::BTreeSet;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::{Plan, PlannedCare, days_held};
use counterfoil_core::pricing::facts::{PlannedVisit, Recording, Unit};
use counterfoil_core::statement::{Actuals, DayActual, LineStatement, Outcome, StatedCare, Statement, VisitActual};

use super::claims::PlannedClaim;
use super::round::Stage;
use crate::demo::seed::Random;
use crate::demo::world::care::ServiceLine;

/// How a person's week went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    /// As planned.
    AsPlanned,
    /// As planned, with the times of call monitoring.
    Monitored,
    /// Some of it was missed by the service user.
    Frustrated,
    /// Some of it was missed by the provider.
    Missed,
    /// The same, stated without the comment that it needs.
    CommentForgotten,
    /// A little more than planned.
    Extra,
    /// More above the plan than any council tolerates.
    Over,
    /// One carer came where two were planned.
    ShortHanded,
}

/// Draws how a claim's care went.
pub(crate) fn draw(stage: &Stage<'_>, claim: &PlannedClaim<'_>, random: &mut Random) -> Course {
    let drawn = match random.below(100) {
        0..68 => Course::AsPlanned,
        68..76 => Course::Monitored,
        76..84 => Course::Frustrated,
        84..88 => Course::Missed,
        88..89 => Course::CommentForgotten,
        89..93 => Course::Extra,
        93..97 => Course::Over,
        _ => Course::ShortHanded,
    };
    let varied = claim.lines.iter().any(|line| stage.varied.contains(&line.id));
    if varied { Course::AsPlanned } else { drawn }
}

/// The statement of a claim at an instant. What goes differently does so on its first line.
///
/// # Errors
/// When it would not fit the plan.
pub(crate) fn statement(
    stage: &Stage<'_>,
    claim: &PlannedClaim<'_>,
    course: Course,
    at: DateTime<Utc>,
    random: &mut Random,
) -> anyhow::Result<Statement> {
    let reasons: BTreeSet<String> = stage.council.reasons.iter().map(|reason| reason.code.to_owned()).collect();
    let mut lines = Vec::new();
    for (number, line) in claim.held(at) {
        let (from, to) = (claim.key.starts, claim.ends);
        let Some(held) = days_held(&line.versions, from, to, at) else {
            continue;
        };
        let planned = PlannedCare::of(&line.versions, from, to, at);
        let away = |day| stage.absences.away(claim.user.id, day);
        let differs = number == 0 && !planned.days.is_empty();
        let mut week = Week { planned: &planned, away: &away, random: &mut *random };
        let course = if differs { course } else { Course::AsPlanned };
        let actuals = match claim.contract.recording {
            Recording::Timetabled => week.visits(course),
            Recording::Quantities | Recording::None => week.quantities(course, line),
        };
        let comment = comment(course, &planned, &away);
        let stated = LineStatement { line: number, actuals, comment: comment.to_owned() };
        StatedCare::of(&stated, &planned, held, claim.contract.recording, &reasons)
            .with_context(|| format!("{course:?} of {} on {}", line.reference, claim.key))?;
        lines.push(stated);
    }
    Ok(Statement {
        lines,
        payment_reference: format!("{}-{}", claim.user.reference, claim.key.starts.format("%d%m")),
        note: String::new(),
    })
}

fn comment(course: Course, planned: &PlannedCare, away: &dyn Fn(NaiveDate) -> bool) -> &'static str {
    let mut days = planned.days.iter().filter_map(|day| day.day.date());
    if days.any(away) {
        return "In hospital; the family told us.";
    }
    match course {
        Course::AsPlanned | Course::Monitored | Course::CommentForgotten => "",
        Course::Frustrated => "The carer called and could not be let in.",
        Course::Missed => "Two carers were ill and no cover was found.",
        Course::Extra => "The visit took longer than planned.",
        Course::Over => "More care was needed after a fall; the duty team was told.",
        Course::ShortHanded => "One of the two carers could not come.",
    }
}

/// One line's planned care, and what becomes of it.
struct Week<'a> {
    planned: &'a PlannedCare,
    away: &'a dyn Fn(NaiveDate) -> bool,
    random: &'a mut Random,
}

impl Week<'_> {
    fn visits(&mut self, course: Course) -> Actuals {
        let planned = self.planned;
        let mut visits: Vec<VisitActual> =
            planned.visits.iter().filter_map(|visit| Some(delivered(visit, visit.day.date()?))).collect();
        let in_hospital = visits.iter().any(|visit| (self.away)(visit.date));
        if !in_hospital && course == Course::AsPlanned {
            return Actuals::AsPlanned;
        }
        let place = self.random.index(visits.len());
        let added = visits.get(place).map(|visit| visit.date);
        if let Some(visit) = visits.get_mut(place) {
            self.change(visit, course);
        }
        if course == Course::Monitored {
            for visit in &mut visits {
                visit.monitored = Some(self.monitored(visit));
            }
        }
        if let (Course::Over, Some(date)) = (course, added) {
            visits.extend([10 * 60, 15 * 60].map(|start| emergency(date, start)));
        }
        for visit in &mut visits {
            if (self.away)(visit.date) && visit.planned.is_some() {
                visit.outcome = Outcome::Frustrated;
                "hospital".clone_into(&mut visit.reason);
            }
        }
        visits.retain(|visit| visit.planned.is_some() || !(self.away)(visit.date));
        Actuals::Visits { visits }
    }

    /// What happens to the one visit that goes differently.
    fn change(&mut self, visit: &mut VisitActual, course: Course) {
        let reason = match course {
            Course::Frustrated => {
                visit.outcome = Outcome::Frustrated;
                self.random.pick(&["refused", "not-in", "family-care", "respite"])
            }
            Course::Missed | Course::CommentForgotten => {
                visit.outcome = Outcome::Missed;
                self.random.pick(&["no-carer", "weather"])
            }
            Course::Extra => {
                visit.minutes += 15;
                "overrun"
            }
            Course::ShortHanded if visit.carers > 1 => {
                visit.carers = 1;
                "no-carer"
            }
            _ => return,
        };
        reason.clone_into(&mut visit.reason);
    }

    /// What call monitoring saw of a visit: a few minutes later or earlier, mostly a little shorter.
    fn monitored(&mut self, visit: &VisitActual) -> (u16, u16) {
        let start = i64::from(visit.start) + self.random.between(-6, 9);
        let minutes = i64::from(visit.minutes) + self.random.between(-5, 3);
        (u16::try_from(start).unwrap_or(visit.start), u16::try_from(minutes).unwrap_or(visit.minutes))
    }

    fn quantities(&mut self, course: Course, line: &ServiceLine) -> Actuals {
        let whole_days =
            matches!(line.versions.last().map(|version| version.unit), Some(Unit::Night | Unit::Day | Unit::Week));
        // there is no second night in a night
        let course = match course {
            Course::Extra | Course::Over if whole_days => Course::AsPlanned,
            Course::Monitored | Course::ShortHanded => Course::AsPlanned,
            other => other,
        };
        let dates = self.planned.days.iter().filter_map(|day| day.day.date());
        let in_hospital = dates.into_iter().any(|day| (self.away)(day));
        if course == Course::AsPlanned && !in_hospital {
            return Actuals::AsPlanned;
        }
        let by_week = matches!(line.versions.last().map(|version| &version.plan), Some(Plan::Week { .. }));
        if by_week && !in_hospital { self.whole_period(course) } else { self.by_day(course) }
    }

    fn whole_period(&mut self, course: Course) -> Actuals {
        let total = self.planned.total();
        // thousandths that the service user missed, the provider missed, or were added
        let (frustrated, missed, more) = match course {
            Course::Frustrated => (total / 4, 0, 0),
            Course::Missed | Course::CommentForgotten => (0, total / 5, 0),
            Course::Extra => (0, 0, 500),
            Course::Over => (0, 0, total / 2 + 2_000),
            _ => (0, 0, 0),
        };
        let reason = if frustrated > 0 { self.random.pick(&["refused", "not-in", "hospital"]) } else { "" };
        Actuals::Period {
            delivered: Quantity::from_thousandths(total - frustrated - missed + more),
            frustrated: Quantity::from_thousandths(frustrated),
            reason: reason.to_owned(),
            visits: None,
        }
    }

    fn by_day(&mut self, course: Course) -> Actuals {
        let place = self.random.index(self.planned.days.len());
        let mut days = Vec::new();
        for (number, day) in self.planned.days.iter().enumerate() {
            let Some(date) = day.day.date() else {
                continue;
            };
            let all = day.quantity;
            let this = number == place;
            let (delivered, frustrated, reason) = match course {
                _ if (self.away)(date) => (0, all, "hospital"),
                Course::Frustrated if this => {
                    let reasons = ["refused", "not-in", "family-care", "hospital"];
                    (0, all, self.random.pick(&reasons))
                }
                Course::Missed | Course::CommentForgotten if this => (all / 2, 0, "no-carer"),
                Course::Extra if this => (all + 500, 0, "overrun"),
                Course::Over if this => (all + 4_000, 0, "emergency"),
                _ => (all, 0, ""),
            };
            days.push(DayActual {
                date,
                delivered: Quantity::from_thousandths(delivered),
                frustrated: Quantity::from_thousandths(frustrated),
                reason: reason.to_owned(),
                visits: Some(u32::from(delivered > 0)),
            });
        }
        Actuals::Days { days }
    }
}

fn delivered(visit: &PlannedVisit, date: NaiveDate) -> VisitActual {
    VisitActual {
        planned: Some(visit.visit),
        date,
        start: visit.start,
        minutes: visit.minutes,
        monitored: None,
        carers: visit.carers,
        outcome: Outcome::Delivered,
        reason: String::new(),
        comment: String::new(),
    }
}

/// Two hours that nobody planned.
fn emergency(date: NaiveDate, start: u16) -> VisitActual {
    VisitActual {
        planned: None,
        date,
        start,
        minutes: 120,
        monitored: None,
        carers: 1,
        outcome: Outcome::Delivered,
        reason: "emergency".to_owned(),
        comment: "Stayed until the ambulance came.".to_owned(),
    }
}
