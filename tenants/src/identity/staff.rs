//! A council's staff: who belongs to it, with which roles, and how its administrators invite, change and remove people.
//! Everybody has one login however many councils they work for, so that removing them here leaves the rest as it is.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PersonId, TenantId};
use diesel::sql_types::{Array, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use super::acting::{self, OfCouncil};
use super::invite::{self, Invited};
use super::letter::{self, LetterKind};
use super::{Asked, CouncilRole, Identity, membership, person};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::record::Kept as _;
use crate::schema::{council_member, sign_on_subject};

/// A member of a council's staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSeen {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address that they sign in with.
    pub email: String,
    /// What they may do.
    pub roles: BTreeSet<CouncilRole>,
    /// Since when they belong to the staff.
    pub since: DateTime<Utc>,
    /// When they signed in last, to whatever council; none before the first time.
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
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    since: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_seen_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    has_factor: bool,
    #[diesel(sql_type = Bool)]
    invited: bool,
}

const STAFF: &str = "SELECT p.id, p.name, p.email, m.roles, m.since, p.last_seen_at, \
    EXISTS (SELECT FROM totp_device d WHERE d.person_id = p.id AND d.confirmed) \
        OR EXISTS (SELECT FROM passkey k WHERE k.person_id = p.id) AS has_factor, \
    p.password_hash IS NULL AND p.last_seen_at IS NULL AS invited \
    FROM (SELECT person_id, array_agg(role) AS roles, min(since) AS since FROM council_member \
        WHERE tenant_id = $1 GROUP BY person_id) m JOIN person p ON p.id = m.person_id ORDER BY p.name, p.id";

impl Identity {
    /// A council's staff, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn staff_of(&self, tenant: TenantId) -> Result<Vec<StaffSeen>> {
        let rows: Vec<Row> = self
            .read(async |conn: &mut AsyncPgConnection| {
                Ok(sql_query(STAFF).bind::<SqlUuid, _>(tenant.uuid()).load(conn).await?)
            })
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(StaffSeen {
                    person: PersonId::from_uuid(row.id),
                    name: row.name,
                    email: row.email,
                    roles: read_roles(row.roles)?,
                    since: row.since,
                    last_seen_at: row.last_seen_at,
                    has_factor: row.has_factor,
                    invited: row.invited,
                })
            })
            .collect()
    }

    /// Makes somebody a member of a council's staff and writes to them. Whoever has a login uses that one.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council; [`Error::Refused`] for an address or a name that
    /// will not do, and without a role; [`Error::Conflict`] where they are on the staff already.
    pub async fn invite_staff(
        &self,
        asked: &Asked,
        tenant: TenantId,
        email: &str,
        name: &str,
        roles: &BTreeSet<CouncilRole>,
    ) -> Result<Invited> {
        let (email, name) = (person::email(email)?, invite::name(name)?);
        some_role(roles)?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council(conn, asked, tenant).await?;
            join(conn, asked, &council, (&email, &name), roles).await
        })
        .await
    }

    /// Gives a member of a council's staff other roles.
    ///
    /// # Errors
    /// [`Error::NotFound`] for whoever does not administer the council, and for somebody who is not on its staff;
    /// [`Error::Refused`] where it would leave the council without an administrator, or the one who asks without that
    /// role.
    pub async fn change_staff(
        &self,
        asked: &Asked,
        tenant: TenantId,
        person: PersonId,
        roles: &BTreeSet<CouncilRole>,
    ) -> Result<()> {
        some_role(roles)?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council(conn, asked, tenant).await?;
            let before = roles_of(conn, tenant, person).await?;
            if before == *roles {
                return Ok(());
            }
            if before.contains(&CouncilRole::Administrator) && !roles.contains(&CouncilRole::Administrator) {
                not_oneself(asked, person, "You cannot take the administrator role from yourself. Ask another one.")?;
                not_the_last(conn, tenant, person).await?;
            }
            for role in before.difference(roles) {
                let own = council_member::table.find((tenant.uuid(), person.uuid(), role.raw()));
                diesel::delete(own).execute(conn).await?;
            }
            for role in roles.difference(&before) {
                membership::join_council(conn, person, tenant, *role, asked.at).await?;
            }
            let detail = json!({ "before": before, "roles": roles });
            council.record(conn, asked, Record::of(Action::ChangeMember, person).detail(detail)).await
        })
        .await
    }

    /// Removes somebody from a council's staff and tells them. What they do for others stays as it is.
    ///
    /// # Errors
    /// As [`change_staff`](Self::change_staff).
    pub async fn remove_staff(&self, asked: &Asked, tenant: TenantId, person: PersonId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council(conn, asked, tenant).await?;
            let before = roles_of(conn, tenant, person).await?;
            not_oneself(asked, person, "You cannot remove yourself. Ask another administrator.")?;
            if before.contains(&CouncilRole::Administrator) {
                not_the_last(conn, tenant, person).await?;
            }
            let own = council_member::table
                .filter(council_member::tenant_id.eq(tenant.uuid()).and(council_member::person_id.eq(person.uuid())));
            diesel::delete(own).execute(conn).await?;
            // the council's own sign-on no longer means them
            let meant = sign_on_subject::table
                .filter(sign_on_subject::tenant_id.eq(tenant.uuid()).and(sign_on_subject::person_id.eq(person.uuid())));
            diesel::delete(meant).execute(conn).await?;
            let context = json!({ "council": council.name });
            letter::write(conn, person, LetterKind::Removed, None, &context, asked.at).await?;
            let record = Record::of(Action::RemoveMember, person).detail(json!({ "roles": before }));
            council.record(conn, asked, record).await
        })
        .await
    }

    /// Sends somebody on a council's staff who has not chosen a password yet another invitation.
    ///
    /// # Errors
    /// [`Error::NotFound`] as [`change_staff`](Self::change_staff); [`Error::Refused`] where they have one.
    pub async fn invite_staff_again(&self, asked: &Asked, tenant: TenantId, person: PersonId) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let council = acting::for_council(conn, asked, tenant).await?;
            let roles = roles_of(conn, tenant, person).await?;
            let context = context(conn, asked, &council, &roles).await?;
            invite::again(conn, person, &context, asked.at).await?;
            let record = Record::of(Action::InviteMember, person).detail(json!({ "roles": roles, "again": true }));
            council.record(conn, asked, record).await
        })
        .await
    }
}

