//! What providers, a council's finance staff and operators of the platform see: pages, files and the API, over the router
//! on a real database.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod actuals;
mod actuals_file;
mod adjustments;
mod browser;
mod calendars;
mod care;
mod claims;
mod disputes;
mod documents;
mod invitations;
mod invoices;
mod kept;
mod languages;
#[path = "../support/means.rs"]
mod means;
mod metrics;
mod non_delivery;
mod operator;
mod payments;
mod people;
mod published;
mod queries;
mod runs;
mod talk;
mod timesheet;
mod trials;
mod world;
