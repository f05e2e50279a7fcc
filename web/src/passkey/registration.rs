//! Adding a passkey to a person who is signed in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential};

use super::{PasskeyError, Passkeys, StoredPasskey, answer, in_time, question};

/// Who adds a passkey.
#[derive(Debug, Clone, Copy)]
pub struct Registrant<'a> {
    /// The person: what the authenticator gives back when nobody typed an address.
    pub person: Uuid,
    /// What the authenticator lists the passkey under.
    pub email: &'a str,
    /// The person's name.
    pub name: &'a str,
    /// Credential ids of the passkeys that the person has: their devices say so instead of adding another.
    pub existing: &'a [Vec<u8>],
}

/// A registration that waits for the browser. For the session, and for one use.
#[derive(Debug, Serialize, Deserialize)]
pub struct RegistrationState {
    person: Uuid,
    asked_at: DateTime<Utc>,
    existing: Vec<String>,
    asked: PasskeyRegistration,
}

impl RegistrationState {
    /// Whose passkey is being added.
    #[must_use]
    pub const fn person(&self) -> Uuid {
        self.person
    }
}

impl Passkeys {
    /// Asks the browser to make a passkey, which its user has to confirm by PIN, fingerprint or face.
    ///
    /// # Errors
    /// Where the e-mail address or the name is empty.
    pub fn start_registration(
        &self,
        registrant: &Registrant<'_>,
        now: DateTime<Utc>,
    ) -> Result<(Value, RegistrationState), PasskeyError> {
        let Registrant { person, email, name, existing } = *registrant;
        let (challenge, asked) = self
            .webauthn
            .start_passkey_registration(person, email, name, Some(existing.to_vec()))
            .map_err(PasskeyError::refused)?;
        let mut challenge = question(&challenge)?;
        // A passkey that its device keeps can sign in without an address. The library discourages them; a
        // device without room may still make the other kind.
        challenge["publicKey"]["authenticatorSelection"]["residentKey"] = json!("preferred");
        let existing = existing.iter().map(|id| URL_SAFE_NO_PAD.encode(id)).collect();
        Ok((challenge, RegistrationState { person, asked_at: now, existing, asked }))
    }

    /// Checks the new passkey. The caller stores it, and refuses one whose credential id anybody has.
    ///
    /// # Errors
    /// See [`PasskeyError`].
    pub fn finish_registration(
        &self,
        state: RegistrationState,
        credential: &Value,
        now: DateTime<Utc>,
    ) -> Result<StoredPasskey, PasskeyError> {
        in_time(state.asked_at, now)?;
        let credential: RegisterPublicKeyCredential = answer(credential)?;
        if state.existing.contains(&URL_SAFE_NO_PAD.encode(&credential.raw_id)) {
            return Err(PasskeyError::AlreadyYours);
        }
        let passkey =
            self.webauthn.finish_passkey_registration(&credential, &state.asked).map_err(PasskeyError::refused)?;
        StoredPasskey::of(&passkey)
    }
}
