//! Passkeys: the questions that a browser's authenticator is asked, and what its answers prove.
//!
//! Stands beside the pages of signing in and of one's account. It knows no database and no session: a
//! page keeps the state of a question in the session, takes it out when the answer arrives (so that no
//! question is answered twice), and stores what comes back here. Every ceremony has a start, which gives
//! JSON for the browser (`static/passkey.js`) and a state for the session, and a finish, which takes both
//! answers and the passkeys as they are stored *then*.

mod error;
mod registration;
mod sign_in;
mod stored;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

pub use error::PasskeyError;
pub use registration::{Registrant, RegistrationState};
pub use sign_in::{Claimed, DiscoverableState, SecondFactorState};
pub use stored::{StoredPasskey, UsedPasskey};

/// How long a question may be answered: as long as the browser waits for the person.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// The name that browsers show beside the question.
const NAME: &str = "Counterfoil";

/// What this service asks of authenticators, under its own public address.
#[derive(Debug, Clone)]
pub struct Passkeys {
    webauthn: Webauthn,
}

/// What `static/passkey.js` posts once the authenticator has answered.
#[derive(Debug, Clone, Deserialize)]
pub struct Answer {
    /// What the person calls the new passkey; absent when signing in.
    pub name: Option<String>,
    /// The authenticator's answer, for one of the finishes.
    pub credential: Value,
}

impl Passkeys {
    /// For the service at `public_url`. Passkeys are bound to its host for good: a service that moves to
    /// another name loses them.
    ///
    /// # Errors
    /// [`PasskeyError::Address`] where the host is a number: browsers want a name, if only `localhost`.
    pub fn new(public_url: &Url) -> Result<Self, PasskeyError> {
        let host = public_url.domain().unwrap_or_default();
        let webauthn = WebauthnBuilder::new(host, public_url)
            .and_then(|builder| builder.rp_name(NAME).build())
            .map_err(|_| PasskeyError::Address(public_url.clone()))?;
        Ok(Self { webauthn })
    }
}

/// Whether a question asked at `asked_at` may still be answered.
fn in_time(asked_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), PasskeyError> {
    if now - asked_at > PATIENCE { Err(PasskeyError::TooLate) } else { Ok(()) }
}

/// The JSON that goes to the browser.
fn question(challenge: &impl serde::Serialize) -> Result<Value, PasskeyError> {
    serde_json::to_value(challenge).map_err(PasskeyError::Json)
}

/// The browser's answer, as the library reads it.
fn answer<'a, T: Deserialize<'a>>(json: &'a Value) -> Result<T, PasskeyError> {
    T::deserialize(json).map_err(PasskeyError::Unreadable)
}
