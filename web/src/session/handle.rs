//! What a handler holds of the session of its request.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use counterfoil_core::ids::TenantId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower_sessions::Session;

use super::csrf::Secret;
use super::held::Held;
use super::login::{Login, Stage};
use super::shelf::FLOW;
use super::store::{BIRTH, Birth, SEEN, VISIT, Visit, digest};
use super::{SessionError, Sessions};
use crate::fault::Fault;

/// Set when a session was ended on purpose: only then may its cookie be removed.
#[derive(Clone, Default)]
pub(super) struct Ended(Arc<AtomicBool>);

impl Ended {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The session of a request. Asks Redis only once something is asked of it.
#[derive(Clone)]
pub struct SessionHandle {
    session: Session,
    sessions: Sessions,
    ended: Ended,
}

impl SessionHandle {
    /// Who is signed in; nobody where the login is absent, idle for too long or too old. A login that is over
    /// is ended with the first request that finds it so.
    ///
    /// # Errors
    /// Where Redis does not answer: then it is not known.
    pub async fn login(&self, now: DateTime<Utc>) -> Result<Option<Login>, SessionError> {
        let Some(mut login) = self.visit().await?.and_then(|visit| visit.login) else {
            return Ok(None);
        };
        if let Some(seen) = self.session.get::<i64>(SEEN).await?.and_then(DateTime::from_timestamp_micros) {
            login.seen = seen;
        }
        if login.left(now).is_some() {
            return Ok(Some(login));
        }
        self.end().await?;
        Ok(None)
    }

    /// Begins a login, under a new token and with a new secret for forms. Whoever was signed in on this browser is
    /// signed out by that. Returns the login as it was stored.
    ///
    /// # Errors
    /// Where Redis does not answer: then nobody is signed in.
    pub async fn begin(&self, login: Login) -> Result<Login, SessionError> {
        let mut visit = match self.visit().await? {
            Some(visit) => visit,
            None => Visit::anonymous()?,
        };
        if let Some(before) = visit.login.take() {
            self.sessions.end_one(before.person, before.id).await?;
        }
        visit.secret = Secret::random()?;
        visit.login = Some(login.clone());
        self.replace_token(&visit, false).await?;
        Ok(login)
    }

    /// Changes the login, under a new token. Its id, person and beginning stay, whatever `change` does to
    /// them; the secret for forms is drawn anew when the login becomes full, and else stays, so that a form
    /// that is open in another tab is not lost. Counts as being seen.
    ///
    /// # Errors
    /// Where nobody is signed in; where the login was ended, or given a new token, by somebody else at the
    /// same time; where Redis does not answer: then all is as it was, or, where only its answer was lost, the
    /// person has to sign in again.
    pub async fn promote(&self, now: DateTime<Utc>, change: impl FnOnce(&mut Login)) -> Result<Login, SessionError> {
        let before = self.login(now).await?.ok_or(SessionError::NotSignedIn)?;
        let mut visit = self.visit().await?.ok_or(SessionError::NotSignedIn)?;
        let mut login = before.clone();
        change(&mut login);
        login.id = before.id;
        login.person = before.person;
        login.began = before.began;
        login.seen = before.seen.max(now);
        if (before.stage, login.stage) == (Stage::FirstFactor, Stage::Full) {
            visit.secret = Secret::random()?;
        }
        visit.login = Some(login.clone());
        self.replace_token(&visit, true).await?;
        Ok(login)
    }

    /// Remembers the council that was switched to, under a new token.
    ///
    /// # Errors
    /// As [`promote`](Self::promote).
    pub async fn switch(&self, now: DateTime<Utc>, council: Option<TenantId>) -> Result<Login, SessionError> {
        self.promote(now, |login| login.council = council).await
    }

    /// Says that the person was seen. Only for pages that a person asked for: event streams, assets and the
    /// question how long is left must not call it. Returns the login with the time it was given.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub async fn touch(&self, now: DateTime<Utc>) -> Result<Option<Login>, SessionError> {
        let (Some(mut login), Some(token)) = (self.login(now).await?, self.session.id()) else {
            return Ok(None);
        };
        // Past tower-sessions, which would send the cookie again: two pages at once, one of which changes the
        // token, would leave the browser with the old one.
        self.sessions.shelf().touch(&digest(&token), now.timestamp_micros()).await?;
        login.seen = login.seen.max(now);
        Ok(Some(login))
    }

