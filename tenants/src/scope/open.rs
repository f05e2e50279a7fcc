//! Opens a transaction with its scope set, runs the work, and tries again where the database asks for it.

use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::tx::End;
use super::work::{Work, pause_before_retry};
use crate::connections::{Connections, Role};
use crate::error::{Error, Result};

/// Whether anything may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A read-only snapshot: every query sees the same state.
    Read,
    /// Reads what is committed, locks and rechecks what it changes.
    Write,
}

/// What the policies compare with; empty text is nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// One council.
    pub(crate) tenant: String,
    /// Organisations, as PostgreSQL writes an array of them.
    pub(crate) organisations: String,
    /// Of these, the ones that are seen whole.
    pub(crate) whole_organisations: String,
    /// Of the others, the contracts that are seen.
    pub(crate) contracts: String,
    /// Whoever the audit records are to name.
    pub(crate) person: String,
}

/// Runs the work in a transaction as a role. All settings are always written, so that nothing depends on what
/// a connection was used for before.
pub(crate) async fn in_transaction<T, F>(
    connections: &Connections,
    role: Role,
    mode: Mode,
    settings: &Settings,
    work: F,
) -> Result<T>
where
    F: for<'r> Work<&'r mut AsyncPgConnection, Result<(T, End)>, Done: Send> + Send + Sync,
    T: Send,
{
    let mut attempts = 0;
    loop {
        let outcome = attempt(connections, role, mode, settings, &work).await;
        attempts += 1;
        match pause_before_retry(&outcome, attempts) {
            Some(pause) => {
                tracing::debug!(attempts, "the transaction ran into another and is tried again");
                tokio::time::sleep(pause).await;
            }
            None => return outcome,
        }
    }
}

async fn attempt<T, F>(connections: &Connections, role: Role, mode: Mode, settings: &Settings, work: &F) -> Result<T>
where
    F: for<'r> Work<&'r mut AsyncPgConnection, Result<(T, End)>, Done: Send> + Send + Sync,
    T: Send,
{
    let mut pooled = connections.get(role).await?;
    let conn: &mut AsyncPgConnection = &mut pooled;
    let transaction = conn.build_transaction();
    let mut transaction = match mode {
        Mode::Read => transaction.repeatable_read().read_only(),
        Mode::Write => transaction.read_committed(),
    };
    let ended: Result<T, Ended<T>> = transaction
        .run(async |conn| {
            set_scope(conn, settings).await?;
            match work(conn).await {
                Ok((value, End::Discarded)) => Err(Ended::Discarded(value)),
                Ok((value, _)) => Ok(value),
                Err(error) => Err(Ended::Failed(error)),
            }
        })
        .await;
    match ended {
        Ok(value) | Err(Ended::Discarded(value)) => Ok(value),
        Err(Ended::Failed(error)) => Err(error),
    }
}

/// Why a transaction is rolled back.
enum Ended<T> {
    /// The work says that nothing is to change.
    Discarded(T),
    /// Something went wrong.
    Failed(Error),
}

impl<T> From<diesel::result::Error> for Ended<T> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl<T> From<Error> for Ended<T> {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Says whose rows the rest of the transaction is about.
pub(crate) async fn set_scope(conn: &mut AsyncPgConnection, settings: &Settings) -> Result<()> {
    diesel::sql_query(
        "SELECT set_config('app.tenant_id', $1, true), set_config('app.organisation_ids', $2, true), \
         set_config('app.person_id', $3, true), set_config('app.whole_organisation_ids', $4, true), \
         set_config('app.contract_ids', $5, true)",
    )
    .bind::<Text, _>(&settings.tenant)
    .bind::<Text, _>(&settings.organisations)
    .bind::<Text, _>(&settings.person)
    .bind::<Text, _>(&settings.whole_organisations)
    .bind::<Text, _>(&settings.contracts)
    .execute(conn)
    .await?;
    Ok(())
}
