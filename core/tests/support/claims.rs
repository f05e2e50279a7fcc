//! Arbitrary claims for the property tests: a week of one contract, its lines, and what a provider may state of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, TimeZone as _, Utc};
use counterfoil_core::calendar::{BankHolidays, Division};
use counterfoil_core::claim::{KnownClaim, KnownLine};
use counterfoil_core::money::{Quantity, Rate};
use counterfoil_core::plan::{LineVersion, Plan, PlannedCare, TimetabledVisit};
use counterfoil_core::pricing::ClaimFacts;
use counterfoil_core::pricing::facts::{Recording, Terms, Unit};
use counterfoil_core::rate_card::{RateCardRow, RateKey};
use counterfoil_core::statement::{Actuals, DayActual, LineStatement, Outcome, Statement, VisitActual};
use proptest::prelude::*;

/// Saturday 14 December 2024: the first day of every claim here.
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 12, 14).expect("a date")
}

/// Friday 20 December 2024.
pub fn last_day() -> NaiveDate {
    first_day() + Days::new(6)
}

/// When everything here was recorded.
pub fn recorded() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2024, 4, 1, 9, 0, 0).single().expect("an instant")
}

/// A claim before its facts are gathered.
#[derive(Debug, Clone)]
pub struct AnyClaim {
    pub recording: Recording,
    pub terms: Terms,
    pub lines: Vec<KnownLine>,
    pub rates: Vec<RateCardRow>,
    pub statement: Statement,
}

impl AnyClaim {
    /// The facts of it, with a statement that may be given in another order.
    pub fn facts(&self, statement: &Statement) -> ClaimFacts {
        let reasons = BTreeSet::from(["hospital".to_owned(), "refused".to_owned()]);
        KnownClaim {
            period: (first_day(), last_day()),
            recording: self.recording,
            terms: self.terms,
            contract: &[],
            lines: &self.lines,
            rate_card: &self.rates,
            holidays: &BankHolidays::default(),
            division: Division::EnglandAndWales,
            closures: &BTreeSet::new(),
            statement: Some(statement),
            reasons: &reasons,
            stays: &[],
            ending: None,
            earlier: Vec::new(),
            settings: &[],
            known_at: recorded(),
        }
        .facts()
        .expect("a statement that fits its plan")
    }
}

fn key() -> RateKey {
    RateKey {
        service: "Home care".to_owned(),
        tier: "1".to_owned(),
        band: String::new(),
        minutes: None,
        day_kind: None,
        time_band: None,
        unit: Unit::Hour,
    }
}

fn rates() -> impl Strategy<Value = Vec<RateCardRow>> {
    (100_000_i64..400_000, proptest::option::of((0_u64..7, 100_000_i64..400_000))).prop_map(|(first, change)| {
        let from = first_day() - Days::new(200);
        let row = |from, rate, recorded_at| RateCardRow {
            key: key(),
            from,
            to: None,
            rate: Rate::from_ten_thousandths(rate),
            recorded_at,
        };
        let mut rows = vec![row(from, first, recorded() - chrono::TimeDelta::days(1))];
        rows.extend(change.map(|(day, rate)| row(first_day() + Days::new(day), rate, recorded())));
        rows
    })
}

fn version(plan: Plan) -> LineVersion {
    LineVersion {
        version: 1,
        from: first_day() - Days::new(100),
        to: None,
        recorded_at: recorded(),
        service: "Home care".to_owned(),
        unit: Unit::Hour,
        tier: "1".to_owned(),
        tier_need: String::new(),
        attributes: Vec::new(),
        plan,
    }
}

