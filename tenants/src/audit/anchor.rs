//! The anchor: a folder outside the database with a file for each ledger, to which the ends of its chain are added, a
//! line each. Whoever can rewrite the database should not be able to rewrite it: another machine's folder, or one that
//! only grows (`chattr +a`).
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_ANCHOR` | the folder, as a path or as a `file://` URL; without it there is no anchor |

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::audit_chain::{Anchor, Anchors, Head, Ledger};

/// How often a ledger is anchored without being asked.
const PAUSE: TimeDelta = TimeDelta::minutes(1);

/// How much of a file's end is read to find the last line, in bytes; a line has about 200.
const TAIL: u64 = 4_096;

/// The folder. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorFolder {
    folder: PathBuf,
}

/// The environment names something that is no folder's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "COUNTERFOIL_ANCHOR has to be a folder, as a path or as a file:// URL without percent signs; it is \u{2018}{0}\u{2019}"
)]
pub struct NoAnchor(String);

/// Whether to wait between anchors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// At most once a minute for each ledger, over all processes.
    Unhurried,
    /// As often as asked.
    Now,
}

/// What became of an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It was added.
    Added,
    /// It is the last that was added.
    Known,
    /// It is too soon after the last.
    TooSoon,
    /// The last that was added is of a later record, or has another digest: somebody else was faster, or records have
    /// been lost or changed. Nothing was added.
    Ahead(Anchor),
}

impl AnchorFolder {
    /// A folder.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The folder that the environment names; none where it names none.
    ///
    /// # Errors
    /// [`NoAnchor`].
    pub fn from_env() -> Result<Option<Self>, NoAnchor> {
        match std::env::var("COUNTERFOIL_ANCHOR") {
            Ok(named) => Self::named(&named).map(Some),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(named)) => Ok(Some(Self::new(named.into()))),
        }
    }

    fn named(named: &str) -> Result<Self, NoAnchor> {
        let path = match named.split_once("://") {
            Some(("file", path)) => path.strip_prefix("localhost").unwrap_or(path),
            Some(_) => "",
            None => named,
        };
        let is_url = path.len() < named.len();
        if path.is_empty() || (is_url && (!path.starts_with('/') || path.contains('%'))) {
            return Err(NoAnchor(named.to_owned()));
        }
        Ok(Self::new(path.into()))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// The file of a ledger.
    #[must_use]
    pub fn file(&self, ledger: Ledger) -> PathBuf {
        self.folder.join(format!("{ledger}.anchor"))
    }

    /// Everything that was anchored of a ledger; empty where nothing was.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub async fn read(&self, ledger: Ledger) -> io::Result<Anchors> {
        match tokio::fs::read_to_string(self.file(ledger)).await {
            Ok(text) => Ok(Anchors::read(&text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Anchors::default()),
            Err(error) => Err(error),
        }
    }

    /// Adds the end of a ledger's chain, and returns when it is on the disk.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub async fn append(&self, ledger: Ledger, head: Head, at: DateTime<Utc>, pace: Pace) -> io::Result<Appended> {
        let (folder, file) = (self.folder.clone(), self.file(ledger));
        let anchor = Anchor::of(ledger, head, at);
        tokio::task::spawn_blocking(move || append(&folder, &file, &anchor, pace)).await?
    }
}

