//! What the benchmark compares storing with: the same rows written by the tables' owner, without row level security
//! and without an audit record. Nothing else uses it, and it is of no use where the owner's account is not known.

use counterfoil_core::ids::TenantId;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, SimpleAsyncConnection as _};

use crate::charge::{self, Charges};
use crate::connections::Config;
use crate::entry::{self, Entry};
use crate::error::{Error, Result};

/// The owner's connection.
pub struct Bare(AsyncPgConnection);

impl Bare {
    /// Connects as the owner.
    ///
    /// # Errors
    /// [`Error::Unreachable`].
    pub async fn connect(config: &Config) -> Result<Self> {
        let connected = AsyncPgConnection::establish(config.owner_url()).await;
        Ok(Self(connected.map_err(|error| Error::Unreachable(Box::new(error)))?))
    }

    /// Writes charges and entries in one transaction.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn store(&mut self, tenant: TenantId, charges: Vec<Charges>, entries: &[Entry]) -> Result<()> {
        self.0
            .transaction(async |conn| {
                charge::write(conn, tenant, charges).await?;
                entry::write(conn, tenant, entries).await?;
                Ok(())
            })
            .await
    }

    /// Empties both tables, so that every round begins alike, and has what was written before put on disk.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn empty(&mut self) -> Result<()> {
        self.0.batch_execute("TRUNCATE charge, entry").await?;
        Ok(self.0.batch_execute("CHECKPOINT").await?)
    }
}
