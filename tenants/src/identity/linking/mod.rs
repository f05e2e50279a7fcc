//! How a council comes to work with a provider's organisation. It invites somebody by their address; whoever holds the
//! address says which of their organisations it is, or that it is a new one, and only then are the two linked. What
//! other councils work with, and whether the address has a login, the council never learns: what it sees of an
//! invitation is what it typed itself.
//!
//! `wanted` is what an invitation says, `file` reads many from a table, `invite` is what a council does and
//! `answer` what the invited do.

mod answer;
mod file;
mod invite;
mod wanted;

pub use answer::{AcceptAs, OpenInvitation};
pub use file::{MOST_BYTES, MOST_ROWS, Preview, Rejected, Row, text_of};
pub use invite::{InvitationSeen, InvitationState};
pub use wanted::{Column, Wanted, Wrong};
