//! Sessions in the memory of one process, for when there is no Redis: gone when the process ends.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use counterfoil_core::ids::PersonId;
use uuid::Uuid;

use super::SessionError;
use super::shelf::{Digest, Fresh, KEPT, Kept, Placed, Shelf};

/// How often what has expired is cleared away.
const SWEEP: Duration = Duration::from_secs(60);

/// The shelf.
#[derive(Default)]
pub(super) struct MemoryStore {
    // Held for a few look-ups at a time and never across an await.
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    sessions: HashMap<Digest, Expiring<Kept>>,
    flows: HashMap<(Uuid, String), Expiring<String>>,
    people: HashMap<PersonId, HashMap<Uuid, Digest>>,
    swept: Option<Instant>,
}

struct Expiring<T> {
    value: T,
    until: Instant,
}

impl<T> Expiring<T> {
    fn new(value: T, kept: Duration) -> Self {
        Self { value, until: Instant::now() + kept }
    }

    fn is_over(&self, now: Instant) -> bool {
        self.until <= now
    }
}

impl MemoryStore {
    fn held(&self) -> MutexGuard<'_, Held> {
        // Nothing is left half done by a panic: each change is of one map, or begins with removing.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn session(&mut self, token: &Digest) -> Option<&mut Expiring<Kept>> {
        let now = Instant::now();
        self.sessions.get_mut(token).filter(|session| !session.is_over(now))
    }

    fn sweep(&mut self) {
        let now = Instant::now();
        if self.swept.is_some_and(|swept| now - swept < SWEEP) {
            return;
        }
        self.swept = Some(now);
        self.sessions.retain(|_, session| !session.is_over(now));
        self.flows.retain(|_, flow| !flow.is_over(now));
        let sessions = &self.sessions;
        self.people.retain(|_, listed| {
            listed.retain(|_, token| sessions.contains_key(token));
            !listed.is_empty()
        });
    }
}

#[async_trait]
impl Shelf for MemoryStore {
    async fn place(&self, token: &Digest, fresh: Fresh<'_>) -> Result<Placed, SessionError> {
        let mut held = self.held();
        held.sweep();
        if held.session(token).is_some() {
            return Ok(Placed::Taken);
        }
        if let Some(owner) = &fresh.owner {
            let listed = held.people.entry(owner.person).or_default();
            if owner.continues && listed.get(&owner.login) != fresh.replaces.as_ref() {
                return Ok(Placed::Ended);
            }
            listed.insert(owner.login, token.clone());
        }
        if let Some(old) = &fresh.replaces {
            held.sessions.remove(old);
        }
        let kept = Kept { text: fresh.text.to_owned(), seen: fresh.seen };
        held.sessions.insert(token.clone(), Expiring::new(kept, KEPT));
        Ok(Placed::Made)
    }

    async fn find(&self, token: &Digest) -> Result<Option<Kept>, SessionError> {
        Ok(self.held().session(token).map(|session| session.value.clone()))
    }

    async fn rewrite(&self, token: &Digest, text: &str) -> Result<(), SessionError> {
        if let Some(session) = self.held().session(token) {
            text.clone_into(&mut session.value.text);
        }
        Ok(())
    }

    async fn touch(&self, token: &Digest, seen: i64) -> Result<(), SessionError> {
        if let Some(session) = self.held().session(token) {
            session.value.seen = session.value.seen.max(seen);
            session.until = Instant::now() + KEPT;
        }
        Ok(())
    }

    async fn remove(&self, token: &Digest) -> Result<(), SessionError> {
        self.held().sessions.remove(token);
        Ok(())
    }

    async fn put(&self, place: Uuid, key: &str, text: &str, kept: Duration) -> Result<(), SessionError> {
        let mut held = self.held();
        held.sweep();
        held.flows.insert((place, key.to_owned()), Expiring::new(text.to_owned(), kept));
        Ok(())
    }

    async fn look(&self, place: Uuid, key: &str) -> Result<Option<String>, SessionError> {
        let held = self.held();
        let flow = held.flows.get(&(place, key.to_owned()));
        Ok(flow.filter(|flow| !flow.is_over(Instant::now())).map(|flow| flow.value.clone()))
    }

    async fn take(&self, place: Uuid, key: &str) -> Result<Option<String>, SessionError> {
        let flow = self.held().flows.remove(&(place, key.to_owned()));
        Ok(flow.filter(|flow| !flow.is_over(Instant::now())).map(|flow| flow.value))
    }

    async fn of(&self, person: PersonId) -> Result<Vec<Kept>, SessionError> {
        let mut held = self.held();
        let listed: Vec<Digest> = held.people.get(&person).into_iter().flat_map(HashMap::values).cloned().collect();
        Ok(listed.iter().filter_map(|token| held.session(token).map(|session| session.value.clone())).collect())
    }

    async fn end(&self, person: PersonId, login: Uuid) -> Result<bool, SessionError> {
        let mut held = self.held();
        let token = held.people.get_mut(&person).and_then(|listed| listed.remove(&login));
        Ok(token.is_some_and(|token| held.sessions.remove(&token).is_some()))
    }

    async fn end_all(&self, person: PersonId, except: Option<Uuid>) -> Result<Vec<Uuid>, SessionError> {
        let mut held = self.held();
        let Some(listed) = held.people.get_mut(&person) else {
            return Ok(Vec::new());
        };
        let ended: Vec<(Uuid, Digest)> = listed.extract_if(|login, _| Some(*login) != except).collect();
        for (_, token) in &ended {
            held.sessions.remove(token);
        }
        Ok(ended.into_iter().map(|(login, _)| login).collect())
    }
}
