//! The payment file: what it says, what it refuses, and that a reader of its own finds the same in it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "support/bacs_reader.rs"]
mod bacs_reader;

use bacs_reader::read;
use chrono::NaiveDate;
use counterfoil_core::bacs::{BacsError, BacsItem, BacsSubmission, Originator, processing_day, respell};
use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::money::Money;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap()
}

fn payment(name: &str, pence: i64) -> BacsItem {
    BacsItem {
        payee_name: name.to_owned(),
        sort_code: "20-00-00".to_owned(),
        account: "55779911".to_owned(),
        amount: Money::from_pence(pence),
        reference: "RUN 2024-38".to_owned(),
    }
}

fn submission(items: Vec<BacsItem>) -> BacsSubmission {
    let originator = Originator {
        sun: "123456".to_owned(),
        sort_code: "40-12-34".to_owned(),
        account: "01234567".to_owned(),
        name: "Worcestershire County Council".to_owned(),
    };
    // Christmas 2024: finalised on 23 December, in the bank on the 31st
    BacsSubmission { originator, serial: 38, submitted: day("23/12/2024"), processing_date: day("30/12/2024"), items }
}

fn refusal(items: Vec<BacsItem>) -> BacsError {
    submission(items).write().unwrap_err()
}

#[test]
fn the_file_is_as_it_was_when_it_was_last_looked_at() {
    let items = vec![
        payment("Acorn Care & Support Ltd", 245_185),
        BacsItem { sort_code: "110001".to_owned(), ..payment("Zoë O\u{2019}Neill", 943) },
        payment("HARBOUR-VIEW HOMES", 1_234_567_890),
    ];
    let file = submission(items).write().unwrap();
    let golden = include_str!("golden/bacs_standard_18.txt").replace('\n', "\r\n");
    assert_eq!(String::from_utf8(file.bytes.clone()).unwrap(), golden);
    assert_eq!((file.count, file.total), (3, Money::from_pence(1_234_814_018)));
    assert_eq!(file.digest, hex::encode(Sha256::digest(golden.as_bytes())));
    read(&file.bytes).unwrap();
}

#[test]
fn names_are_respelled_and_every_change_is_reported() {
    assert_eq!(respell("Zoë O\u{2019}Neill \u{2014} Łódź @ home"), "ZOE ONEILL - LODZ HOME");
    assert_eq!(respell("a\u{301}b\tc\nd"), "AB C D");
    let file = submission(vec![payment("Zoë O\u{2019}Neill", 943), payment("PLAIN NAME", 1)]).write().unwrap();
    let changes: Vec<_> = file.respelled.iter().map(|c| (c.item, c.written.as_str(), c.shortened)).collect();
    assert_eq!(changes, [(None, "WORCESTERSHIRE COU", true), (Some(1), "ZOE ONEILL", false)]);
    assert_eq!(file.respelled[1].given, "Zoë O\u{2019}Neill");
    assert_eq!(file.respelled[1].field, "account name");
}

#[test]
fn amounts_that_cannot_be_paid_are_refused_in_words() {
    let error = refusal(vec![payment("Acorn Care", 100), payment("Birch Care", -943)]);
    assert_eq!(
        error.to_string(),
        "payment 2, to Birch Care, is -£9.43; a payment is between £0.01 and £999,999,999.99, so carry the balance forward or split it"
    );
    assert!(matches!(refusal(vec![payment("Acorn Care", 0)]), BacsError::Amount { item: 1, .. }));
    assert!(matches!(refusal(vec![payment("Acorn Care", 100_000_000_000)]), BacsError::Amount { .. }));
    assert!(matches!(refusal(vec![payment("Acorn Care", i64::MIN)]), BacsError::Amount { .. }));
    let most = || payment("Acorn Care", 99_999_999_999);
    assert!(submission(vec![most()]).write().is_ok());
    assert!(matches!(refusal(vec![most(), payment("Birch Care", 1)]), BacsError::Total { .. }));
    assert_eq!(refusal(Vec::new()), BacsError::Empty);
}

#[test]
fn bank_details_of_another_form_are_refused_by_name() {
    let with = |change: fn(&mut BacsItem)| {
        let mut item = payment("Acorn Care", 100);
        change(&mut item);
        refusal(vec![item]).to_string()
    };
    assert_eq!(
        with(|item| item.sort_code = "20-00-0".to_owned()),
        "the sort code of payment 1, to Acorn Care is not six digits; correct the bank details, as 12-34-56"
    );
    assert!(
        with(|item| item.account = "1234567".to_owned()).contains("the account number of payment 1, to Acorn Care")
    );
    assert!(with(|item| item.account = "1234567\u{664}".to_owned()).contains("is not eight digits"));
    assert!(with(|item| item.reference = "\u{2026}?".to_owned()).contains("the reference of payment 1"));
    assert!(with(|item| item.payee_name = " ".to_owned()).contains("the account name of payment 1"));
}

