//! The tenant boundary. A scope says whose rows may be seen; its `read` and `transaction` are the only way to a
//! connection, and what they hand on ([`Tx`]) carries the scope to every query. Before it stands whoever proved that
//! a person or a job may act ([`identity`](crate::identity), [`jobs`](crate::jobs)), after it every step.
//!
//! - [`CouncilScope`]: one council, all its rows.
//! - [`ProviderScope`]: the organisations that a person acts for, over all councils that have a contract with them.
//!   Changing something narrows it to one council and one organisation.
//!
//! Row level security is the second guard: the scope is set with `set_config(..., true)` at the start of each
//! transaction and ends with it. An abandoned transaction's connection never returns to its pool.
//!
//! Reading and writing are apart. `read` opens a read-only snapshot, so that all facts of a decision belong together.
//! `transaction` gives a [`Tx`] whose writes need an [`Audited`], and that is only had by writing an audit record; a
//! transaction that changed anything without one is rolled back with [`Error::Unaudited`](crate::Error::Unaudited).

mod council;
mod open;
mod origin;
mod provider;
mod revision;
mod tx;
mod work;

pub use council::CouncilScope;
pub use origin::Origin;
pub use provider::ProviderScope;
pub(crate) use provider::Reach;
pub use tx::{Acts, Audited, Council, Provider, ProviderActing, Tx};
pub use work::Work;

pub(crate) use open::{Mode, Settings, in_transaction, set_scope};
pub(crate) use tx::End;
