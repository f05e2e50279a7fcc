//! Works off the job queue: takes a job on loan, does it with a step, and keeps what became of it. A worker that is
//! killed loses its loan, and another does the job again.

mod mail;
mod perform;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_tenants::jobs::{Dispatcher, Outcome, Taken};
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::{Connections, Error};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::post::Post;

/// How long a job is lent unless somebody says otherwise; a job that takes longer is done by two, which the steps bear.
pub(crate) const LEASE: TimeDelta = TimeDelta::minutes(10);
/// How long to wait before looking again when nothing was due.
const IDLE: Duration = Duration::from_millis(500);

/// A worker with everything that jobs need.
#[derive(Clone)]
pub(crate) struct Worker {
    pub(crate) name: String,
    pub(crate) connections: Connections,
    pub(crate) means: Means,
    pub(crate) post: Arc<Post>,
    /// The address at which the pages are, without a path, for links in mail; none where nobody knows it.
    pub(crate) pages: Option<String>,
    /// How long it borrows a job: when it is killed, another has to wait for the end of the loan.
    pub(crate) lease: TimeDelta,
}

/// What became of a job.
#[derive(Debug)]
pub(crate) enum Done {
    /// It is done.
    Done,
    /// It failed and is tried again, or is a dead letter.
    Failed(Outcome, String),
}

impl Worker {
    /// Does one job that is due, if there is one.
    ///
    /// # Errors
    /// What the queue itself answers; a job's own failure is kept with the job.
    pub(crate) async fn one(&self, now: DateTime<Utc>) -> Result<Option<Done>, Error> {
        let dispatcher = Dispatcher::new(&self.connections);
        let Some(taken) = dispatcher.take(&self.name, now, self.lease).await? else { return Ok(None) };
        let span = tracing::info_span!(
            "job", id = %taken.id, kind = taken.job.kind().code(), council = %taken.tenant, attempt = taken.attempt
        );
        let outcome = self.perform(&taken, now).instrument(span.clone()).await;
        match outcome {
            Ok(()) => {
                dispatcher.done(&taken).await?;
                Ok(Some(Done::Done))
            }
            Err(error) => {
                let said = told(&error);
                let outcome = dispatcher.failed(&taken, &said, now).await?;
                span.in_scope(|| tracing::warn!(%said, ?outcome, "a job failed"));
                Ok(Some(Done::Failed(outcome, said)))
            }
        }
    }

    /// Works until it is told to stop; what it is doing then it finishes.
    pub(crate) async fn until(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.one(Utc::now()).await {
                Ok(Some(_)) => continue,
                Ok(None) => IDLE,
                Err(error) => {
                    tracing::warn!(error = %told(&error), "the job queue cannot be read");
                    IDLE * 4
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn perform(&self, taken: &Taken, now: DateTime<Utc>) -> Result<(), Error> {
        perform::perform(self, &taken.scope(&self.connections), now, &taken.job).await
    }
}

/// An error with its causes, on one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said = format!("{said} ({error})");
        cause = error.source();
    }
    said
}
