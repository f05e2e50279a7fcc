//! Encryption of bank details: AES-256-GCM under the council's own key, which is itself kept encrypted under the
//! service's master key. What is encrypted is bound to its place, so that a row copied elsewhere cannot be opened.
//! Before it stands whoever types bank details in ([`bank`](crate::bank)), after it the payment file.

use aes_gcm::aead::{Aead as _, OsRng, Payload};
use aes_gcm::{AeadCore as _, Aes256Gcm, Key, KeyInit as _, Nonce};

use crate::error::{Error, Result};

/// The service's master key. There is no default: whoever starts the service gives it, and losing it loses the
/// bank details.
#[derive(Clone)]
pub struct MasterKey(Key<Aes256Gcm>);

impl MasterKey {
    /// From 32 bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes.into())
    }

    /// A new key, from the operating system's randomness: for a database that nobody else will ever open.
    #[must_use]
    pub fn generate() -> Self {
        Self(Aes256Gcm::generate_key(OsRng))
    }

    /// From 64 hexadecimal digits, as `COUNTERFOIL_MASTER_KEY` holds it.
    ///
    /// # Errors
    /// [`Error::Refused`] when it is anything else.
    pub fn from_hex(text: &str) -> Result<Self> {
        let refused = || Error::Refused("COUNTERFOIL_MASTER_KEY has to be 64 hexadecimal digits.".to_owned());
        let bytes = hex::decode(text.trim()).map_err(|_| refused())?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| refused())?;
        Ok(Self::new(bytes))
    }

    /// Encrypts a secret of the platform's own for a place.
    pub(crate) fn seal(&self, plain: &[u8], place: &str) -> Result<Sealed> {
        seal(&self.0, plain, place)
    }

    /// Decrypts what was encrypted for the same place.
    pub(crate) fn open(&self, sealed: &Sealed, place: &str) -> Result<Vec<u8>> {
        open(&self.0, sealed, place)
    }

    /// Opens a council's key.
    pub(crate) fn unwrap(&self, sealed: &Sealed, place: &str) -> Result<CouncilKey> {
        let bytes = open(&self.0, sealed, place)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| unreadable(place))?;
        Ok(CouncilKey(bytes.into()))
    }

    /// Encrypts a council's key.
    pub(crate) fn wrap(&self, key: &CouncilKey, place: &str) -> Result<Sealed> {
        seal(&self.0, key.0.as_slice(), place)
    }
}

/// The key of one council.
pub(crate) struct CouncilKey(Key<Aes256Gcm>);

impl CouncilKey {
    /// A new key, from the operating system's randomness.
    pub(crate) fn generate() -> Self {
        Self(Aes256Gcm::generate_key(OsRng))
    }

    /// Encrypts for a place.
    pub(crate) fn seal(&self, plain: &[u8], place: &str) -> Result<Sealed> {
        seal(&self.0, plain, place)
    }

    /// Decrypts what was encrypted for the same place.
    pub(crate) fn open(&self, sealed: &Sealed, place: &str) -> Result<Vec<u8>> {
        open(&self.0, sealed, place)
    }
}

/// Something encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// 12 bytes, never used twice with one key: drawn anew for each row, of which a council has thousands, where
    /// 2^32 would be the limit.
    pub(crate) nonce: Vec<u8>,
    /// The rest, with the tag.
    pub(crate) bytes: Vec<u8>,
}

fn seal(key: &Key<Aes256Gcm>, plain: &[u8], place: &str) -> Result<Sealed> {
    let nonce = Aes256Gcm::generate_nonce(OsRng);
    let bytes = Aes256Gcm::new(key)
        .encrypt(&nonce, Payload { msg: plain, aad: place.as_bytes() })
        .map_err(|_| unreadable(place))?;
    Ok(Sealed { nonce: nonce.to_vec(), bytes })
}

fn open(key: &Key<Aes256Gcm>, sealed: &Sealed, place: &str) -> Result<Vec<u8>> {
    let nonce: [u8; 12] = sealed.nonce.as_slice().try_into().map_err(|_| unreadable(place))?;
    Aes256Gcm::new(key)
        .decrypt(Nonce::from_slice(&nonce), Payload { msg: &sealed.bytes, aad: place.as_bytes() })
        .map_err(|_| unreadable(place))
}

fn unreadable(place: &str) -> Error {
    Error::Unreadable { what: format!("encrypted details of {place}") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_own_place_and_with_its_own_key() {
        let (key, other) = (CouncilKey::generate(), CouncilKey::generate());
        let sealed = key.seal(b"20-00-00 12345678", "payee 1 version 1").unwrap();
        assert_eq!(key.open(&sealed, "payee 1 version 1").unwrap(), b"20-00-00 12345678");
        assert!(key.open(&sealed, "payee 2 version 1").is_err());
        assert!(other.open(&sealed, "payee 1 version 1").is_err());
    }

    #[test]
    fn a_councils_key_is_wrapped_for_that_council() {
        let master = MasterKey::new([7; 32]);
        let key = CouncilKey::generate();
        let wrapped = master.wrap(&key, "council 1").unwrap();
        let sealed = key.seal(b"details", "here").unwrap();
        let unwrapped = master.unwrap(&wrapped, "council 1").unwrap();
        assert_eq!(unwrapped.open(&sealed, "here").unwrap(), b"details");
        assert!(master.unwrap(&wrapped, "council 2").is_err());
        assert!(MasterKey::new([8; 32]).unwrap(&wrapped, "council 1").is_err());
    }

    #[test]
    fn a_master_key_has_64_hexadecimal_digits() {
        assert!(MasterKey::from_hex(&"0f".repeat(32)).is_ok());
        assert!(MasterKey::from_hex(&"0f".repeat(16)).is_err());
        assert!(MasterKey::from_hex("a default").is_err());
    }
}
