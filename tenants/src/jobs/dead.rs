//! Dead letters: jobs that went on failing, for people to see and requeue.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{JobId, TenantId};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::dispatcher::{COLUMNS, DEAD, Dispatcher, READY, RUNNING, Row};
use super::enqueue::id_of;
use crate::error::{Error, Result};
use crate::schema::job;

/// A job that went on failing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its id.
    pub id: JobId,
    /// Its council.
    pub tenant: Option<TenantId>,
    /// Its kind, as it is stored.
    pub kind: String,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong last.
    pub last_error: String,
}

impl From<(Row, Option<String>)> for DeadLetter {
    fn from(((id, tenant, kind, _, attempts, _, _), last_error): (Row, Option<String>)) -> Self {
        Self {
            id: id_of(id),
            tenant: tenant.map(TenantId::from_uuid),
            kind,
            attempts: attempts.unsigned_abs(),
            last_error: last_error.unwrap_or_default(),
        }
    }
}

impl Dispatcher {
    /// Every dead letter, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn dead_letters(&self) -> Result<Vec<DeadLetter>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let rows: Vec<(Row, Option<String>)> = job::table
                .filter(job::state.eq(DEAD))
                .order((job::created_at, job::id))
                .select((COLUMNS, job::last_error))
                .load(conn)
                .await?;
            Ok(rows.into_iter().map(DeadLetter::from).collect())
        })
        .await
    }

    /// How many dead letters there are, by council; none for the platform's own.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn dead_by_council(&self) -> Result<Vec<(Option<TenantId>, i64)>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let rows: Vec<(Option<Uuid>, i64)> = job::table
                .filter(job::state.eq(DEAD))
                .group_by(job::tenant_id)
                .order(job::tenant_id)
                .select((job::tenant_id, diesel::dsl::count_star()))
                .load(conn)
                .await?;
            Ok(rows.into_iter().map(|(tenant, count)| (tenant.map(TenantId::from_uuid), count)).collect())
        })
        .await
    }

    /// Gives a dead letter all its attempts again.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is none.
    pub async fn requeue(&self, id: JobId, now: DateTime<Utc>) -> Result<()> {
        let rows = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                Ok(diesel::update(job::table)
                    .filter(job::id.eq(id.uuid()).and(job::state.eq(DEAD)))
                    .set((job::state.eq(READY), job::attempts.eq(0), job::run_at.eq(now)))
                    .execute(conn)
                    .await?)
            })
            .await?;
        if rows == 0 { Err(Error::NotFound) } else { Ok(()) }
    }

    pub(super) async fn bury(&self, id: Uuid, why: &str) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            diesel::update(job::table)
                .filter(job::id.eq(id))
                .set((
                    job::state.eq(DEAD),
                    job::locked_by.eq(None::<String>),
                    job::locked_until.eq(None::<DateTime<Utc>>),
                    job::last_error.eq(Some(why)),
                ))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }
}

/// Jobs whose last loan ended without a word.
pub(super) async fn bury_abandoned(conn: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<()> {
    diesel::update(job::table)
        .filter(job::state.eq(RUNNING).and(job::locked_until.lt(now)))
        .filter(job::attempts.ge(job::most_attempts))
        .set((
            job::state.eq(DEAD),
            job::locked_by.eq(None::<String>),
            job::locked_until.eq(None::<DateTime<Utc>>),
            job::last_error.eq(Some("its worker stopped without a word, at the last attempt")),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
