//! The tenant boundary, probed from outside: what the catalogue says, what each role sees and may do, and that the
//! probes notice when any one policy is missing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod catalogue;
mod mutations;
mod parents;
mod probes;
mod schema;
mod scopes;
mod server;
mod world;
