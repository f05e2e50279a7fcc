//! The world of the demo's seed is what the issue asks for, and holds together.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::claim::Basis;
use counterfoil_core::notice::NoticeEvent;
use counterfoil_core::pricing::facts::Recording;
use counterfoil_core::rate_card::rows_for_line;
use counterfoil_core::run::may_approve;

use super::World;
use super::care::PayeeKind;
use super::people::ActsFor;
use crate::demo::SEED;

fn world() -> World {
    World::generate(SEED).expect("a world")
}

#[test]
fn one_seed_makes_one_world() {
    assert_eq!(world(), world());
}

#[test]
fn five_councils_forty_providers_ten_of_them_with_several_and_about_1500_people() {
    let world = world();
    assert_eq!((world.councils.len(), world.organisations.len()), (5, 40));
    let several: Vec<usize> = world
        .organisations
        .iter()
        .map(|organisation| organisation.councils.len())
        .filter(|councils| *councils > 1)
        .collect();
    assert_eq!(several.len(), 10);
    assert!(several.iter().all(|councils| (2..=4).contains(councils)));
    // and every one of them has a contract at each of its councils
    for organisation in &world.organisations {
        for slug in organisation.councils {
            let council = world.council(slug).expect("a council");
            let contracted = council.contracts.iter().any(|contract| contract.organisation == Some(organisation.id));
            assert!(contracted, "{} at {slug}", organisation.name);
        }
    }
    let people: usize = world.councils.iter().map(|council| council.service_users.len()).sum();
    assert!((1_400..=1_600).contains(&people), "{people} service users");
    let kinds: BTreeSet<_> = world.councils[1].payees.iter().map(|payee| format!("{:?}", payee.kind)).collect();
    assert_eq!(kinds.len(), 3, "sites, persons and managed accounts: {kinds:?}");
}

#[test]
fn every_reference_resolves_and_none_is_used_twice() {
    for council in world().councils {
        let unique = |what: &str, values: Vec<&str>| {
            let count = values.len();
            assert_eq!(values.into_iter().collect::<BTreeSet<_>>().len(), count, "{}: {what}", council.slug);
        };
        unique("supplier numbers", council.payees.iter().map(|payee| payee.supplier_number.as_str()).collect());
        unique("contracts", council.contracts.iter().map(|contract| contract.reference.as_str()).collect());
        unique("service users", council.service_users.iter().map(|user| user.reference.as_str()).collect());
        unique("service lines", council.lines.iter().map(|line| line.reference.as_str()).collect());
        for contract in &council.contracts {
            let payee = council.payees.iter().find(|payee| payee.id == contract.payee);
            assert_eq!(payee.expect("a payee").organisation, contract.organisation);
            assert!(council.schedules.iter().any(|schedule| schedule.id == contract.schedule));
        }
        for line in &council.lines {
            assert!(council.contract(line.contract).is_some());
            assert!(council.service_user(line.service_user).is_some());
        }
        for stay in &council.stays {
            assert!(council.service_user(stay.service_user).is_some());
            assert!(stay.admitted < council.taken_on.date_naive(), "known in time");
        }
    }
}

#[test]
fn payees_are_what_they_say_and_their_accounts_look_like_ones() {
    for council in world().councils {
        for payee in &council.payees {
            assert_eq!(payee.kind == PayeeKind::Site, payee.organisation.is_some(), "{}", payee.name);
            let digits = |text: &str, length| text.len() == length && text.bytes().all(|digit| digit.is_ascii_digit());
            assert!(digits(&payee.bank.sort_code, 6) && digits(&payee.bank.account, 8));
            assert!(payee.remittance_email.ends_with(".example"));
        }
    }
}

