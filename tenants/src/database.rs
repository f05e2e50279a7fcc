//! Making, copying and removing whole databases, as their owner: for a private server's first start and for tests. What
//! is in them is [`migrate`](crate::migrate)'s.

use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};

use crate::connections::Config;
use crate::error::{Error, Result};

/// How often something is tried that waits for sessions to end, and how long between.
const MOST_ATTEMPTS: u32 = 200;
const PAUSE: Duration = Duration::from_millis(25);

/// Makes a database on the server that `maintenance` leads to, empty or as a copy of another. False when it is
/// there already.
///
/// # Errors
/// [`Error::Unreachable`] without a connection, [`Error::Database`] when the server refuses.
pub async fn create(maintenance: &Config, name: &str, copy_of: Option<&str>) -> Result<bool> {
    let template = copy_of.map(|other| format!(" TEMPLATE {}", quoted(other))).unwrap_or_default();
    match administer(maintenance, &format!("CREATE DATABASE {}{template}", quoted(name))).await {
        Err(error) if is_taken(&error) => Ok(false),
        other => other.map(|()| true),
    }
}

/// Gives a database another name. False when that name is taken.
///
/// # Errors
/// As [`create`].
pub async fn rename(maintenance: &Config, name: &str, to: &str) -> Result<bool> {
    match administer(maintenance, &format!("ALTER DATABASE {} RENAME TO {}", quoted(name), quoted(to))).await {
        Err(error) if is_taken(&error) => Ok(false),
        other => other.map(|()| true),
    }
}

/// Removes a database, ending whatever sessions it has. Nothing happens when there is none.
///
/// # Errors
/// As [`create`].
pub async fn remove(maintenance: &Config, name: &str) -> Result<()> {
    administer(maintenance, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(name))).await
}

/// Runs one statement, waiting for sessions that are about to end.
async fn administer(maintenance: &Config, statement: &str) -> Result<()> {
    let mut conn = AsyncPgConnection::establish(maintenance.owner_url())
        .await
        .map_err(|error| Error::Unreachable(Box::new(error)))?;
    let mut attempts = 0;
    loop {
        let outcome = conn.batch_execute(statement).await.map_err(Error::from);
        attempts += 1;
        match outcome {
            Err(error) if attempts < MOST_ATTEMPTS && says(&error, "being accessed by other users") => {
                tokio::time::sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}

/// Whether the name was taken: before, or by somebody at the same moment, which the server only notices in its catalogue.
fn is_taken(error: &Error) -> bool {
    says(error, "already exists") || error.constraint() == Some("pg_database_datname_index")
}

fn says(error: &Error, words: &str) -> bool {
    matches!(error, Error::Database(diesel::result::Error::DatabaseError(_, said)) if said.message().contains(words))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
