//! The verifier: takes the lines of an export one at a time, in memory that does not grow with them, and says what is
//! not as it was sealed.

use std::collections::BTreeMap;

use super::anchor::{Anchor, Anchors};
use super::export::{Header, Line, read_line};
use super::fault::Fault;
use super::link::{Digest, Head, Ledger, digest};

/// How many faults are told; more are counted.
pub const MOST_FAULTS: usize = 1_000;

/// What came of verifying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whose records.
    pub ledger: Ledger,
    /// How many sealed records there were.
    pub rows: u64,
    /// How many records were not sealed yet: nothing is proved of them.
    pub unsealed: u64,
    /// The last sealed record.
    pub head: Option<Head>,
    /// The newest anchor that agrees: up to there everything is proved, if there is no fault.
    pub anchored: Option<Anchor>,
    /// What was found, in the order of the lines and then of the anchors, at most [`MOST_FAULTS`].
    pub faults: Vec<Fault>,
    /// How many there were in all.
    pub faults_found: u64,
}

impl Verdict {
    /// Whether everything is as it was sealed.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.faults_found == 0
    }
}

/// An anchor of another ledger than the export.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the export is of the ledger {export}, the anchor of {anchor}")]
pub struct WrongAnchor {
    /// The export's.
    pub export: Ledger,
    /// The anchor's.
    pub anchor: Ledger,
}

/// Verifies an export, a line at a time.
#[derive(Debug, Clone)]
pub struct Verifier {
    header: Header,
    anchors: Anchors,
    line: u64,
    /// The last record of those in order; none before the first.
    last: Option<Head>,
    /// The digest that the last one ought to have had, where it has another: the next may follow on either.
    ought: Option<Digest>,
    /// Places that were passed over and have not been seen, as first to last.
    gaps: BTreeMap<u64, u64>,
    rows: u64,
    unsealed: u64,
    anchored: Option<Anchor>,
    /// Whether an anchor did not agree.
    differs: bool,
    faults: Vec<Fault>,
    faults_found: u64,
}

impl Verifier {
    /// For an export with this first line.
    ///
    /// # Errors
    /// [`WrongAnchor`].
    pub fn new(header: Header, anchors: Anchors) -> Result<Self, WrongAnchor> {
        if let Some(other) = anchors.iter().find(|anchor| anchor.ledger != header.ledger) {
            return Err(WrongAnchor { export: header.ledger, anchor: other.ledger });
        }
        Ok(Self {
            header,
            anchors,
            line: 1,
            last: None,
            ought: None,
            gaps: BTreeMap::new(),
            rows: 0,
            unsealed: 0,
            anchored: None,
            differs: false,
            faults: Vec::new(),
            faults_found: 0,
        })
    }

    /// Takes the next line after the first, without its end.
    pub fn line(&mut self, line: &str) {
        self.line += 1;
        match read_line(line) {
            Ok(Line::Sealed(place, record)) => self.sealed(place, record.as_deref()),
            Ok(Line::Unsealed) => self.unsealed += 1,
            Err(why) => self.found(Fault::Unreadable { line: self.line, why }),
        }
    }

    fn sealed(&mut self, place: Head, record: Option<&str>) {
        self.rows += 1;
        let expected = self.last.map_or(0, |last| last.sequence).saturating_add(1);
        if place.sequence < expected {
            let fault = if self.fill_gap(place.sequence) {
                Fault::OutOfOrder { sequence: place.sequence }
            } else {
                Fault::Duplicate { sequence: place.sequence }
            };
            self.found(fault);
            return;
        }
        let follows = place.sequence == expected;
        if !follows {
            self.gaps.insert(expected, place.sequence - 1);
        }
        let ought = match record {
            None => {
                self.found(Fault::Removed { sequence: place.sequence });
                None
            }
            Some(record) if follows => self.compare(place, record),
            // what came before a gap is not known, so that nothing can be said of the record after it
            Some(_) => None,
        };
        self.ought = ought;
        self.compare_with_anchors(place);
        self.last = Some(place);
    }

    /// Compares a record with its digest; the digest that it ought to have, where it has another.
    fn compare(&mut self, place: Head, record: &str) -> Option<Digest> {
        let after = |previous| digest(self.header.ledger, place.sequence, previous, record);
        let computed = after(self.last.map_or(Digest::GENESIS, |last| last.digest));
        if computed == place.digest || self.ought.is_some_and(|ought| after(ought) == place.digest) {
            return None;
        }
        self.found(Fault::Changed { sequence: place.sequence });
        Some(computed)
    }

    /// Takes a place out of the gaps; false when it is in none.
    fn fill_gap(&mut self, sequence: u64) -> bool {
        let Some((&from, &to)) = self.gaps.range(..=sequence).next_back() else { return false };
        if to < sequence {
            return false;
        }
        self.gaps.remove(&from);
        if from < sequence {
            self.gaps.insert(from, sequence - 1);
        }
        if sequence < to {
            self.gaps.insert(sequence + 1, to);
        }
        true
    }

    fn compare_with_anchors(&mut self, place: Head) {
        for anchor in self.anchors.at(place.sequence).to_vec() {
            if anchor.digest == place.digest {
                self.anchored = Some(anchor);
            } else if !self.differs {
                // every later anchor differs then, so that the first says it all
                self.differs = true;
                let sound_to = self.anchored.map_or(0, |anchored| anchored.sequence);
                self.found(Fault::NotAnchored { sequence: anchor.sequence, anchored_at: anchor.at, sound_to });
            }
        }
    }

    fn found(&mut self, fault: Fault) {
        self.faults_found += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    /// Says what came of it, after the last line.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        for (from, to) in std::mem::take(&mut self.gaps) {
            self.found(Fault::Missing { from, to });
        }
        let last = self.last.map_or(0, |last| last.sequence);
        if let Some(newest) = self.anchors.newest().copied().filter(|newest| newest.sequence > last) {
            self.found(Fault::Truncated { last, known: newest.sequence, anchored_at: Some(newest.at) });
        }
        match (self.header.head, self.last) {
            (head, last) if head == last => {}
            (Some(head), _) if head.sequence > last => {
                self.found(Fault::Truncated { last, known: head.sequence, anchored_at: None });
            }
            _ => self.found(Fault::NotHead { sequence: last }),
        }
        Verdict {
            ledger: self.header.ledger,
            rows: self.rows,
            unsealed: self.unsealed,
            head: self.last,
            anchored: self.anchored,
            faults: self.faults,
            faults_found: self.faults_found,
        }
    }
}
