//! Tokens that prove that a form came from our own page, for this session and this council.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::SessionError;

/// Keeps these tokens apart from anything else that might ever be keyed with the same secret.
const PURPOSE: &[u8] = b"counterfoil form\0";

/// What a session's form tokens are made with: 32 random bytes that leave the server in no form.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret([u8; 32]);

impl Secret {
    pub(super) fn random() -> Result<Self, SessionError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(SessionError::Random)?;
        Ok(Self(bytes))
    }

    /// The token for forms that belong to `scope`: 43 characters, safe in HTML and in addresses.
    pub(super) fn token(&self, scope: &str) -> String {
        // The error is for keys of a wrong length; HMAC takes any.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return String::new();
        };
        mac.update(PURPOSE);
        mac.update(scope.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Whether `given` is that token, in a time that does not depend on where it differs.
    pub(super) fn matches(&self, scope: &str, given: &str) -> bool {
        let token = self.token(scope);
        !token.is_empty() && bool::from(token.as_bytes().ct_eq(given.as_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_hmac_sha_256() {
        // Computed with Python's hmac module.
        let token = Secret([7; 32]).token("norfolk");
        assert_eq!(token, "gMAf0Txe3vRgQiURw9oAVQCeH2RJGDSB68OIomESITE");
    }

    #[test]
    fn a_token_is_good_for_its_session_and_its_scope_only() {
        let (mine, yours) = (Secret([1; 32]), Secret([2; 32]));
        let token = mine.token("norfolk");
        assert!(mine.matches("norfolk", &token));
        assert!(!mine.matches("devon", &token));
        assert!(!mine.matches("account", &token));
        assert!(!yours.matches("norfolk", &token));
        assert!(!mine.matches("norfolk", ""));
        assert!(!mine.matches("norfolk", &token[..42]));
        assert!(!mine.matches("norfolk", &format!("{token}=")));
    }

    #[test]
    fn a_secret_shows_itself_in_no_log() {
        assert_eq!(format!("{:?}", Secret([7; 32])), "Secret");
    }
}
