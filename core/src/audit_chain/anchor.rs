//! What is written outside the database: that a ledger's record had a digest at a time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::link::{Digest, Head, Ledger};

/// One line of an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// Whose record.
    pub ledger: Ledger,
    /// Its number, from 1.
    pub sequence: u64,
    /// Its digest.
    pub digest: Digest,
    /// When that was written down.
    pub at: DateTime<Utc>,
}

impl Anchor {
    /// A ledger's head at an instant.
    #[must_use]
    pub const fn of(ledger: Ledger, head: Head, at: DateTime<Utc>) -> Self {
        Self { ledger, sequence: head.sequence, digest: head.digest, at }
    }

    /// The record that it is about.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head { sequence: self.sequence, digest: self.digest }
    }

    /// Its line, with the end of line.
    ///
    /// # Errors
    /// None that a value of the type can cause.
    pub fn line(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

/// What an anchor's file says, by the records' numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Anchors {
    by_sequence: BTreeMap<u64, Vec<Anchor>>,
    /// Numbers of lines, from 1, that could not be read: one that a crash cut short, or somebody.
    pub unreadable: Vec<usize>,
}

impl Anchors {
    /// Reads a file's text. Several processes write to one file, so that the lines need not be in order.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut anchors = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str::<Anchor>(line) {
                Ok(anchor) => anchors.add(anchor),
                Err(_) => anchors.unreadable.push(number),
            }
        }
        anchors
    }

    /// Adds one; the same again adds nothing.
    pub fn add(&mut self, anchor: Anchor) {
        let of_record = self.by_sequence.entry(anchor.sequence).or_default();
        if !of_record.iter().any(|known| known.ledger == anchor.ledger && known.digest == anchor.digest) {
            of_record.push(anchor);
        }
    }

    /// What is known of the record with a number.
    #[must_use]
    pub fn at(&self, sequence: u64) -> &[Anchor] {
        self.by_sequence.get(&sequence).map_or(&[], Vec::as_slice)
    }

    /// The one with the highest number.
    #[must_use]
    pub fn newest(&self) -> Option<&Anchor> {
        self.by_sequence.last_key_value().and_then(|(_, of_record)| of_record.first())
    }

    /// All of them, by the records' numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Anchor> {
        self.by_sequence.values().flatten()
    }
}

impl FromIterator<Anchor> for Anchors {
    fn from_iter<T: IntoIterator<Item = Anchor>>(iter: T) -> Self {
        let mut anchors = Self::default();
        iter.into_iter().for_each(|anchor| anchors.add(anchor));
        anchors
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn anchor(sequence: u64) -> Anchor {
        let head = Head { sequence, digest: super::super::digest(Ledger::Platform, sequence, Digest::GENESIS, "{}") };
        Anchor::of(Ledger::Platform, head, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn lines_are_read_back_in_any_order() {
        let text = [3, 1, 2, 2].map(|sequence| anchor(sequence).line().unwrap()).concat();
        let read = Anchors::read(&text);
        assert_eq!(read.iter().count(), 3);
        assert_eq!(read.newest(), Some(&anchor(3)));
        assert_eq!(read.at(2), [anchor(2)]);
        assert!(read.unreadable.is_empty());
    }

    #[test]
    fn a_line_that_a_crash_cut_short_is_said_and_the_others_are_read() {
        let torn = anchor(2).line().unwrap();
        let text = anchor(1).line().unwrap() + &torn[..40] + "\n" + &anchor(3).line().unwrap();
        let read = Anchors::read(&text);
        assert_eq!(read.unreadable, [2]);
        assert_eq!(read.iter().count(), 2);
    }
}
