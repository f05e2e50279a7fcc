//! Platform tables: councils, organisations, people, and who may act for whom. The only way from a person to a scope:
//! what a person may do is read here each time, and never believed from a request.

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

use crate::connections::{Connections, Role};
use crate::error::{Error, Result};
use crate::record::kept_words;
use crate::schema::{council, council_member, organisation, organisation_member, person};
use crate::scope::{CouncilScope, End, Mode, ProviderScope, Settings, Work, in_transaction};

/// A council, as the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Council {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses: lower-case letters, digits and hyphens, at most 60.
    pub slug: String,
    /// Its full name.
    pub name: String,
    /// Whose bank holidays it keeps: `england-and-wales`, `scotland` or `northern-ireland`.
    pub division: String,
}

/// What a member of a council's staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CouncilRole {
    /// Reviews, runs and pays.
    Officer,
    /// Calendars, rates, tolerance, notifications, rules, users.
    Administrator,
    /// Reads only.
    Auditor,
}

/// What a member of a provider's staff may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganisationRole {
    /// Submits.
    Staff,
    /// Manages the organisation's own users as well.
    Administrator,
}

kept_words!(CouncilRole, OrganisationRole);

/// The platform's own tables.
#[derive(Clone)]
pub struct Identity {
    connections: Connections,
}

impl Identity {
    /// On a database.
    #[must_use]
    pub fn new(connections: &Connections) -> Self {
        Self { connections: connections.clone() }
    }

    /// The pools, for what stands outside this type: the platform's own chain.
    pub(crate) const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// What a person may do at a council, with the scope to do it in.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the person is no member: to them the council does not exist.
    pub async fn council_scope(&self, person: PersonId, tenant: TenantId) -> Result<(CouncilScope, CouncilRole)> {
        let role: String = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                Ok(council_member::table
                    .filter(council_member::tenant_id.eq(tenant.uuid()))
                    .filter(council_member::person_id.eq(person.uuid()))
                    .select(council_member::role)
                    .first(conn)
                    .await?)
            })
            .await?;
        let role = crate::record::Kept::of(role).map_err(|what| Error::Unreadable { what })?;
        Ok((CouncilScope::new(self.connections.clone(), tenant, Actor::Council { person }, None), role))
    }

    /// The scope of all organisations that a person acts for.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn provider_scope(&self, person: PersonId) -> Result<ProviderScope> {
        let organisations: Vec<uuid::Uuid> = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                Ok(organisation_member::table
                    .filter(organisation_member::person_id.eq(person.uuid()))
                    .order(organisation_member::organisation_id)
                    .select(organisation_member::organisation_id)
                    .load(conn)
                    .await?)
            })
            .await?;
        if organisations.is_empty() {
            return Err(Error::NotFound);
        }
        let organisations = organisations.into_iter().map(OrganisationId::from_uuid).collect();
        Ok(ProviderScope::new(self.connections.clone(), person, organisations))
    }

    /// Every council, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn councils(&self) -> Result<Vec<Council>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let rows: Vec<(uuid::Uuid, String, String, String)> = council::table
                .order(council::name)
                .select((council::id, council::slug, council::name, council::division))
                .load(conn)
                .await?;
            Ok(rows
                .into_iter()
                .map(|(id, slug, name, division)| Council { id: TenantId::from_uuid(id), slug, name, division })
                .collect())
        })
        .await
    }

    /// Takes a council on.
    ///
    /// # Errors
    /// [`Error::Conflict`] when its slug is taken.
    pub async fn add_council(&self, new: &Council, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            diesel::insert_into(council::table)
                .values((
                    council::id.eq(new.id.uuid()),
                    council::slug.eq(&new.slug),
                    council::name.eq(&new.name),
                    council::division.eq(&new.division),
                    council::created_at.eq(at),
                ))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
        .map_err(|error| taken(error, "There is a council of that name already."))
    }

    /// Takes an organisation on.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the id is taken.
    pub async fn add_organisation(&self, id: OrganisationId, name: &str, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            diesel::insert_into(organisation::table)
                .values((organisation::id.eq(id.uuid()), organisation::name.eq(name), organisation::created_at.eq(at)))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
        .map_err(|error| taken(error, "There is that organisation already."))
    }

    /// Takes a person on.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the address is taken.
    pub async fn add_person(&self, id: PersonId, email: &str, name: &str, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            diesel::insert_into(person::table)
                .values((
                    person::id.eq(id.uuid()),
                    person::email.eq(email),
                    person::name.eq(name),
                    person::created_at.eq(at),
                ))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
        .map_err(|error| taken(error, "Somebody with that e-mail address is known already."))
    }

    /// Whoever signs in with an address, however it is typed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn person_with_email(&self, email: &str) -> Result<Option<PersonId>> {
        let found: Option<uuid::Uuid> = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                Ok(person::table
                    .filter(
                        diesel::dsl::sql::<diesel::sql_types::Bool>("lower(email) = lower(")
                            .bind::<diesel::sql_types::Text, _>(email)
                            .sql(")"),
                    )
                    .select(person::id)
                    .first(conn)
                    .await
                    .optional()?)
            })
            .await?;
        Ok(found.map(PersonId::from_uuid))
    }

    /// Makes a person a member of a council's staff.
    ///
    /// # Errors
    /// [`Error::Conflict`] when they are one already.
    pub async fn join_council(
        &self,
        person: PersonId,
        tenant: TenantId,
        role: CouncilRole,
        at: DateTime<Utc>,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            diesel::insert_into(council_member::table)
                .values((
                    council_member::tenant_id.eq(tenant.uuid()),
                    council_member::person_id.eq(person.uuid()),
                    council_member::role.eq(crate::record::Kept::raw(role)),
                    council_member::since.eq(at),
                ))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
        .map_err(|error| taken(error, "They are a member of the council\u{2019}s staff already."))
    }

    /// Makes a person a member of an organisation's staff.
    ///
    /// # Errors
    /// [`Error::Conflict`] when they are one already.
    pub async fn join_organisation(
        &self,
        person: PersonId,
        organisation: OrganisationId,
        role: OrganisationRole,
        at: DateTime<Utc>,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            diesel::insert_into(organisation_member::table)
                .values((
                    organisation_member::organisation_id.eq(organisation.uuid()),
                    organisation_member::person_id.eq(person.uuid()),
                    organisation_member::role.eq(crate::record::Kept::raw(role)),
                    organisation_member::since.eq(at),
                ))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
        .map_err(|error| taken(error, "They are a member of the organisation\u{2019}s staff already."))
    }

    pub(crate) async fn transaction<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'r> Work<&'r mut AsyncPgConnection, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        in_transaction(
            &self.connections,
            Role::Identity,
            Mode::Write,
            &Settings::default(),
            async |conn: &mut AsyncPgConnection| Ok((work(conn).await?, End::Audited)),
        )
        .await
    }
}

/// A unique key that is taken, in words; any other error as it is.
fn taken(error: Error, words: &str) -> Error {
    if error.constraint().is_some() { Error::Conflict(words.to_owned()) } else { error }
}
