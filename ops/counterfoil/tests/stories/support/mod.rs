//! What the stories are built from: a [`World`] with the engine and the database, [`Town`]s that are councils in it, and
//! what people do there.

mod acts;
mod books;
mod care;
mod limits;
mod running;
mod set_up;
mod town;
mod world;

pub(crate) use acts::delivered;
pub(crate) use care::{Care, account};
pub(crate) use running::Hands;
pub(crate) use set_up::{add_account, switch_on};
pub(crate) use town::Town;
pub(crate) use world::World;

use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use counterfoil_core::money::Money;
pub(crate) use counterfoil_testkit::date;

/// A second of a winter day, when London's time is UTC.
pub(crate) fn winter(day: NaiveDate, hour: u32, minute: u32, second: u32) -> DateTime<Utc> {
    Utc.from_utc_datetime(&day.and_hms_opt(hour, minute, second).unwrap())
}

/// So many pence.
pub(crate) fn pence(pence: i64) -> Money {
    Money::from_pence(pence)
}

/// The Saturday on which the week before Christmas 2024 began.
pub(crate) fn saturday() -> NaiveDate {
    date(2024, 12, 14)
}

/// The Saturday so many weeks after 14 December 2024.
pub(crate) fn week(number: u64) -> NaiveDate {
    saturday() + chrono::Days::new(7 * number)
}
