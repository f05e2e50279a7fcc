//! The invariants of the domain, on arbitrary claims: money is neither lost nor invented, every stated unit has one
//! disposition, the order of input changes nothing, and there and back again is nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

#[path = "support/claims.rs"]
mod claims;
#[path = "support/plain_rule.rs"]
mod plain_rule;

use std::collections::BTreeMap;

use claims::{AnyClaim, any_claim};
use counterfoil_core::disposition::{
    Assessed, Assessment, ClaimToAssess, Decision, DisposedCharge, Disposition, Settlement, assess,
};
use counterfoil_core::entry::post;
use counterfoil_core::ids::PersonId;
use counterfoil_core::money::{Money, Quantity, Rate, apportion, price};
use counterfoil_core::pricing::{RuleDigest, canonical};
use counterfoil_core::run::settle_payee;
use counterfoil_core::statement::{Actuals, Statement};
use counterfoil_core::tolerance::{Level, Limit, Use};
use plain_rule::PlainRule;
use proptest::prelude::*;
use uuid::Uuid;

fn limits() -> impl Strategy<Value = Vec<Limit>> {
    let level = prop_oneof![Just(Level::Visit), Just(Level::Line), Just(Level::Week), Just(Level::Contract)];
    let limit = (
        level,
        proptest::option::of(0_i64..5_000),
        proptest::option::of(0_i64..30),
        proptest::option::of(0_i64..10_000),
    )
        .prop_map(|(level, units, percent, pence)| Limit {
            level,
            units: units.map(Quantity::from_thousandths),
            percent: percent.map(Into::into),
            pounds: pence.map(Money::from_pence),
        });
    proptest::collection::vec(limit, 0..3)
}

fn to_assess(claim: &AnyClaim, statement: &Statement, limits: &[Limit], decisions: Vec<Decision>) -> ClaimToAssess {
    ClaimToAssess {
        rule: RuleDigest("plain".to_owned()),
        facts: claim.facts(statement),
        limits: limits.to_vec(),
        others: Use::default(),
        decisions,
    }
}

fn assessed(claim: &ClaimToAssess) -> Assessed {
    match assess(&PlainRule, claim).expect("no decision to refuse") {
        Assessment::Priced(assessed) => *assessed,
        Assessment::Faulted { fault } => panic!("the plain rule has no faults: {fault}"),
    }
}

fn accounted(charges: &[DisposedCharge]) -> BTreeMap<u32, i64> {
    let mut by_line = BTreeMap::new();
    for charge in charges {
        *by_line.entry(charge.line).or_default() += charge.accounts_for;
    }
    by_line
}

