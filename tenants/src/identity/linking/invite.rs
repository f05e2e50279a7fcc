//! What a council does with organisations: invites them, one or thousands in one transaction, sends an invitation again,
//! withdraws it, and ends a link. Known and unknown addresses take the same statements, so that neither the answer nor
//! the time it takes tells them apart.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{InvitationId, LinkId, OrganisationId, PersonId, TenantId};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryableByName,
    sql_query,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::wanted::{Wanted, key};
use crate::audit::{PlatformRecord, Record, platform};
use crate::contract;
use crate::error::{Error, Result};
use crate::identity::letter::{self, LetterKind};
use crate::identity::link;
use crate::identity::{Asked, Identity, acting};
use crate::schema::{council_organisation, organisation, organisation_invitation, person};
use crate::scope::{CouncilScope, Tx};

diesel::allow_tables_to_appear_in_same_query!(organisation, council_organisation);

/// An invitation, as the council sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationSeen {
    /// Its id.
    pub id: InvitationId,
    /// The organisation's name, as the council typed it.
    pub name: String,
    /// How the council knows it.
    pub reference: String,
    /// Whom it is for, as the council typed it.
    pub email: String,
    /// Their name, as the council typed it.
    pub contact: String,
    /// When it was made.
    pub invited_at: DateTime<Utc>,
    /// Who made it.
    pub invited_by: String,
    /// What became of it.
    pub state: InvitationState,
}

/// What became of an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationState {
    /// Not answered yet.
    Open,
    /// Accepted, for an organisation with a name of its own.
    Accepted {
        /// When.
        at: DateTime<Utc>,
        /// The organisation.
        organisation: OrganisationId,
        /// Its name.
        name: String,
    },
    /// Declined.
    Declined(DateTime<Utc>),
    /// Withdrawn by the council.
    Withdrawn(DateTime<Utc>),
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    contact: String,
    #[diesel(sql_type = Timestamptz)]
    invited_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    invited_by: String,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    accepted_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    declined_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    withdrawn_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    organisation: Option<String>,
}

const SEEN: &str = "SELECT i.id, i.name, i.reference, i.email, i.contact, i.invited_at, p.name AS invited_by, \
    i.accepted_at, i.declined_at, i.withdrawn_at, g.id AS organisation_id, g.name AS organisation \
    FROM organisation_invitation i JOIN person p ON p.id = i.invited_by \
    LEFT JOIN organisation g ON g.id = i.organisation_id WHERE i.tenant_id = $1 \
    ORDER BY i.invited_at DESC, i.name, i.id";

impl Row {
    fn seen(self) -> InvitationSeen {
        let organisation = self.organisation_id.map(OrganisationId::from_uuid).zip(self.organisation);
        let state = match (self.accepted_at.zip(organisation), self.declined_at, self.withdrawn_at) {
            (Some((at, (organisation, name))), _, _) => InvitationState::Accepted { at, organisation, name },
            (None, Some(at), _) => InvitationState::Declined(at),
            (None, None, Some(at)) => InvitationState::Withdrawn(at),
            (None, None, None) => InvitationState::Open,
        };
        InvitationSeen {
            id: InvitationId::from_uuid(self.id),
            name: self.name,
            reference: self.reference,
            email: self.email,
            contact: self.contact,
            invited_at: self.invited_at,
            invited_by: self.invited_by,
            state,
        }
    }
}

impl Identity {
    /// Invites an organisation.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council; [`Error::Conflict`] where this council has
    /// invited it already or is linked with it.
    pub async fn invite_organisation(&self, asked: &Asked, tenant: TenantId, wanted: &Wanted) -> Result<()> {
        let invited = self.invite_organisations(asked, tenant, std::slice::from_ref(wanted)).await?;
        if invited == 1 {
            return Ok(());
        }
        Err(Error::Conflict("You have invited this organisation already, or work with it.".to_owned()))
    }

