//! What a diary is given: compared, byte by byte, with a file that was read by hand against RFC 5545.
#![allow(clippy::unwrap_used, missing_docs)]

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::{BankHolidays, PayPeriod, feed, published};

fn periods(from: (i32, u32, u32), to: (i32, u32, u32)) -> Vec<PayPeriod> {
    let day = |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let holidays = BankHolidays::bundled().unwrap();
    published::weekly_actuals().calendar(day(from), day(to), &holidays).unwrap().periods
}

#[test]
fn the_feed_of_christmas_and_of_the_clocks_going_forward_is_the_one_that_was_read_by_hand() {
    let christmas = periods((2024, 12, 14), (2024, 12, 27));
    // its cut-off is at 17:00Z, since the clocks have gone forward by then
    let spring = periods((2025, 3, 29), (2025, 4, 4));
    let parts = [
        feed::Part { name: "Worcestershire, Weekly actuals", key: "sch_1", periods: &christmas, bills: false },
        feed::Part { name: "Bradford; Home care", key: "sch_2", periods: &spring, bills: false },
    ];
    let now: DateTime<Utc> = "2024-12-02T09:00:00Z".parse().unwrap();
    let text = feed::write("Payments to Good Care", &parts, "counterfoil.example", now);
    let golden = include_str!("golden/calendar_feed.ics").replace('\n', "\r\n");
    assert_eq!(text, golden);
}

#[test]
fn no_two_events_of_a_feed_share_an_id_and_each_has_all_that_a_diary_asks_for() {
    let both = periods((2024, 12, 14), (2025, 3, 28));
    let parts = [
        feed::Part { name: "A", key: "a", periods: &both, bills: false },
        feed::Part { name: "B", key: "b", periods: &both, bills: false },
    ];
    let text = feed::write("Both", &parts, "counterfoil.example", DateTime::<Utc>::MIN_UTC);
    let mut ids: Vec<&str> = text.lines().filter(|line| line.starts_with("UID:")).collect();
    assert_eq!(ids.len(), both.len() * 4);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), both.len() * 4);
    for event in text.split("BEGIN:VEVENT\r\n").skip(1) {
        for needed in ["UID:", "DTSTAMP:", "DTSTART", "SUMMARY:", "END:VEVENT\r\n"] {
            assert!(event.contains(needed), "{needed} in {event}");
        }
    }
}

#[test]
fn what_clients_are_billed_by_is_told_apart_from_what_is_paid() {
    let periods = periods((2024, 12, 14), (2024, 12, 27));
    let part = feed::Part { name: "Bradford, Client billing", key: "bil_1", periods: &periods, bills: true };
    let text = feed::write("Bradford", &[part], "counterfoil.example", "2024-12-02T09:00:00Z".parse().unwrap());
    let text = text.replace("\r\n ", "");
    assert!(text.contains("Last actuals before clients are billed for"), "{text}");
    assert!(text.contains("Clients are billed for") && !text.contains("Payment for"), "{text}");
}
