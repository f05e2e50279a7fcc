//! Invoices that providers write: what may be a number, what is said against plan and price, and where an invoice stands.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use chrono::{Days, NaiveDate};
use counterfoil_core::bacs::respell;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::invoice::{
    Against, AmountError, ClaimStanding, DateError, Difference, InvoiceState, LONGEST_REFERENCE, Reference,
    ReferenceError, check_date, read_amount,
};
use counterfoil_core::money::Money;
use proptest::prelude::*;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 12, day).unwrap()
}

#[test]
fn a_number_is_one_number_however_it_is_typed() {
    let key = |text: &str| Reference::read(text).unwrap().key();
    assert_eq!(key("inv 0007"), key(" INV-0007 "));
    assert_ne!(key("INV-7"), key("INV-0007"), "noughts may count in somebody's books");
    assert_eq!(key("-/-"), "-/-");
    assert_eq!(Reference::read("  INV   7 ").unwrap().text(), "INV 7");
    assert_eq!(Reference::read(" "), Err(ReferenceError::Empty));
    assert_eq!(Reference::read("INV_7"), Err(ReferenceError::Character('_')));
    assert_eq!(Reference::read("=1"), Err(ReferenceError::Character('=')));
    assert_eq!(Reference::read(&"7".repeat(LONGEST_REFERENCE + 1)), Err(ReferenceError::Long));
    assert!(Reference::read(&"7".repeat(LONGEST_REFERENCE)).is_ok());
}

#[test]
fn an_invoice_is_dated_between_the_care_and_today() {
    assert_eq!(check_date(day(14), day(14), day(20)), Ok(()));
    assert_eq!(check_date(day(20), day(14), day(20)), Ok(()));
    assert_eq!(check_date(day(21), day(14), day(20)), Err(DateError::Future));
    let early = check_date(day(13), day(14), day(20)).unwrap_err();
    assert_eq!(early.to_string(), "The invoice date cannot be before 14 December 2024, when the care began");
}

#[test]
fn an_amount_is_read_as_people_write_it() {
    for (text, pence) in
        [("188.5", 18_850), (" \u{a3}188.50", 18_850), ("1,188.50", 118_850), ("0", 0), (".5", 50), ("7.", 700)]
    {
        assert_eq!(read_amount(text), Ok(Money::from_pence(pence)), "{text}");
    }
    assert_eq!(read_amount(" "), Err(AmountError::Empty));
    assert_eq!(read_amount("1.005"), Err(AmountError::TooFine));
    assert_eq!(read_amount("1000000.01"), Err(AmountError::TooMuch));
    assert_eq!(read_amount("99999999999999999999"), Err(AmountError::TooMuch));
    for text in ["-1", "1,5", "1,50.00", ",500", "1 000", "ten", "1.2.3", ".", "\u{a3}"] {
        assert!(read_amount(text).is_err(), "{text}");
    }
}

fn any_state() -> impl Strategy<Value = ClaimState> {
    (0_i16..5).prop_map(|code| ClaimState::from_code(code).unwrap())
}

fn any_claims() -> impl Strategy<Value = Vec<ClaimStanding>> {
    let one = (any_state(), any::<bool>(), any::<bool>());
    let one = one.prop_map(|(state, is_its_own, suspended)| ClaimStanding { state, is_its_own, suspended });
    prop::collection::vec(one, 1..8)
}

proptest! {
    #[test]
    fn whatever_is_taken_reaches_the_bank_unchanged_but_for_its_case(text in "\\PC{0,40}") {
        if let Ok(reference) = Reference::read(&text) {
            prop_assert!((1..=LONGEST_REFERENCE).contains(&reference.text().chars().count()));
            prop_assert_eq!(respell(reference.text()), reference.text().to_ascii_uppercase());
            prop_assert_eq!(Reference::read(reference.text()).unwrap(), reference);
        }
    }

    #[test]
    fn an_amount_that_is_shown_is_read_back(pence in 0_i64..100_000_000) {
        let sum = Money::from_pence(pence);
        prop_assert_eq!(read_amount(&sum.to_string()), Ok(sum));
    }

    #[test]
    fn over_and_under_are_what_is_missing_to_the_plan(planned in 0_i64..1_000_000, delivered in 0_i64..1_000_000, frustrated in 0_i64..1_000_000) {
        let back = match Against::plan(planned, delivered, frustrated) {
            Against::Same => planned,
            Against::Over(over) => { prop_assert!(over > 0); planned + over }
            Against::Under(under) => { prop_assert!(under > 0); planned - under }
        };
        prop_assert_eq!(back, delivered + frustrated);
    }

    #[test]
    fn the_difference_of_the_whole_is_that_of_its_lines(lines in prop::collection::vec((0_i64..10_000_000, 0_i64..10_000_000), 0..20)) {
        let line = |(expected, priced): &(i64, i64)| {
            Difference { expected: Money::from_pence(*expected), priced: Money::from_pence(*priced) }
        };
        let total = Difference::total(lines.iter().map(line)).unwrap();
        let overs = lines.iter().map(|pair| line(pair).over().unwrap());
        prop_assert_eq!(total.over().unwrap(), Money::total(overs).unwrap());
        prop_assert_eq!(total.is_none(), total.over().unwrap().is_zero());
    }

    #[test]
    fn an_invoice_stands_where_its_claims_stand(claims in any_claims(), withdrawn in any::<bool>()) {
        let state = InvoiceState::of(withdrawn, &claims);
        let mut turned = claims.clone();
        turned.reverse();
        prop_assert_eq!(state, InvoiceState::of(withdrawn, &turned), "in whatever order");
        prop_assert_eq!(state == InvoiceState::Withdrawn, withdrawn);
        let open = claims.iter().any(|one| !one.is_its_own || one.state < ClaimState::Confirmed);
        prop_assert_eq!(state == InvoiceState::Returned, open && !withdrawn);
        if state == InvoiceState::Paid {
            prop_assert!(claims.iter().all(|one| one.state == ClaimState::Paid));
        }
        if InvoiceState::can_be_withdrawn(withdrawn, &claims) {
            prop_assert!(!matches!(state, InvoiceState::Locked | InvoiceState::Paid | InvoiceState::Withdrawn) || claims.iter().any(|one| !one.is_its_own));
        }
        prop_assert_eq!(InvoiceState::ALL.iter().filter(|one| one.word() == state.word()).count(), 1);
    }

    #[test]
    fn a_date_is_taken_exactly_within_its_bounds(offset in 0_u64..60, length in 0_u64..30) {
        let began = day(1);
        let (dated, today) = (began + Days::new(offset), began + Days::new(length));
        prop_assert_eq!(check_date(dated, began, today).is_ok(), offset <= length);
    }
}
