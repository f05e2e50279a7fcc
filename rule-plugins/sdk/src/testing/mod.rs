//! Tries a rule on its author's machine, without a server: a claim is put together in a few words, the rule is called
//! directly, and its answer goes through the checks that the service makes. It is not part of a component.
//!
//! ```
//! use counterfoil_rule_sdk::testing::{Claim, assess, day, payable};
//! # use counterfoil_rule_sdk::{Answer, Charge, ClaimFacts, Description, Rule, UnitOfPricing, Verdict, accept_all, price, reason};
//! # struct ByTheHour;
//! # impl Rule for ByTheHour {
//! #     fn describe() -> Description {
//! #         Description {
//! #             name: "by-the-hour".to_owned(),
//! #             version: "1".to_owned(),
//! #             covers: Vec::new(),
//! #             settings_schema: "{}".to_owned(),
//! #             unit: UnitOfPricing::Line,
//! #             look_back_days: 0,
//! #         }
//! #     }
//! #     fn assess(facts: &ClaimFacts) -> Answer {
//! #         accept_all(facts, |line| {
//! #             line.stated_days
//! #                 .iter()
//! #                 .map(|stated| Charge {
//! #                     line: line.line,
//! #                     from: stated.day,
//! #                     to: stated.day,
//! #                     visit: None,
//! #                     accounts_for: stated.delivered,
//! #                     units: stated.delivered,
//! #                     divisor: 1,
//! #                     row: Some(0),
//! #                     pence: price::price(stated.delivered, 1, line.rates[0].rate).unwrap(),
//! #                     verdict: Verdict::Payable,
//! #                     reason: reason::plain("delivered"),
//! #                 })
//! #                 .collect()
//! #         })
//! #     }
//! # }
//!
//! // a week of home care at £21.50 an hour, of which two hours and a half were delivered on Tuesday
//! let claim = Claim::week(day(2026, 4, 6)).line("Home care", 215_000).delivered(day(2026, 4, 7), 2_500);
//! let answer = assess::<ByTheHour>(&claim.facts()).unwrap();
//! assert_eq!(payable(&answer), 5_375);
//! ```

mod check;

pub use check::check;

use crate::types::{
    Answer, Attribute, ClaimFacts, Day, DayFacts, LineFacts, PlannedDay, PlannedVisit, RateRow, Recording, Setting,
    Span, StatedDay, StatedVisit, Terms, Unit, Value, Verdict,
};
use crate::{Rule, days};

/// A claim that is put together. Lines are added one by one; what is said of care, rates and attributes is about the last.
///
/// # Panics
/// Its methods, where something is said of a line before there is one.
#[derive(Debug, Clone)]
pub struct Claim {
    facts: ClaimFacts,
}

impl Claim {
    /// A claim of seven days, recorded as quantities and paid by what was delivered.
    #[must_use]
    pub fn week(from: Day) -> Self {
        Self::of(Span { from, to: from + 6 })
    }

    /// A claim of some days.
    #[must_use]
    pub fn of(period: Span) -> Self {
        let ordinary = |day| DayFacts { day, kind: days::kind(day), bank_holiday: false, closed: false };
        let facts = ClaimFacts {
            period,
            recording: Recording::Quantities,
            terms: Terms::Actual,
            stated: true,
            attributes: Vec::new(),
            days: days::each(&period).map(ordinary).collect(),
            lines: Vec::new(),
            stays: Vec::new(),
            ending: None,
            earlier: Vec::new(),
            settings: Vec::new(),
        };
        Self { facts }
    }

    /// Recorded visit by visit instead.
    #[must_use]
    pub fn timetabled(mut self) -> Self {
        self.facts.recording = Recording::Timetabled;
        self
    }

    /// Nothing is stated yet: only the plan is known.
    #[must_use]
    pub fn not_stated(mut self) -> Self {
        self.facts.stated = false;
        for line in &mut self.facts.lines {
            line.stated_days.clear();
            line.stated_visits.clear();
        }
        self
    }

