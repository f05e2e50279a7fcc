//! The job queue. A step enqueues what comes next in the transaction that makes it true ([`enqueue`]); the
//! [`Dispatcher`] picks one job at a time, lends it to a worker for a while, and keeps what became of it. A job that
//! goes on failing ends as a dead letter, which people see and requeue.
//!
//! A payload holds ids only and a job is idempotent: a worker that is killed loses its loan, and another does the job
//! again.

mod dead;
mod dispatcher;
mod enqueue;
mod kind;

pub use dead::DeadLetter;
pub use dispatcher::{Dispatcher, Outcome, Taken};
pub use enqueue::{Enqueue, dead_letters, enqueue, enqueue_all};
pub use kind::{Job, JobKind};

/// How many records one job names: as many as are priced in a few seconds, so that a killed worker loses little.
pub const MOST_IDS: usize = 500;
