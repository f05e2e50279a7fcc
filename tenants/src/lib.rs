//! Everything that a council owns, behind the tenant boundary. The only crate that knows the database.
//!
//! A person or a job proves itself ([`identity`], [`jobs`]) and is given a [`scope`]; the scope opens a transaction; the
//! modules named after the records read and write in it; the steps put them in order, one file for each use case.
//! Every change writes its [`audit`] record in the same transaction, and cannot be made without.

#![recursion_limit = "256"]

pub mod audit;
pub mod connections;
pub mod error;
pub mod identity;
pub mod migrate;
mod record;
mod schema;
pub mod scope;

pub use connections::{Config, Connections};
pub use error::{Error, Result};
