//! Mail over SMTP, to the relay that the operator named.

use std::time::Duration;

use lettre::transport::smtp::response::Category;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::error::{Lasting, SendError};
use crate::{Message, Receipt};

/// Longest wait for a connection and for each of the relay's answers.
const COMMAND_LIMIT: Duration = Duration::from_secs(15);

/// Longest wait for a whole message: each of several answers may come late.
const MESSAGE_LIMIT: Duration = Duration::from_secs(45);

/// Connections kept to the relay.
const CONNECTIONS: u32 = 4;

/// A relay.
#[derive(Debug, Clone)]
pub(crate) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

impl Smtp {
    pub(crate) fn new(url: &str) -> Result<Self, SendError> {
        // The URL may hold a password: it is not repeated in the error.
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|e| SendError::because(Lasting::Permanent, "SMTP_URL is not a relay's address", e))?
            .timeout(Some(COMMAND_LIMIT))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS))
            .build();
        Ok(Self { transport })
    }

    pub(crate) async fn send(&self, message: &Message, built: lettre::Message) -> Result<Receipt, SendError> {
        // A conversation with the relay always comes to its end, in a task of its own, also when nobody waits for it any
        // more. Cut short, its connection would go back to the pool with an answer in it that nobody has heard, and each
        // later message would be told the answer to the one before: refused mail would count as sent.
        let transport = self.transport.clone();
        let conversation = tokio::spawn(async move { transport.send(built).await });
        let response = match tokio::time::timeout(MESSAGE_LIMIT, conversation).await {
            Ok(Ok(answer)) => answer.map_err(|e| refused(&e))?,
            Ok(Err(stopped)) => {
                return Err(SendError::because(Lasting::Temporary, "sending stopped short", stopped));
            }
            Err(late) => {
                return Err(SendError::because(Lasting::Temporary, "the relay is too slow", late));
            }
        };
        let reply: Vec<&str> = response.message().collect();
        tracing::debug!(message_id = message.message_id, "mail taken by the relay");
        Ok(Receipt { message_id: format!("<{}>", message.message_id), reply: Some(reply.join(" ")), file: None })
    }
}

/// Only the relay's own 5xx is final, 53x excepted, by which it asks who we are (RFC 4954). Everything else, from a
/// wrong password to a bad certificate, is between us and the relay, and the message can go when that is mended.
fn refused(error: &Error) -> SendError {
    let about_us = error.status().is_some_and(|code| code.category == Category::Unspecified3);
    let lasting = if error.is_permanent() && !about_us { Lasting::Permanent } else { Lasting::Temporary };
    let mut words = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words.push(cause.to_string());
        source = cause.source();
    }
    words.dedup();
    SendError::relay(lasting, words.join(": "))
}