fn by(number: u128) -> PersonId {
    PersonId::from_uuid(Uuid::from_u128(number))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn delivered_frustrated_and_missed_make_planned_and_extra(claim in any_claim()) {
        for line in claim.facts(&claim.statement).lines {
            let planned: i64 = line.plan.iter().map(|day| day.quantity).sum();
            let days = line.stated_days.iter().map(|d| (d.delivered + d.frustrated + d.missed, d.extra));
            let visits = line.stated_visits.iter().map(|v| (v.delivered + v.frustrated + v.missed, v.extra));
            let (stated, extra) = days.chain(visits).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
            prop_assert_eq!(stated, planned + extra);
        }
    }

    #[test]
    fn claimed_is_payable_suspended_rejected_and_pending_to_the_penny(claim in any_claim(), limits in limits()) {
        let assessed = assessed(&to_assess(&claim, &claim.statement, &limits, Vec::new()));
        prop_assert!(assessed.totals.add_up());
        let entitlements = Money::total(claim.lines.iter().map(|line| assessed.entitlement(line.number).unwrap()));
        prop_assert_eq!(entitlements, Ok(assessed.totals.payable));
    }

    #[test]
    fn tolerance_moves_money_and_never_changes_it(claim in any_claim(), limits in limits()) {
        let free = assessed(&to_assess(&claim, &claim.statement, &[], Vec::new()));
        let held = assessed(&to_assess(&claim, &claim.statement, &limits, Vec::new()));
        prop_assert_eq!(free.totals.claimed, held.totals.claimed);
        prop_assert!(held.totals.payable <= free.totals.payable);
    }

    #[test]
    fn each_stated_unit_has_one_disposition_whatever_an_officer_decides(
        claim in any_claim(), limits in limits(), part in 0_i64..=100, kind in 0_u8..4,
    ) {
        let before = assessed(&to_assess(&claim, &claim.statement, &limits, Vec::new()));
        let Some(line) = before.charges.iter().find(|c| c.disposition == Disposition::Suspended).map(|c| c.line) else {
            return Ok(());
        };
        let facts = claim.facts(&claim.statement);
        let stated = &facts.lines[line as usize];
        let days = stated.stated_days.iter().map(|d| d.delivered + d.frustrated);
        let claimed: i64 = days.chain(stated.stated_visits.iter().map(|v| v.delivered + v.frustrated)).sum();
        let open: i64 = before.charges.iter()
            .filter(|c| c.line == line && matches!(c.disposition, Disposition::Payable | Disposition::Suspended))
            .map(|c| c.amount.pence()).sum();
        let settlement = match kind {
            0 => Settlement::Accept,
            1 => Settlement::Reject,
            2 => Settlement::Quantity { accepted: claimed * part / 100 },
            _ => Settlement::Amount { amount: Money::from_pence(open * part / 100), second: by(2) },
        };
        let decision = Decision { line, settlement, because: "seen the notes".to_owned(), by: by(1) };
        let to_assess = to_assess(&claim, &claim.statement, &limits, vec![decision]);
        let after = match assess(&PlainRule, &to_assess) {
            Ok(Assessment::Priced(after)) => after,
            // a visit is whole minutes for each carer, so that not every part of it can be priced for less
            Err(_) if kind == 2 => return Ok(()),
            other => panic!("{other:?}"),
        };
        prop_assert!(after.totals.add_up());
        prop_assert_eq!(after.totals.claimed, before.totals.claimed);
        prop_assert_eq!(accounted(&after.charges), accounted(&before.charges));
        prop_assert!(after.charges.iter().all(|c| c.line != line || c.disposition != Disposition::Suspended));
    }

    #[test]
    fn the_order_in_which_it_was_typed_changes_nothing(claim in any_claim(), limits in limits(), turn in 0_usize..12) {
        let mut turned = claim.statement.clone();
        turned.lines.reverse();
        for line in &mut turned.lines {
            match &mut line.actuals {
                Actuals::Visits { visits } if !visits.is_empty() => { let by = turn % visits.len(); visits.rotate_left(by); }
                Actuals::Days { days } => { let by = turn % days.len(); days.rotate_left(by); }
                _ => {}
            }
        }
        let (one, other) = (claim.facts(&claim.statement), claim.facts(&turned));
        prop_assert_eq!(canonical::bytes(&one).unwrap(), canonical::bytes(&other).unwrap());
        prop_assert_eq!(
            assessed(&to_assess(&claim, &claim.statement, &limits, Vec::new())),
            assessed(&to_assess(&claim, &turned, &limits, Vec::new())),
        );
    }

    #[test]
    fn replay_from_stored_bytes_gives_identical_charges(claim in any_claim(), limits in limits()) {
        let to_assess = to_assess(&claim, &claim.statement, &limits, Vec::new());
        let bytes = canonical::bytes(&to_assess.facts).unwrap();
        let replayed = ClaimToAssess { facts: canonical::read(&bytes).unwrap(), ..to_assess.clone() };
        prop_assert_eq!(canonical::digest(&bytes), canonical::digest(&canonical::bytes(&replayed.facts).unwrap()));
        prop_assert_eq!(assessed(&to_assess), assessed(&replayed));
    }

    #[test]
    fn however_often_an_entitlement_changes_what_was_posted_adds_up_to_it(
        entitlements in proptest::collection::vec(-10_000_000_i64..10_000_000, 1..20),
    ) {
        let (mut posted, mut entries) = (Money::ZERO, 0);
        for pence in entitlements {
            let now = Money::from_pence(pence);
            if let Some(posting) = post(now, posted, entries).unwrap() {
                prop_assert_eq!(posting.sequence, entries + 1);
                posted = posted.checked_add(posting.amount).unwrap();
                entries = posting.sequence;
            }
            prop_assert_eq!(posted, now);
            prop_assert_eq!(post(now, posted, entries).unwrap(), None);
        }
    }

    #[test]
    fn an_adjustment_there_and_back_is_nothing(old in 0_i64..10_000_000, new in 0_i64..10_000_000) {
        let (old, new) = (Money::from_pence(old), Money::from_pence(new));
        let there = post(new, old, 1).unwrap().map_or(Money::ZERO, |posting| posting.amount);
        let back = post(old, new, 2).unwrap().map_or(Money::ZERO, |posting| posting.amount);
        prop_assert_eq!(there.checked_add(back), Ok(Money::ZERO));
    }

    #[test]
    fn a_reversal_mirrors_its_price(units in -1_000_000_i64..1_000_000, rate in 0_i64..10_000_000, divisor in 1_u16..100) {
        let rate = Rate::from_ten_thousandths(rate);
        let paid = price(Quantity::from_thousandths(units), divisor, rate).unwrap();
        prop_assert_eq!(price(Quantity::from_thousandths(-units), divisor, rate), paid.mirrored());
    }

    #[test]
    fn apportioning_loses_and_invents_nothing(whole in any::<i32>(), weights in proptest::collection::vec(0_u64..1_000, 1..40)) {
        let shares = apportion(i64::from(whole), &weights);
        prop_assert_eq!(shares.iter().sum::<i64>(), i64::from(whole));
        let total: u64 = weights.iter().sum();
        if total > 0 {
            for (share, weight) in shares.iter().zip(&weights) {
                let exact = i128::from(whole) * i128::from(*weight);
                prop_assert!((i128::from(*share) * i128::from(total) - exact).abs() < i128::from(total));
            }
        }
    }

    #[test]
    fn balances_and_payments_add_up_over_any_runs(
        entries in proptest::collection::vec(-50_000_i64..50_000, 1..20), smallest in 0_i64..1_000,
    ) {
        let (mut balance, mut paid) = (Money::ZERO, Money::ZERO);
        for pence in &entries {
            let settled = settle_payee(balance, Money::from_pence(*pence), Money::from_pence(smallest)).unwrap();
            prop_assert!(!settled.payment.is_negative());
            prop_assert!(settled.payment.is_zero() || settled.payment.pence() >= smallest);
            paid = paid.checked_add(settled.payment).unwrap();
            balance = settled.carried_forward;
        }
        prop_assert_eq!(paid.checked_add(balance).unwrap().pence(), entries.iter().sum::<i64>());
    }
}
