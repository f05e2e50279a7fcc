//! The timeline of the demo's seed: the same twice, nothing in it that would be refused, and the instants that the issue
//! names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::ids::ServiceLineId;
use counterfoil_core::statement::{Actuals, Outcome};

use super::act::{Act, ClaimKey, Event};
use super::settling::{Choice, choice};
use crate::demo::SEED;
use crate::demo::dates::day;
use crate::demo::world::World;
use crate::demo::world::council::CouncilWorld;
use crate::demo::world::organisations::{W20, W24};

fn played() -> (World, Vec<Event>) {
    let world = World::generate(SEED).expect("a world");
    let events = super::of(&world, SEED).expect("a timeline");
    (world, events)
}

fn utc(year: i32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(year, month, day, hour, minute, second).single().expect("an instant")
}

fn at<'a>(events: &'a [Event], council: &CouncilWorld) -> Vec<&'a Event> {
    let id = council.id;
    events.iter().filter(|event| event.council == id).collect()
}

#[test]
fn one_seed_plays_one_timeline_in_order() {
    let (_, events) = played();
    assert_eq!(events, played().1);
    assert!(events.is_sorted_by_key(|event| event.at));
}

#[test]
fn the_demo_is_not_too_long_to_be_played_in_two_minutes() {
    let (_, events) = played();
    let stated: usize = events
        .iter()
        .map(|event| match &event.act {
            Act::State { claims, .. } => claims.len(),
            _ => 0,
        })
        .sum();
    assert!((3_000..8_000).contains(&stated), "{stated} statements");
    assert!(events.len() < 4_000, "{} acts", events.len());
}

#[test]
fn at_christmas_the_last_second_is_in_time_and_the_next_is_not() {
    let (world, events) = played();
    let council = world.council(W24).expect("the council");
    let schedule = council.schedule("Weekly actuals").expect("the schedule");
    let holidays = BankHolidays::bundled().expect("bank holidays");
    let calendar = schedule.calendar(&holidays).expect("a calendar");
    let confirmed = |starts: NaiveDate, instant: DateTime<Utc>| {
        let own = at(&events, council).into_iter();
        own.filter(|event| event.at == instant)
            .filter_map(|event| match &event.act {
                Act::Confirm { claims, .. } => Some(claims),
                _ => None,
            })
            .flatten()
            .filter(|claim| claim.starts == starts)
            .count()
    };
    let paid = |starts, instant| {
        let run = calendar.run_for(instant, starts).expect("a run");
        run.dates.bank_date
    };
    for (starts, cut_off, in_time, late) in [
        (day(2024, 12, 14), utc(2024, 12, 22, 18, 0, 0), day(2024, 12, 31), day(2025, 1, 7)),
        (day(2024, 12, 21), utc(2024, 12, 30, 18, 0, 0), day(2025, 1, 7), day(2025, 1, 14)),
    ] {
        let second = TimeDelta::seconds(1);
        assert!(confirmed(starts, cut_off) > 0, "in the last second of {starts}");
        assert!(confirmed(starts, cut_off + second) > 0, "a second after {starts}");
        assert_eq!(paid(starts, cut_off), in_time);
        assert_eq!(paid(starts, cut_off + second), late);
    }
}

#[test]
fn the_week_of_1_april_is_played_with_its_rates_before_and_after_payment() {
    let (world, events) = played();
    let council = world.council(W24).expect("the council");
    let own = at(&events, council);
    let finalised: BTreeMap<NaiveDate, DateTime<Utc>> = own
        .iter()
        .filter_map(|event| match event.act {
            Act::FinaliseRun { pays, .. } if Some(pays.schedule) == weekly(council) => Some((pays.period, event.at)),
            _ => None,
        })
        .collect();
    let rates: Vec<(DateTime<Utc>, NaiveDate, i64)> = own
        .iter()
        .filter_map(|event| match &event.act {
            Act::RecordRates { rows, .. } => {
                let tier = rows.iter().find(|row| row.key.tier == "tier-1")?;
                Some((event.at, tier.from, tier.rate.raw()))
            }
            _ => None,
        })
        .collect();
    let [uprated, there, back] = rates.as_slice() else {
        panic!("three changes of rates, not {rates:?}");
    };
    assert!(rates.iter().all(|(_, from, _)| *from == day(2025, 4, 1)));
    // recorded ahead; after the week's run; after the next week's run
    assert!(uprated.0 < finalised[&day(2025, 3, 29)]);
    assert!(finalised[&day(2025, 3, 29)] < there.0 && there.0 < finalised[&day(2025, 4, 5)]);
    assert!(finalised[&day(2025, 4, 5)] < back.0 && back.0 < finalised[&day(2025, 4, 12)]);
    assert!(there.2 > uprated.2);
    assert_eq!(back.2, uprated.2, "back again is where it was");
}

fn weekly(council: &CouncilWorld) -> Option<counterfoil_core::ids::ScheduleId> {
    council.schedule("Weekly actuals").map(|schedule| schedule.id)
}

#[test]
fn the_council_of_2020_is_played_on_its_own_table() {
    let (world, events) = played();
    let council = world.council(W20).expect("the council");
    let own = at(&events, council);
    assert!(own.iter().all(|event| event.at < utc(2021, 4, 1, 0, 0, 0)));
    let residential = council.schedule("Residential, shared lives and supported living").expect("the schedule");
    let finalised = own.iter().find(|event| {
        matches!(event.act, Act::FinaliseRun { pays, .. }
            if pays.schedule == residential.id && pays.period == day(2020, 12, 12))
    });
    assert_eq!(finalised.expect("the run of 12 December 2020").at.date_naive(), day(2020, 12, 16));
}

