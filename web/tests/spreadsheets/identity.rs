//! What is downloaded and sent back unchanged changes nothing, whatever was planned and stated, in either kind of file.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use counterfoil_core::actuals_file::{Keyed, OpenClaim, OpenLine, Outcome as Said, compare, written};
use counterfoil_core::claim::{Basis, ClaimState};
use counterfoil_core::ids::ClaimId;
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::PlannedCare;
use counterfoil_core::pricing::facts::{Day, PlannedDay, PlannedVisit, Recording, Span, Unit};
use counterfoil_core::statement::{Actuals, DayActual, LineStatement, Outcome, VisitActual};
use counterfoil_web::spreadsheet::{csv, read, xlsx};
use proptest::prelude::*;
use proptest::test_runner::Config;
use uuid::Uuid;

fn starts() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 12, 14).unwrap()
}

fn on(day: u64) -> NaiveDate {
    starts() + Days::new(day)
}

fn reasons() -> BTreeMap<String, String> {
    [("hospital", "In hospital"), ("refused", "Care refused")]
        .map(|(code, words)| (code.to_owned(), words.to_owned()))
        .into()
}

/// Words as people type them, and as nobody should.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-zA-Z0-9 ,;\"'=+@£€ŷ.-]{0,24}",
        Just("=1+1".to_owned()),
        Just("'=quoted'".to_owned()),
        Just(" two\r\nlines, \"quoted\" ".to_owned()),
        Just("-".to_owned()),
    ]
}

fn reason() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just("hospital".to_owned()), Just("refused".to_owned())]
}

fn quantity() -> impl Strategy<Value = Quantity> {
    (0_i64..100_000).prop_map(Quantity::from_thousandths)
}

prop_compose! {
    fn planned_visits()(visits in prop::collection::vec((0_u64..7, 0_u16..1_440, 1_u16..600, 1_u8..3), 0..6)) -> PlannedCare {
        let mut visits = visits;
        visits.sort_unstable();
        let visit = |(number, (day, start, minutes, carers)): (usize, (u64, u16, u16, u8))| PlannedVisit {
            visit: u32::try_from(number).unwrap(), day: Day::of(on(day)), start, minutes, carers,
        };
        PlannedCare { visits: visits.into_iter().enumerate().map(visit).collect(), days: Vec::new() }
    }
}

prop_compose! {
    fn planned_days()(quantities in prop::collection::vec(0_i64..20_000, 7)) -> PlannedCare {
        let days = (0_u64..).zip(quantities).filter(|(_, quantity)| *quantity > 0);
        PlannedCare { days: days.map(|(day, quantity)| PlannedDay { day: Day::of(on(day)), quantity }).collect(), visits: Vec::new() }
    }
}

prop_compose! {
    fn visit(planned: Option<u32>)(
        (day, start, minutes, carers) in (0_u64..7, 0_u16..1_440, 1_u16..1_440, 0_u8..4),
        outcome in prop_oneof![Just(Outcome::Delivered), Just(Outcome::Frustrated), Just(Outcome::Missed)],
        (reason, comment) in (reason(), words()),
    ) -> VisitActual {
        // a visit that was added took place, with somebody
        let outcome = if planned.is_none() { Outcome::Delivered } else { outcome };
        let carers = if outcome == Outcome::Delivered { carers.max(1) } else { carers };
        let reason = if outcome == Outcome::Frustrated && reason.is_empty() { "hospital".to_owned() } else { reason };
        VisitActual { planned, date: on(day), start, minutes, monitored: Some((start, 30)), carers, outcome, reason, comment }
    }
}

fn visits(planned: &PlannedCare) -> BoxedStrategy<Actuals> {
    let answered: Vec<_> = planned
        .visits
        .iter()
        .map(|planned| prop_oneof![3 => visit(Some(planned.visit)).prop_map(Some), 1 => Just(None)])
        .collect();
    (answered, prop::collection::vec(visit(None), 0..3))
        .prop_map(|(answered, added)| Actuals::Visits { visits: answered.into_iter().flatten().chain(added).collect() })
        .boxed()
}

