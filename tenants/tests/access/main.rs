//! Stories of who may act for whom: councils' staff, providers' people, organisations that councils link, operators, and
//! what a council shows of itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod brand;
mod limits;
mod linking;
mod operators;
mod people;
mod remembered;
mod sign_on;
mod staff;
mod support;
mod table;
