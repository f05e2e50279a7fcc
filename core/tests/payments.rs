//! For each payee and run: entries + brought forward - carried forward = payment = item of the payment file =
//! remittance, whatever was posted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code)]

#[path = "support/bacs_reader.rs"]
mod bacs_reader;

use chrono::NaiveDate;
use counterfoil_core::bacs::{BacsItem, BacsSubmission, Originator};
use counterfoil_core::disposition::Disposition;
use counterfoil_core::entry::post;
use counterfoil_core::language::Language;
use counterfoil_core::money::Money;
use counterfoil_core::remittance::{ChargeWords, Remittance, RemittanceCharge, RemittanceLine, to_csv, to_html};
use counterfoil_core::run::{PayeePayment, settle_payee};
use proptest::prelude::*;

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 12, day).unwrap()
}

/// A payee's run: what was posted before and is due now for each line, and the balance brought forward.
type AnyPayee = (Vec<(i64, i64)>, i64);

fn remittance(number: usize, payee: &AnyPayee, smallest: i64) -> Remittance {
    let mut lines = Vec::new();
    for (index, (before, now)) in payee.0.iter().enumerate() {
        let entries = u32::from(*before != 0);
        let Some(posting) = post(Money::from_pence(*now), Money::from_pence(*before), entries).unwrap() else {
            continue;
        };
        lines.push(RemittanceLine {
            contract: format!("C{number}"),
            service_user: format!("SU{index}"),
            service_line: format!("L{index}"),
            purchase_order: "=1+1".to_owned(),
            service: "Home care <tiered>".to_owned(),
            care: (day(14), day(20)),
            provider_reference: String::new(),
            invoice_date: None,
            kind: posting.kind,
            entitlement: posting.entitlement,
            posted_before: posting.posted_before,
            amount: posting.amount,
            charges: vec![RemittanceCharge {
                days: (day(14), day(20)),
                words: ChargeWords {
                    language: Language::English,
                    arithmetic: "1 x 1".to_owned(),
                    reason: "Delivered".to_owned(),
                },
                also: Vec::new(),
                disposition: Disposition::Payable,
                amount: posting.entitlement,
            }],
            rule: "standard 0.1.0".to_owned(),
        });
    }
    let entries = Money::total(lines.iter().map(|line| line.amount)).unwrap();
    let payment = settle_payee(Money::from_pence(payee.1), entries, Money::from_pence(smallest)).unwrap();
    Remittance {
        council: "Any council".to_owned(),
        number: format!("R-{number}"),
        payee: format!("Payee {number}"),
        supplier_number: format!("S{number:05}"),
        schedule: "Weekly".to_owned(),
        period: (day(14), day(20)),
        bank_date: day(31),
        lines,
        payment,
    }
}

fn column_of_amounts(csv: &[u8]) -> i64 {
    let mut reader = csv::Reader::from_reader(csv);
    let amount = reader.headers().unwrap().iter().position(|heading| heading == "Amount").unwrap();
    let pence = |row: csv::StringRecord| row[amount].replace('.', "").parse::<i64>().unwrap();
    reader.records().map(|row| pence(row.unwrap())).sum()
}

fn file_of(payments: &[(String, PayeePayment)]) -> Option<bacs_reader::ReadFile> {
    let due = payments.iter().filter(|(_, payment)| !payment.payment.is_zero());
    let items: Vec<BacsItem> = due
        .map(|(number, payment)| BacsItem {
            payee_name: "A payee".to_owned(),
            sort_code: "200000".to_owned(),
            account: "55779911".to_owned(),
            amount: payment.payment,
            reference: number.clone(),
        })
        .collect();
    if items.is_empty() {
        return None;
    }
    let originator = Originator {
        sun: "123456".to_owned(),
        sort_code: "401234".to_owned(),
        account: "01234567".to_owned(),
        name: "Any council".to_owned(),
    };
    let submission = BacsSubmission { originator, serial: 1, submitted: day(23), processing_date: day(30), items };
    Some(bacs_reader::read(&submission.write().unwrap().bytes).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_posted_is_what_the_bank_and_the_payee_are_told(
        payees in proptest::collection::vec(
            (proptest::collection::vec((0_i64..500_000, 0_i64..500_000), 0..6), -300_000_i64..400), 1..12),
        smallest in 0_i64..600,
    ) {
        let remittances: Vec<Remittance> =
            payees.iter().enumerate().map(|(number, payee)| remittance(number, payee, smallest)).collect();
        for remittance in &remittances {
            let payment = remittance.payment;
            prop_assert_eq!(remittance.adds_up(), Ok(true));
            prop_assert_eq!(
                payment.entries.pence() + payment.brought_forward.pence() - payment.carried_forward.pence(),
                payment.payment.pence()
            );
            prop_assert_eq!(column_of_amounts(&to_csv(remittance).unwrap()), payment.payment.pence());
            let page = to_html(remittance);
            prop_assert!(page.contains(&payment.payment.to_string()));
            prop_assert!(!page.contains("<tiered>"));
        }
        let payments: Vec<_> = remittances.iter().map(|one| (one.number.clone(), one.payment)).collect();
        let paid: Vec<(String, u64)> =
            file_of(&payments).map(|file| file.items).unwrap_or_default().into_iter().map(|item| (item.reference, item.pence)).collect();
        let due: Vec<(String, u64)> = payments.iter()
            .filter(|(_, payment)| !payment.payment.is_zero())
            .map(|(number, payment)| (number.clone(), payment.payment.pence().unsigned_abs()))
            .collect();
        prop_assert_eq!(paid, due);
    }

    #[test]
    fn a_remittance_that_was_tampered_with_does_not_add_up(
        lines in proptest::collection::vec((0_i64..500_000, 500_001_i64..900_000), 1..6), by in 1_i64..1_000,
    ) {
        let mut remittance = remittance(1, &(lines, 0), 0);
        remittance.lines[0].amount = Money::from_pence(remittance.lines[0].amount.pence() + by);
        prop_assert_eq!(remittance.adds_up(), Ok(false));
    }
}
