//! Care that was planned for some days and not delivered: what becomes of a line's statement when somebody was in
//! hospital, or a day centre was closed. What falls on other days stays as it was stated.

use chrono::NaiveDate;

use super::against_plan::{answered_as_planned, by_day};
use super::{Actuals, DayActual, LineStatement, Outcome, VisitActual};
use crate::money::Quantity;
use crate::plan::PlannedCare;
use crate::pricing::facts::{Day, Recording, Span};

/// Why nothing was delivered, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotDelivered {
    /// The first day.
    pub from: NaiveDate,
    /// The last, itself included.
    pub to: NaiveDate,
    /// The council's code for the reason.
    pub reason: String,
    /// Whether the service user missed the care; else the provider did.
    pub frustrated: bool,
    /// What is added to the line's comment; may be empty.
    pub comment: String,
}

impl NotDelivered {
    /// The line's statement with the care planned for these days not delivered; none where nothing of it changes.
    ///
    /// A quantity for the period is taken day by day, by the shares that it is spread in. Visits that were added to the
    /// plan stay: whoever stated them knew of them.
    #[must_use]
    pub fn stated_on(
        &self,
        stated: &LineStatement,
        planned: &PlannedCare,
        held: Span,
        recording: Recording,
    ) -> Option<LineStatement> {
        let actuals = match recording {
            Recording::None => return None,
            Recording::Timetabled => Actuals::Visits { visits: self.visits(&stated.actuals, planned) },
            Recording::Quantities => Actuals::Days { days: self.days(&stated.actuals, planned, held) },
        };
        let as_it_stood = match recording {
            Recording::Timetabled => Actuals::Visits { visits: all_visits(&stated.actuals, planned) },
            _ => Actuals::Days { days: all_days(&stated.actuals, planned, held) },
        };
        if actuals == as_it_stood {
            return None;
        }
        Some(LineStatement { line: stated.line, actuals, comment: self.commented(&stated.comment) })
    }

    fn covers(&self, date: NaiveDate) -> bool {
        (self.from..=self.to).contains(&date)
    }

    fn days(&self, stated: &Actuals, planned: &PlannedCare, held: Span) -> Vec<DayActual> {
        let on = |date| planned.days.iter().find(|day| day.day == Day::of(date)).map_or(0, |day| day.quantity);
        let changed = |day: DayActual| {
            let planned = on(day.date);
            if planned == 0 || !self.covers(day.date) {
                return day;
            }
            let frustrated = Quantity::from_thousandths(if self.frustrated { planned } else { 0 });
            let visits = day.visits.map(|_| 0);
            DayActual { delivered: Quantity::ZERO, frustrated, reason: self.reason.clone(), visits, ..day }
        };
        all_days(stated, planned, held).into_iter().map(changed).collect()
    }

    fn visits(&self, stated: &Actuals, planned: &PlannedCare) -> Vec<VisitActual> {
        let changed = |visit: VisitActual| {
            let known = visit.planned.and_then(|number| planned.visits.iter().find(|planned| planned.visit == number));
            let Some(as_planned) = known.and_then(answered_as_planned).filter(|planned| self.covers(planned.date))
            else {
                return visit;
            };
            let outcome = if self.frustrated { Outcome::Frustrated } else { Outcome::Missed };
            VisitActual { outcome, reason: self.reason.clone(), comment: visit.comment, ..as_planned }
        };
        all_visits(stated, planned).into_iter().map(changed).collect()
    }

    /// The line's comment with this one, once however often it is applied.
    fn commented(&self, before: &str) -> String {
        let (before, own) = (before.trim(), self.comment.trim());
        if before.is_empty() || own.is_empty() || before.contains(own) {
            return if before.is_empty() { own } else { before }.to_owned();
        }
        format!("{before}\n{own}")
    }
}

/// Every day that was planned or stated; a planned day of which nothing was said was missed.
fn all_days(stated: &Actuals, planned: &PlannedCare, held: Span) -> Vec<DayActual> {
    let mut days = by_day(stated, planned, held);
    for planned in planned.days.iter().filter_map(|day| day.day.date()) {
        if !days.iter().any(|day| day.date == planned) {
            let (delivered, frustrated) = (Quantity::ZERO, Quantity::ZERO);
            days.push(DayActual { date: planned, delivered, frustrated, reason: String::new(), visits: None });
        }
    }
    days.sort_by_key(|day| day.date);
    days
}