    /// A line of a service, with one plain rate an hour: ten-thousandths of a pound.
    #[must_use]
    pub fn line(mut self, service: &str, rate: i64) -> Self {
        let number = u32::try_from(self.facts.lines.len()).unwrap_or(u32::MAX);
        let period = self.facts.period;
        self.facts.lines.push(LineFacts {
            line: number,
            service: service.to_owned(),
            unit: Unit::Hour,
            tier: String::new(),
            valid: period,
            tail: None,
            attributes: Vec::new(),
            plan: Vec::new(),
            planned_visits: Vec::new(),
            rates: Vec::new(),
            stated_days: Vec::new(),
            stated_visits: Vec::new(),
        });
        self.rate("", rate)
    }

    /// A further row of the line's rate card, for a band: ten-thousandths of a pound an hour.
    #[must_use]
    pub fn rate(mut self, band: &str, rate: i64) -> Self {
        let from = self.facts.period.from;
        let line = self.last();
        let row = u32::try_from(line.rates.len()).unwrap_or(u32::MAX);
        line.rates.push(RateRow {
            row,
            band: band.to_owned(),
            minutes: None,
            day_kind: None,
            time_band: None,
            from,
            to: None,
            unit: Unit::Hour,
            rate,
        });
        self
    }

    /// Care that was planned and delivered on a day, in thousandths of an hour.
    #[must_use]
    pub fn delivered(self, day: Day, amount: i64) -> Self {
        self.stated(StatedDay { delivered: amount, ..nothing(day) })
    }

    /// Care that was planned on a day, and not delivered for a reason of the service user, in thousandths of an hour.
    #[must_use]
    pub fn not_delivered(self, day: Day, amount: i64) -> Self {
        self.stated(StatedDay { frustrated: amount, ..nothing(day) })
    }

    /// What was stated for a day, added to what was stated for it before; its plan follows from it.
    #[must_use]
    pub fn stated(mut self, more: StatedDay) -> Self {
        let line = self.last();
        let planned = more.delivered + more.frustrated + more.missed - more.extra;
        match line.plan.iter_mut().find(|plan| plan.day == more.day) {
            Some(plan) => plan.quantity += planned,
            None => line.plan.push(PlannedDay { day: more.day, quantity: planned }),
        }
        match line.stated_days.iter_mut().find(|stated| stated.day == more.day) {
            Some(stated) => {
                stated.delivered += more.delivered;
                stated.frustrated += more.frustrated;
                stated.missed += more.missed;
                stated.extra += more.extra;
            }
            None => line.stated_days.push(more),
        }
        line.plan.sort_by_key(|plan| plan.day);
        line.stated_days.sort_by_key(|stated| stated.day);
        self
    }

    /// A visit of one carer, planned and made: its day, when it began, in minutes from midnight, and its length.
    #[must_use]
    pub fn visit(mut self, day: Day, start: u16, minutes: u16) -> Self {
        let line = self.last();
        let visit = u32::try_from(line.planned_visits.len()).unwrap_or(u32::MAX);
        let amount = i64::from(minutes);
        line.planned_visits.push(PlannedVisit { visit, day, start, minutes, carers: 1 });
        line.stated_visits.push(StatedVisit {
            visit,
            planned: Some(visit),
            day,
            start,
            minutes,
            actual_start: None,
            actual_minutes: None,
            carers: 1,
            delivered: amount,
            frustrated: 0,
            missed: 0,
            extra: 0,
            attributes: Vec::new(),
            reason: String::new(),
            comment: false,
        });
        match line.plan.iter_mut().find(|plan| plan.day == day) {
            Some(plan) => plan.quantity += amount,
            None => line.plan.push(PlannedDay { day, quantity: amount }),
        }
        self
    }