    /// Invites organisations, and says how many. Those that this council has invited already or is linked with are left
    /// as they are, so that the same once more changes nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council.
    pub async fn invite_organisations(&self, asked: &Asked, tenant: TenantId, wanted: &[Wanted]) -> Result<usize> {
        let by = asked.by.ok_or(Error::NotFound)?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council(conn, asked, tenant).await?;
            let known = Known::read(conn, tenant).await?;
            let mut new: Vec<&Wanted> =
                wanted.iter().filter(|wanted| !known.is_linked(wanted) && !known.is_invited(wanted)).collect();
            // in one order, whoever invites, so that two councils' tables do not wait for one another
            new.sort_by_key(|wanted| wanted.key());
            let made = make(conn, (tenant, by), &new, asked.at).await?;
            write(conn, &council.name, &made, asked.at).await?;
            let record = match made.as_slice() {
                [] => return Ok(0),
                [only] => Record::of(Action::InviteOrganisation, InvitationId::from_uuid(only.id))
                    .detail(json!({ "name": only.name, "reference": only.reference })),
                _ => Record::on(Action::InviteOrganisation, "organisation_invitation")
                    .detail(json!({ "invitations": made.len() })),
            };
            council.record(conn, asked, record).await?;
            Ok(made.len())
        })
        .await
    }

    /// A council's invitations, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn organisation_invitations(&self, tenant: TenantId) -> Result<Vec<InvitationSeen>> {
        let rows: Vec<Row> = self
            .read(async |conn: &mut AsyncPgConnection| {
                Ok(sql_query(SEEN).bind::<SqlUuid, _>(tenant.uuid()).load(conn).await?)
            })
            .await?;
        Ok(rows.into_iter().map(Row::seen).collect())
    }

    /// Sends an open invitation again: its link may have run out.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council, and where no such invitation is open.
    pub async fn send_invitation_again(&self, asked: &Asked, tenant: TenantId, id: InvitationId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council(conn, asked, tenant).await?;
            let open = open(tenant, id);
            let made: Option<(Uuid, String, String, Uuid)> = organisation_invitation::table
                .filter(open)
                .select((
                    organisation_invitation::id,
                    organisation_invitation::name,
                    organisation_invitation::reference,
                    organisation_invitation::person_id,
                ))
                .first(conn)
                .await
                .optional()?;
            let (id, name, reference, person_id) = made.ok_or(Error::NotFound)?;
            let made = Made { id, name, reference, person_id };
            write(conn, &council.name, std::slice::from_ref(&made), asked.at).await?;
            let record = Record::of(Action::InviteOrganisation, InvitationId::from_uuid(id));
            council.record(conn, asked, record.detail(json!({ "name": made.name, "again": true }))).await
        })
        .await
    }

    /// Withdraws an invitation.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council, and where no such invitation is open.
    pub async fn withdraw_invitation(&self, asked: &Asked, tenant: TenantId, id: InvitationId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council(conn, asked, tenant).await?;
            let changed = diesel::update(organisation_invitation::table.filter(open(tenant, id)))
                .set(organisation_invitation::withdrawn_at.eq(asked.at))
                .execute(conn)
                .await?;
            if changed == 0 {
                return Err(Error::NotFound);
            }
            council.record(conn, asked, Record::of(Action::WithdrawInvitation, id)).await
        })
        .await
    }

    /// Ends the link of a council with an organisation with which it has no contract, and never had one: what was
    /// contracted once is looked at by both for years.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council, and where they are not linked;
    /// [`Error::Refused`] where there are contracts.
    pub async fn unlink_organisation(
        &self,
        asked: &Asked,
        tenant: TenantId,
        organisation: OrganisationId,
    ) -> Result<()> {
        let scope = CouncilScope::system(self.connections(), tenant, "unlink-organisation");
        let contracts = scope.read(async |tx: &mut Tx<'_>| contract::count_with(tx, organisation).await).await?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council(conn, asked, tenant).await?;
            let linked = council_organisation::table.find((tenant.uuid(), organisation.uuid()));
            if diesel::delete(linked).execute(conn).await? == 0 {
                return Err(Error::NotFound);
            }
            if contracts > 0 {
                let words = "You have or had contracts with this organisation, so that it stays linked.";
                return Err(Error::Refused(words.to_owned()));
            }
            council.record(conn, asked, Record::of(Action::UnlinkOrganisation, organisation)).await?;
            let record: PlatformRecord = acting::on_platform(asked, Action::UnlinkOrganisation, organisation);
            platform::write(conn, &record.for_organisation(organisation).for_council(tenant)).await
        })
        .await
    }
}

/// What a council has invited and is linked with: nobody else's.
pub(super) struct Known {
    linked: HashSet<String>,
    accepted: HashSet<(String, String)>,
    invited: HashSet<(String, String)>,
}

impl Known {
    pub(super) async fn read(conn: &mut AsyncPgConnection, tenant: TenantId) -> Result<Self> {
        let linked = council_organisation::table
            .filter(council_organisation::tenant_id.eq(tenant.uuid()))
            .select(council_organisation::organisation_id);
        let linked: Vec<(Uuid, String)> = organisation::table
            .filter(organisation::id.eq_any(linked))
            .select((organisation::id, organisation::name))
            .load(conn)
            .await?;
        let own = organisation_invitation::table.filter(
            organisation_invitation::tenant_id
                .eq(tenant.uuid())
                .and(organisation_invitation::declined_at.is_null())
                .and(organisation_invitation::withdrawn_at.is_null()),
        );
        let made: Vec<(String, String, Option<Uuid>)> = own
            .select((
                organisation_invitation::email,
                organisation_invitation::name,
                organisation_invitation::organisation_id,
            ))
            .load(conn)
            .await?;
        let linked_ids: HashSet<Uuid> = linked.iter().map(|(id, _)| *id).collect();
        let (mut accepted, mut invited) = (HashSet::new(), HashSet::new());
        for (email, name, organisation) in made {
            match organisation {
                None => invited.insert(key(&email, &name)),
                Some(id) => linked_ids.contains(&id) && accepted.insert(key(&email, &name)),
            };
        }
        let linked = linked.into_iter().map(|(_, name)| name.to_lowercase()).collect();
        Ok(Self { linked, accepted, invited })
    }

