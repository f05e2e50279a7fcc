//! Runs the migrations as the owner of the database, and gives the four roles their password where there is one.
//! Before anything else at the start of `serve`, `worker`, `migrate` and `demo`.

use diesel::sql_types::Text;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connections::{Config, Role};
use crate::error::{Error, Result};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

/// Names one of our migrations at a time; any number will do that nobody else uses.
const LOCK: i64 = 0x636f_756e_7465_7266;

/// Brings the database up to date and says which migrations ran. Safe to run by several processes at once: the
/// others wait, and find nothing left to do. Needs a runtime of several threads.
///
/// # Errors
/// [`Error::Unreachable`] without a connection, [`Error::Refused`] with the database's words for a migration that
/// fails; what ran before it stays.
pub async fn migrate(config: &Config) -> Result<Vec<String>> {
    let mut conn =
        AsyncPgConnection::establish(config.owner_url()).await.map_err(|error| Error::Unreachable(Box::new(error)))?;
    // The owner's own session, held for the migrations alone: the one place where a session lock is right.
    conn.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})")).await?;
    let mut harness = AsyncMigrationHarness::new(conn);
    let ran = harness
        .run_pending_migrations(MIGRATIONS)
        .map_err(|error| Error::Refused(format!("The database could not be brought up to date: {error}")))?
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut conn = harness.into_inner();
    if let Some(password) = config.role_password() {
        set_role_passwords(&mut conn, password).await?;
    }
    Ok(ran)
}

/// Utility statements take no parameters, so the server itself quotes the password.
async fn set_role_passwords(conn: &mut AsyncPgConnection, password: &str) -> Result<()> {
    for role in Role::ALL {
        let statement: String = diesel::select(
            diesel::dsl::sql::<Text>("format('ALTER ROLE %I PASSWORD %L', ")
                .bind::<Text, _>(role.name())
                .sql(", ")
                .bind::<Text, _>(password)
                .sql(")"),
        )
        .get_result(conn)
        .await?;
        conn.batch_execute(&statement).await?;
    }
    Ok(())
}

/// Whether the database is up to date, asked as the owner.
///
/// # Errors
/// [`Error::Unreachable`] without a connection.
pub async fn is_current(config: &Config) -> Result<bool> {
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> Text,
        }
    }
    let mut conn =
        AsyncPgConnection::establish(config.owner_url()).await.map_err(|error| Error::Unreachable(Box::new(error)))?;
    let newest = newest_version()?;
    let found: Result<Option<String>, _> = __diesel_schema_migrations::table
        .filter(__diesel_schema_migrations::version.eq(newest))
        .select(__diesel_schema_migrations::version)
        .first(&mut conn)
        .await
        .optional();
    // a database that was never migrated has no such table
    Ok(matches!(found, Ok(Some(_))))
}

fn newest_version() -> Result<String> {
    use diesel::migration::{Migration, MigrationSource};
    let all: Vec<Box<dyn Migration<diesel::pg::Pg>>> =
        MIGRATIONS.migrations().map_err(|error| Error::Refused(error.to_string()))?;
    all.iter()
        .map(|migration| migration.name().version().to_string())
        .max()
        .ok_or_else(|| Error::Refused("There are no migrations.".to_owned()))
}
