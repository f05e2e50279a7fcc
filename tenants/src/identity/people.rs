//! The people of a provider's organisation, whom its own administrators invite, limit to contracts and remove; and what
//! a council sees of them. Whoever is limited sees the contracts that are named for them, and nothing of the others.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ContractId, OrganisationId, PersonId, TenantId};
use diesel::sql_types::{Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName,
    sql_query,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use super::acting::{self, OfOrganisation};
use super::invite::{self, Invited};
use super::letter::{self, LetterKind};
use super::{Asked, Identity, OrganisationRole, membership, person};
use crate::contract;
use crate::error::{Error, Result};
use crate::record::Kept as _;
use crate::schema::{organisation_member, organisation_member_contract};
use crate::scope::{Provider, Tx};

/// How much of their organisation somebody sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// Every contract, those to come too.
    Everything,
    /// Certain contracts, each of a council.
    Contracts(BTreeSet<(TenantId, ContractId)>),
}

/// A member of an organisation's staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonSeen {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address that they sign in with.
    pub email: String,
    /// What they may do.
    pub role: OrganisationRole,
    /// How much they see.
    pub sees: Sees,
    /// Since when they belong to the organisation.
    pub since: DateTime<Utc>,
    /// When they signed in last; none before the first time.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Whether they have a second factor.
    pub has_factor: bool,
    /// Whether they have been invited and have neither chosen a password nor signed in yet.
    pub invited: bool,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Bool)]
    limited: bool,
    #[diesel(sql_type = Jsonb)]
    contracts: serde_json::Value,
    #[diesel(sql_type = Timestamptz)]
    since: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_seen_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    has_factor: bool,
    #[diesel(sql_type = Bool)]
    invited: bool,
}

const PEOPLE: &str = "SELECT p.id, p.name, p.email, m.role, m.limited, \
    COALESCE((SELECT jsonb_agg(jsonb_build_array(l.tenant_id, l.contract_id)) FROM organisation_member_contract l \
        WHERE l.organisation_id = m.organisation_id AND l.person_id = m.person_id), '[]') AS contracts, \
    m.since, p.last_seen_at, \
    EXISTS (SELECT FROM totp_device d WHERE d.person_id = p.id AND d.confirmed) \
        OR EXISTS (SELECT FROM passkey k WHERE k.person_id = p.id) AS has_factor, \
    p.password_hash IS NULL AND p.last_seen_at IS NULL AS invited \
    FROM organisation_member m JOIN person p ON p.id = m.person_id WHERE m.organisation_id = $1 ORDER BY p.name, p.id";

impl Row {
    fn seen(self) -> Result<PersonSeen> {
        let unreadable = |what| Error::Unreadable { what };
        let contracts = serde_json::from_value(self.contracts).map_err(|error| unreadable(error.to_string()))?;
        Ok(PersonSeen {
            person: PersonId::from_uuid(self.id),
            name: self.name,
            email: self.email,
            role: OrganisationRole::of(self.role).map_err(unreadable)?,
            sees: if self.limited { Sees::Contracts(contracts) } else { Sees::Everything },
            since: self.since,
            last_seen_at: self.last_seen_at,
            has_factor: self.has_factor,
            invited: self.invited,
        })
    }
}

