//! What can go wrong behind the tenant boundary. Steps and pages react to the variants; the words of [`Error::Refused`]
//! and [`Error::Conflict`] are for the person who tried, the cause beneath [`Error::Database`] is for the log.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The result of everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it is another council's: the two answer alike.
    #[error("There is nothing here with that reference.")]
    NotFound,
    /// Somebody else was there first, or it exists already.
    #[error("{0}")]
    Conflict(String),
    /// It may not be done now, in a sentence that says what to do.
    #[error("{0}")]
    Refused(String),
    /// Council data was changed without an audit record: a fault of the program, and nothing was changed.
    #[error("This change could not be recorded, so it was not made. Please report it.")]
    Unaudited,
    /// A stored value that this version cannot read.
    #[error("Something stored cannot be read: {what}. Please report it.")]
    Unreadable {
        /// Which column, and what is wrong with it.
        what: String,
    },
    /// No connection to the database.
    #[error("The database cannot be reached. Please try again in a moment.")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The database refused; the cause is for the log.
    #[error("The database did not accept this. Please report it if it happens again.")]
    Database(#[source] DieselError),
}

impl Error {
    /// A refusal in the words of a domain error.
    pub fn refused(reason: impl std::fmt::Display) -> Self {
        Self::Refused(reason.to_string())
    }

    /// Whether the same transaction may well succeed when it is tried again: a serialisation failure or a deadlock.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            // diesel has no kind for deadlocks; a server that speaks another language leaves them to the job's retry
            Self::Database(DieselError::DatabaseError(DatabaseErrorKind::Unknown, said)) => {
                said.message() == "deadlock detected"
            }
            _ => false,
        }
    }

    /// Whether the database went away: its connection is gone, or it is starting or stopping.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Database(DieselError::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
                _,
            )) => true,
            Self::Database(DieselError::DatabaseError(_, said)) => said.message().starts_with("terminating connection"),
            _ => false,
        }
    }

    /// The name of the constraint that a write ran into, where that is what happened.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(DieselError::DatabaseError(_, said)) => said.constraint_name(),
            _ => None,
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::NotFound => Self::NotFound,
            DieselError::DeserializationError(cause) => Self::Unreadable { what: cause.to_string() },
            other => Self::Database(other),
        }
    }
}
