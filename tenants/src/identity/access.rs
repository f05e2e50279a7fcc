//! What a person may do, as it stands at this moment: read anew for every request, so that what was taken away is gone
//! with the next one. Scopes are made from it, and from nothing that a request says.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{ContractId, OrganisationId, PersonId, TenantId};
use diesel::OptionalExtension as _;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde::Deserialize;

use super::brand::Shown;
use super::{CouncilRole, Identity, OrganisationRole};
use crate::connections::Connections;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::scope::{CouncilScope, ProviderScope, Reach};

/// Everything that a person may do. Councils that are suspended are not in it.
#[derive(Clone)]
pub struct Access {
    connections: Connections,
    person: PersonId,
    held: Arc<Held>,
    stated: Arc<str>,
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
    /// How often what it shows this organisation has changed. Only ever grows.
    pub revision: i64,
}

/// How council `c` shows itself.
macro_rules! brand {
    () => {
        "(SELECT json_build_object('name', b.name_shown, 'colour', b.colour, 'has_logo', b.logo IS NOT NULL, \
         'since', b.recorded_at) FROM council_brand b WHERE b.tenant_id = c.id ORDER BY b.recorded_at DESC LIMIT 1)"
    };
}

/// One statement, so that all of it belongs together and costs one round trip: with what the frame of every page shows.
const QUERY: &str = concat!(
    "SELECT json_build_object( \
    'name', p.name, 'email', p.email, 'sessions_after', p.sessions_after, \
    'has_factor', EXISTS (SELECT FROM totp_device d WHERE d.person_id = p.id AND d.confirmed) \
        OR EXISTS (SELECT FROM passkey k WHERE k.person_id = p.id), \
    'password_short_of_rule', p.password_hash IS NOT NULL AND NOT p.password_keeps_rule, \
    'operator', EXISTS (SELECT FROM platform_operator o WHERE o.person_id = p.id), \
    'councils', COALESCE((SELECT json_agg(json_build_object('id', c.id, 'slug', c.slug, 'name', c.name, \
            'published_password_rule', c.published_password_rule, 'roles', m.roles, 'brand', ",
    brand!(),
    ") ORDER BY c.name) \
        FROM (SELECT tenant_id, json_agg(role) AS roles FROM council_member WHERE person_id = p.id GROUP BY tenant_id) m \
        JOIN council c ON c.id = m.tenant_id AND c.suspended_at IS NULL), '[]'), \
    'organisations', COALESCE((SELECT json_agg(json_build_object('id', g.id, 'name', g.name, 'role', m.role, \
            'limited', m.limited, \
            'contracts', COALESCE((SELECT json_agg(l.contract_id ORDER BY l.contract_id) \
                FROM organisation_member_contract l \
                WHERE m.limited AND l.organisation_id = m.organisation_id AND l.person_id = m.person_id), '[]'), \
            'councils', COALESCE((SELECT json_agg(json_build_object('id', c.id, 'slug', c.slug, 'name', c.name, \
                    'published_password_rule', c.published_password_rule, \
                    'revision', (SELECT COALESCE(sum(r.revision), 0) FROM council_revision r WHERE r.tenant_id = c.id \
                        AND r.organisation_id IN (g.id, '00000000-0000-0000-0000-000000000000')), 'brand', ",
    brand!(),
    ") ORDER BY c.name) \
                FROM council_organisation w JOIN council c ON c.id = w.tenant_id AND c.suspended_at IS NULL \
                WHERE w.organisation_id = g.id), '[]')) ORDER BY g.name) \
        FROM organisation_member m JOIN organisation g ON g.id = m.organisation_id WHERE m.person_id = p.id), '[]') \
    )::text FROM person p WHERE p.id = "
);

/// How many people's access is remembered as it was read last.
const REMEMBERED: usize = 10_000;

/// What the database said of each person last, and what that means: the same text is not taken apart again.
#[derive(Clone, Default)]
pub(super) struct Readings(Arc<Mutex<HashMap<PersonId, Reading>>>);

/// A text, and what it means.
type Reading = (Arc<str>, Arc<Held>);

impl Readings {
    fn of(&self, person: PersonId, text: String) -> Result<Reading> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((stated, held)) = known.get(&person).filter(|(stated, _)| **stated == *text) {
            return Ok((stated.clone(), held.clone()));
        }
        let held = serde_json::from_str(&text)
            .map_err(|error| Error::Unreadable { what: format!("the access of {person}: {error}") })?;
        let reading: Reading = (text.into(), Arc::new(held));
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(person, reading.clone());
        Ok(reading)
    }
}

impl Identity {
    /// What a person may do at this moment; none for a person whom nobody knows.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Unreachable`].
    pub async fn access(&self, person: PersonId) -> Result<Option<Access>> {
        let held: Option<String> = self
            .ask(async |conn: &mut AsyncPgConnection| {
                let query: Prepared<Text> = Prepared::new(QUERY).id(person.uuid());
                Ok(query.get_result(conn).await.optional()?)
            })
            .await?;
        let Some(text) = held else { return Ok(None) };
        let (stated, held) = self.readings.of(person, text)?;
        Ok(Some(Access { connections: self.connections().clone(), person, held, stated }))
    }

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

    /// All of it as the database put it together, with how often what each council shows has changed: while this text is
    /// the same, so is what the person may see and what is to be seen.
    #[must_use]
    pub const fn stated(&self) -> &Arc<str> {
        &self.stated
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
