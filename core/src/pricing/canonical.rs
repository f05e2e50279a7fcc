//! The bytes of a claim's facts that are stored with its assessment, digested, and replayed: JSON with the fields
//! in the order of [`facts`](super::facts), without spaces, so that equal facts are equal bytes.

use sha2::{Digest as _, Sha256};

use super::facts::ClaimFacts;

/// Facts that could not be read back.
#[derive(Debug, thiserror::Error)]
#[error("these are not a claim's facts: {0}")]
pub struct NotFacts(#[from] serde_json::Error);

/// The canonical bytes.
///
/// # Errors
/// [`NotFacts`] if the facts cannot be written, which no value of the type can cause.
pub fn bytes(facts: &ClaimFacts) -> Result<Vec<u8>, NotFacts> {
    Ok(serde_json::to_vec(facts)?)
}

/// The facts that canonical bytes, or a case written by hand, stand for.
///
/// # Errors
/// [`NotFacts`] with the place where reading stopped.
pub fn read(bytes: &[u8]) -> Result<ClaimFacts, NotFacts> {
    Ok(serde_json::from_slice(bytes)?)
}

/// SHA-256 of bytes, in lower-case hex.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
