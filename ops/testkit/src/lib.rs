//! What tests of all packages share: the database server of the test run and, on it, databases and
//! builders; and its Redis. Used by tests only, so that a failure here may stop the test that met it.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what cannot be set up fails the test that needs it"
)]

mod claims;
mod contracts;
mod councils;
mod database;
mod mailbox;
mod one_time;
mod people;
mod postgres;
mod providers;
mod redis;

pub use claims::TestClaim;
pub use contracts::{Contracted, date, instant};
pub use councils::{TestCouncil, WeeklySchedule, pay_period, schedule_of_rows};
pub use database::{Original, TestDatabase};
pub use mailbox::TestLetter;
pub use one_time::TestGenerator;
pub use people::{PASSWORD, TestPerson, asked, master_key};
pub use postgres::pg;
pub use providers::TestProvider;
pub use redis::redis;
