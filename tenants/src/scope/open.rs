//! Opens a transaction with its scope set, runs the work, and tries again where the database asks for it.

use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection as _, TransactionManager as _};

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
    // one message begins the transaction and says whose rows it is about: every page waits for it
    let begin = match mode {
        Mode::Read => "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
        Mode::Write => "BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED",
    };
    let sql = format!("{begin}; {}", settings.as_sql()?);
    let begun = AnsiTransactionManager::begin_transaction_sql(&mut *pooled, &sql).await;
    if let Err(error) = begun {
        // it may have begun and then failed, which the pool would not see
        drop(Object::take(pooled));
        return Err(error.into());
    }
    let conn: &mut AsyncPgConnection = &mut pooled;
    match work(&mut *conn).await {
        Ok((value, End::Discarded)) => match AnsiTransactionManager::rollback_transaction(conn).await {
            Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Ok(value),
            Err(rollback) => Err(rollback.into()),
        },
        Ok((value, _)) => {
            AnsiTransactionManager::commit_transaction(conn).await?;
            Ok(value)
        }
        Err(error) => match AnsiTransactionManager::rollback_transaction(conn).await {
            // where the connection is broken, what broke it says more
            Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Err(error),
            Err(rollback) => Err(rollback.into()),
        },
    }
}

/// Says whose rows the rest of the transaction is about.
pub(crate) async fn set_scope(conn: &mut AsyncPgConnection, settings: &Settings) -> Result<()> {
    Ok(conn.batch_execute(&settings.as_sql()?).await?)
}

impl Settings {
    /// The statement that writes them all, until the transaction ends.
    fn as_sql(&self) -> Result<String> {
        Ok(format!(
            "SELECT set_config('app.tenant_id', '{}', true), set_config('app.organisation_ids', '{}', true), \
             set_config('app.person_id', '{}', true), set_config('app.whole_organisation_ids', '{}', true), \
             set_config('app.contract_ids', '{}', true)",
            ids(&self.tenant)?,
            ids(&self.organisations)?,
            ids(&self.person)?,
            ids(&self.whole_organisations)?,
            ids(&self.contracts)?,
        ))
    }
}

/// Ids and arrays of them, which may stand between quotes; anything else is a mistake of ours and goes no further.
fn ids(text: &str) -> Result<&str> {
    let stands = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b',' | b'{' | b'}');
    if text.bytes().all(stands) {
        return Ok(text);
    }
    Err(Error::Unreadable { what: format!("a scope of {text:?}") })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nothing_but_ids_stands_in_the_statement_that_sets_the_scope() {
        let id = "0191f0a4-7c3e-7000-8000-0123456789ab";
        let settings = Settings { tenant: id.to_owned(), contracts: format!("{{{id},{id}}}"), ..Settings::default() };
        assert!(settings.as_sql().unwrap().contains(&format!("'app.contract_ids', '{{{id},{id}}}', true)")));
        for wrong in ["'", "0191' || '", "\\", "a;b", "\u{2019}", " "] {
            let settings = Settings { person: wrong.to_owned(), ..Settings::default() };
            assert!(settings.as_sql().is_err(), "{wrong}");
        }
    }
}
