//! Sends notices. A notice goes out under an id that follows from it, so that a second sending after a crash is the same
//! message to whoever receives it.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::NoticeId;
use counterfoil_mailer::Message;
use counterfoil_tenants::notice::NoticeState;
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::steps::notify::{sent, to_send};
use counterfoil_tenants::{Error, Result, failpoint};

use crate::post::{Post, Tray};

/// Sends a notice that is still to be sent.
///
/// # Errors
/// [`Error::Refused`] when the mail server could not take it now: it is tried again.
pub(super) async fn send(post: &Post, scope: &CouncilScope, at: DateTime<Utc>, id: NoticeId) -> Result<()> {
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
    let outcome = post.deliver(Tray::Council(scope.tenant()), &message).await;
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