    /// A day is a bank holiday.
    #[must_use]
    pub fn bank_holiday(mut self, day: Day) -> Self {
        for given in self.facts.days.iter_mut().filter(|given| given.day == day) {
            given.bank_holiday = true;
        }
        self
    }

    /// A fact about the contract that holds from the claim's first day on.
    #[must_use]
    pub fn attribute(mut self, key: &str, value: Value) -> Self {
        let from = self.facts.period.from;
        self.facts.attributes.push(Attribute { key: key.to_owned(), from, to: None, value });
        self
    }

    /// A setting of the rule that holds for all from the claim's first day on.
    #[must_use]
    pub fn setting(mut self, key: &str, value: Value) -> Self {
        let from = self.facts.period.from;
        self.facts.settings.push(Setting { key: key.to_owned(), scope: String::new(), from, value });
        self
    }

    /// The facts that the rule is told, for what this does not say itself.
    #[must_use]
    pub fn facts(&self) -> ClaimFacts {
        self.facts.clone()
    }

    #[allow(clippy::panic, reason = "a mistake in a test is told where it is made")]
    fn last(&mut self) -> &mut LineFacts {
        match self.facts.lines.last_mut() {
            Some(line) => line,
            None => panic!("begin with a line: Claim::week(..).line(..)"),
        }
    }
}

fn nothing(day: Day) -> StatedDay {
    StatedDay {
        day,
        delivered: 0,
        frustrated: 0,
        missed: 0,
        extra: 0,
        visits: None,
        reason: String::new(),
        comment: false,
    }
}

/// A calendar day as the interface counts it: from 1 January 1970.
///
/// # Examples
/// ```
/// assert_eq!(counterfoil_rule_sdk::testing::day(1970, 1, 1), 0);
/// assert_eq!(counterfoil_rule_sdk::testing::day(2026, 4, 6), 20_549);
/// ```
#[must_use]
pub const fn day(year: i32, month: i32, day: i32) -> Day {
    // years begin in March, so that the day that may be missing is the last
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// The rule's answer to a claim, if it is one that the service believes.
///
/// # Errors
/// The sentence with which the service would suspend the claim.
pub fn assess<R: Rule>(facts: &ClaimFacts) -> Result<Answer, String> {
    let answer = R::assess(facts);
    check(facts, &answer)?;
    Ok(answer)
}

/// What an answer pays, in pence: charges that are payable, on lines that are.
#[must_use]
pub fn payable(answer: &Answer) -> i64 {
    let accepts =
        |line: u32| answer.verdicts.iter().any(|verdict| verdict.line == line && verdict.verdict == Verdict::Payable);
    let pays = |charge: &&crate::types::Charge| charge.verdict == Verdict::Payable && accepts(charge.line);
    answer.charges.iter().filter(pays).map(|charge| charge.pence).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::DayKind;

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(day(2000, 2, 29) + 1, day(2000, 3, 1));
        assert_eq!(day(1999, 12, 31) + 1, day(2000, 1, 1));
        assert_eq!(day(1969, 12, 31), -1);
        assert_eq!(days::kind(day(2024, 12, 14)), DayKind::Saturday);
    }

    #[test]
    fn what_is_said_of_a_day_adds_up() {
        let monday = day(2026, 4, 6);
        let claim = Claim::week(monday).line("Home care", 200_000).delivered(monday, 2_000).not_delivered(monday, 500);
        let facts = claim.visit(monday, 540, 30).facts();
        let line = &facts.lines[0];
        assert_eq!(line.plan, [PlannedDay { day: monday, quantity: 2_530 }]);
        assert_eq!(
            (line.stated_days.len(), line.stated_days[0].delivered, line.stated_days[0].frustrated),
            (1, 2_000, 500)
        );
        assert_eq!(facts.days.len(), 7);
        assert!(
            Claim::week(monday).line("Home care", 1).delivered(monday, 1).not_stated().facts().lines[0]
                .stated_days
                .is_empty()
        );
    }
}