/// Makes somebody a member, in the transaction of whoever may.
pub(crate) async fn join(
    conn: &mut AsyncPgConnection,
    asked: &Asked,
    council: &OfCouncil,
    (email, name): (&str, &str),
    roles: &BTreeSet<CouncilRole>,
) -> Result<Invited> {
    let person = invite::find_or_make(conn, email, name, asked.at).await?;
    if roles_of(conn, council.tenant, person).await.is_ok() {
        let words = "Somebody with that email address is on the staff already. Change their roles instead.";
        return Err(Error::Conflict(words.to_owned()));
    }
    for role in roles {
        membership::join_council(conn, person, council.tenant, *role, asked.at).await?;
    }
    let context = context(conn, asked, council, roles).await?;
    let invited = invite::welcome(conn, person, &context, asked.at).await?;
    let action = if invited.letter == LetterKind::Joined { Action::JoinMember } else { Action::InviteMember };
    council.record(conn, asked, Record::of(action, person).detail(json!({ "roles": roles }))).await?;
    Ok(invited)
}

/// What the letter says of where it comes from.
pub(crate) async fn context(
    conn: &mut AsyncPgConnection,
    asked: &Asked,
    council: &OfCouncil,
    roles: &BTreeSet<CouncilRole>,
) -> Result<serde_json::Value> {
    let words: Vec<&str> = roles.iter().map(|role| role.words()).collect();
    let invited_by = invite::inviter(conn, asked.by).await?;
    Ok(json!({ "council": council.name, "roles": words, "invited_by": invited_by }))
}

/// What somebody may do at a council.
///
/// # Errors
/// [`Error::NotFound`] where they are not on its staff.
async fn roles_of(conn: &mut AsyncPgConnection, tenant: TenantId, person: PersonId) -> Result<BTreeSet<CouncilRole>> {
    let own = council_member::table
        .filter(council_member::tenant_id.eq(tenant.uuid()).and(council_member::person_id.eq(person.uuid())));
    let rows: Vec<String> = own.select(council_member::role).load(conn).await?;
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
    read_roles(rows)
}

fn read_roles(rows: Vec<String>) -> Result<BTreeSet<CouncilRole>> {
    rows.into_iter().map(|role| CouncilRole::of(role).map_err(|what| Error::Unreadable { what })).collect()
}

fn some_role(roles: &BTreeSet<CouncilRole>) -> Result<()> {
    if roles.is_empty() { Err(Error::Refused("Select at least one role".to_owned())) } else { Ok(()) }
}

fn not_oneself(asked: &Asked, person: PersonId, words: &str) -> Result<()> {
    if asked.by == Some(person) { Err(Error::Refused(words.to_owned())) } else { Ok(()) }
}

/// The council is locked, so that nobody else goes meanwhile.
async fn not_the_last(conn: &mut AsyncPgConnection, tenant: TenantId, person: PersonId) -> Result<()> {
    let others = council_member::table.filter(
        council_member::tenant_id
            .eq(tenant.uuid())
            .and(council_member::role.eq(CouncilRole::Administrator.raw()))
            .and(council_member::person_id.ne(person.uuid())),
    );
    let stays: bool = diesel::select(diesel::dsl::exists(others)).get_result(conn).await?;
    if stays {
        return Ok(());
    }
    let words = "This is the council\u{2019}s only administrator. Make somebody else an administrator first.";
    Err(Error::Refused(words.to_owned()))
}
