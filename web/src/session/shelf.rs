//! What sessions are kept on: the few operations that Redis and the memory of one process both do, each in
//! one indivisible step.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use counterfoil_core::ids::PersonId;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::SessionError;

/// How long a session is kept after it was last seen: a little more than anybody may be idle, since
/// [`Login::left`](super::Login::left) is what decides, to the second.
pub(super) const KEPT: Duration = Duration::from_secs(31 * 60);

/// How long the list of a person's sessions is kept after the last of them began or changed its token: a
/// little more than any of them can last.
pub(super) const LISTED: Duration = Duration::from_secs((12 * 60 + 5) * 60);

/// How long what a sign-in keeps between two of its pages is kept.
pub(super) const FLOW: Duration = Duration::from_secs(10 * 60);

/// The SHA-256 digest of a token, in hexadecimal: all that a store ever sees of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Digest(String);

impl Digest {
    /// Of the token as it stands in the cookie.
    pub(super) fn of(token: &str) -> Self {
        Self(hex::encode(Sha256::digest(token.as_bytes())))
    }

    /// A digest that was made before.
    pub(super) fn known(digest: String) -> Self {
        Self(digest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A session to be put on the shelf.
#[derive(Debug)]
pub(super) struct Fresh<'a> {
    /// What belongs to the token, as JSON.
    pub(super) text: &'a str,
    /// When the person was last seen, in microseconds since 1970.
    pub(super) seen: i64,
    /// The token whose place it takes, which is invalid from then on.
    pub(super) replaces: Option<Digest>,
    /// Whose it is, where somebody is signed in.
    pub(super) owner: Option<Owner>,
}

/// Whose session it is.
#[derive(Debug)]
pub(super) struct Owner {
    pub(super) person: PersonId,
    pub(super) login: Uuid,
    /// The login is the replaced token's. Where that token no longer stands for it (it was ended, or has been
    /// replaced by another request), nothing is put on the shelf.
    pub(super) continues: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    /// It is on the shelf.
    Made,
    /// The token is somebody else's already.
    Taken,
    /// The login that it was to continue has ended.
    Ended,
}

/// A session on the shelf.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) text: String,
    pub(super) seen: i64,
}

/// The operations.
#[async_trait]
pub(super) trait Shelf: Send + Sync + 'static {
    /// Puts a session on the shelf, lists it for its person, and removes the one it replaces.
    async fn place(&self, token: &Digest, fresh: Fresh<'_>) -> Result<Placed, SessionError>;
    /// What is kept under a token.
    async fn find(&self, token: &Digest) -> Result<Option<Kept>, SessionError>;
    /// Changes the text of a session that is there; one that is gone stays gone.
    async fn rewrite(&self, token: &Digest, text: &str) -> Result<(), SessionError>;
    /// Says that a person was seen, and keeps the session for as long again; one that is gone stays gone.
    async fn touch(&self, token: &Digest, seen: i64) -> Result<(), SessionError>;
    /// Removes a session.
    async fn remove(&self, token: &Digest) -> Result<(), SessionError>;

    /// Keeps a value for a while, in place of what was there.
    async fn put(&self, place: Uuid, key: &str, text: &str, kept: Duration) -> Result<(), SessionError>;
    /// Shows a value and leaves it where it is.
    async fn look(&self, place: Uuid, key: &str) -> Result<Option<String>, SessionError>;
    /// Gives a value out and forgets it: of all who ask, one gets it.
    async fn take(&self, place: Uuid, key: &str) -> Result<Option<String>, SessionError>;

    /// A person's sessions, in no order.
    async fn of(&self, person: PersonId) -> Result<Vec<Kept>, SessionError>;
    /// Ends one of them; says whether there was one.
    async fn end(&self, person: PersonId, login: Uuid) -> Result<bool, SessionError>;
    /// Ends all of them but one; says which.
    async fn end_all(&self, person: PersonId, except: Option<Uuid>) -> Result<Vec<Uuid>, SessionError>;
}
