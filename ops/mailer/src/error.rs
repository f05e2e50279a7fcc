//! Why a message has not left, and whether another try makes sense.

use std::error::Error;

/// Whether the same message may get through later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// Try again: the relay is away, busy, or slow.
    Temporary,
    /// Never as it is: the address, the message or the relay's address is wrong.
    Permanent,
}

/// A message that was not sent.
#[derive(Debug, thiserror::Error)]
#[error("the message was not sent: {reason}")]
pub struct SendError {
    lasting: Lasting,
    reason: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl SendError {
    /// Whether to try again.
    #[must_use]
    pub fn lasting(&self) -> Lasting {
        self.lasting
    }

    /// Whether another try makes sense.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.lasting == Lasting::Temporary
    }

    pub(crate) fn permanent(reason: impl Into<String>) -> Self {
        Self { lasting: Lasting::Permanent, reason: reason.into(), source: None }
    }

    pub(crate) fn relay(lasting: Lasting, said: String) -> Self {
        Self { lasting, reason: said, source: None }
    }

    pub(crate) fn because(
        lasting: Lasting,
        reason: impl Into<String>,
        source: impl Error + Send + Sync + 'static,
    ) -> Self {
        let reason = format!("{}: {source}", reason.into());
        Self { lasting, reason, source: Some(Box::new(source)) }
    }
}