fn append(folder: &Path, path: &Path, anchor: &Anchor, pace: Pace) -> io::Result<Appended> {
    let is_new = !path.exists();
    if is_new {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
    // other processes anchor the same ledger
    file.lock()?;
    let (last, torn) = last_line(&mut file)?;
    if let Some(last) = last {
        if last.head() == anchor.head() {
            return Ok(Appended::Known);
        }
        if last.sequence >= anchor.sequence {
            return Ok(Appended::Ahead(last));
        }
        if pace == Pace::Unhurried && last.at <= anchor.at && anchor.at - last.at < PAUSE {
            return Ok(Appended::TooSoon);
        }
    }
    let end_of_torn = if torn { "\n" } else { "" };
    file.write_all(format!("{end_of_torn}{}", anchor.line()?).as_bytes())?;
    file.sync_all()?;
    if is_new {
        File::open(folder)?.sync_all()?;
    }
    Ok(Appended::Added)
}

/// The last line that can be read, and whether the file ends within a line, which a crash may have cut short.
fn last_line(file: &mut File) -> io::Result<(Option<Anchor>, bool)> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let torn = tail.last().is_some_and(|last| *last != b'\n');
    let text = String::from_utf8_lossy(&tail);
    let last = text.lines().rev().find_map(|line| serde_json::from_str(line).ok());
    Ok((last, torn))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use counterfoil_core::audit_chain::{Digest, digest};

    use super::*;

    fn head(sequence: u64) -> Head {
        Head { sequence, digest: digest(Ledger::Platform, sequence, Digest::GENESIS, "{}") }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_732_473_600 + seconds, 0).unwrap()
    }

    async fn add(folder: &AnchorFolder, sequence: u64, seconds: i64, pace: Pace) -> Appended {
        folder.append(Ledger::Platform, head(sequence), at(seconds), pace).await.unwrap()
    }

    #[tokio::test]
    async fn a_ledger_is_anchored_once_a_minute_and_whenever_it_is_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let folder = AnchorFolder::new(dir.path().join("anchors"));
        assert_eq!(add(&folder, 3, 0, Pace::Unhurried).await, Appended::Added);
        assert_eq!(add(&folder, 4, 59, Pace::Unhurried).await, Appended::TooSoon);
        assert_eq!(add(&folder, 4, 60, Pace::Unhurried).await, Appended::Added);
        assert_eq!(add(&folder, 5, 61, Pace::Now).await, Appended::Added);
        assert_eq!(add(&folder, 5, 500, Pace::Now).await, Appended::Known);
        let read = folder.read(Ledger::Platform).await.unwrap();
        assert_eq!(read.iter().map(|anchor| anchor.sequence).collect::<Vec<_>>(), [3, 4, 5]);
    }

    #[tokio::test]
    async fn an_end_that_lies_behind_what_was_anchored_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let folder = AnchorFolder::new(dir.path().into());
        add(&folder, 3, 0, Pace::Now).await;
        let known = Anchor::of(Ledger::Platform, head(3), at(0));
        assert_eq!(add(&folder, 2, 100, Pace::Now).await, Appended::Ahead(known));
        let other = Head { sequence: 3, digest: head(2).digest };
        let appended = folder.append(Ledger::Platform, other, at(100), Pace::Now).await.unwrap();
        assert_eq!(appended, Appended::Ahead(known));
        assert_eq!(folder.read(Ledger::Platform).await.unwrap().iter().count(), 1);
    }

    #[tokio::test]
    async fn a_line_that_a_crash_cut_short_spoils_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let folder = AnchorFolder::new(dir.path().into());
        add(&folder, 1, 0, Pace::Now).await;
        let file = folder.file(Ledger::Platform);
        let whole = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, whole.clone() + &whole[..50]).unwrap();
        assert_eq!(add(&folder, 2, 10, Pace::Unhurried).await, Appended::TooSoon, "the line before it counts");
        assert_eq!(add(&folder, 2, 100, Pace::Unhurried).await, Appended::Added);
        let read = folder.read(Ledger::Platform).await.unwrap();
        assert_eq!((read.iter().count(), read.unreadable), (2, vec![2]));
    }

    #[tokio::test]
    async fn nothing_was_anchored_where_there_is_no_file() {
        let folder = AnchorFolder::new("/nowhere/at/all".into());
        assert_eq!(folder.read(Ledger::Platform).await.unwrap(), Anchors::default());
    }

    #[test]
    fn the_folder_is_named_by_a_path_or_a_url() {
        let path = |named| AnchorFolder::named(named).map(|folder| folder.folder);
        assert_eq!(path("anchors/here"), Ok("anchors/here".into()));
        assert_eq!(path("file:///mnt/anchors"), Ok("/mnt/anchors".into()));
        assert_eq!(path("file://localhost/mnt/anchors"), Ok("/mnt/anchors".into()));
        for wrong in ["", "https://example.com/", "file://", "file://host/share", "file:///a%20b"] {
            assert!(path(wrong).is_err(), "{wrong}");
        }
    }
}
