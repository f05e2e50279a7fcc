//! Bank holidays, working days, and deadlines on the days when the clocks change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use counterfoil_core::calendar::{BankHolidays, Division, HolidayError, deadline, hours_in};

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap()
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn time(text: &str) -> NaiveTime {
    text.parse().unwrap()
}

#[test]
fn the_bundled_list_keeps_every_published_row() {
    let holidays = BankHolidays::bundled().unwrap();
    let rows: usize = Division::ALL.map(|division| holidays.of(division).count()).iter().sum();
    let published = include_str!("../data/uk-bank-holidays.csv").lines().count() - 1;
    assert_eq!(rows, published);
    let summer = holidays.get(Division::EnglandAndWales, day("26/08/2024")).unwrap();
    assert_eq!((summer.title.as_str(), summer.notes.as_str()), ("Summer bank holiday", ""));
    assert_eq!(
        holidays.known_between(Division::Scotland).unwrap(),
        (holidays.of(Division::Scotland).next().unwrap().date, day("26/12/2028"))
    );
}

#[test]
fn the_divisions_differ() {
    let holidays = BankHolidays::bundled().unwrap();
    let working = |division, date| holidays.working_days(division).is_working_day(day(date));
    use Division::{EnglandAndWales, NorthernIreland, Scotland};
    let on = |date| [EnglandAndWales, Scotland, NorthernIreland].map(|division| working(division, date));
    assert_eq!(on("26/08/2024"), [false, true, false]);
    assert_eq!(on("05/08/2024"), [true, false, true]);
    assert_eq!(on("12/07/2024"), [true, true, false]);
    assert_eq!(on("02/01/2025"), [true, false, true]);
    assert_eq!(on("07/09/2024"), [false, false, false]);
    // BACS follows England's, wherever the council is
    assert!(holidays.bacs_days().is_working_day(day("02/01/2025")));
}

#[test]
fn working_days_are_counted_around_easter_and_christmas() {
    let holidays = BankHolidays::bundled().unwrap();
    let england = holidays.working_days(Division::EnglandAndWales);
    assert_eq!(england.add_working_days(day("27/03/2024"), 4), day("04/04/2024"));
    assert_eq!(england.add_working_days(day("04/04/2024"), -4), day("27/03/2024"));
    assert_eq!(england.add_working_days(day("29/03/2024"), 0), day("29/03/2024"));
    assert_eq!(england.next_working_day(day("24/12/2024")), day("27/12/2024"));
    assert_eq!(england.on_or_after(day("21/12/2024")), day("23/12/2024"));
    assert_eq!(england.on_or_before(day("01/01/2025")), day("31/12/2024"));
    assert_eq!(england.working_days_between(day("01/01/2025"), day("06/01/2025")), 3);
    assert_eq!(england.working_days_between(day("06/01/2025"), day("01/01/2025")), -3);
    assert_eq!(england.holiday(day("01/01/2025")), Some("New Year\u{2019}s Day"));
}

#[test]
fn a_list_of_ones_own_names_the_row_that_cannot_be_read() {
    let list = "division,date,title,notes\nscotland,2030-01-02,2nd January,\nwales,2030-03-01,St David,\n";
    let error = BankHolidays::from_csv(list).unwrap_err();
    assert!(matches!(error, HolidayError::Row { row: 3, .. }), "{error}");
    let error = "wales".parse::<Division>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\u{2018}wales\u{2019} is not a division; write england-and-wales, scotland or northern-ireland"
    );
    assert_eq!("northern-ireland".parse::<Division>().unwrap(), Division::NorthernIreland);
}

#[test]
fn holidays_proclaimed_late_were_not_known_before() {
    let holidays = BankHolidays::bundled().unwrap();
    let before = holidays.as_known_on(day("09/09/2022"));
    assert!(before.get(Division::EnglandAndWales, day("19/09/2022")).is_none());
    assert!(holidays.as_known_on(day("10/09/2022")).get(Division::Scotland, day("19/09/2022")).is_some());
    // the jubilee of 2022 moved the spring bank holiday
    let earlier = holidays.as_known_on(day("01/01/2020"));
    assert!(earlier.get(Division::NorthernIreland, day("30/05/2022")).is_some());
    assert!(earlier.get(Division::NorthernIreland, day("02/06/2022")).is_none());
    assert_eq!(holidays.as_known_on(day("01/01/2024")).get(Division::Scotland, day("30/05/2022")), None);
}

#[test]
fn six_in_the_evening_is_18z_in_winter_and_17z_in_summer() {
    let six = time("18:00:00");
    assert_eq!(deadline(day("25/03/2025"), six), utc("2025-03-25T18:00:00Z"));
    assert_eq!(deadline(day("01/04/2025"), six), utc("2025-04-01T17:00:00Z"));
}

#[test]
fn times_that_come_twice_or_not_at_all_have_one_meaning() {
    // skipped: read as though the clocks had not yet gone forward
    assert_eq!(deadline(day("30/03/2025"), time("00:59:59")), utc("2025-03-30T00:59:59Z"));
    assert_eq!(deadline(day("30/03/2025"), time("01:00:00")), utc("2025-03-30T01:00:00Z"));
    assert_eq!(deadline(day("30/03/2025"), time("01:30:00")), utc("2025-03-30T01:30:00Z"));
    assert_eq!(deadline(day("30/03/2025"), time("02:00:00")), utc("2025-03-30T01:00:00Z"));
    // twice: the second one
    assert_eq!(deadline(day("26/10/2025"), time("01:30:00")), utc("2025-10-26T01:30:00Z"));
    assert_eq!(deadline(day("26/10/2025"), time("00:30:00")), utc("2025-10-25T23:30:00Z"));
}

#[test]
fn weeks_have_167_168_or_169_hours() {
    assert_eq!(hours_in(day("29/03/2025"), day("04/04/2025")), 167);
    assert_eq!(hours_in(day("05/04/2025"), day("11/04/2025")), 168);
    assert_eq!(hours_in(day("25/10/2025"), day("31/10/2025")), 169);
    assert_eq!(hours_in(day("30/03/2025"), day("30/03/2025")), 23);
}
