//! Where the demo's files go: a folder for each council, in it one for each run with its payment file and remittance
//! advices, and one for its e-mails; beside them `summary.json`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::NaiveDate;
use counterfoil_tenants::payment_file::PaymentFile;
use counterfoil_tenants::remittance::Remittance;

/// The folder that everything goes into.
pub(crate) struct Outbox {
    folder: PathBuf,
}

impl Outbox {
    /// A folder, made if it is not there. What an earlier demo left in it is taken away, so that it holds one demo.
    ///
    /// # Errors
    /// When the folder cannot be made, or holds something that no demo wrote.
    pub(crate) fn new(folder: &Path) -> anyhow::Result<Self> {
        let marker = folder.join("summary.json");
        let holds_something = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
        if holds_something {
            anyhow::ensure!(
                marker.exists(),
                "{} holds something that is not a demo\u{2019}s: name an empty folder",
                folder.display()
            );
            fs::remove_dir_all(folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        fs::write(&marker, "{}\n").with_context(|| format!("{} cannot be written", marker.display()))?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of a run.
    fn run(&self, council: &str, schedule: &str, period: NaiveDate) -> PathBuf {
        self.folder.join(council).join(format!("{}-{period}", filed(schedule)))
    }

    /// Writes what to sign in with.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn sign_in(&self, file: &str) -> anyhow::Result<()> {
        write(&self.folder.join("sign-in.csv"), file.as_bytes())
    }

    /// Writes a payment file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn payment_file(
        &self,
        council: &str,
        schedule: &str,
        period: NaiveDate,
        file: &PaymentFile,
    ) -> anyhow::Result<()> {
        let name = format!("bacs-{:06}.txt", file.serial);
        write(&self.run(council, schedule, period).join(name), &file.bytes)
    }

    /// Writes the remittance advices of a run.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn remittances(
        &self,
        council: &str,
        schedule: &str,
        period: NaiveDate,
        remittances: &[Remittance],
    ) -> anyhow::Result<()> {
        let folder = self.run(council, schedule, period).join("remittances");
        for remittance in remittances {
            write(&folder.join(format!("{}.csv", remittance.number)), &remittance.csv)?;
            write(&folder.join(format!("{}.html", remittance.number)), &remittance.html)?;
        }
        Ok(())
    }

    /// Writes the figures.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn summary(&self, summary: &serde_json::Value) -> anyhow::Result<()> {
        let mut text = serde_json::to_vec_pretty(summary)?;
        text.push(b'\n');
        write(&self.folder.join("summary.json"), &text)
    }
}

/// A name as a file may have it.
fn filed(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    plain.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}
