//! What is held for a visitor between two pages: an upload that they look over before they say what becomes of it.
//!
//! Kept with the session and not in the database, since nobody has said yet that it should be stored; packed, since it may
//! be a hundred thousand visits. Work that goes on after its page was answered keeps the handle, which outlives changes of
//! the session's token.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use uuid::Uuid;

use super::{SessionError, Sessions};

/// How long it is held.
pub(crate) const HELD: Duration = Duration::from_secs(60 * 60);

/// What one visitor is held for.
#[derive(Clone)]
pub(crate) struct Held {
    sessions: Sessions,
    place: Uuid,
}

impl Held {
    pub(super) const fn new(sessions: Sessions, place: Uuid) -> Self {
        Self { sessions, place }
    }

    /// Holds bytes for [`HELD`], in place of what was there.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub(crate) async fn put(&self, key: &str, bytes: &[u8]) -> Result<(), SessionError> {
        self.sessions.shelf().put(self.place, key, &packed(bytes)?, HELD).await
    }

    /// Shows what is held.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub(crate) async fn look(&self, key: &str) -> Result<Option<Vec<u8>>, SessionError> {
        self.sessions.shelf().look(self.place, key).await?.map(|text| unpacked(&text)).transpose()
    }

    /// Gives out what is held and forgets it: of all who ask, one gets it.
    ///
    /// # Errors
    /// Where Redis does not answer.
    pub(crate) async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, SessionError> {
        self.sessions.shelf().take(self.place, key).await?.map(|text| unpacked(&text)).transpose()
    }
}

fn packed(bytes: &[u8]) -> Result<String, SessionError> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.map(|packed| STANDARD.encode(packed)).map_err(broken)
}

fn unpacked(text: &str) -> Result<Vec<u8>, SessionError> {
    let packed = STANDARD.decode(text).map_err(|error| broken(std::io::Error::other(error)))?;
    let mut bytes = Vec::new();
    ZlibDecoder::new(packed.as_slice()).read_to_end(&mut bytes).map_err(broken)?;
    Ok(bytes)
}

fn broken(error: std::io::Error) -> SessionError {
    SessionError::Value(serde_json::Error::io(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_held_can_be_looked_at_often_and_taken_once() {
        let held = Held::new(Sessions::memory(), Uuid::from_u128(7));
        let bytes = b"date,visit\n".repeat(10_000);
        held.put("file", &bytes).await.unwrap();
        assert_eq!(held.look("file").await.unwrap(), Some(bytes.clone()));
        assert_eq!(held.take("file").await.unwrap(), Some(bytes));
        assert_eq!(held.take("file").await.unwrap(), None);
        let other = Held::new(Sessions::memory(), Uuid::from_u128(8));
        assert_eq!(other.look("file").await.unwrap(), None);
    }
}
