//! Letters as they are worded, and as they leave over a real SMTP session.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod sending;
mod wording;
