//! When the demo's councils bill their clients: Bradford every four weeks, Worcestershire on the issue dates that it
//! publishes. For years ahead, since nothing is run by it.

use chrono::{NaiveDate, Weekday};
use counterfoil_core::calendar::{BankDateRule, Schedule, Timing, published};

use super::calendars::Weeks;
use crate::demo::dates::{day, time};
use crate::demo::world::organisations::{BRA, W24};

/// A council's billing schedule, where it has one, with the days for which its periods are made.
pub(crate) fn of(slug: &str) -> Option<(Schedule, (NaiveDate, NaiveDate))> {
    let (name, weeks) = match slug {
        BRA => (
            "Client billing, every four weeks",
            Weeks {
                length: 4,
                anchor: day(2024, 4, 1),
                timing: Timing::Arrears,
                closes: Weekday::Fri,
                moved: 1,
                time: time(17, 0),
                finalised: Weekday::Mon,
                bank_date: BankDateRule::WorkingDaysAfter { days: 5 },
            },
        ),
        W24 => (
            "Client invoices, in arrears",
            Weeks {
                length: 4,
                anchor: day(2024, 3, 30),
                timing: Timing::Arrears,
                closes: Weekday::Tue,
                moved: 1,
                time: published::CUT_OFF_TIME,
                finalised: Weekday::Wed,
                bank_date: BankDateRule::WorkingDaysAfter { days: 7 },
            },
        ),
        _ => return None,
    };
    let definition = Schedule { name: name.to_owned(), ..weeks.schedule() };
    Some((definition, (day(2024, 11, 4), day(2028, 3, 31))))
}
