//! A passkey as it is stored: the library's own JSON, and the credential id by which it is found.

use serde_json::Value;
use webauthn_rs::prelude::{AuthenticationResult, Passkey, WebauthnError};

use super::PasskeyError;

/// What the database keeps of a passkey.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredPasskey {
    /// The authenticator's name for it, 16 to 1023 bytes: unique across everybody.
    pub credential_id: Vec<u8>,
    /// The public key, counter and flags. Nothing in it is secret.
    pub json: Value,
}

/// A passkey that has just proved who uses it.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedPasskey {
    /// The passkey as it is from now on.
    pub passkey: StoredPasskey,
    /// Whether it differs from what was stored, and has to be stored again.
    pub changed: bool,
    /// The authenticator's counter; 0 where it keeps none, as synchronised passkeys do.
    pub counter: u32,
}

impl StoredPasskey {
    pub(super) fn of(passkey: &Passkey) -> Result<Self, PasskeyError> {
        let json = serde_json::to_value(passkey).map_err(PasskeyError::Json)?;
        Ok(Self { credential_id: passkey.cred_id().clone(), json })
    }

    pub(super) fn passkey(&self) -> Result<Passkey, PasskeyError> {
        serde::Deserialize::deserialize(&self.json).map_err(PasskeyError::Stored)
    }

    /// The counter as it was last seen. The library does not tell it otherwise.
    fn counter(&self) -> Result<u32, PasskeyError> {
        let counter = self.json.pointer("/cred/counter").unwrap_or(&Value::Null);
        serde::Deserialize::deserialize(counter).map_err(PasskeyError::Stored)
    }

    /// The library's refusal of an answer by this passkey.
    pub(super) fn refused(&self, error: WebauthnError) -> PasskeyError {
        match (error, self.counter()) {
            (WebauthnError::CredentialPossibleCompromise, Ok(stored)) => PasskeyError::Copied { stored },
            (error, _) => PasskeyError::refused(error),
        }
    }

    /// What has to be stored after a use. Compares the counter with what is stored now, since another
    /// sign-in may have ended since this one began.
    pub(super) fn used(&self, result: &AuthenticationResult) -> Result<UsedPasskey, PasskeyError> {
        let (stored, counter) = (self.counter()?, result.counter());
        if (stored, counter) != (0, 0) && counter <= stored {
            return Err(PasskeyError::Copied { stored });
        }
        let mut passkey = self.passkey()?;
        let changed = passkey.update_credential(result).ok_or(PasskeyError::NotYours)?;
        Ok(UsedPasskey { passkey: Self::of(&passkey)?, changed, counter })
    }
}
