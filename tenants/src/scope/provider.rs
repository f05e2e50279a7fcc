//! The scope of a person who acts for organisations: reading goes over all councils, changing something is for one
//! council and one organisation.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{ContractId, OrganisationId, PersonId, TenantId};
use diesel_async::AsyncPgConnection;

use super::origin::Origin;
use super::tx::{End, Provider, ProviderActing, Tx};
use super::work::Work;
use super::{Mode, Settings, in_transaction};
use crate::connections::{Connections, Role};
use crate::error::{Error, Result};

/// The rows of the organisations that a person acts for. Cheap to clone. Only
/// [`Identity`](crate::identity::Identity) makes one, from the memberships of the person.
#[derive(Clone)]
pub struct ProviderScope {
    connections: Connections,
    person: PersonId,
    organisations: Vec<OrganisationId>,
    reach: Reach,
    origin: Origin,
}

/// How much of their organisations a person sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Organisations of which they see everything.
    pub(crate) whole: Vec<OrganisationId>,
    /// Of the others, the contracts that they see.
    pub(crate) contracts: Vec<ContractId>,
}

impl ProviderScope {
    pub(crate) fn new(
        connections: Connections,
        person: PersonId,
        organisations: Vec<OrganisationId>,
        reach: Reach,
    ) -> Self {
        Self { connections, person, organisations, reach, origin: Origin::default() }
    }

    /// The same, for a request whose id goes into audit records and jobs.
    #[must_use]
    pub fn with_request_id(mut self, request_id: &str) -> Self {
        self.origin.request_id = Some(request_id.to_owned());
        self
    }

    /// The same, for a request that came from an address: both go into audit records.
    #[must_use]
    pub fn with_origin(mut self, request_id: &str, address: impl Into<Option<IpAddr>>) -> Self {
        self.origin = Origin::new(request_id, address);
        self
    }

    /// The person.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// The organisations that the person acts for.
    #[must_use]
    pub fn organisations(&self) -> &[OrganisationId] {
        &self.organisations
    }

    /// Whether the person sees everything of an organisation, and not certain contracts only.
    #[must_use]
    pub fn sees_whole(&self, organisation: OrganisationId) -> bool {
        self.reach.whole.contains(&organisation)
    }

    /// Reads over all councils: one snapshot, nothing can be changed.
    ///
    /// # Errors
    /// Whatever the work or the database answers.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'r, 'c> Work<&'r mut Tx<'c, Provider>, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        let settings = self.settings(None, &self.organisations);
        in_transaction(
            &self.connections,
            Role::Provider,
            Mode::Read,
            &settings,
            async |conn: &mut AsyncPgConnection| {
                let scope = Provider { organisations: self.organisations.clone() };
                Ok((work(&mut Tx::new(conn, scope, DateTime::UNIX_EPOCH)).await?, End::Audited))
            },
        )
        .await
    }

    /// Changes something at one council for one organisation, at an instant. The work may run again after a
    /// serialisation failure or a deadlock.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an organisation that the person does not act for; else whatever the work or the
    /// database answers.
    pub async fn transaction<T, F>(
        &self,
        at: DateTime<Utc>,
        tenant: TenantId,
        organisation: OrganisationId,
        work: F,
    ) -> Result<T>
    where
        F: for<'r, 'c> Work<&'r mut Tx<'c, ProviderActing>, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        if !self.organisations.contains(&organisation) {
            return Err(Error::NotFound);
        }
        let settings = self.settings(Some(tenant), &[organisation]);
        let acting = ProviderActing { tenant, organisation, person: self.person, origin: self.origin.clone() };
        in_transaction(
            &self.connections,
            Role::Provider,
            Mode::Write,
            &settings,
            async |conn: &mut AsyncPgConnection| {
                let mut tx = Tx::new(conn, acting.clone(), at);
                let value = work(&mut tx).await?;
                tx.settle().await?;
                Ok((value, tx.end()))
            },
        )
        .await
    }

    fn settings(&self, tenant: Option<TenantId>, organisations: &[OrganisationId]) -> Settings {
        Settings {
            tenant: tenant.map(|tenant| tenant.uuid().to_string()).unwrap_or_default(),
            organisations: array(organisations.iter().map(|organisation| organisation.uuid())),
            whole_organisations: array(self.reach.whole.iter().map(|organisation| organisation.uuid())),
            contracts: array(self.reach.contracts.iter().map(|contract| contract.uuid())),
            person: self.person.uuid().to_string(),
        }
    }
}

/// As PostgreSQL writes an array.
fn array(ids: impl Iterator<Item = uuid::Uuid>) -> String {
    let ids: Vec<_> = ids.map(|id| id.to_string()).collect();
    format!("{{{}}}", ids.join(","))
}
