//! Mail leaves here: over SMTP, or into a folder of `.eml` files where no relay is configured.
//!
//! Stands after the job that words a notice, and last before the world. It knows nothing of councils: a
//! [`Message`] carries all that it needs, its date and id included, so that the same message is the same
//! bytes whenever and wherever it is sent.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `SMTP_URL` | `smtp://user:password@host:port?tls=required`, `smtps://...`, or unset to write files |

mod error;
mod folder;
mod message;
mod smtp;

use std::path::{Path, PathBuf};

pub use error::{Lasting, SendError};
pub use message::Message;

use folder::Folder;
use smtp::Smtp;

/// Environment variable with the relay's address.
pub const SMTP_VARIABLE: &str = "SMTP_URL";

/// The way out for mail.
#[derive(Debug, Clone)]
pub struct Mailer {
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Smtp(Smtp),
    Folder(Folder),
}

/// That a message has left, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The message's own id, in angle brackets.
    pub message_id: String,
    /// What the relay answered; nothing for a file.
    pub reply: Option<String>,
    /// The file that was written; nothing for a relay.
    pub file: Option<PathBuf>,
}

impl Mailer {
    /// Over SMTP. Connections are made when the first message is sent, and kept for the next ones.
    ///
    /// # Errors
    /// A permanent [`SendError`] where the URL is not one of a relay.
    pub fn smtp(url: &str) -> Result<Self, SendError> {
        Ok(Self { way: Way::Smtp(Smtp::new(url)?) })
    }

    /// Into `.eml` files, each named by its message's id, in a folder that is made with the first of them.
    #[must_use]
    pub fn folder(folder: &Path) -> Self {
        Self { way: Way::Folder(Folder::new(folder)) }
    }

    /// Over SMTP where `smtp_url` is given, else into the folder.
    ///
    /// # Errors
    /// As [`smtp`](Self::smtp).
    pub fn new(smtp_url: Option<&str>, folder: &Path) -> Result<Self, SendError> {
        smtp_url.map_or_else(|| Ok(Self::folder(folder)), Self::smtp)
    }

    /// Sends one message and waits until the relay has taken it, or the file is complete.
    ///
    /// # Errors
    /// [`SendError`], which says whether to try again. After a temporary error the relay may still have taken
    /// the message: a second try can bring it twice, under the same id.
    pub async fn send(&self, message: &Message) -> Result<Receipt, SendError> {
        let built = message.build()?;
        match &self.way {
            Way::Smtp(smtp) => smtp.send(message, built).await,
            Way::Folder(folder) => folder.write(message, &built).await,
        }
    }
}
