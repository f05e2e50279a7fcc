//! The scope of one council: its staff, and the service's own jobs on its behalf.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::TenantId;
use diesel_async::AsyncPgConnection;

use super::origin::Origin;
use super::tx::{Council, End, Tx};
use super::work::Work;
use super::{Mode, Settings, in_transaction};
use crate::connections::{Connections, Role};
use crate::error::Result;

/// All rows of one council, on behalf of somebody. Cheap to clone.
#[derive(Clone)]
pub struct CouncilScope {
    connections: Connections,
    council: Council,
}

impl CouncilScope {
    /// For whoever has proved that the actor may act for the council: [`Identity`](crate::identity::Identity) for a
    /// person, the job queue for a job.
    pub(crate) const fn new(
        connections: Connections,
        tenant: TenantId,
        actor: Actor,
        request_id: Option<String>,
    ) -> Self {
        let origin = Origin { request_id, address: None };
        Self { connections, council: Council { tenant, actor, origin } }
    }

    /// The service itself, at work for a council: a named job or an administrative command.
    #[must_use]
    pub fn system(connections: &Connections, tenant: TenantId, job: &str) -> Self {
        Self::new(connections.clone(), tenant, Actor::system(job), None)
    }

    /// The same, for a request or job whose id goes into audit records and jobs.
    #[must_use]
    pub fn with_request_id(mut self, request_id: &str) -> Self {
        self.council.origin.request_id = Some(request_id.to_owned());
        self
    }

    /// The same, for a request that came from an address: both go into audit records.
    #[must_use]
    pub fn with_origin(mut self, request_id: &str, address: impl Into<Option<IpAddr>>) -> Self {
        self.council.origin = Origin::new(request_id, address);
        self
    }

    /// The pools, for what is written without a record: the chain that seals them.
    pub(crate) const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// The council.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.council.tenant
    }

    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.council.actor
    }

    /// Reads: one snapshot, nothing can be changed.
    ///
    /// # Errors
    /// Whatever the work or the database answers.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'r, 'c> Work<&'r mut Tx<'c>, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        in_transaction(
            &self.connections,
            Role::Council,
            Mode::Read,
            &self.settings(),
            async |conn: &mut AsyncPgConnection| {
                let mut tx = Tx::new(conn, self.council.clone(), DateTime::UNIX_EPOCH);
                Ok((work(&mut tx).await?, End::Audited))
            },
        )
        .await
    }

    /// Changes something, at an instant. The work may run again after a serialisation failure or a deadlock.
    ///
    /// # Errors
    /// Whatever the work or the database answers; [`Error::Unaudited`](crate::Error::Unaudited) for a change without
    /// a record.
    pub async fn transaction<T, F>(&self, at: DateTime<Utc>, work: F) -> Result<T>
    where
        F: for<'r, 'c> Work<&'r mut Tx<'c>, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        in_transaction(
            &self.connections,
            Role::Council,
            Mode::Write,
            &self.settings(),
            async |conn: &mut AsyncPgConnection| {
                let mut tx = Tx::new(conn, self.council.clone(), at);
                let value = work(&mut tx).await?;
                tx.settle().await?;
                Ok((value, tx.end()))
            },
        )
        .await
    }

    fn settings(&self) -> Settings {
        Settings {
            tenant: self.council.tenant.uuid().to_string(),
            person: self.council.actor.person().map(|person| person.uuid().to_string()).unwrap_or_default(),
            ..Settings::default()
        }
    }
}