impl Identity {
    /// The people of an organisation, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn people_of(&self, organisation: OrganisationId) -> Result<Vec<PersonSeen>> {
        let rows: Vec<Row> = self
            .read(async |conn: &mut AsyncPgConnection| {
                Ok(sql_query(PEOPLE).bind::<SqlUuid, _>(organisation.uuid()).load(conn).await?)
            })
            .await?;
        rows.into_iter().map(Row::seen).collect()
    }

    /// Makes somebody a member of an organisation's staff and writes to them. Whoever has a login uses that one.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the organisation, and for a contract that is not its own;
    /// [`Error::Refused`] for an address or a name that will not do, and for limits of an administrator;
    /// [`Error::Conflict`] where they are a member already.
    pub async fn invite_person(
        &self,
        asked: &Asked,
        organisation: OrganisationId,
        (email, name): (&str, &str),
        (role, sees): (OrganisationRole, &Sees),
    ) -> Result<Invited> {
        let (email, name) = (person::email(email)?, invite::name(name)?);
        self.check(asked, organisation, role, sees).await?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let of = acting::for_organisation(conn, asked, organisation).await?;
            let person = invite::find_or_make(conn, &email, &name, asked.at).await?;
            if role_of(conn, organisation, person).await.is_ok() {
                let words = "Somebody with that email address is a member already. Change what they may do instead.";
                return Err(Error::Conflict(words.to_owned()));
            }
            membership::join_organisation(conn, person, organisation, role, asked.at).await?;
            limit(conn, organisation, person, sees).await?;
            let context = context(conn, asked, &of, role).await?;
            let invited = invite::welcome(conn, person, &context, asked.at).await?;
            let action = if invited.letter == LetterKind::Joined { Action::JoinMember } else { Action::InviteMember };
            of.record(conn, asked, (action, person), json!({ "role": role, "contracts": told(sees) })).await?;
            Ok(invited)
        })
        .await
    }

    /// Changes what a member of an organisation may do and see.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the organisation, for somebody who is no member of it, and for
    /// a contract that is not its own; [`Error::Refused`] for limits of an administrator, where it would leave the
    /// organisation without one, and for taking the role from oneself.
    pub async fn change_person(
        &self,
        asked: &Asked,
        organisation: OrganisationId,
        person: PersonId,
        (role, sees): (OrganisationRole, &Sees),
    ) -> Result<()> {
        self.check(asked, organisation, role, sees).await?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let of = acting::for_organisation(conn, asked, organisation).await?;
            let before = role_of(conn, organisation, person).await?;
            if before == OrganisationRole::Administrator && role != before {
                not_oneself(asked, person, "You cannot take the administrator role from yourself. Ask another one.")?;
                not_the_last(conn, organisation, person).await?;
            }
            let own = organisation_member::table.find((organisation.uuid(), person.uuid()));
            diesel::update(own).set(organisation_member::role.eq(role.raw())).execute(conn).await?;
            limit(conn, organisation, person, sees).await?;
            let detail = json!({ "before": before, "role": role, "contracts": told(sees) });
            of.record(conn, asked, (Action::ChangeMember, person), detail).await
        })
        .await
    }

    /// Removes somebody from an organisation and tells them. What they do for others stays as it is.
    ///
    /// # Errors
    /// As [`change_person`](Self::change_person).
    pub async fn remove_person(&self, asked: &Asked, organisation: OrganisationId, person: PersonId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let of = acting::for_organisation(conn, asked, organisation).await?;
            let before = role_of(conn, organisation, person).await?;
            not_oneself(asked, person, "You cannot remove yourself. Ask another administrator.")?;
            if before == OrganisationRole::Administrator {
                not_the_last(conn, organisation, person).await?;
            }
            // limits go with the membership
            let own = organisation_member::table.find((organisation.uuid(), person.uuid()));
            diesel::delete(own).execute(conn).await?;
            let context = json!({ "organisation": of.name });
            letter::write(conn, person, LetterKind::Removed, None, &context, asked.at).await?;
            of.record(conn, asked, (Action::RemoveMember, person), json!({ "role": before })).await
        })
        .await
    }

    /// Sends a member of an organisation who has not chosen a password yet another invitation.
    ///
    /// # Errors
    /// [`Error::NotFound`] as [`change_person`](Self::change_person); [`Error::Refused`] where they have one.
    pub async fn invite_person_again(
        &self,
        asked: &Asked,
        organisation: OrganisationId,
        person: PersonId,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let of = acting::for_organisation(conn, asked, organisation).await?;
            let role = role_of(conn, organisation, person).await?;
            let context = context(conn, asked, &of, role).await?;
            invite::again(conn, person, &context, asked.at).await?;
            of.record(conn, asked, (Action::InviteMember, person), json!({ "role": role, "again": true })).await
        })
        .await
    }

    /// Whether what somebody is to see can be given: contracts of this organisation, as the one who asks sees them.
    async fn check(
        &self,
        asked: &Asked,
        organisation: OrganisationId,
        role: OrganisationRole,
        sees: &Sees,
    ) -> Result<()> {
        let Sees::Contracts(wanted) = sees else { return Ok(()) };
        if role == OrganisationRole::Administrator {
            return Err(Error::Refused(
                "An administrator sees every contract. Choose staff, or all contracts.".to_owned(),
            ));
        }
        if wanted.is_empty() {
            return Err(Error::Refused("Select at least one contract".to_owned()));
        }
        let scope = self.provider_scope(asked.by.ok_or(Error::NotFound)?).await?;
        let offered =
            scope.read(async |tx: &mut Tx<'_, Provider>| contract::references_of(tx, organisation).await).await?;
        let offered: BTreeSet<_> = offered.iter().map(|contract| (contract.tenant, contract.id)).collect();
        if wanted.is_subset(&offered) { Ok(()) } else { Err(Error::NotFound) }
    }
}

