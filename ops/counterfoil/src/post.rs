//! Where mail goes: over SMTP, or without `SMTP_URL` into files. Before it stand whoever words a notice or a letter,
//! after it the mail server.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `SMTP_URL` | `smtp://user:password@host:587`; unset: `.eml` files are written |

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use counterfoil_core::ids::TenantId;
use counterfoil_mailer::{Mailer, Message, Receipt, SendError};

/// The way out for mail of every kind.
pub(crate) struct Post {
    smtp: Option<Mailer>,
    folder: PathBuf,
    /// What each council's folder is called.
    folders: BTreeMap<TenantId, String>,
}

/// Whose mail it is, which is the folder that its files are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tray {
    /// A council's.
    Council(TenantId),
    /// The platform's own: `letters`.
    Letters,
}

impl Post {
    /// Over SMTP where a URL is given, else into a folder.
    ///
    /// # Errors
    /// When the URL cannot be understood.
    pub(crate) fn new(
        smtp_url: Option<&str>,
        folder: &Path,
        folders: BTreeMap<TenantId, String>,
    ) -> anyhow::Result<Self> {
        let smtp = smtp_url.map(Mailer::smtp).transpose()?;
        Ok(Self { smtp, folder: folder.to_owned(), folders })
    }

    /// As `SMTP_URL` says.
    ///
    /// # Errors
    /// When it cannot be understood.
    pub(crate) fn from_environment(folder: &Path, folders: BTreeMap<TenantId, String>) -> anyhow::Result<Self> {
        let smtp_url = std::env::var(counterfoil_mailer::SMTP_VARIABLE).ok().filter(|url| !url.trim().is_empty());
        Self::new(smtp_url.as_deref(), folder, folders)
    }

    /// Where mail goes, in words.
    pub(crate) fn describe(&self) -> String {
        match self.smtp {
            Some(_) => "to the mail server that SMTP_URL names".to_owned(),
            None => format!("into {} as .eml files, since SMTP_URL is not set", self.folder.display()),
        }
    }

    /// Sends a message, and waits until the mail server has taken it or the file is complete.
    ///
    /// # Errors
    /// What the mail server said, and whether it is worth another try.
    pub(crate) async fn deliver(&self, tray: Tray, message: &Message) -> Result<Receipt, SendError> {
        if let Some(smtp) = &self.smtp {
            return smtp.send(message).await;
        }
        let tray = match tray {
            Tray::Council(council) => self.folders.get(&council).cloned().unwrap_or_else(|| council.to_string()),
            Tray::Letters => "letters".to_owned(),
        };
        Mailer::folder(&self.folder.join(tray)).send(message).await
    }
}