fn quantities_line() -> impl Strategy<Value = (Plan, Actuals)> {
    let plan = prop_oneof![
        proptest::array::uniform7(0_i64..9_000)
            .prop_map(|days| Plan::Days { quantities: days.map(Quantity::from_thousandths) }),
        (0_i64..60_000).prop_map(|quantity| Plan::Week { quantity: Quantity::from_thousandths(quantity) }),
    ];
    (plan, proptest::array::uniform7((0_i64..9_000, 0_u8..4)), any::<bool>()).prop_map(|(plan, days, whole)| {
        let planned = PlannedCare::of(&[version(plan.clone())], first_day(), last_day(), recorded());
        let actual = |(offset, (delivered, frustrated)): (u64, (i64, u8))| {
            let date = first_day() + Days::new(offset);
            let on_plan = planned.days.iter().find(|day| day.day.date() == Some(date)).map_or(0, |day| day.quantity);
            let frustrated = on_plan * i64::from(frustrated) / 4;
            DayActual {
                date,
                delivered: Quantity::from_thousandths(delivered),
                frustrated: Quantity::from_thousandths(frustrated),
                reason: if frustrated == 0 {
                    String::new()
                } else if delivered % 2 == 0 {
                    "hospital".to_owned()
                } else {
                    "refused".to_owned()
                },
                visits: None,
            }
        };
        let days: Vec<DayActual> = (0_u64..).zip(days).map(actual).collect();
        if !whole {
            return (plan, Actuals::Days { days });
        }
        let sum = |quantity: fn(&DayActual) -> Quantity| days.iter().map(|day| quantity(day).raw()).sum();
        let frustrated: i64 = sum(|day| day.frustrated);
        let period = Actuals::Period {
            delivered: Quantity::from_thousandths(sum(|day| day.delivered)),
            frustrated: Quantity::from_thousandths(frustrated),
            reason: if frustrated == 0 { String::new() } else { "hospital".to_owned() },
            visits: Some(7),
        };
        (plan, period)
    })
}

fn timetabled_line() -> impl Strategy<Value = (Plan, Actuals)> {
    let planned = proptest::collection::vec((0_u8..7, 0_u16..1_380, 1_u16..180, 1_u8..3), 0..12);
    let answers = proptest::collection::vec((0_u8..5, 1_u16..200, 1_u8..3), 12);
    let added = proptest::collection::vec((0_u64..7, 0_u16..1_380, 1_u16..180), 0..3);
    (planned, answers, added).prop_map(|(planned, answers, added)| {
        let visits = planned
            .into_iter()
            .map(|(weekday, start, minutes, carers)| TimetabledVisit { weekday, start, minutes, carers })
            .collect();
        let plan = Plan::Timetable { visits };
        let care = PlannedCare::of(&[version(plan.clone())], first_day(), last_day(), recorded());
        let answer =
            |(visit, (kind, minutes, carers)): (&counterfoil_core::pricing::facts::PlannedVisit, (u8, u16, u8))| {
                let outcome = match kind {
                    0 => Outcome::Missed,
                    1 => Outcome::Frustrated,
                    _ => Outcome::Delivered,
                };
                VisitActual {
                    planned: Some(visit.visit),
                    date: visit.day.date().expect("a date"),
                    start: visit.start,
                    minutes,
                    monitored: None,
                    carers,
                    outcome,
                    reason: if outcome == Outcome::Frustrated { "hospital".to_owned() } else { String::new() },
                    comment: String::new(),
                }
            };
        let mut visits: Vec<VisitActual> = care.visits.iter().zip(answers).map(answer).collect();
        visits.extend(added.into_iter().map(|(day, start, minutes)| VisitActual {
            planned: None,
            date: first_day() + Days::new(day),
            start,
            minutes,
            monitored: None,
            carers: 1,
            outcome: Outcome::Delivered,
            reason: String::new(),
            comment: "asked for".to_owned(),
        }));
        (plan, Actuals::Visits { visits })
    })
}

fn claim(recording: Recording, line: impl Strategy<Value = (Plan, Actuals)>) -> impl Strategy<Value = AnyClaim> {
    let terms = prop_oneof![3 => Just(Terms::Actual), 1 => Just(Terms::Planned)];
    (terms, rates(), proptest::collection::vec(line, 1..4)).prop_map(move |(terms, rates, lines)| {
        let (mut known, mut stated) = (Vec::new(), Vec::new());
        for (number, (plan, actuals)) in (0_u32..).zip(lines) {
            known.push(KnownLine { number, versions: vec![version(plan)] });
            stated.push(LineStatement { line: number, actuals, comment: String::new() });
        }
        AnyClaim {
            recording,
            terms,
            lines: known,
            rates,
            statement: Statement { lines: stated, ..Statement::default() },
        }
    })
}

/// Any claim that can be stated.
pub fn any_claim() -> impl Strategy<Value = AnyClaim> {
    prop_oneof![claim(Recording::Quantities, quantities_line()), claim(Recording::Timetabled, timetabled_line()),]
}