/// What the record keeps of limits: the contracts, or nothing where there are none.
fn told(sees: &Sees) -> serde_json::Value {
    match sees {
        Sees::Everything => serde_json::Value::Null,
        Sees::Contracts(contracts) => contracts.iter().map(|(_, contract)| json!(contract)).collect(),
    }
}

/// Puts what a member sees in the place of what they saw.
async fn limit(
    conn: &mut AsyncPgConnection,
    organisation: OrganisationId,
    person: PersonId,
    sees: &Sees,
) -> Result<()> {
    let before = organisation_member_contract::table.filter(
        organisation_member_contract::organisation_id
            .eq(organisation.uuid())
            .and(organisation_member_contract::person_id.eq(person.uuid())),
    );
    diesel::delete(before).execute(conn).await?;
    let own = organisation_member::table.find((organisation.uuid(), person.uuid()));
    let limited = matches!(sees, Sees::Contracts(_));
    diesel::update(own).set(organisation_member::limited.eq(limited)).execute(conn).await?;
    let Sees::Contracts(contracts) = sees else { return Ok(()) };
    let rows: Vec<_> = contracts
        .iter()
        .map(|(tenant, contract)| {
            (
                organisation_member_contract::organisation_id.eq(organisation.uuid()),
                organisation_member_contract::person_id.eq(person.uuid()),
                organisation_member_contract::tenant_id.eq(tenant.uuid()),
                organisation_member_contract::contract_id.eq(contract.uuid()),
            )
        })
        .collect();
    for batch in rows.chunks(1_000) {
        diesel::insert_into(organisation_member_contract::table).values(batch.to_vec()).execute(conn).await?;
    }
    Ok(())
}

async fn context(
    conn: &mut AsyncPgConnection,
    asked: &Asked,
    of: &OfOrganisation,
    role: OrganisationRole,
) -> Result<serde_json::Value> {
    let invited_by = invite::inviter(conn, asked.by).await?;
    Ok(json!({ "organisation": of.name, "roles": [role.words()], "invited_by": invited_by }))
}

/// What somebody may do for an organisation.
///
/// # Errors
/// [`Error::NotFound`] where they are no member of it.
async fn role_of(
    conn: &mut AsyncPgConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<OrganisationRole> {
    let own = organisation_member::table.find((organisation.uuid(), person.uuid())).select(organisation_member::role);
    let role: Option<String> = own.first(conn).await.optional()?;
    OrganisationRole::of(role.ok_or(Error::NotFound)?).map_err(|what| Error::Unreadable { what })
}

fn not_oneself(asked: &Asked, person: PersonId, words: &str) -> Result<()> {
    if asked.by == Some(person) { Err(Error::Refused(words.to_owned())) } else { Ok(()) }
}

/// The organisation is locked, so that nobody else goes meanwhile.
async fn not_the_last(conn: &mut AsyncPgConnection, organisation: OrganisationId, person: PersonId) -> Result<()> {
    let others = organisation_member::table.filter(
        organisation_member::organisation_id
            .eq(organisation.uuid())
            .and(organisation_member::role.eq(OrganisationRole::Administrator.raw()))
            .and(organisation_member::person_id.ne(person.uuid())),
    );
    let stays: bool = diesel::select(diesel::dsl::exists(others)).get_result(conn).await?;
    if stays {
        return Ok(());
    }
    let words = "This is the organisation\u{2019}s only administrator. Make somebody else an administrator first.";
    Err(Error::Refused(words.to_owned()))
}
