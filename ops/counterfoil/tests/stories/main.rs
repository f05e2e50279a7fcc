//! Stories of claims from plan to payment, told through the steps on a real database with the real rules: each moves
//! the clock, does what people do, and checks the money to the penny.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../../../../core/tests/support/bacs_reader.rs"]
#[allow(dead_code)]
mod bacs_reader;
mod support;

mod approval;
mod backdated;
mod balances;
mod boundary;
mod cases;
mod christmas;
mod confirming;
mod eight_starts;
mod explain;
mod faults;
mod notices;
mod over_tolerance;
mod replay;
mod rule_life;
mod trials;
mod typing;
