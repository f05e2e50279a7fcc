//! What the invited do with a council's invitation: accept it for an organisation of theirs or for a new one, or decline.

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{InvitationId, OrganisationId, PersonId, TenantId};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use crate::audit::{Record, platform};
use crate::error::{Error, Result};
use crate::identity::{Asked, Identity, OrganisationRole, acting, invite, membership, organisation};
use crate::prepared::Prepared;
use crate::schema::organisation_invitation;

/// The longest name of an organisation.
const LONGEST_NAME: usize = 200;

/// An invitation that waits for an answer, as the invited see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInvitation {
    /// The council.
    pub tenant: TenantId,
    /// Its id.
    pub id: InvitationId,
    /// The council's name in addresses.
    pub slug: String,
    /// The council's name.
    pub council: String,
    /// The organisation's name, as the council typed it.
    pub name: String,
    /// How the council knows it.
    pub reference: String,
    /// When it was made.
    pub invited_at: DateTime<Utc>,
}

/// For which organisation an invitation is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptAs<'a> {
    /// One that the invited administer.
    Own(OrganisationId),
    /// A new one of this name, whose administrator they become.
    New(&'a str),
}

impl Identity {
    /// The invitations that wait for somebody's answer, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn invitations_for(&self, person: PersonId) -> Result<Vec<OpenInvitation>> {
        type Types = (SqlUuid, SqlUuid, Text, Text, Text, Text, Timestamptz);
        type Row = (Uuid, Uuid, String, String, String, String, DateTime<Utc>);
        let rows: Vec<Row> = self
            .ask(async |conn: &mut AsyncPgConnection| {
                let sql: Prepared<Types> = Prepared::new(
                    "SELECT i.tenant_id, i.id, c.slug, c.name, i.name, i.reference, i.invited_at \
                     FROM organisation_invitation i JOIN council c ON c.id = i.tenant_id \
                     WHERE i.accepted_at IS NULL AND i.declined_at IS NULL AND i.withdrawn_at IS NULL \
                     AND c.suspended_at IS NULL AND i.person_id = ",
                );
                Ok(sql.id(person.uuid()).sql(" ORDER BY i.invited_at, i.name, i.id").load(conn).await?)
            })
            .await?;
        let open = rows.into_iter().map(|(tenant, id, slug, council, name, reference, invited_at)| OpenInvitation {
            tenant: TenantId::from_uuid(tenant),
            id: InvitationId::from_uuid(id),
            slug,
            council,
            name,
            reference,
            invited_at,
        });
        Ok(open.collect())
    }

    /// Accepts an invitation: the organisation is linked with the council. The same once more changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an invitation of somebody else's and for an organisation that they do not administer;
    /// [`Error::Refused`] where it is no longer open.
    pub async fn accept_invitation(
        &self,
        asked: &Asked,
        tenant: TenantId,
        id: InvitationId,
        accept_as: AcceptAs<'_>,
    ) -> Result<OrganisationId> {
        let person = asked.by.ok_or(Error::NotFound)?;
        let (chosen, new) = match accept_as {
            AcceptAs::Own(own) => (own, None),
            AcceptAs::New(typed) => {
                let name = invite::one_line(typed, LONGEST_NAME, "the organisation\u{2019}s name")?;
                if name.is_empty() {
                    return Err(Error::Refused("Enter the organisation\u{2019}s name".to_owned()));
                }
                (OrganisationId::from_uuid(Uuid::now_v7()), Some(name))
            }
        };
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let actor = Actor::Provider { person, organisation: chosen };
            let council = acting::for_council_as(conn, actor, tenant).await?;
            match own(conn, (tenant, id), person).await? {
                State::Open => {}
                // sent twice: the answer is the same
                State::Accepted(organisation) if new.is_some() || organisation == chosen => return Ok(organisation),
                _ => return Err(no_longer_open()),
            }
            if let Some(name) = &new {
                organisation::insert(conn, chosen, name, asked.at).await?;
                let role = OrganisationRole::Administrator;
                membership::join_organisation(conn, person, chosen, role, asked.at).await?;
                let joined = acting::on_platform(asked, Action::JoinMember, person);
                let joined = joined.about(person).for_organisation(chosen).detail(json!({ "role": role }));
                platform::write(conn, &joined).await?;
            } else if !acting::administers_organisation(conn, person, chosen).await? {
                return Err(Error::NotFound);
            }
            organisation::link(conn, tenant, chosen, asked.at).await?;
            diesel::update(organisation_invitation::table.find((tenant.uuid(), id.uuid())))
                .set((
                    organisation_invitation::accepted_at.eq(asked.at),
                    organisation_invitation::organisation_id.eq(chosen.uuid()),
                ))
                .execute(conn)
                .await?;
            let detail = json!({ "invitation": id });
            let record = Record::of(Action::LinkOrganisation, chosen).detail(detail.clone());
            council.record(conn, asked, record).await?;
            let linked = acting::on_platform(asked, Action::LinkOrganisation, chosen);
            platform::write(conn, &linked.for_organisation(chosen).for_council(tenant).detail(detail)).await?;
            Ok(chosen)
        })
        .await
    }

    /// Declines an invitation.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an invitation of somebody else's; [`Error::Refused`] where it is no longer open.
    pub async fn decline_invitation(&self, asked: &Asked, tenant: TenantId, id: InvitationId) -> Result<()> {
        let person = asked.by.ok_or(Error::NotFound)?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council_as(conn, Actor::Invited { person }, tenant).await?;
            match own(conn, (tenant, id), person).await? {
                State::Open => {}
                State::Declined => return Ok(()),
                _ => return Err(no_longer_open()),
            }
            diesel::update(organisation_invitation::table.find((tenant.uuid(), id.uuid())))
                .set(organisation_invitation::declined_at.eq(asked.at))
                .execute(conn)
                .await?;
            council.record(conn, asked, Record::of(Action::DeclineInvitation, id)).await
        })
        .await
    }
}

enum State {
    Open,
    Accepted(OrganisationId),
    Declined,
    Withdrawn,
}

/// What has become of somebody's own invitation, locked: two answers at once are one after the other.
async fn own(conn: &mut AsyncPgConnection, (tenant, id): (TenantId, InvitationId), person: PersonId) -> Result<State> {
    type Row = (Option<Uuid>, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
    let row: Option<Row> = organisation_invitation::table
        .find((tenant.uuid(), id.uuid()))
        .filter(organisation_invitation::person_id.eq(person.uuid()))
        .select((
            organisation_invitation::organisation_id,
            organisation_invitation::declined_at,
            organisation_invitation::withdrawn_at,
        ))
        .for_no_key_update()
        .first(conn)
        .await
        .optional()?;
    Ok(match row.ok_or(Error::NotFound)? {
        (Some(organisation), _, _) => State::Accepted(OrganisationId::from_uuid(organisation)),
        (None, Some(_), _) => State::Declined,
        (None, None, Some(_)) => State::Withdrawn,
        (None, None, None) => State::Open,
    })
}

fn no_longer_open() -> Error {
    Error::Refused("This invitation has been answered or withdrawn. Ask the council to invite you again.".to_owned())
}
