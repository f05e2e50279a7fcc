//! What a person may do, as it stands at this moment: read anew for every request, so that what was taken away is gone
//! with the next one. Scopes are made from it, and from nothing that a request says.

mod reading;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{ContractId, OrganisationId, PersonId, TenantId};
use counterfoil_core::language::Language;
use serde::Deserialize;

pub(super) use self::reading::{Readings, advance};
use super::brand::Shown;
use super::{CouncilRole, Identity, OrganisationRole};
use crate::connections::Connections;
use crate::error::{Error, Result};
use crate::scope::{CouncilScope, ProviderScope, Reach};

/// Everything that a person may do. Councils that are suspended are not in it.
#[derive(Clone)]
pub struct Access {
    connections: Connections,
    person: PersonId,
    held: Arc<Held>,
    stated: Arc<str>,
    shown: i64,
}

/// As the database puts it together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Held {
    name: String,
    email: String,
    sessions_after: Option<DateTime<Utc>>,
    has_factor: bool,
    password_short_of_rule: bool,
    operator: bool,
    language: Option<Language>,
    councils: Vec<CouncilAccess>,
    organisations: Vec<OrganisationAccess>,
}

/// A council whose staff somebody belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CouncilAccess {
    /// The council.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether its people have to keep to the published rule for passwords.
    pub published_password_rule: bool,
    /// What they may do there.
    pub roles: BTreeSet<CouncilRole>,
    /// How it shows itself; none before it has said.
    pub brand: Option<Shown>,
}

/// An organisation that somebody acts for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OrganisationAccess {
    /// The organisation.
    pub id: OrganisationId,
    /// Its name.
    pub name: String,
    /// What they may do for it.
    pub role: OrganisationRole,
    /// Whether they see certain contracts only.
    pub limited: bool,
    /// Which, if so.
    pub contracts: Vec<ContractId>,
    /// The councils that it works for.
    pub councils: Vec<LinkedCouncil>,
}

/// A council that an organisation is linked with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LinkedCouncil {
    /// The council.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether its providers have to keep to the published rule for passwords.
    pub published_password_rule: bool,
    /// How it shows itself; none before it has said.
    pub brand: Option<Shown>,
}

impl Identity {
    /// The scope of a council's staff, with the roles that a person has there.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the person is no member: to them the council does not exist.
    pub async fn council_scope(
        &self,
        person: PersonId,
        tenant: TenantId,
    ) -> Result<(CouncilScope, BTreeSet<CouncilRole>)> {
        let access = self.access(person).await?.ok_or(Error::NotFound)?;
        let roles = access.council(tenant).ok_or(Error::NotFound)?.roles.clone();
        Ok((access.council_scope(tenant)?, roles))
    }

    /// The scope of all organisations that a person acts for.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn provider_scope(&self, person: PersonId) -> Result<ProviderScope> {
        self.access(person).await?.ok_or(Error::NotFound)?.provider_scope()
    }
}

impl Access {
    /// The person.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// All of it as the database put it together: while this text is the same, so is what the person may see.
    #[must_use]
    pub const fn stated(&self) -> &Arc<str> {
        &self.stated
    }

    /// How often what councils show the person's organisations has changed, all in all. Only ever grows while
    /// [`stated`](Self::stated) is the same.
    #[must_use]
    pub const fn shown(&self) -> i64 {
        self.shown
    }

    /// Their name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.held.name
    }

    /// The address that they sign in with.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.held.email
    }

    /// Whether they have a second factor.
    #[must_use]
    pub fn has_factor(&self) -> bool {
        self.held.has_factor
    }

    /// Sessions that began before this instant are over.
    #[must_use]
    pub fn sessions_after(&self) -> Option<DateTime<Utc>> {
        self.held.sessions_after
    }

    /// The language in which they read explanations, where they have chosen one.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.held.language
    }

    /// Whether they operate the platform.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        self.held.operator
    }

    /// The councils whose staff they belong to, by name.
    #[must_use]
    pub fn councils(&self) -> &[CouncilAccess] {
        &self.held.councils
    }

    /// One of them.
    #[must_use]
    pub fn council(&self, tenant: TenantId) -> Option<&CouncilAccess> {
        self.held.councils.iter().find(|council| council.id == tenant)
    }

    /// The organisations that they act for, by name.
    #[must_use]
    pub fn organisations(&self) -> &[OrganisationAccess] {
        &self.held.organisations
    }

    /// One of them.
    #[must_use]
    pub fn organisation(&self, id: OrganisationId) -> Option<&OrganisationAccess> {
        self.held.organisations.iter().find(|organisation| organisation.id == id)
    }

    /// Whether their password has to keep to the published rule: one council that asks for it is enough.
    #[must_use]
    pub fn published_password_rule(&self) -> bool {
        let linked = self.held.organisations.iter().flat_map(|organisation| &organisation.councils);
        self.held.councils.iter().any(|council| council.published_password_rule)
            || linked.into_iter().any(|council| council.published_password_rule)
    }

    /// Whether their password falls short of what their councils ask for, since they joined one that asks for more.
    #[must_use]
    pub fn must_change_password(&self) -> bool {
        self.held.password_short_of_rule && self.published_password_rule()
    }

    /// Leaves one council's staff membership and nothing else: what single sign-on of that council vouches for.
    #[must_use]
    pub fn confined_to(mut self, tenant: TenantId) -> Self {
        let held = Arc::make_mut(&mut self.held);
        held.councils.retain(|council| council.id == tenant);
        held.organisations.clear();
        held.operator = false;
        self.stated = format!("{tenant}: {}", self.stated).into();
        self
    }

    /// The scope of a council's staff.
    ///
    /// # Errors
    /// [`Error::NotFound`] when they are no member.
    pub fn council_scope(&self, tenant: TenantId) -> Result<CouncilScope> {
        let council = self.council(tenant).ok_or(Error::NotFound)?;
        Ok(CouncilScope::new(self.connections.clone(), council.id, Actor::Council { person: self.person }, None))
    }

    /// The scope of all organisations that they act for.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub fn provider_scope(&self) -> Result<ProviderScope> {
        if self.held.organisations.is_empty() {
            return Err(Error::NotFound);
        }
        let organisations = self.held.organisations.iter().map(|organisation| organisation.id).collect();
        let limited = self.held.organisations.iter().filter(|organisation| organisation.limited);
        let reach = Reach {
            whole: self.held.organisations.iter().filter(|one| !one.limited).map(|one| one.id).collect(),
            contracts: limited.flat_map(|organisation| organisation.contracts.iter().copied()).collect(),
        };
        Ok(ProviderScope::new(self.connections.clone(), self.person, organisations, reach))
    }
}
