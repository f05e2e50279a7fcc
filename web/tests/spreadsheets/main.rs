//! Spreadsheets that people send: what they mean whichever way they were saved, and what is refused before it is read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod archives;
mod hostile;
mod identity;
mod kinds;