#[test]
fn every_line_has_a_price_on_every_day_of_its_first_weeks() {
    for council in world().councils {
        for line in &council.lines {
            let first = &line.versions[0];
            let from = first.from.max(council.taken_on.date_naive());
            let to = from + chrono::Days::new(27);
            let rows = rows_for_line(&council.rates, &line.versions, (from, to), council.taken_on);
            let plain = rows
                .iter()
                .filter(|row| row.band.is_empty() && row.day_kind.is_none())
                .filter(|row| row.time_band.is_none() && row.unit == first.unit);
            let days: i32 = plain.map(|row| row.to.unwrap_or(row.from).0 - row.from.0 + 1).sum();
            assert_eq!(days, 28, "{} {}", council.slug, line.reference);
        }
    }
}

#[test]
fn people_who_sign_in_are_told_apart_and_no_run_is_approved_by_who_prepared_it() {
    let world = world();
    let emails: BTreeSet<_> = world.people.iter().map(|person| &person.email).collect();
    assert_eq!(emails.len(), world.people.len());
    for council in &world.councils {
        let staff = council.staff;
        assert_eq!(may_approve(staff.approver, Some(staff.officer), &[]), Ok(()));
        assert_ne!(staff.administrator, staff.second_administrator);
        for id in [staff.officer, staff.approver, staff.administrator, staff.second_administrator, staff.auditor] {
            let person = world.people.iter().find(|person| person.id == id);
            let acts_for = &person.expect("a member of staff").acts_for;
            assert!(matches!(acts_for[..], [ActsFor::Council(at, _)] if at == council.id));
        }
    }
    let bookkeeper = world.people.iter().find(|person| person.acts_for.len() == 2).expect("somebody of two providers");
    let councils: BTreeSet<_> = world
        .organisations
        .iter()
        .filter(|own| {
            bookkeeper.acts_for.iter().any(|acts| matches!(acts, ActsFor::Organisation(id, _) if *id == own.id))
        })
        .flat_map(|own| own.councils)
        .collect();
    assert_eq!(councils.len(), 3, "{councils:?}");
    for organisation in &world.organisations {
        let submitter = super::people::submitter(SEED, organisation);
        assert!(world.people.iter().any(|person| person.id == submitter));
    }
}

#[test]
fn calendars_unroll_and_notifications_can_be_put_into_words() {
    let holidays = BankHolidays::bundled().expect("bank holidays");
    let mut leads = BTreeMap::new();
    for council in world().councils {
        for schedule in &council.schedules {
            let calendar = schedule.calendar(&holidays).expect("a calendar");
            let numbers: BTreeSet<_> = calendar.periods.iter().map(|period| period.number).collect();
            assert_eq!(numbers.len(), calendar.periods.len(), "{}", calendar.name);
        }
        let events: BTreeSet<_> = council.notifications.iter().map(|setting| setting.event).collect();
        assert_eq!((events.len(), council.notifications.len()), (NoticeEvent::ALL.len(), NoticeEvent::ALL.len()));
        for setting in &council.notifications {
            assert_eq!(setting.check(), Ok(()), "{}", council.slug);
        }
        leads.insert(council.notifications[0].lead_minutes, council.slug);
    }
    assert_eq!(leads.len(), 5, "each council has its own lead time: {leads:?}");
}

#[test]
fn what_nobody_records_is_paid_on_the_plan() {
    for council in world().councils {
        for contract in &council.contracts {
            let schedule =
                council.schedules.iter().find(|schedule| schedule.id == contract.schedule).expect("a schedule");
            if contract.recording == Recording::None {
                assert_eq!(schedule.basis, Basis::Plan, "{}", contract.reference);
            }
        }
    }
}

#[test]
fn somebody_has_a_package_of_twenty_lines_under_one_contract() {
    let world = world();
    let largest = world.councils.iter().flat_map(|council| {
        let mut packages: BTreeMap<_, usize> = BTreeMap::new();
        for line in &council.lines {
            *packages.entry((line.contract, line.service_user)).or_default() += 1;
        }
        packages.into_values().max()
    });
    assert_eq!(largest.max(), Some(20));
}
