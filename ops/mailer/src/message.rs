//! One message to one recipient, and its form on the wire.

use std::time::SystemTime;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MessageBuilder};

use crate::error::{Lasting, SendError};

/// A plain-text message. One recipient each: nobody sees who else was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who sends: `payments@council.example` or `Council payments <payments@council.example>`.
    pub from: String,
    /// Where answers go, where that is elsewhere.
    pub reply_to: Option<String>,
    /// Who gets it.
    pub to: String,
    /// The subject, of any characters but control characters.
    pub subject: String,
    /// The body; lines may end in LF or CR LF.
    pub text: String,
    /// The id, as `local@domain` without angle brackets. The same id is the same message: relays and readers
    /// may drop a second one.
    pub message_id: String,
    /// The date that the message shows.
    pub date: SystemTime,
}

impl Message {
    /// The message as it is sent, or what is wrong with it. A control character in a header field could begin
    /// another header, or end them all: such a message is refused, not mended.
    pub(crate) fn build(&self) -> Result<lettre::Message, SendError> {
        let mut builder: MessageBuilder = lettre::Message::builder()
            .message_id(Some(self.checked_id()?))
            .date(self.date)
            .from(mailbox("sender", &self.from)?)
            .to(mailbox("recipient", &self.to)?)
            .subject(checked("subject", &self.subject)?);
        if let Some(reply_to) = &self.reply_to {
            builder = builder.reply_to(mailbox("reply address", reply_to)?);
        }
        let text = self.text.replace("\r\n", "\n").replace('\n', "\r\n");
        builder
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|e| SendError::because(Lasting::Permanent, "it cannot be put into the form of a mail", e))
    }

    /// The id in angle brackets.
    fn checked_id(&self) -> Result<String, SendError> {
        let id = &self.message_id;
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b))
        };
        match id.split_once('@') {
            Some((local, domain)) if plain(local) && plain(domain) => Ok(format!("<{id}>")),
            _ => Err(SendError::permanent(format!("the message id {id:?} is not of the form local@domain"))),
        }
    }
}

fn checked<'a>(field: &str, value: &'a str) -> Result<&'a str, SendError> {
    if value.chars().any(char::is_control) {
        return Err(SendError::permanent(format!(
            "the {field} {value:?} has a line break or another control character in it"
        )));
    }
    Ok(value)
}

fn mailbox(field: &str, value: &str) -> Result<Mailbox, SendError> {
    checked(field, value)?.parse().map_err(|e| {
        SendError::because(Lasting::Permanent, format!("the {field} {value:?} is not an e-mail address"), e)
    })
}
