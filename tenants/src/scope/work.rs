//! What is done inside a transaction, and how often it is tried.

use std::time::Duration;

use crate::error::Result;

/// An async closure whose future may move between threads: `async |tx| { ... }`. It may run more than once, after a
/// serialisation failure or a deadlock, so it borrows what it needs and clones what it consumes.
pub trait Work<A, R>: AsyncFn(A) -> R + Fn(A) -> <Self as Work<A, R>>::Done {
    /// Its future.
    type Done: Future<Output = R>;
}

impl<F, A, R, Done> Work<A, R> for F
where
    F: AsyncFn(A) -> R + Fn(A) -> Done,
    Done: Future<Output = R>,
{
    type Done = Done;
}

/// How often a transaction is tried in all.
const MOST_ATTEMPTS: u32 = 5;

/// How long to wait before the next attempt, or none when there is to be no other. `attempts` counts those made.
pub(super) fn pause_before_retry<T>(outcome: &Result<T>, attempts: u32) -> Option<Duration> {
    let transient = outcome.as_ref().is_err_and(crate::Error::is_transient);
    (transient && attempts < MOST_ATTEMPTS).then(|| Duration::from_millis(5 << (2 * attempts)))
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as DieselError};

    use super::*;
    use crate::Error;

    fn deadlock() -> Result<()> {
        let said = Box::new("deadlock detected".to_owned());
        Err(Error::Database(DieselError::DatabaseError(DatabaseErrorKind::Unknown, said)))
    }

    #[test]
    fn a_deadlock_is_tried_again_but_not_for_ever() {
        assert!(pause_before_retry(&deadlock(), 1).is_some());
        assert!(pause_before_retry(&deadlock(), MOST_ATTEMPTS).is_none());
    }

    #[test]
    fn what_would_fail_again_is_not_tried_again() {
        assert!(pause_before_retry(&Ok(()), 1).is_none());
        assert!(pause_before_retry::<()>(&Err(Error::NotFound), 1).is_none());
    }
}