fn quantities() -> BoxedStrategy<Actuals> {
    let day = |day: u64| {
        (quantity(), quantity(), reason(), prop::option::of(0_u32..9)).prop_map(move |one| DayActual {
            date: on(day),
            delivered: one.0,
            frustrated: one.1,
            reason: one.2,
            visits: one.3,
        })
    };
    prop_oneof![
        (quantity(), quantity(), reason(), prop::option::of(0_u32..40)).prop_map(
            |(delivered, frustrated, reason, visits)| { Actuals::Period { delivered, frustrated, reason, visits } }
        ),
        (day(0), day(3), day(6)).prop_map(|(one, two, three)| Actuals::Days { days: vec![one, two, three] }),
        Just(Actuals::AsPlanned),
    ]
    .boxed()
}

fn line(recording: Recording, stated: bool) -> BoxedStrategy<OpenLine> {
    let planned = if recording == Recording::Timetabled { planned_visits().boxed() } else { planned_days().boxed() };
    planned
        .prop_flat_map(move |planned| {
            let actuals = match recording {
                Recording::Timetabled => prop_oneof![3 => visits(&planned), 1 => Just(Actuals::AsPlanned)].boxed(),
                _ => quantities(),
            };
            (Just(planned), actuals, words())
        })
        .prop_map(move |(planned, actuals, comment)| OpenLine {
            number: 0,
            reference: String::new(),
            service: "Home care, day".to_owned(),
            unit: Unit::Hour,
            planned,
            held: Some(Span { from: Day::of(starts()), to: Day::of(on(6)) }),
            stated: stated.then_some(LineStatement { line: 0, actuals, comment }),
            covered: Vec::new(),
        })
        .boxed()
}

fn claim() -> BoxedStrategy<OpenClaim> {
    (prop_oneof![Just(Recording::Timetabled), Just(Recording::Quantities)], any::<bool>())
        .prop_flat_map(|(recording, stated)| {
            (Just(recording), Just(stated), prop::collection::vec(line(recording, stated), 1..4))
        })
        .prop_map(|(recording, stated, lines)| OpenClaim {
            id: ClaimId::from_uuid(Uuid::nil()),
            version: 3,
            statement_version: if stated { 2 } else { 0 },
            state: if stated { ClaimState::Stated } else { ClaimState::Generated },
            basis: Basis::ActualsAndConfirmation,
            starts: starts(),
            ends: on(6),
            contract: "000417".to_owned(),
            recording,
            person: String::new(),
            lines,
            payment_reference: String::new(),
            note: String::new(),
        })
        .boxed()
}

fn claims() -> impl Strategy<Value = Vec<OpenClaim>> {
    prop::collection::vec(claim(), 1..5).prop_map(|mut claims| {
        for (number, claim) in claims.iter_mut().enumerate() {
            claim.id = ClaimId::from_uuid(Uuid::from_u128(number as u128 + 1));
            claim.person = format!("SS0{number}");
            for (place, line) in (0_u32..).zip(&mut claim.lines) {
                line.number = place;
                line.reference = format!("CPLI-{number}{place}");
                if let Some(stated) = &mut line.stated {
                    stated.line = place;
                }
            }
        }
        claims
    })
}

proptest! {
    #![proptest_config(Config { cases: 96, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_file_that_comes_back_unchanged_changes_nothing(claims in claims()) {
        let table = written(&claims);
        for bytes in [csv(&table).unwrap().into_bytes(), xlsx(&table, &reasons()).unwrap()] {
            let (_, read) = read(&bytes).unwrap();
            if read.rows.len() < 2 {
                // no visit was planned and none stated
                continue;
            }
            let keyed = Keyed::of(&read).unwrap();
            let said = compare(&read, &keyed, &claims, &reasons(), on(9));
            prop_assert!(said.loose.is_empty(), "{:?}", said.loose);
            for compared in &said.claims {
                let is_stated = claims[compared.claim].is_stated();
                let expected = if is_stated { Said::Unchanged } else { Said::AsPlanned };
                prop_assert_eq!(compared.outcome, expected, "{:?} {:?}", compared.wrong, claims[compared.claim]);
                prop_assert!(compared.changes.is_empty());
            }
        }
    }
}
