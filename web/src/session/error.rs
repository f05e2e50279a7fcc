//! What can go wrong with a session.

use axum::response::{IntoResponse, Response};
use tower_sessions::{session, session_store};

use crate::fault::Fault;

/// How [`SessionError::Ended`] is told through tower-sessions, whose errors are text.
const ENDED: &str = "the session has ended meanwhile";

/// Why a session could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Redis does not answer. Says nothing about whether the person is signed in.
    #[error("sessions cannot be reached: {0}")]
    Unavailable(String),
    /// Another request, or a sign-out elsewhere, was faster: the token that came with this request is no
    /// longer valid.
    #[error("{ENDED}")]
    Ended,
    /// There is no login that could be changed.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// A value could not be written as JSON, or read back as what was asked for.
    #[error("what a session holds could not be written or read")]
    Value(#[source] serde_json::Error),
    /// The operating system gave no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
}

impl From<session_store::Error> for SessionError {
    fn from(error: session_store::Error) -> Self {
        match error {
            session_store::Error::Backend(cause) if cause == ENDED => Self::Ended,
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl From<session::Error> for SessionError {
    fn from(error: session::Error) -> Self {
        match error {
            session::Error::SerdeJson(error) => Self::Value(error),
            session::Error::Store(error) => error.into(),
        }
    }
}

impl From<SessionError> for session_store::Error {
    fn from(error: SessionError) -> Self {
        Self::Backend(error.to_string())
    }
}

impl From<SessionError> for Fault {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Unavailable(_) | SessionError::Ended | SessionError::NotSignedIn => {
                tracing::warn!(%error, "a page could not be given");
                Self::Unavailable
            }
            SessionError::Value(_) | SessionError::Random(_) => Self::internal(&error),
        }
    }
}

impl IntoResponse for SessionError {
    fn into_response(self) -> Response {
        Fault::from(self).into_response()
    }
}
