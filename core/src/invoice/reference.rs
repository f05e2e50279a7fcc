//! A provider's own reference: only characters that reach the other end of every payment file and remittance unchanged.

/// The longest reference, in characters: what a structured remittance line carries (ISO 20022, Max35Text).
pub const LONGEST: usize = 35;

/// A reference or an invoice number in the characters that BACS carries; letters may be small.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference(String);

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Nothing was given.
    #[error("nothing was entered")]
    Empty,
    /// It is too long.
    #[error("must be {LONGEST} characters or fewer")]
    Long,
    /// It has a character that is lost or changed on the way.
    #[error(
        "must only have letters a to z, numbers, spaces, full stops, ampersands, hyphens and slashes, not \u{2018}{0}\u{2019}"
    )]
    Character(char),
}

impl Reference {
    /// Reads a reference: spaces at its ends are left out, those within are one each.
    ///
    /// # Errors
    /// [`ReferenceError`].
    pub fn read(text: &str) -> Result<Self, ReferenceError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        let strange = |sign: &char| !(sign.is_ascii_alphanumeric() || matches!(sign, ' ' | '.' | '&' | '/' | '-'));
        if let Some(sign) = text.chars().find(strange) {
            return Err(ReferenceError::Character(sign));
        }
        if text.len() > LONGEST { Err(ReferenceError::Long) } else { Ok(Self(text)) }
    }

    /// As it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// As it is compared: `inv 7`, `INV-7` and `Inv.7` are one number to whoever pays, so that case, spaces and signs do not
    /// count. A reference of signs alone is compared as it is.
    #[must_use]
    pub fn key(&self) -> String {
        let key: String = self.0.chars().filter(char::is_ascii_alphanumeric).collect();
        if key.is_empty() { self.0.clone() } else { key.to_ascii_uppercase() }
    }
}
