//! Enqueuing a job in the transaction that makes it true: rolled back with it, visible with it.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::JobId;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;

use super::dead::DeadLetter;
use super::dispatcher::{COLUMNS, Row};
use super::kind::Job;
use crate::error::Result;
use crate::schema::job;
use crate::scope::{Acts, Audited, Tx};

/// A job to be enqueued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueue {
    job: Job,
    run_at: Option<DateTime<Utc>>,
    dedupe_key: Option<String>,
}

impl From<Job> for Enqueue {
    fn from(job: Job) -> Self {
        Self { job, run_at: None, dedupe_key: None }
    }
}

impl Enqueue {
    /// Not before an instant.
    #[must_use]
    pub const fn not_before(mut self, instant: DateTime<Utc>) -> Self {
        self.run_at = Some(instant);
        self
    }

    /// Once for a key, for as long as the job is kept: enqueuing it again does nothing. The key says what is to
    /// happen once, for example `issue run_0191...`, and is the council's own.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.dedupe_key = Some(key.into());
        self
    }
}

/// Enqueues a job for the transaction's council.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn enqueue<S: Acts>(audited: &mut Audited<'_, '_, S>, new: impl Into<Enqueue>) -> Result<()> {
    enqueue_all(audited, [new.into()]).await
}

/// Enqueues many.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn enqueue_all<S: Acts>(
    audited: &mut Audited<'_, '_, S>,
    new: impl IntoIterator<Item = Enqueue> + Send,
) -> Result<()> {
    let (tenant, at) = (audited.tenant().uuid(), audited.at());
    let request_id = audited.scope().request_id().map(str::to_owned);
    let rows: Vec<_> = new
        .into_iter()
        .map(|new| {
            (
                job::tenant_id.eq(tenant),
                job::kind.eq(new.job.kind().code()),
                job::payload.eq(new.job.payload()),
                job::run_at.eq(new.run_at.unwrap_or(at)),
                job::most_attempts.eq(new.job.kind().most_attempts()),
                job::dedupe_key.eq(new.dedupe_key),
                job::request_id.eq(request_id.clone()),
                job::created_at.eq(at),
            )
        })
        .collect();
    for batch in rows.chunks(1_000) {
        diesel::insert_into(job::table).values(batch.to_vec()).on_conflict_do_nothing().execute(audited.conn()).await?;
    }
    Ok(())
}

/// The council's own dead letters, the oldest first.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn dead_letters(tx: &mut Tx<'_>) -> Result<Vec<DeadLetter>> {
    let tenant = tx.tenant().uuid();
    let rows: Vec<(Row, Option<String>)> = job::table
        .filter(job::tenant_id.eq(tenant))
        .filter(job::state.eq(super::dispatcher::DEAD))
        .order((job::created_at, job::id))
        .select((COLUMNS, job::last_error))
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(DeadLetter::from).collect())
}

/// For messages: the id as people read it.
pub(super) fn id_of(raw: uuid::Uuid) -> JobId {
    JobId::from_uuid(raw)
}