    /// Signs out, and forgets everything else about the visit.
    ///
    /// # Errors
    /// Where Redis does not answer: then the person is still signed in.
    pub async fn end(&self) -> Result<(), SessionError> {
        if let Some(login) = self.visit().await?.and_then(|visit| visit.login) {
            self.sessions.end_one(login.person, login.id).await?;
        }
        self.session.flush().await?;
        self.ended.0.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Keeps a value for ten minutes, for the next page of a sign-in to [`take`](Self::take). Survives
    /// changes of the token; a second value under the same key takes the place of the first.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON, or Redis does not answer.
    pub async fn put(&self, key: &str, value: impl Serialize) -> Result<(), SessionError> {
        let text = serde_json::to_string(&value).map_err(SessionError::Value)?;
        let visit = self.visit_or_new().await?;
        self.sessions.shelf().put(visit.place, key, &text, FLOW).await
    }

    /// Gives a value out and forgets it. Values are kept apart from the session's record, and reading and
    /// removing is one step, so of any number of requests at once, in all replicas, one gets the value. An
    /// answer of Redis that is lost on the way loses the value: it is never given out twice.
    ///
    /// # Errors
    /// Where the value is of another type (it is forgotten all the same), or Redis does not answer.
    pub async fn take<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, SessionError> {
        let Some(visit) = self.visit().await? else {
            return Ok(None);
        };
        let text = self.sessions.shelf().take(visit.place, key).await?;
        text.map(|text| serde_json::from_str(&text)).transpose().map_err(SessionError::Value)
    }

    /// What is held for this visitor between pages for longer than a sign-in takes.
    ///
    /// # Errors
    /// Where there is no session; where Redis does not answer.
    pub(crate) async fn held(&self) -> Result<Held, SessionError> {
        let visit = self.visit().await?.ok_or(SessionError::NotSignedIn)?;
        Ok(Held::new(self.sessions.clone(), visit.place))
    }

    /// The token for forms that belong to `scope`: a council's slug, or `account`. Begins a session for a
    /// visitor who has none, since the sign-in form must not be sendable from elsewhere either.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub async fn csrf(&self, scope: &str) -> Result<String, SessionError> {
        let [token] = self.csrf_of([scope]).await?;
        Ok(token)
    }

    /// The same for each of several scopes.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub async fn csrf_of<const N: usize>(&self, scopes: [&str; N]) -> Result<[String; N], SessionError> {
        let secret = self.visit_or_new().await?.secret;
        Ok(scopes.map(|scope| secret.token(scope)))
    }

    /// Whether a form came with the token of this session for this scope.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub async fn csrf_matches(&self, scope: &str, given: &str) -> Result<bool, SessionError> {
        Ok(self.visit().await?.is_some_and(|visit| visit.secret.matches(scope, given)))
    }

    async fn visit(&self) -> Result<Option<Visit>, SessionError> {
        let visit = self.session.get_value(VISIT).await?;
        Ok(visit.and_then(|visit| {
            serde_json::from_value(visit)
                .inspect_err(|error| tracing::warn!(%error, "a session cannot be read; it counts as ended"))
                .ok()
        }))
    }

    async fn visit_or_new(&self) -> Result<Visit, SessionError> {
        if let Some(visit) = self.visit().await? {
            return Ok(visit);
        }
        let visit = Visit::anonymous()?;
        self.replace_token(&visit, false).await?;
        Ok(visit)
    }

    /// Stores the visit under a new token, which takes the place of the one that came with the request.
    async fn replace_token(&self, visit: &Visit, continues: bool) -> Result<(), SessionError> {
        let made = self.make_token(visit, continues).await;
        if made.is_err() {
            // Else tower-sessions would try again on its own after the handler, whatever that has told
            // the person.
            self.session.clear().await;
        }
        made
    }

    async fn make_token(&self, visit: &Visit, continues: bool) -> Result<(), SessionError> {
        let seen = visit.login.as_ref().map_or(0, |login| login.seen.timestamp_micros());
        let old = self.session.id();
        let birth = Birth { seen, replaces: old.map(|old| digest(&old).to_string()), continues };
        self.session.insert(VISIT, visit).await?;
        self.session.insert(BIRTH, birth).await?;
        if let Some(old) = old {
            let _held_back = self.sessions.leaving().hold_back(old);
            self.session.cycle_id().await?;
        }
        // At once and not after the handler, so that the handler learns what went wrong.
        Ok(self.session.save().await?)
    }
}

impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The session holds the token.
        f.write_str("SessionHandle")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SessionHandle {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let of_request =
            (parts.extensions.get::<Session>(), parts.extensions.get::<Sessions>(), parts.extensions.get::<Ended>());
        let (Some(session), Some(sessions), Some(ended)) = of_request else {
            tracing::error!("a page asks for the session, and its router has none attached");
            return Err(Fault::Internal);
        };
        Ok(Self { session: session.clone(), sessions: sessions.clone(), ended: ended.clone() })
    }
}
