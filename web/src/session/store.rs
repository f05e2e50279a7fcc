//! Between tower-sessions, which thinks in tokens and records, and the shelf, which knows digests only.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use uuid::Uuid;

use super::csrf::Secret;
use super::login::Login;
use super::shelf::{Digest, Fresh, KEPT, Owner, Placed};
use super::{SessionError, Sessions};

/// Where a record holds the [`Visit`].
pub(super) const VISIT: &str = "visit";
/// Where a record that was found holds when the person was last seen, which is kept apart from the rest.
pub(super) const SEEN: &str = "seen";
/// Where a record that is to be made holds its [`Birth`].
pub(super) const BIRTH: &str = "birth";

/// All that a session holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Visit {
    /// What the values of a sign-in's pages are kept under. Stays when the token changes, so that what was
    /// asked for before signing in is there afterwards.
    pub(super) place: Uuid,
    /// What the tokens of forms are made with. Drawn anew when a login begins, and when it becomes full: a form
    /// from before is worth nothing afterwards.
    pub(super) secret: Secret,
    pub(super) login: Option<Login>,
}

impl Visit {
    pub(super) fn anonymous() -> std::result::Result<Self, SessionError> {
        Ok(Self { place: Uuid::new_v4(), secret: Secret::random()?, login: None })
    }
}

/// What the shelf has to know of a session that is to be made.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Birth {
    /// In microseconds.
    pub(super) seen: i64,
    /// The digest of the token whose place it takes.
    pub(super) replaces: Option<String>,
    /// Whether the login is the replaced token's.
    pub(super) continues: bool,
}

/// Tokens about to be replaced. `Session::cycle_id` removes the old one first and makes the new one later: if
/// Redis went away in between, the person would be out. The removal is held back, and making does both.
#[derive(Clone, Default)]
pub(super) struct Leaving(Arc<Mutex<HashSet<Id>>>);

/// Holds the removal of one token back until dropped.
pub(super) struct HeldBack {
    leaving: Leaving,
    token: Id,
}

impl Leaving {
    pub(super) fn hold_back(&self, token: Id) -> HeldBack {
        self.with(|tokens| tokens.insert(token));
        HeldBack { leaving: self.clone(), token }
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashSet<Id>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        self.leaving.with(|tokens| tokens.remove(&self.token));
    }
}

/// The digest under which a token's session is kept.
pub(super) fn digest(token: &Id) -> Digest {
    Digest::of(&token.to_string())
}

fn encode(data: &HashMap<String, Value>) -> Result<String> {
    let kept: HashMap<&String, &Value> = data.iter().filter(|(key, _)| *key != SEEN && *key != BIRTH).collect();
    serde_json::to_string(&kept).map_err(|error| Error::Encode(error.to_string()))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let birth: Birth =
            record.data.remove(BIRTH).and_then(|birth| Birth::deserialize(birth).ok()).unwrap_or_default();
        record.data.remove(SEEN);
        let visit = record.data.get(VISIT).and_then(|visit| Visit::deserialize(visit).ok());
        let text = encode(&record.data)?;
        loop {
            let owner = visit.as_ref().and_then(|visit| visit.login.as_ref()).map(|login| Owner {
                person: login.person,
                login: login.id,
                continues: birth.continues,
            });
            let replaces = birth.replaces.clone().map(Digest::known);
            let fresh = Fresh { text: &text, seen: birth.seen, replaces, owner };
            match self.shelf().place(&digest(&record.id), fresh).await? {
                Placed::Made => return Ok(()),
                Placed::Taken => record.id = Id::default(),
                Placed::Ended => return Err(SessionError::Ended.into()),
            }
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        Ok(self.shelf().rewrite(&digest(&record.id), &encode(&record.data)?).await?)
    }

    async fn load(&self, token: &Id) -> Result<Option<Record>> {
        let Some(kept) = self.shelf().find(&digest(token)).await? else {
            return Ok(None);
        };
        // Written by an earlier release, perhaps: the person signs in again.
        let Ok(mut data) = serde_json::from_str::<HashMap<String, Value>>(&kept.text) else {
            tracing::warn!("a session cannot be read; it counts as ended");
            return Ok(None);
        };
        data.insert(SEEN.to_owned(), kept.seen.into());
        Ok(Some(Record { id: *token, data, expiry_date: OffsetDateTime::now_utc() + KEPT }))
    }

    async fn delete(&self, token: &Id) -> Result<()> {
        if self.leaving().with(|tokens| tokens.contains(token)) {
            return Ok(());
        }
        Ok(self.shelf().remove(&digest(token)).await?)
    }
}
