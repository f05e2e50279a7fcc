//! All sessions: of this process or of all replicas, and of each person.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::PersonId;
use serde::Deserialize as _;
use serde_json::Value;
use uuid::Uuid;

use super::SessionError;
use super::login::{Login, Method, Stage};
use super::memory::MemoryStore;
use super::redis::RedisStore;
use super::shelf::{Kept, Shelf};
use super::store::{Leaving, VISIT, Visit};
use crate::events::link::{Link, PREFIX};
use crate::events::{Event, Events, LinkError};

/// The sessions. Clones share them.
#[derive(Clone)]
pub struct Sessions {
    shelf: Arc<dyn Shelf>,
    leaving: Leaving,
    events: Option<Events>,
    described: Arc<str>,
}

/// One of a person's sessions, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionSeen {
    /// The login's id.
    pub id: Uuid,
    /// When it began.
    pub began: DateTime<Utc>,
    /// When the person last asked for a page in it.
    pub seen: DateTime<Utc>,
    /// The network address that it began from.
    pub address: String,
    /// How the browser introduced itself.
    pub agent: String,
    /// With what the person signed in.
    pub method: Method,
    /// How far; a session that still waits for its second factor is listed too.
    pub stage: Stage,
}

impl Sessions {
    /// Kept in Redis, for any number of replicas.
    ///
    /// # Errors
    /// Where the address is none, or nothing answers there.
    pub async fn redis(url: &str) -> Result<Self, LinkError> {
        Self::redis_under(url, PREFIX).await
    }

    /// As [`redis`](Self::redis), under keys that begin with `prefix`: services that share a Redis, and
    /// tests, keep out of each other's way.
    ///
    /// # Errors
    /// Where the address is none, or nothing answers there.
    pub async fn redis_under(url: &str, prefix: &str) -> Result<Self, LinkError> {
        Ok(Self::over(Link::open(url, prefix).await?))
    }

    pub(crate) fn over(link: Link) -> Self {
        let described = format!("sessions: through Redis at {}", link.at());
        Self::on(Arc::new(RedisStore::new(link)), described)
    }

    /// Kept in the memory of this process, and gone with it.
    #[must_use]
    pub fn memory() -> Self {
        let described = "sessions: in this process only, since REDIS_URL is not set".to_owned();
        Self::on(Arc::new(MemoryStore::default()), described)
    }

    fn on(shelf: Arc<dyn Shelf>, described: String) -> Self {
        Self { shelf, leaving: Leaving::default(), events: None, described: described.into() }
    }

    /// The same sessions, which tell of each one that is ended, so that its open pages close.
    #[must_use]
    pub fn announcing(self, events: Events) -> Self {
        Self { events: Some(events), ..self }
    }

    /// Where they are, for the log at start.
    #[must_use]
    pub fn describe(&self) -> String {
        self.described.to_string()
    }

    /// A person's sessions, the one seen last first.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub async fn of(&self, person: PersonId, now: DateTime<Utc>) -> Result<Vec<SessionSeen>, SessionError> {
        let kept = self.shelf.of(person).await?;
        let logins = kept.iter().filter_map(login_of);
        let mut seen: Vec<SessionSeen> = logins
            .filter(|login| login.person == person && login.left(now).is_some())
            .map(|login| SessionSeen {
                id: login.id,
                began: login.began,
                seen: login.seen,
                address: login.address,
                agent: login.agent,
                method: login.method,
                stage: login.stage,
            })
            .collect();
        seen.sort_by_key(|session| std::cmp::Reverse((session.seen, session.id)));
        Ok(seen)
    }

    /// Whether a login is still in, whatever its token is by now, without counting as being seen: what an
    /// open event stream asks.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub async fn is_in(&self, person: PersonId, id: Uuid, now: DateTime<Utc>) -> Result<bool, SessionError> {
        Ok(self.of(person, now).await?.iter().any(|session| session.id == id && session.stage == Stage::Full))
    }

    /// Ends one of a person's sessions at once, in all replicas. Says whether there was such a one; another
    /// person's is none.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub async fn end_one(&self, person: PersonId, id: Uuid) -> Result<bool, SessionError> {
        let ended = self.shelf.end(person, id).await?;
        if ended {
            self.announce(person, id).await;
        }
        Ok(ended)
    }

    /// Ends all of a person's sessions at once, in all replicas, but for the one named. Returns the ids of
    /// those that have ended.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub async fn end_all(&self, person: PersonId, except: Option<Uuid>) -> Result<Vec<Uuid>, SessionError> {
        let ended = self.shelf.end_all(person, except).await?;
        for id in &ended {
            self.announce(person, *id).await;
        }
        Ok(ended)
    }

    async fn announce(&self, person: PersonId, session: Uuid) {
        if let Some(events) = &self.events {
            events.publish(Event::SessionEnded { person, session }).await;
        }
    }

    pub(super) fn shelf(&self) -> &dyn Shelf {
        self.shelf.as_ref()
    }

    pub(super) fn leaving(&self) -> &Leaving {
        &self.leaving
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.described)
    }
}

fn login_of(kept: &Kept) -> Option<Login> {
    let data: Value = serde_json::from_str(&kept.text).ok()?;
    let mut login = Visit::deserialize(data.get(VISIT)?).ok()?.login?;
    login.seen = DateTime::from_timestamp_micros(kept.seen)?;
    Some(login)
}
