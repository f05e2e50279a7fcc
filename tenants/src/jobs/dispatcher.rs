//! Picks jobs and keeps what became of them, on the platform's role. What a job does, it does in the scope of its
//! council, which [`Taken::scope`] gives; no transaction is open meanwhile.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{JobId, TenantId};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::enqueue::id_of;
use super::kind::Job;
use crate::connections::{Connections, Role};
use crate::error::Result;
use crate::schema::{council, job};
use crate::scope::{CouncilScope, End, Mode, Settings, Work, in_transaction};

pub(super) const READY: i16 = 0;
pub(super) const RUNNING: i16 = 1;
const DONE: i16 = 2;
pub(super) const DEAD: i16 = 3;

pub(super) type Row = (Uuid, Option<Uuid>, String, serde_json::Value, i32, i32, Option<String>);
pub(super) const COLUMNS: (
    job::id,
    job::tenant_id,
    job::kind,
    job::payload,
    job::attempts,
    job::most_attempts,
    job::request_id,
) = (job::id, job::tenant_id, job::kind, job::payload, job::attempts, job::most_attempts, job::request_id);

/// A job that a worker holds until its loan ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Its id.
    pub id: JobId,
    /// Its council.
    pub tenant: TenantId,
    /// What is to be done.
    pub job: Job,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// The request that it came from.
    pub request_id: Option<String>,
    worker: String,
}

impl Taken {
    /// The row, while this loan lasts.
    fn held(&self) -> held_by {
        held_by(self.id.uuid(), self.worker.clone(), self.attempt.cast_signed())
    }

    /// The scope of the job's council, in which to do it.
    #[must_use]
    pub fn scope(&self, connections: &Connections) -> CouncilScope {
        let actor = Actor::system(self.job.kind().code());
        let request_id = self.request_id.clone().unwrap_or_else(|| self.id.to_string());
        CouncilScope::new(connections.clone(), self.tenant, actor, Some(request_id))
    }
}

/// What became of a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is tried again at an instant.
    Again(DateTime<Utc>),
    /// It is a dead letter.
    Dead,
    /// The loan had ended, and somebody else holds it or has done it.
    Lost,
}

/// The queue, for workers.
#[derive(Clone)]
pub struct Dispatcher {
    connections: Connections,
}

impl Dispatcher {
    /// On a database.
    #[must_use]
    pub fn new(connections: &Connections) -> Self {
        Self { connections: connections.clone() }
    }

    /// Lends the next job that is due to a worker, for a while; none when nothing is due. A job whose loan has ended,
    /// because its worker was killed, is due again, or dead if that was its last attempt.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database). A job that cannot be read is made a dead letter, and the next is taken.
    pub async fn take(&self, worker: &str, now: DateTime<Utc>, lease: TimeDelta) -> Result<Option<Taken>> {
        loop {
            let Some((id, tenant, kind, payload, attempts, _, request_id)) =
                self.lend(worker, now, now + lease).await?
            else {
                return Ok(None);
            };
            let read = Job::read(&kind, &payload);
            match (read, tenant) {
                (Ok(job), Some(tenant)) => {
                    return Ok(Some(Taken {
                        id: id_of(id),
                        tenant: TenantId::from_uuid(tenant),
                        job,
                        attempt: attempts.unsigned_abs(),
                        request_id,
                        worker: worker.to_owned(),
                    }));
                }
                (Ok(_), None) => self.bury(id, "it is of no council").await?,
                (Err(error), _) => self.bury(id, &error.to_string()).await?,
            }
        }
    }

