//! What was stated for one week, carried over to another week of the same line: where a provider copies last week.
//! Comments stay behind, since they explain the week that they were written for.

use chrono::{NaiveDate, TimeDelta};

use super::{Actuals, DayActual, LineStatement, Outcome, VisitActual};
use crate::plan::PlannedCare;
use crate::pricing::facts::{Day, PlannedVisit, Span};

impl LineStatement {
    /// This line's statement as one for a week that starts so many days later.
    ///
    /// `before` is the plan that it was stated against, `planned` and `held` the plan of the other week and the days on
    /// which the line holds in it. A visit that answered a planned one answers the planned one of the same weekday and
    /// start; where there is none any more it is an added visit if it took place, and else is left out.
    #[must_use]
    pub fn carried_over(&self, days: i64, before: &PlannedCare, planned: &PlannedCare, held: Span) -> Self {
        let later = |date: NaiveDate| {
            let date = date.checked_add_signed(TimeDelta::days(days))?;
            held.contains(Day::of(date)).then_some(date)
        };
        let actuals = match &self.actuals {
            Actuals::Visits { visits } => {
                let mut open: Vec<&PlannedVisit> = planned.visits.iter().collect();
                let carried = visits.iter().filter_map(|visit| {
                    let date = later(visit.date)?;
                    carried(visit, date, &mut open, before)
                });
                Actuals::Visits { visits: carried.collect() }
            }
            Actuals::Days { days } => {
                let carried =
                    days.iter().filter_map(|day| Some(DayActual { date: later(day.date)?, ..day.clone() })).collect();
                Actuals::Days { days: carried }
            }
            whole => whole.clone(),
        };
        Self { line: self.line, actuals, comment: String::new() }
    }
}

fn carried(
    visit: &VisitActual,
    date: NaiveDate,
    open: &mut Vec<&PlannedVisit>,
    before: &PlannedCare,
) -> Option<VisitActual> {
    let answered = visit.planned.and_then(|number| before.visits.iter().find(|planned| planned.visit == number));
    let planned = answered.and_then(|answered| {
        let place = open.iter().position(|planned| planned.day == Day::of(date) && planned.start == answered.start)?;
        Some(open.swap_remove(place).visit)
    });
    if planned.is_none() && visit.outcome != Outcome::Delivered {
        return None;
    }
    Some(VisitActual { planned, date, monitored: None, comment: String::new(), ..visit.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monday(week: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 12, 16).expect("a day") + TimeDelta::days(7 * week)
    }

    fn plan(week: i64, starts: &[u16]) -> PlannedCare {
        let visits = (0..).zip(starts).map(|(visit, start)| PlannedVisit {
            visit,
            day: Day::of(monday(week)),
            start: *start,
            minutes: 30,
            carers: 1,
        });
        PlannedCare { days: Vec::new(), visits: visits.collect() }
    }

    fn visit(planned: Option<u32>, start: u16, outcome: Outcome) -> VisitActual {
        VisitActual {
            planned,
            date: monday(0),
            start,
            minutes: 45,
            monitored: None,
            carers: 2,
            outcome,
            reason: String::new(),
            comment: "Only that week".to_owned(),
        }
    }

    #[test]
    fn visits_answer_the_planned_ones_of_the_same_weekday_and_start() {
        let stated = LineStatement {
            line: 0,
            actuals: Actuals::Visits {
                visits: vec![
                    visit(Some(0), 455, Outcome::Delivered),
                    visit(Some(1), 720, Outcome::Frustrated),
                    visit(None, 900, Outcome::Delivered),
                ],
            },
            comment: "Only that week".to_owned(),
        };
        let held = Span { from: Day::of(monday(1)), to: Day::of(monday(1)) };
        // lunch is no longer planned, tea is new and comes first in number
        let carried = stated.carried_over(7, &plan(0, &[450, 720]), &plan(1, &[960, 450]), held);
        let Actuals::Visits { visits } = &carried.actuals else { panic!("visits") };
        let of: Vec<_> = visits.iter().map(|visit| (visit.planned, visit.date, visit.start, visit.outcome)).collect();
        assert_eq!(
            of,
            [(Some(1), monday(1), 455, Outcome::Delivered), (None, monday(1), 900, Outcome::Delivered)],
            "the frustrated visit that nobody planned is left out"
        );
        assert!(carried.comment.is_empty() && visits.iter().all(|visit| visit.comment.is_empty()));
    }

    #[test]
    fn days_on_which_the_line_no_longer_holds_are_left_out() {
        let day = |date| DayActual {
            date,
            delivered: crate::money::Quantity::from_thousandths(2_000),
            frustrated: crate::money::Quantity::ZERO,
            reason: String::new(),
            visits: None,
        };
        let days = vec![day(monday(0)), day(monday(0) + TimeDelta::days(1))];
        let stated = LineStatement { line: 3, actuals: Actuals::Days { days }, comment: String::new() };
        let held = Span { from: Day::of(monday(1)), to: Day::of(monday(1)) };
        let carried = stated.carried_over(7, &PlannedCare::default(), &PlannedCare::default(), held);
        let Actuals::Days { days } = carried.actuals else { panic!("days") };
        assert_eq!(days.iter().map(|day| day.date).collect::<Vec<_>>(), [monday(1)]);
        assert_eq!(carried.line, 3);
    }
}