#[test]
fn every_schedule_of_every_council_has_a_run_and_every_run_all_its_steps() {
    let (world, events) = played();
    for council in &world.councils {
        let mut runs: BTreeMap<_, Vec<(&str, DateTime<Utc>)>> = BTreeMap::new();
        for event in at(&events, council) {
            let (pays, step) = match event.act {
                Act::GenerateClaims(pays) => (pays, "generate"),
                Act::SettleSuspended { pays, .. } => (pays, "settle"),
                Act::FinaliseRun { pays, .. } => (pays, "finalise"),
                Act::ApproveRun { pays, .. } => (pays, "approve"),
                Act::IssueFile(pays) => (pays, "issue"),
                Act::SendFile(pays) => (pays, "send"),
                Act::Reconcile { pays, .. } => (pays, "reconcile"),
                _ => continue,
            };
            runs.entry(pays).or_default().push((step, event.at));
        }
        let schedules: BTreeSet<_> = runs.keys().map(|pays| pays.schedule).collect();
        assert_eq!(schedules.len(), council.schedules.len(), "{}", council.slug);
        for (pays, mut steps) in runs {
            // a backdated line has its claims made once more
            steps.dedup_by_key(|(step, _)| *step);
            steps.retain({
                let mut generated = false;
                move |(step, _)| *step != "generate" || !std::mem::replace(&mut generated, true)
            });
            let order: Vec<_> = steps.iter().map(|(step, _)| *step).collect();
            let expected = ["generate", "settle", "finalise", "approve", "issue", "send", "reconcile"];
            assert_eq!(order, expected, "{} {pays:?}", council.slug);
            assert!(steps.is_sorted_by(|(_, a), (_, b)| a < b), "{} {pays:?}: {steps:?}", council.slug);
        }
    }
}

#[test]
fn care_goes_wrong_in_every_way_that_the_issue_names() {
    let (_, events) = played();
    let mut seen = BTreeSet::new();
    for event in &events {
        let Act::State { claims, .. } = &event.act else {
            continue;
        };
        for line in claims.iter().flat_map(|(_, statement)| &statement.lines) {
            let Actuals::Visits { visits } = &line.actuals else {
                continue;
            };
            for visit in visits {
                match visit.outcome {
                    Outcome::Frustrated if visit.reason == "hospital" => seen.insert("hospital"),
                    Outcome::Frustrated => seen.insert("frustrated"),
                    Outcome::Missed => seen.insert("missed"),
                    Outcome::Delivered if visit.planned.is_none() => seen.insert("added"),
                    Outcome::Delivered if visit.reason == "overrun" => seen.insert("extra"),
                    Outcome::Delivered if visit.carers > 1 => seen.insert("second carer"),
                    Outcome::Delivered => seen.insert("delivered"),
                };
            }
            if !line.comment.is_empty() {
                seen.insert("comment");
            }
        }
    }
    let expected = ["added", "comment", "delivered", "extra", "frustrated", "hospital", "missed", "second carer"];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn claims_are_only_confirmed_when_they_are_there_and_stated() {
    #[derive(Clone, Copy, PartialEq, Debug)]
    enum At {
        Stated,
        Confirmed,
    }
    let (_, events) = played();
    let mut claims: BTreeMap<(_, &ClaimKey), At> = BTreeMap::new();
    for event in &events {
        let council = event.council;
        match &event.act {
            Act::State { claims: stated, .. } => {
                for (claim, _) in stated {
                    claims.insert((council, claim), At::Stated);
                }
            }
            Act::Confirm { claims: confirmed, .. } => {
                for claim in confirmed {
                    let before = claims.insert((council, claim), At::Confirmed);
                    assert_eq!(before, Some(At::Stated), "{claim} confirmed");
                }
            }
            Act::Unconfirm { claim, .. } | Act::SendBack { claim, .. } => {
                let before = claims.insert((council, claim), At::Stated);
                assert_eq!(before, Some(At::Confirmed), "{claim} taken back");
            }
            _ => {}
        }
    }
    assert!(claims.len() > 3_000);
}

#[test]
fn versions_of_a_line_are_numbered_one_after_the_other() {
    let (world, events) = played();
    let mut newest: BTreeMap<ServiceLineId, u32> = BTreeMap::new();
    for line in world.councils.iter().flat_map(|council| &council.lines) {
        let numbers: Vec<u32> = line.versions.iter().map(|version| version.version).collect();
        assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>());
        newest.insert(line.id, numbers.len() as u32);
    }
    let mut varied = 0;
    for event in &events {
        if let Act::VaryLine { line, version, .. } = &event.act {
            let before = newest.insert(*line, version.version).expect("a line of the world");
            assert_eq!(version.version, before + 1);
            assert_eq!(version.recorded_at, event.at);
            varied += 1;
        }
    }
    assert!(varied >= 16, "plans are changed there and back, and end with deaths: {varied}");
}

#[test]
fn officers_accept_reject_and_leave() {
    let key = |number: u32| ClaimKey {
        contract: "W-C0001".to_owned(),
        service_user: format!("W{number}"),
        starts: day(2024, 12, 14),
    };
    let choices: Vec<Choice> = (0..200).map(|number| choice(SEED, &key(number), 0)).collect();
    for wanted in [Choice::Accept, Choice::Reject, Choice::Leave] {
        assert!(choices.contains(&wanted), "{wanted:?}");
    }
    assert_eq!(choice(SEED, &key(1), 0), choices[1]);
}