    async fn lend(&self, worker: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Option<Row>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            super::dead::bury_abandoned(conn, now).await?;
            let due: Option<Uuid> = job::table
                .filter(job::state.eq(READY).and(job::run_at.le(now)))
                .order((job::run_at, job::created_at))
                .limit(1)
                .select(job::id)
                .for_update()
                .skip_locked()
                .first(conn)
                .await
                .optional()?;
            let abandoned = job::table
                .filter(job::state.eq(RUNNING).and(job::locked_until.lt(now)))
                .order(job::locked_until)
                .limit(1)
                .select(job::id)
                .for_update()
                .skip_locked();
            let next = match due {
                Some(id) => Some(id),
                None => abandoned.first(conn).await.optional()?,
            };
            let Some(id) = next else { return Ok(None) };
            Ok(diesel::update(job::table)
                .filter(job::id.eq(id))
                .set((
                    job::state.eq(RUNNING),
                    job::attempts.eq(job::attempts + 1),
                    job::locked_by.eq(Some(worker)),
                    job::locked_until.eq(Some(until)),
                ))
                .returning(COLUMNS)
                .get_result(conn)
                .await
                .optional()?)
        })
        .await
    }

    /// Holds a job for longer. False when the loan had ended and it is somebody else's.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn extend(&self, taken: &Taken, until: DateTime<Utc>) -> Result<bool> {
        self.change(taken, async |conn: &mut AsyncPgConnection| {
            Ok(diesel::update(taken.held()).set(job::locked_until.eq(Some(until))).execute(conn).await?)
        })
        .await
    }

    /// A job is done. False when the loan had ended and it is somebody else's, who will find it done.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn done(&self, taken: &Taken) -> Result<bool> {
        self.change(taken, async |conn: &mut AsyncPgConnection| {
            Ok(diesel::update(taken.held())
                .set((
                    job::state.eq(DONE),
                    job::locked_by.eq(None::<String>),
                    job::locked_until.eq(None::<DateTime<Utc>>),
                    job::last_error.eq(None::<String>),
                ))
                .execute(conn)
                .await?)
        })
        .await
    }

    /// An attempt failed: it is tried again after a pause that doubles each time, at most an hour, or becomes a dead
    /// letter after its last. `why` is for the people who look at dead letters.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn failed(&self, taken: &Taken, why: &str, now: DateTime<Utc>) -> Result<Outcome> {
        let last = taken.attempt >= taken.job.kind().most_attempts().unsigned_abs();
        let again = now + pause_after(taken.attempt);
        let held_still = self
            .change(taken, async |conn: &mut AsyncPgConnection| {
                Ok(diesel::update(taken.held())
                    .set((
                        job::state.eq(if last { DEAD } else { READY }),
                        job::run_at.eq(again),
                        job::locked_by.eq(None::<String>),
                        job::locked_until.eq(None::<DateTime<Utc>>),
                        job::last_error.eq(Some(why)),
                    ))
                    .execute(conn)
                    .await?)
            })
            .await?;
        Ok(match (held_still, last) {
            (false, _) => Outcome::Lost,
            (true, true) => Outcome::Dead,
            (true, false) => Outcome::Again(again),
        })
    }

    /// How many jobs are ready or running, and when the next of those that are ready is due: for a worker that is to
    /// stop when nothing is left, and for tests that no job is left over.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn waiting(&self) -> Result<(i64, Option<DateTime<Utc>>)> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let count = job::table.filter(job::state.eq_any([READY, RUNNING])).count().get_result(conn).await?;
            let next: Option<DateTime<Utc>> =
                job::table.filter(job::state.eq(READY)).select(diesel::dsl::min(job::run_at)).first(conn).await?;
            Ok((count, next))
        })
        .await
    }

    /// Every council, for the scheduler to go round.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn councils(&self) -> Result<Vec<TenantId>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let ids: Vec<Uuid> = council::table.order(council::id).select(council::id).load(conn).await?;
            Ok(ids.into_iter().map(TenantId::from_uuid).collect())
        })
        .await
    }

    async fn change<F>(&self, taken: &Taken, work: F) -> Result<bool>
    where
        F: for<'r> Work<&'r mut AsyncPgConnection, Result<usize>, Done: Send> + Send + Sync,
    {
        let rows = self.transaction(work).await?;
        if rows == 0 {
            tracing::warn!(job = %taken.id, worker = taken.worker, "the loan of this job had ended");
        }
        Ok(rows > 0)
    }

    pub(super) async fn transaction<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'r> Work<&'r mut AsyncPgConnection, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        in_transaction(
            &self.connections,
            Role::Dispatcher,
            Mode::Write,
            &Settings::default(),
            async |conn: &mut AsyncPgConnection| Ok((work(conn).await?, End::Audited)),
        )
        .await
    }
}

/// A job, while one attempt of one worker holds it.
#[diesel::dsl::auto_type]
fn held_by(id: Uuid, worker: String, attempt: i32) -> _ {
    let running: i16 = RUNNING;
    job::table.filter(
        job::id.eq(id).and(job::state.eq(running)).and(job::attempts.eq(attempt)).and(job::locked_by.eq(worker)),
    )
}

/// Two seconds, then four, then eight, up to an hour.
fn pause_after(attempt: u32) -> TimeDelta {
    TimeDelta::seconds(1_i64 << attempt.min(12)).min(TimeDelta::hours(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        assert_eq!(pause_after(1), TimeDelta::seconds(2));
        assert_eq!(pause_after(5), TimeDelta::seconds(32));
        assert_eq!(pause_after(40), TimeDelta::hours(1));
    }
}
