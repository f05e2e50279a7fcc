//! What tests of all packages share: the database server of the test run and, on it, databases and
//! builders. Used by tests only, so that a failure here may stop the test that met it.
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what cannot be set up fails the test that needs it"
)]

mod postgres;

pub use postgres::pg;
