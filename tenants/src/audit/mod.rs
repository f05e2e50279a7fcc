//! Who did what, when, from where and to what. A record is written in the transaction that makes the change, and never
//! changed.
//!
//! - [`Record`]: an act on a council's data. Every write of them starts here
//!   ([`Tx::audited`](crate::scope::Tx::audited)).
//! - [`platform`]: what happens to people's logins and to the platform itself.

pub mod platform;
mod record;

pub use platform::PlatformRecord;
pub use record::{AuditRecord, Object, Record, newest, of};

pub(crate) use record::{By, write, write_for_council};
