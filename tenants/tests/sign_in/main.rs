//! Signing in, as the people live it who do, and as those who should not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod access;
mod account;
mod dormant;
mod factors;
mod forgotten;
mod guessing;
mod invitation;
mod letters;
mod lost_factor;
mod passkeys;
mod soak;
mod strangers;
mod support;
