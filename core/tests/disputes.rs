//! Disputes: who may do what when, and when an answer is due.
#![allow(clippy::unwrap_used, missing_docs)]

use chrono::{DateTime, TimeZone as _, Utc};
use counterfoil_core::calendar::{BankHolidays, Division};
use counterfoil_core::dispute::{DisputeEvent, DisputeReason, DisputeState, Refused, USUAL_DAYS, respond_by};
use counterfoil_core::side::Side;
use proptest::prelude::*;

fn at(year: i32, month: u32, day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, hour, 0, 0).unwrap()
}

#[test]
fn a_provider_disputes_the_council_does_not_agree_and_comes_round() {
    use DisputeEvent::{Agree, AnswerBack, Close, Disagree, Write};
    let (provider, council) = (Side::Provider, Side::Council);
    let mut state = DisputeState::Open;
    assert_eq!(state.awaits(provider), Some(council));
    for (event, by, then) in [
        (Write, provider, DisputeState::Open),
        (Disagree, council, DisputeState::NotAgreed),
        (AnswerBack, provider, DisputeState::Open),
        (Disagree, council, DisputeState::NotAgreed),
        (Agree, council, DisputeState::Agreed),
        (Close, provider, DisputeState::Closed),
    ] {
        state = state.after(event, by, provider).unwrap();
        assert_eq!(state, then, "{event:?} by {by:?}");
    }
    assert_eq!(state.awaits(provider), None);
    assert_eq!(state.after(Write, council, provider), Err(Refused::Over));
}

#[test]
fn nobody_answers_their_own_dispute_or_ends_anothers() {
    let state = DisputeState::Open;
    assert_eq!(state.after(DisputeEvent::Agree, Side::Council, Side::Council), Err(Refused::OwnDispute));
    assert_eq!(state.after(DisputeEvent::Withdraw, Side::Provider, Side::Council), Err(Refused::NotYours));
    assert_eq!(state.after(DisputeEvent::Close, Side::Council, Side::Council), Err(Refused::NotAnswered));
    let agreed = state.after(DisputeEvent::Agree, Side::Provider, Side::Council).unwrap();
    assert_eq!(agreed.after(DisputeEvent::Withdraw, Side::Council, Side::Council), Err(Refused::Agreed));
    assert_eq!(agreed.after(DisputeEvent::Disagree, Side::Provider, Side::Council), Err(Refused::Answered));
}

#[test]
fn an_answer_is_due_at_five_in_london_after_so_many_working_days() {
    let holidays = BankHolidays::bundled().unwrap();
    let due = |from, days, division| respond_by(from, days, holidays.working_days(division));
    // over Christmas: 25 and 26 December and 1 January are not worked, 2 January is one in Scotland only
    let asked = at(2024, 12, 18, 15);
    assert_eq!(due(asked, USUAL_DAYS, Division::EnglandAndWales), at(2025, 1, 6, 17));
    assert_eq!(due(asked, USUAL_DAYS, Division::Scotland), at(2025, 1, 7, 17));
    // on a Saturday, and late on a Friday: counted from the day in London
    assert_eq!(due(at(2025, 6, 7, 9), 1, Division::EnglandAndWales), at(2025, 6, 9, 16));
    assert_eq!(due(at(2025, 6, 5, 23), 1, Division::EnglandAndWales), at(2025, 6, 9, 16));
}

#[test]
fn stored_states_and_reasons_are_read_back() {
    for state in DisputeState::ALL {
        assert_eq!(DisputeState::from_code(state.code()), Some(state));
    }
    assert_eq!(DisputeState::from_code(9), None);
    for reason in DisputeReason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
    }
    for event in DisputeEvent::LATER {
        assert_eq!(serde_json::to_value(event).unwrap(), event.code());
    }
}

proptest! {
    #[test]
    fn whatever_both_sides_try(
        opened_by in prop::sample::select(Side::BOTH.to_vec()),
        tries in prop::collection::vec(
            (prop::sample::select(DisputeEvent::LATER.to_vec()), prop::sample::select(Side::BOTH.to_vec())), 0..40),
    ) {
        let mut state = DisputeState::Open;
        let mut answered = false;
        for (event, by) in tries {
            let before = state;
            let Ok(after) = state.after(event, by, opened_by) else { continue };
            // what is over stays over, and the one who has to act is always one who can
            prop_assert!(!before.is_over());
            prop_assert_eq!(after.is_over(), after.awaits(opened_by).is_none());
            match event {
                DisputeEvent::Agree | DisputeEvent::Disagree => {
                    prop_assert_ne!(by, opened_by);
                    answered = true;
                }
                DisputeEvent::Write => prop_assert_eq!(before, after),
                DisputeEvent::Close => prop_assert!(by == opened_by && answered),
                DisputeEvent::AnswerBack => {
                    prop_assert!(by == opened_by && answered);
                    prop_assert_eq!(after.awaits(opened_by), Some(opened_by.other()));
                }
                DisputeEvent::Withdraw => prop_assert_eq!(by, opened_by),
                DisputeEvent::Open => prop_assert!(false, "a dispute is opened once"),
            }
            state = after;
        }
        if let Some(side) = state.awaits(opened_by) {
            let can = DisputeEvent::LATER.into_iter().filter(|event| *event != DisputeEvent::Write)
                .any(|event| state.after(event, side, opened_by).is_ok());
            prop_assert!(can, "{:?} waits for nobody who can act", state);
        }
    }

    #[test]
    fn an_answer_is_always_due_on_a_working_day_after_it_was_asked(hours in 0_i64..80_000, days in 1_u16..60) {
        let holidays = BankHolidays::bundled().unwrap();
        let working = holidays.working_days(Division::EnglandAndWales);
        let asked = at(2018, 1, 1, 0) + chrono::TimeDelta::hours(hours);
        let due = respond_by(asked, days, working);
        prop_assert!(due > asked);
        let day = counterfoil_core::calendar::clock::local_time(due);
        prop_assert!(working.is_working_day(day.date()));
        prop_assert_eq!(day.time().to_string(), "17:00:00");
    }
}
