//! What the audit promises on a real database: what is committed is sealed once, whatever somebody with all rights does to
//! the tables is found, and an export proves as much as the database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod owner;
mod people;
mod reading;
mod sealing;
mod tampering;
