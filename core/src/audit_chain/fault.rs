//! What a verifier can find, each with the number of the record where it is, and said in a sentence.

use std::fmt;

use chrono::{DateTime, Utc};

/// Something that is not as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A line cannot be read.
    Unreadable {
        /// Its number in the file, from 1.
        line: u64,
        /// Why.
        why: String,
    },
    /// A record, its place or its digest is not what was sealed, or another was put in its place.
    Changed {
        /// Which.
        sequence: u64,
    },
    /// A record is gone, and its place in the chain is left.
    Removed {
        /// Which.
        sequence: u64,
    },
    /// Records are gone together with their places in the chain.
    Missing {
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// A record stands after one that was sealed after it.
    OutOfOrder {
        /// Which.
        sequence: u64,
    },
    /// A record's place is there twice.
    Duplicate {
        /// Which.
        sequence: u64,
    },
    /// The records end before one that is known to have been sealed.
    Truncated {
        /// The last that is there; 0 when there is none.
        last: u64,
        /// The one that is known.
        known: u64,
        /// The anchor's time; none where the export's own first line knows it.
        anchored_at: Option<DateTime<Utc>>,
    },
    /// A record is not the one that was anchored: this or an earlier one was changed, and the chain computed anew.
    NotAnchored {
        /// Which.
        sequence: u64,
        /// When it was anchored.
        anchored_at: DateTime<Utc>,
        /// The last record before it that is as it was anchored; 0 when there is none.
        sound_to: u64,
    },
    /// The export's first line tells of another last record than is there.
    NotHead {
        /// Which.
        sequence: u64,
    },
}

impl Fault {
    /// The number of the record at which it is, or the first of several; none for a line that cannot be read.
    #[must_use]
    pub const fn sequence(&self) -> Option<u64> {
        match self {
            Self::Unreadable { .. } => None,
            Self::Changed { sequence }
            | Self::Removed { sequence }
            | Self::OutOfOrder { sequence }
            | Self::Duplicate { sequence }
            | Self::NotAnchored { sequence, .. }
            | Self::NotHead { sequence } => Some(*sequence),
            Self::Missing { from, .. } => Some(*from),
            Self::Truncated { last, .. } => Some(*last + 1),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { line, why } => write!(f, "Line {line} cannot be read: {why}."),
            Self::Changed { sequence } => {
                write!(f, "Record {sequence} is not the one that was sealed: it was changed.")
            }
            Self::Removed { sequence } => write!(f, "Record {sequence} was sealed and is gone."),
            Self::Missing { from, to } if from == to => write!(f, "Record {from} is missing."),
            Self::Missing { from, to } => write!(f, "Records {from} to {to} are missing."),
            Self::OutOfOrder { sequence } => write!(f, "Record {sequence} is out of order."),
            Self::Duplicate { sequence } => write!(f, "Record {sequence} is there more than once."),
            Self::Truncated { last, known, anchored_at: Some(at) } => write!(
                f,
                "The records end at {last}, but the anchor of {} knows record {known}: the end is missing.",
                minute(at)
            ),
            Self::Truncated { last, known, anchored_at: None } => {
                write!(f, "The records end at {last}, but the first line tells of record {known}: the end is missing.")
            }
            Self::NotAnchored { sequence, anchored_at, sound_to: 0 } => write!(
                f,
                "Record {sequence} is not the one that was anchored at {}: a record up to there was changed and the \
                 chain computed anew.",
                minute(anchored_at)
            ),
            Self::NotAnchored { sequence, anchored_at, sound_to } => write!(
                f,
                "Record {sequence} is not the one that was anchored at {}: a record between {} and {sequence} was \
                 changed and the chain computed anew.",
                minute(anchored_at),
                sound_to + 1
            ),
            Self::NotHead { sequence } => {
                write!(f, "The first line tells of another end of the chain than record {sequence}.")
            }
        }
    }
}

fn minute(at: &DateTime<Utc>) -> String {
    at.format("%H:%M:%S UTC on %d/%m/%Y").to_string()
}