/// Every visit that was planned or stated; a planned one of which nothing was said was missed.
fn all_visits(stated: &Actuals, planned: &PlannedCare) -> Vec<VisitActual> {
    let mut visits = match stated {
        Actuals::Visits { visits } => visits.clone(),
        _ => return planned.visits.iter().filter_map(answered_as_planned).collect(),
    };
    for planned in &planned.visits {
        if !visits.iter().any(|visit| visit.planned == Some(planned.visit)) {
            let missed = answered_as_planned(planned);
            visits.extend(missed.map(|visit| VisitActual { outcome: Outcome::Missed, ..visit }));
        }
    }
    visits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::facts::{PlannedDay, PlannedVisit};
    use chrono::TimeDelta;

    fn monday() -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 11, 4).expect("a day")
    }

    fn on(days: i64) -> NaiveDate {
        monday() + TimeDelta::days(days)
    }

    fn week() -> Span {
        Span { from: Day::of(monday()), to: Day::of(on(6)) }
    }

    fn hospital(from: i64, to: i64) -> NotDelivered {
        NotDelivered {
            from: on(from),
            to: on(to),
            reason: "hospital".to_owned(),
            frustrated: true,
            comment: "Admitted on Wednesday".to_owned(),
        }
    }

    fn a_line(actuals: Actuals, comment: &str) -> LineStatement {
        LineStatement { line: 0, actuals, comment: comment.to_owned() }
    }

    fn two_a_weekday() -> PlannedCare {
        let days = (0..5).map(|day| PlannedDay { day: Day::of(on(day)), quantity: 2_000 });
        PlannedCare { days: days.collect(), visits: Vec::new() }
    }

    #[test]
    fn a_week_as_planned_loses_the_days_of_a_stay_and_keeps_the_others() {
        let stated = a_line(Actuals::AsPlanned, "As agreed");
        let changed = hospital(2, 20).stated_on(&stated, &two_a_weekday(), week(), Recording::Quantities);
        let changed = changed.expect("three days are planned in the stay");
        let Actuals::Days { days } = &changed.actuals else { panic!("days") };
        let of: Vec<_> =
            days.iter().map(|day| (day.delivered.raw(), day.frustrated.raw(), day.reason.as_str())).collect();
        let away = (0, 2_000, "hospital");
        assert_eq!(of, [(2_000, 0, ""), (2_000, 0, ""), away, away, away]);
        assert_eq!(changed.comment, "As agreed\nAdmitted on Wednesday");
        // applied again it changes nothing
        assert_eq!(hospital(2, 20).stated_on(&changed, &two_a_weekday(), week(), Recording::Quantities), None);
        assert_eq!(
            hospital(5, 6).stated_on(&stated, &two_a_weekday(), week(), Recording::Quantities),
            None,
            "a weekend"
        );
    }

    #[test]
    fn a_quantity_for_the_week_is_taken_by_the_plans_share_of_the_days() {
        let quantity = Quantity::from_thousandths;
        let whole = Actuals::Period {
            delivered: quantity(9_001),
            frustrated: Quantity::ZERO,
            reason: String::new(),
            visits: Some(5),
        };
        let closed = NotDelivered { frustrated: false, reason: "no-carer".to_owned(), ..hospital(0, 1) };
        let changed = closed.stated_on(&a_line(whole, ""), &two_a_weekday(), week(), Recording::Quantities);
        let Some(LineStatement { actuals: Actuals::Days { days }, .. }) = changed else { panic!("days") };
        let delivered: i64 = days.iter().map(|day| day.delivered.raw()).sum();
        assert!((5_400..=5_401).contains(&delivered), "three fifths of 9.001, to a thousandth: {delivered}");
        assert!(days.iter().all(|day| day.frustrated == Quantity::ZERO), "whoever was closed missed it");
        assert_eq!(days.iter().filter_map(|day| day.visits).sum::<u32>(), 3);
    }

    #[test]
    fn planned_visits_of_the_days_are_frustrated_and_added_ones_stay() {
        let planned =
            |visit: u32, day: i64| PlannedVisit { visit, day: Day::of(on(day)), start: 450, minutes: 30, carers: 2 };
        let plan = PlannedCare { days: Vec::new(), visits: vec![planned(0, 0), planned(1, 1), planned(2, 2)] };
        let added = VisitActual { planned: None, minutes: 45, ..answered_as_planned(&planned(9, 1)).expect("a visit") };
        let later = VisitActual { start: 500, ..answered_as_planned(&planned(1, 1)).expect("a visit") };
        let stated = a_line(Actuals::Visits { visits: vec![later, added.clone()] }, "");
        let changed = hospital(1, 1).stated_on(&stated, &plan, week(), Recording::Timetabled).expect("one visit");
        let Actuals::Visits { visits } = &changed.actuals else { panic!("visits") };
        let of: Vec<_> = visits.iter().map(|visit| (visit.planned, visit.outcome, visit.start)).collect();
        assert_eq!(
            of,
            [
                (Some(1), Outcome::Frustrated, 450),
                (None, Outcome::Delivered, 450),
                (Some(0), Outcome::Missed, 450),
                (Some(2), Outcome::Missed, 450)
            ],
            "what nobody said anything of was missed before, and is still"
        );
        assert!(visits.contains(&added));
    }
}