    pub(super) fn is_linked(&self, wanted: &Wanted) -> bool {
        self.linked.contains(&wanted.name().to_lowercase()) || self.accepted.contains(&wanted.key())
    }

    pub(super) fn is_invited(&self, wanted: &Wanted) -> bool {
        self.invited.contains(&wanted.key())
    }
}

/// An invitation that was made.
#[derive(QueryableByName)]
struct Made {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    reference: String,
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
}

const PEOPLE: &str = "INSERT INTO person (id, email, name, created_at) \
    SELECT new.id, new.email, new.name, $4 FROM unnest($1, $2, $3) AS new (id, email, name) ON CONFLICT DO NOTHING";

const INVITATIONS: &str = "INSERT INTO organisation_invitation \
    (tenant_id, id, name, reference, email, contact, person_id, invited_by, invited_at) \
    SELECT $1, new.id, new.name, new.reference, new.email, new.contact, p.id, $2, $3 \
    FROM unnest($4, $5, $6, $7, $8) AS new (id, name, reference, email, contact) \
    JOIN person p ON lower(p.email) = lower(new.email) ON CONFLICT DO NOTHING RETURNING id, name, reference, person_id";

/// Makes whoever is not known yet, and the invitations.
async fn make(
    conn: &mut AsyncPgConnection,
    (tenant, by): (TenantId, PersonId),
    new: &[&Wanted],
    at: DateTime<Utc>,
) -> Result<Vec<Made>> {
    let ids = || new.iter().map(|_| Uuid::now_v7()).collect::<Vec<_>>();
    let texts = |of: fn(&Wanted) -> &str| new.iter().map(|wanted| of(wanted)).collect::<Vec<_>>();
    sql_query(PEOPLE)
        .bind::<Array<SqlUuid>, _>(ids())
        .bind::<Array<Text>, _>(texts(Wanted::email))
        .bind::<Array<Text>, _>(texts(Wanted::contact))
        .bind::<Timestamptz, _>(at)
        .execute(conn)
        .await?;
    Ok(sql_query(INVITATIONS)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<SqlUuid, _>(by.uuid())
        .bind::<Timestamptz, _>(at)
        .bind::<Array<SqlUuid>, _>(ids())
        .bind::<Array<Text>, _>(texts(Wanted::name))
        .bind::<Array<Text>, _>(texts(Wanted::reference))
        .bind::<Array<Text>, _>(texts(Wanted::email))
        .bind::<Array<Text>, _>(texts(Wanted::contact))
        .load(conn)
        .await?)
}

/// Writes to whoever was invited: one letter each, with a link for those who have no password yet.
async fn write(conn: &mut AsyncPgConnection, council: &str, made: &[Made], at: DateTime<Utc>) -> Result<()> {
    let mut names: BTreeMap<Uuid, Vec<&str>> = BTreeMap::new();
    for invitation in made {
        names.entry(invitation.person_id).or_default().push(&invitation.name);
    }
    names.values_mut().for_each(|names| names.sort_unstable());
    let everybody: Vec<PersonId> = names.keys().map(|id| PersonId::from_uuid(*id)).collect();
    let with_password: Vec<Uuid> = person::table
        .filter(person::id.eq_any(names.keys().copied()).and(person::password_hash.is_not_null()))
        .select(person::id)
        .load(conn)
        .await?;
    let with_password: HashSet<Uuid> = with_password.into_iter().collect();
    let context = |names: &[&str]| json!({ "council": council, "organisations": names });
    let to_invite: Vec<(PersonId, Value)> = names
        .iter()
        .filter(|(id, _)| !with_password.contains(id))
        .map(|(id, names)| (PersonId::from_uuid(*id), context(names)))
        .collect();
    let links = link::invite_all(conn, &everybody, &to_invite, at).await?;
    let mut letters: Vec<(PersonId, LetterKind, Option<LinkId>, Value)> = Vec::with_capacity(names.len());
    for ((person, context), link) in to_invite.into_iter().zip(links) {
        letters.push((person, LetterKind::Invitation, Some(link), context));
    }
    for (id, names) in names.iter().filter(|(id, _)| with_password.contains(id)) {
        letters.push((PersonId::from_uuid(*id), LetterKind::OrganisationInvited, None, context(names)));
    }
    letter::write_all(conn, &letters, at).await
}

/// One invitation of a council, while it is open.
#[diesel::dsl::auto_type]
fn open(tenant: TenantId, id: InvitationId) -> _ {
    let (tenant, id): (Uuid, Uuid) = (tenant.uuid(), id.uuid());
    organisation_invitation::tenant_id
        .eq(tenant)
        .and(organisation_invitation::id.eq(id))
        .and(organisation_invitation::accepted_at.is_null())
        .and(organisation_invitation::declined_at.is_null())
        .and(organisation_invitation::withdrawn_at.is_null())
}