#[test]
fn the_councils_own_figures_are_checked() {
    let with = |change: fn(&mut BacsSubmission)| {
        let mut submission = submission(vec![payment("Acorn Care", 100)]);
        change(&mut submission);
        submission.write().unwrap_err()
    };
    assert!(matches!(with(|s| s.originator.sun = "12345".to_owned()), BacsError::ServiceUserNumber { .. }));
    assert!(matches!(with(|s| s.originator.sort_code = "x".to_owned()), BacsError::SortCode { .. }));
    assert!(matches!(with(|s| s.originator.account = "x".to_owned()), BacsError::Account { .. }));
    assert!(matches!(with(|s| s.serial = 0), BacsError::Serial { given: 0 }));
    assert!(matches!(with(|s| s.serial = 1_000_000), BacsError::Serial { .. }));
    assert!(matches!(with(|s| s.processing_date = day("22/12/2024")), BacsError::ProcessedTooEarly { .. }));
    assert!(matches!(with(|s| s.submitted = day("23/12/1999")), BacsError::Date { .. }));
}

#[test]
fn the_processing_day_is_the_working_day_before_the_bank_date() {
    let holidays = BankHolidays::bundled().unwrap();
    assert_eq!(processing_day(day("31/12/2024"), &holidays), day("30/12/2024"));
    assert_eq!(processing_day(day("02/01/2025"), &holidays), day("31/12/2024"));
    assert_eq!(processing_day(day("02/04/2024"), &holidays), day("28/03/2024"));
}

/// The reader would notice: each of these changes of one place in a good file is refused.
#[test]
fn the_reader_refuses_a_file_that_was_tampered_with() {
    let good = submission(vec![payment("Acorn Care", 943), payment("Birch Care", 57)]).write().unwrap().bytes;
    let text = String::from_utf8(good.clone()).unwrap();
    assert!(read(&good).is_ok());
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    for (line, column, with) in [
        (0, 5, "9"),  // serial differs from the file header's
        (2, 5, "V"),  // variable records
        (3, 29, "4"), // several processing days
        (4, 16, "1"), // a debit instead of a credit
        (4, 46, "4"), // a penny more
        (4, 60, "a"), // a character that BACS does not carry
        (6, 16, "9"), // a contra record that pays in
        (7, 60, "2"), // another number of blocks
        (9, 17, "1"), // another sum of debits
        (9, 44, "3"), // another count of credits
    ] {
        let mut damaged: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        damaged[line].replace_range(column - 1..column, with);
        assert_ne!(damaged[line], lines[line], "line {line} column {column} was so already");
        assert!(read((damaged.join("\r\n") + "\r\n").as_bytes()).is_err(), "line {line} column {column}");
    }
    let short = text.replacen("\r\n", " \r\n", 1);
    assert!(read(short.as_bytes()).is_err());
}

prop_compose! {
    fn any_item()(
        name in "[A-Z][A-Z0-9 .&/-]{0,16}[A-Z]",
        reference in "[A-Z0-9]{1,18}",
        sort_code in "[0-9]{6}",
        account in "[0-9]{8}",
        pence in 1_i64..=900_000_000,
    ) -> BacsItem {
        BacsItem { payee_name: name, sort_code, account, amount: Money::from_pence(pence), reference }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(items in prop::collection::vec(any_item(), 1..60), serial in 1_u32..=999_999) {
        let submission = BacsSubmission { serial, ..submission(items) };
        let file = submission.write().unwrap();
        let read = read(&file.bytes).unwrap();
        prop_assert_eq!((read.sun.as_str(), read.serial), ("123456", serial));
        prop_assert_eq!((read.created.as_str(), read.processed.as_str()), (" 24358", " 24365"));
        prop_assert_eq!(read.payer.as_str(), "WORCESTERSHIRE COU");
        prop_assert_eq!((read.payer_sort_code.as_str(), read.payer_account.as_str()), ("401234", "01234567"));
        prop_assert_eq!(read.items.len(), usize::try_from(file.count).unwrap());
        prop_assert_eq!(i64::try_from(read.total).unwrap(), file.total.pence());
        for (given, found) in submission.items.iter().zip(&read.items) {
            prop_assert_eq!(&given.sort_code, &found.sort_code);
            prop_assert_eq!(&given.account, &found.account);
            prop_assert_eq!(given.amount.pence(), i64::try_from(found.pence).unwrap());
            prop_assert_eq!(given.reference.as_str(), found.reference.as_str());
            prop_assert_eq!(respell(&given.payee_name), found.payee.as_str());
        }
        prop_assert_eq!(submission.write().unwrap(), file, "the same submission makes the same bytes");
    }

    #[test]
    fn any_name_is_spelled_in_the_characters_of_bacs_or_refused(name in "\\PC{0,40}") {
        match submission(vec![payment(&name, 100)]).write() {
            Ok(file) => {
                let read = read(&file.bytes).unwrap();
                prop_assert!(read.items[0].payee.len() <= 18);
                let same = read.items[0].payee == name;
                prop_assert_eq!(same, !file.respelled.iter().any(|change| change.item == Some(1)));
            }
            Err(error) => prop_assert!(matches!(error, BacsError::Blank { .. }), "{error}"),
        }
    }
}
