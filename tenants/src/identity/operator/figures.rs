//! How much the platform is used, and whether it is well: counts from the platform's own tables, nobody's care and
//! nobody's money.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::TenantId;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::Result;
use crate::identity::Identity;
use crate::jobs::Dispatcher;

/// How much a council uses the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The council.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Since when nobody acts for it; none while it is in use.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Members of its staff.
    pub staff: i64,
    /// Organisations that are linked with it.
    pub organisations: i64,
    /// People who act for those.
    pub provider_people: i64,
    /// When somebody of its staff signed in last.
    pub last_seen_at: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct UsageRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    suspended_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    staff: i64,
    #[diesel(sql_type = BigInt)]
    organisations: i64,
    #[diesel(sql_type = BigInt)]
    provider_people: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_seen_at: Option<DateTime<Utc>>,
}

const USAGE: &str = "SELECT c.id, c.slug, c.name, c.suspended_at, \
    (SELECT count(DISTINCT m.person_id) FROM council_member m WHERE m.tenant_id = c.id) AS staff, \
    (SELECT count(*) FROM council_organisation w WHERE w.tenant_id = c.id) AS organisations, \
    (SELECT count(DISTINCT m.person_id) FROM council_organisation w \
        JOIN organisation_member m ON m.organisation_id = w.organisation_id WHERE w.tenant_id = c.id) AS provider_people, \
    (SELECT max(p.last_seen_at) FROM council_member m JOIN person p ON p.id = m.person_id \
        WHERE m.tenant_id = c.id) AS last_seen_at \
    FROM council c ORDER BY c.name, c.id";

/// Whether the platform is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// What the database's clock says.
    pub database_time: DateTime<Utc>,
    /// Letters of the platform that are due or will be tried again.
    pub letters_waiting: i64,
    /// When the oldest of them was written.
    pub oldest_letter: Option<DateTime<Utc>>,
    /// Letters that were given up.
    pub letters_lost: i64,
    /// Jobs that are ready or running.
    pub jobs_waiting: i64,
    /// Jobs that went on failing and were given up, by council; none for the platform's own.
    pub jobs_dead: Vec<(Option<TenantId>, i64)>,
}

#[derive(QueryableByName)]
struct LettersRow {
    #[diesel(sql_type = Timestamptz)]
    database_time: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    waiting: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    oldest: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    lost: i64,
}

const LETTERS: &str = "SELECT now() AS database_time, count(*) FILTER (WHERE state = 0) AS waiting, \
    min(made_at) FILTER (WHERE state = 0) AS oldest, count(*) FILTER (WHERE state = 2) AS lost FROM letter \
    WHERE state <> 1";

impl Identity {
    /// How much each council uses the platform, by name.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn usage(&self) -> Result<Vec<Usage>> {
        let rows: Vec<UsageRow> =
            self.read(async |conn: &mut AsyncPgConnection| Ok(sql_query(USAGE).load(conn).await?)).await?;
        let usage = rows.into_iter().map(|row| Usage {
            tenant: TenantId::from_uuid(row.id),
            slug: row.slug,
            name: row.name,
            suspended_at: row.suspended_at,
            staff: row.staff,
            organisations: row.organisations,
            provider_people: row.provider_people,
            last_seen_at: row.last_seen_at,
        });
        Ok(usage.collect())
    }

    /// Whether the platform is well.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database), [`Error::Unreachable`](crate::Error::Unreachable).
    pub async fn health(&self) -> Result<Health> {
        let letters: LettersRow =
            self.read(async |conn: &mut AsyncPgConnection| Ok(sql_query(LETTERS).get_result(conn).await?)).await?;
        let dispatcher = Dispatcher::new(self.connections());
        let (jobs_waiting, _) = dispatcher.waiting().await?;
        Ok(Health {
            database_time: letters.database_time,
            letters_waiting: letters.waiting,
            oldest_letter: letters.oldest,
            letters_lost: letters.lost,
            jobs_waiting,
            jobs_dead: dispatcher.dead_by_council().await?,
        })
    }
}
