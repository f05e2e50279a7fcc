//! What the modules of the records promise: the job queue, bank details, claims and runs under several hands.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod bank_details;
mod claims;
mod jobs;
mod runs;
