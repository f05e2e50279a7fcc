//! The lines of an export: how they are written and read.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::FORMAT;
use super::canonical::canonical;
use super::link::{Digest, Head, Ledger};

/// What the first line of an export says it is.
const EXPORT: &str = "counterfoil-audit";

/// The first line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always `counterfoil-audit`.
    pub export: String,
    /// The [`FORMAT`].
    pub format: u32,
    /// Whose records.
    pub ledger: Ledger,
    /// The council's name, for people to read.
    pub name: String,
    /// When it was made.
    pub exported_at: DateTime<Utc>,
    /// The last sealed record in it; none where nothing is sealed.
    pub head: Option<Head>,
}

/// A file that is no export of this format.
#[derive(Debug, thiserror::Error)]
pub enum NotExport {
    /// The first line is not one of an export.
    #[error("the first line is not that of an audit export: {0}")]
    Header(#[from] serde_json::Error),
    /// It is an export of something else, or of another version.
    #[error(
        "it is an export of \u{2018}{export}\u{2019}, format {format}; this reads \u{2018}{EXPORT}\u{2019}, format {FORMAT}"
    )]
    Other {
        /// Of what.
        export: String,
        /// Which version.
        format: u32,
    },
}

impl Header {
    /// The header of an export.
    #[must_use]
    pub fn new(ledger: Ledger, name: &str, exported_at: DateTime<Utc>, head: Option<Head>) -> Self {
        Self { export: EXPORT.to_owned(), format: FORMAT, ledger, name: name.to_owned(), exported_at, head }
    }

    /// Its line, without the end of line.
    ///
    /// # Errors
    /// None that a value of the type can cause.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// Reads the first line.
    ///
    /// # Errors
    /// [`NotExport`].
    pub fn read(line: &str) -> Result<Self, NotExport> {
        let header: Self = serde_json::from_str(line)?;
        if header.export == EXPORT && header.format == FORMAT {
            Ok(header)
        } else {
            Err(NotExport::Other { export: header.export, format: header.format })
        }
    }
}

/// The line of a sealed record, without the end of line; `record` is its canonical text, none where it is gone.
#[must_use]
pub fn sealed_line(head: Head, record: Option<&str>) -> String {
    let Head { sequence, digest } = head;
    let record = record.unwrap_or("null");
    format!("{{\"sequence\":{sequence},\"digest\":\"{digest}\",\"record\":{record}}}")
}

/// The line of a record that is not sealed yet, without the end of line.
#[must_use]
pub fn unsealed_line(record: &str) -> String {
    format!("{{\"sequence\":null,\"digest\":null,\"record\":{record}}}")
}

/// A line that was read.
pub(super) enum Line {
    /// A place in the chain, and the canonical text of the record, if it is there.
    Sealed(Head, Option<String>),
    /// A record that is not sealed yet.
    Unsealed,
}

/// Reads a line after the first; what is wrong with it, in words.
pub(super) fn read_line(line: &str) -> Result<Line, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written<'a> {
        sequence: Option<u64>,
        digest: Option<Digest>,
        #[serde(borrow)]
        record: Option<&'a RawValue>,
    }
    let written: Written<'_> = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let record = written.record.map(|record| canonical(record.get())).transpose().map_err(|error| error.to_string())?;
    match (written.sequence, written.digest, record) {
        (Some(sequence), Some(digest), record) if sequence > 0 => Ok(Line::Sealed(Head { sequence, digest }, record)),
        (None, None, Some(_)) => Ok(Line::Unsealed),
        _ => Err("it has a part of what a line has".to_owned()),
    }
}
