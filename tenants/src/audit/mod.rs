//! Who did what, when, from where and to what. A record is written in the transaction that makes the change, and never
//! changed.
//!
//! - [`Record`]: an act on a council's data. Every write of them starts here
//!   ([`Tx::audited`](crate::scope::Tx::audited)).
//! - [`platform`]: what happens to people's logins and to the platform itself.
//! - [`Chain`] seals the records of a ledger after they are committed, and verifies them; [`Export`] is what somebody
//!   else can verify; [`AnchorFolder`] keeps the end of each chain outside the database. The format and the verifier
//!   are [`counterfoil_core::audit_chain`].
//! - [`page`]: what the pages show, filtered.

mod anchor;
mod chain;
mod export;
pub mod platform;
mod read;
mod record;
mod store;

pub use anchor::{AnchorFolder, Appended, NoAnchor, Pace};
pub use chain::{Chain, Reach, Sealed, Status, status};
pub use export::{Export, table_exported};
pub use platform::{PlatformPage, PlatformRecord, PlatformSeen};
pub use read::{Filter, Page, Seen, actors, page};
pub use record::{AuditRecord, Object, Record, newest, of};

pub(crate) use read::names;
pub(crate) use record::{By, write, write_for_council};
