//! Sends notices: over SMTP, or without `SMTP_URL` as files, a folder for each council. A notice goes out under an id
//! that follows from it, so that a second sending after a crash is the same message to whoever receives it.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `SMTP_URL` | `smtp://user:password@host:587`; unset: `.eml` files are written |

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{NoticeId, TenantId};
use counterfoil_mailer::{Mailer, Message};
use counterfoil_tenants::notice::NoticeState;
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::steps::notify::{sent, to_send};
use counterfoil_tenants::{Error, Result, failpoint};

/// Where mail goes.
pub(crate) struct Post {
    smtp: Option<Mailer>,
    folder: PathBuf,
    /// What each council's folder is called.
    folders: BTreeMap<TenantId, String>,
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

    /// Where mail goes, in words.
    pub(crate) fn describe(&self) -> String {
        match self.smtp {
            Some(_) => "to the mail server that SMTP_URL names".to_owned(),
            None => format!("into {} as .eml files, since SMTP_URL is not set", self.folder.display()),
        }
    }

    /// Sends a notice that is still to be sent.
    ///
    /// # Errors
    /// [`Error::Refused`] when the mail server could not take it now: it is tried again.
    pub(super) async fn send(&self, scope: &CouncilScope, at: DateTime<Utc>, id: NoticeId) -> Result<()> {
        let Some(notice) = to_send(scope, id).await? else { return Ok(()) };
        let domain = notice.sender.rsplit_once('@').map_or("counterfoil.example", |(_, domain)| domain);
        let message = Message {
            from: notice.sender.clone(),
            reply_to: notice.reply_to.clone(),
            to: notice.recipient.clone(),
            subject: notice.subject.clone(),
            text: notice.body.clone(),
            message_id: format!("{id}@{}", domain.trim_end_matches('>')),
            date: SystemTime::from(at),
        };
        let outcome = match &self.smtp {
            Some(smtp) => smtp.send(&message).await,
            None => {
                let council = self.folders.get(&scope.tenant()).cloned();
                let folder = self.folder.join(council.unwrap_or_else(|| scope.tenant().to_string()));
                Mailer::folder(&folder).send(&message).await
            }
        };
        failpoint::hit("notice-sent-before-recorded");
        match outcome {
            Ok(_) => sent(scope, at, id, NoticeState::Sent, (Some(&message.message_id), None)).await,
            Err(error) if error.is_temporary() => {
                let said = error.to_string();
                sent(scope, at, id, NoticeState::ToSend, (None, Some(&said))).await?;
                Err(Error::Refused(format!("The mail server could not take the message now: {said}")))
            }
            Err(error) => sent(scope, at, id, NoticeState::Failed, (None, Some(&error.to_string()))).await,
        }
    }
}
