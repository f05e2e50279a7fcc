//! The bytes of a claim's facts that are stored with its assessment, digested, and replayed: JSON with the fields
//! in the order of [`facts`](super::facts), without spaces, so that equal facts are equal bytes.

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::facts::{ClaimFacts, Day};

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

/// What was stated for one line, of all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StatedLine {
    /// The line's number within its claim.
    pub line: u32,
    /// By day.
    #[serde(default)]
    pub stated_days: Vec<StatedPart>,
    /// By visit.
    #[serde(default)]
    pub stated_visits: Vec<StatedPart>,
}

/// The quantities of a stated day, in thousandths of the unit, or of a stated visit, in carer-minutes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StatedPart {
    /// The day.
    pub day: Day,
    /// Delivered; extra included.
    #[serde(default)]
    pub delivered: i64,
    /// Planned, but missed by the service user.
    #[serde(default)]
    pub frustrated: i64,
    /// Planned, but missed by the provider.
    #[serde(default)]
    pub missed: i64,
    /// Delivered above the plan.
    #[serde(default)]
    pub extra: i64,
    /// The reason's code, empty without one.
    #[serde(default)]
    pub reason: String,
}

/// What was stated in the facts that canonical bytes stand for; the rest of them is skipped, which is most of the work
/// of reading them.
///
/// # Errors
/// [`NotFacts`] with the place where reading stopped.
pub fn stated(bytes: &[u8]) -> Result<Vec<StatedLine>, NotFacts> {
    #[derive(Deserialize)]
    struct Stated {
        lines: Vec<StatedLine>,
    }
    let stated: Stated = serde_json::from_slice(bytes)?;
    Ok(stated.lines)
}

/// SHA-256 of bytes, in lower-case hex.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
