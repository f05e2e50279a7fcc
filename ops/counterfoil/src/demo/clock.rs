//! A clock that the demo can be given: a file with an instant in it, read again whenever somebody asks for the time, so that
//! whoever holds the file moves the clock. Only the demo has it, on a database of its own; what serves councils goes by the
//! machine's.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use chrono::{DateTime, Utc};

/// The variable that names a database which is not the demo's own.
const DATABASE: &str = "DATABASE_URL";

/// A clock in a file.
#[derive(Debug)]
pub(crate) struct FileClock {
    path: PathBuf,
    /// What it showed last: it never goes back, and stands while the file is being written.
    last: Mutex<DateTime<Utc>>,
}

impl FileClock {
    /// Reads the clock for the first time.
    ///
    /// # Errors
    /// Where the file holds no instant, and where the environment names a database: its clock is not to be played with.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let elsewhere = std::env::var_os(DATABASE).is_some_and(|address| !address.is_empty());
        anyhow::ensure!(!elsewhere, "--clock is for the demo's own database: unset {DATABASE} first");
        let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let first = instant(&text)
            .with_context(|| format!("{} has to hold an instant, like 2024-12-22T17:59:00Z", path.display()))?;
        Ok(Self { path: path.to_owned(), last: Mutex::new(first) })
    }

    /// The time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let shows = fs::read_to_string(&self.path).ok().and_then(|text| instant(&text));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = shows.unwrap_or(*last).max(*last);
        *last
    }
}

fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_clock_goes_on_with_its_file_and_never_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clock");
        fs::write(&path, "noon").unwrap();
        assert!(FileClock::open(&path).is_err(), "that is no instant");
        fs::write(&path, "2024-12-22T17:59:00Z\n").unwrap();
        let clock = FileClock::open(&path).unwrap();
        let shows = || clock.now().to_rfc3339();
        assert_eq!(shows(), "2024-12-22T17:59:00+00:00");
        fs::write(&path, "2024-12-22T18:00:01Z").unwrap();
        assert_eq!(shows(), "2024-12-22T18:00:01+00:00");
        for text in ["", "2024-12-21T09:00:00Z"] {
            fs::write(&path, text).unwrap();
            assert_eq!(shows(), "2024-12-22T18:00:01+00:00", "{text:?} moves it nowhere");
        }
    }
}
