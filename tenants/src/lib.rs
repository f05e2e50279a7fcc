//! Everything that a council owns, behind the tenant boundary. The only crate that knows the database.
//!
//! A person or a job proves itself ([`identity`], [`jobs`]) and is given a [`scope`]; the scope opens a transaction; the
//! modules named after the records read and write in it; the steps put them in order, one file for each use case.
//! Every change writes its [`audit`] record in the same transaction, and cannot be made without.

#![recursion_limit = "256"]

pub mod adjustment;
pub mod assessment;
pub mod audit;
pub mod bank;
pub mod bare;
pub mod billing;
pub mod calendar;
pub mod care;
pub mod care_query;
pub mod charge;
pub mod claim;
pub mod connections;
pub mod contract;
pub mod contract_document;
pub mod council;
pub mod database;
pub mod decision;
pub mod dispute;
pub mod entry;
pub mod error;
pub mod explanation;
pub mod failpoint;
pub mod guidance;
pub mod identity;
pub mod invoice;
pub mod jobs;
pub mod migrate;
pub mod notice;
pub mod notification;
pub mod overview;
pub mod payee;
pub mod payment;
pub mod payment_file;
pub mod payments;
pub mod posting;
mod prepared;
pub mod profile;
pub mod provider_notice;
pub mod rate;
pub mod reason;
mod record;
pub mod remittance;
pub mod rule;
pub mod rule_schema;
pub mod rule_trial;
pub mod rule_version;
pub mod run;
pub mod run_seen;
pub mod schedule;
mod schema;
pub mod scope;
pub mod service_line;
pub mod service_user;
pub mod statement;
pub mod steps;
pub mod talk;
pub mod tolerance;
pub mod vault;
pub mod worklist;

pub use connections::{Config, Connections};
pub use error::{Error, Result};
