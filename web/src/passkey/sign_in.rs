//! Signing in with a passkey: as the second factor of a person who is known, or without an address.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;
use webauthn_rs::prelude::{DiscoverableAuthentication, PasskeyAuthentication, PublicKeyCredential};

use super::{PasskeyError, Passkeys, StoredPasskey, UsedPasskey, answer, in_time, question};

/// A second factor that waits for the browser. For the session, and for one use.
#[derive(Debug, Serialize, Deserialize)]
pub struct SecondFactorState {
    person: Uuid,
    asked_at: DateTime<Utc>,
    asked: PasskeyAuthentication,
}

/// A sign-in without an address that waits for the browser. For the session, and for one use.
#[derive(Debug, Serialize, Deserialize)]
pub struct DiscoverableState {
    asked_at: DateTime<Utc>,
    asked: DiscoverableAuthentication,
}

/// Who an answer says it is from. Proves nothing until [`Passkeys::finish_discoverable`] has checked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The person.
    pub person: Uuid,
    /// The passkey.
    pub credential_id: Vec<u8>,
}

impl SecondFactorState {
    /// Whose second factor is asked for.
    #[must_use]
    pub const fn person(&self) -> Uuid {
        self.person
    }
}

impl Passkeys {
    /// Asks for one of a known person's passkeys.
    ///
    /// # Errors
    /// [`PasskeyError::NotYours`] where the person has none.
    pub fn start_second_factor(
        &self,
        person: Uuid,
        stored: &[StoredPasskey],
        now: DateTime<Utc>,
    ) -> Result<(Value, SecondFactorState), PasskeyError> {
        if stored.is_empty() {
            return Err(PasskeyError::NotYours);
        }
        let passkeys = stored.iter().map(StoredPasskey::passkey).collect::<Result<Vec<_>, _>>()?;
        let (challenge, asked) =
            self.webauthn.start_passkey_authentication(&passkeys).map_err(PasskeyError::refused)?;
        Ok((question(&challenge)?, SecondFactorState { person, asked_at: now, asked }))
    }

    /// Checks a second factor against the person's passkeys as they are stored now, so that one that was
    /// removed or used in the meantime does not count.
    ///
    /// # Errors
    /// See [`PasskeyError`].
    pub fn finish_second_factor(
        &self,
        state: SecondFactorState,
        credential: &Value,
        stored: &[StoredPasskey],
        now: DateTime<Utc>,
    ) -> Result<UsedPasskey, PasskeyError> {
        in_time(state.asked_at, now)?;
        let credential: PublicKeyCredential = answer(credential)?;
        // Authenticators may leave out whose passkey it is. One that says so has to say the right person.
        let handle = credential.get_user_unique_id();
        if handle.is_some_and(|handle| handle != state.person.as_bytes()) {
            return Err(PasskeyError::NotYours);
        }
        let passkey = find(stored, credential.get_credential_id())?;
        let result = self
            .webauthn
            .finish_passkey_authentication(&credential, &state.asked)
            .map_err(|error| passkey.refused(error))?;
        passkey.used(&result)
    }

    /// Asks for any passkey of this service that the device keeps: nobody has typed an address yet.
    ///
    /// # Errors
    /// Where the question cannot be written.
    pub fn start_discoverable(&self, now: DateTime<Utc>) -> Result<(Value, DiscoverableState), PasskeyError> {
        let (mut challenge, asked) =
            self.webauthn.start_discoverable_authentication().map_err(PasskeyError::refused)?;
        // The library means the browser to offer passkeys in a field's suggestions. Here a button asks.
        challenge.mediation = None;
        Ok((question(&challenge)?, DiscoverableState { asked_at: now, asked }))
    }

    /// Who an answer says it is from, so that the caller can look up the passkeys of that person.
    ///
    /// # Errors
    /// [`PasskeyError::Unreadable`] for what no browser sends, [`PasskeyError::NotYours`] where the answer
    /// names nobody.
    pub fn identify(&self, credential: &Value) -> Result<Claimed, PasskeyError> {
        let credential: PublicKeyCredential = answer(credential)?;
        let (person, credential_id) =
            self.webauthn.identify_discoverable_authentication(&credential).map_err(PasskeyError::refused)?;
        Ok(Claimed { person, credential_id: credential_id.to_vec() })
    }

    /// Checks that the answer is from a passkey of `person`, whom [`Passkeys::identify`] named. For a person
    /// who does not exist or may not sign in, `stored` is empty and the answer the same as for a wrong
    /// passkey.
    ///
    /// # Errors
    /// See [`PasskeyError`].
    pub fn finish_discoverable(
        &self,
        state: DiscoverableState,
        credential: &Value,
        person: Uuid,
        stored: &[StoredPasskey],
        now: DateTime<Utc>,
    ) -> Result<UsedPasskey, PasskeyError> {
        in_time(state.asked_at, now)?;
        let credential: PublicKeyCredential = answer(credential)?;
        if credential.get_user_unique_id() != Some(person.as_bytes().as_slice()) {
            return Err(PasskeyError::NotYours);
        }
        let passkey = find(stored, credential.get_credential_id())?;
        let result = self
            .webauthn
            .finish_discoverable_authentication_v2(&credential, state.asked, passkey.passkey()?)
            .map_err(|error| passkey.refused(error))?;
        passkey.used(&result)
    }
}

fn find<'a>(stored: &'a [StoredPasskey], credential_id: &[u8]) -> Result<&'a StoredPasskey, PasskeyError> {
    stored.iter().find(|passkey| passkey.credential_id == credential_id).ok_or(PasskeyError::NotYours)
}
