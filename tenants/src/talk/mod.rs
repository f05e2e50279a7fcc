//! What both sides write about a claim, with files beside it: its conversation, and the messages of its
//! [disputes](crate::dispute). `write` adds a message, `read` is what both sides see, `waiting` what waits for them.

mod read;
mod waiting;
mod write;

use chrono::{DateTime, Utc};
use counterfoil_core::attachment::Kind;
use counterfoil_core::dispute::DisputeEvent;
use counterfoil_core::ids::{AttachmentId, ClaimId, DisputeId, OrganisationId, PersonId};
use counterfoil_core::side::Side;

use crate::record::{Kept, record};

pub use read::{Conversation, FileSeen, MessageSeen, Whole, file, file_own, message, seen, seen_own};
pub use waiting::{Waiting, WaitingDispute, of_council, of_provider};
pub use write::{mark_read, mark_read_own, write, write_own};

pub(crate) use read::messages_of_dispute;
pub(crate) use write::{place, put, side_of};

/// The longest message, in characters.
pub const LONGEST: usize = 4_000;

impl Kept for Kind {
    type Raw = String;
    fn raw(self) -> String {
        self.code().to_owned()
    }
    fn of(raw: String) -> Result<Self, String> {
        Self::from_code(&raw).ok_or_else(|| format!("{raw} is no kind of file"))
    }
}

record! {
    /// A message as it is stored.
    pub struct Message in claim_message {
        /// About which claim.
        pub claim_id: ClaimId,
        /// From 1, over the conversation and all disputes of the claim.
        pub number: u32,
        /// Whose claim it is.
        pub organisation_id: OrganisationId,
        /// In which dispute; none in the conversation.
        pub dispute_id: Option<DisputeId>,
        /// By whom.
        pub side: Side,
        /// What it does.
        pub event: DisputeEvent,
        /// Which person.
        pub written_by: PersonId,
        /// Their name, as it was then.
        pub writer: String,
        /// When.
        pub written_at: DateTime<Utc>,
        /// What; empty where the event says enough.
        pub body: String,
    }
}

record! {
    /// A file beside a message.
    pub struct Attachment in attachment {
        /// Its id.
        pub id: AttachmentId,
        /// Whose claim it is about.
        pub organisation_id: OrganisationId,
        /// About which claim.
        pub claim_id: ClaimId,
        /// Beside which message.
        pub number: u32,
        /// Of which side.
        pub side: Side,
        /// Its cleaned name.
        pub name: String,
        /// What it is.
        pub kind: Kind,
        /// What is in it.
        pub bytes: Vec<u8>,
        /// SHA-256 of that, in lower-case hex.
        pub digest: String,
        /// When.
        pub added_at: DateTime<Utc>,
    }
}

/// A file that somebody sends, looked at already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// Its cleaned name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What somebody writes.
#[derive(Debug, Clone, Copy)]
pub struct NewMessage<'a> {
    /// Who: the person and their name.
    pub writer: (PersonId, &'a str),
    /// What.
    pub body: &'a str,
    /// What stands beside it.
    pub files: &'a [NewFile],
}

/// What is wrong with a message, in words for whoever wrote it.
#[must_use]
pub fn wrong_with(message: &str) -> Option<&'static str> {
    match message.chars().count() {
        0 => Some("Enter a message"),
        1..=LONGEST => None,
        _ => Some("Message must be 4,000 characters or fewer"),
    }
}
