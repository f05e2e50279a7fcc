//! Who of its providers has access, for a council's administrators: only the organisations that are linked with the
//! council, and of what their people are limited to only whether it concerns this council.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::{Identity, OrganisationRole};
use crate::error::{Error, Result};
use crate::record::Kept as _;

/// A linked organisation with the people who act for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationSeen {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Its name.
    pub name: String,
    /// Since when the council is linked with it.
    pub since: DateTime<Utc>,
    /// Its people, by name.
    pub people: Vec<MemberSeen>,
}

/// Somebody of a provider's staff, as a council sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberSeen {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// The address that they sign in with.
    pub email: String,
    /// What they may do.
    pub role: OrganisationRole,
    /// When they signed in last; none before the first time.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// How much of this council's contracts they see.
    pub sees: SeesHere,
}

/// How much of one council's contracts somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeesHere {
    /// All that their organisation has with it.
    Everything,
    /// Some.
    Certain,
    /// None: they are limited to other councils' contracts.
    Nothing,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    organisation_id: Uuid,
    #[diesel(sql_type = Text)]
    organisation: String,
    #[diesel(sql_type = Timestamptz)]
    since: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    person_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    email: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_seen_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    limited: bool,
    #[diesel(sql_type = Bool)]
    here: bool,
}

const ACCESS: &str = "SELECT g.id AS organisation_id, g.name AS organisation, w.since, p.id AS person_id, p.name, p.email, \
    m.role, p.last_seen_at, COALESCE(m.limited, false) AS limited, \
    EXISTS (SELECT FROM organisation_member_contract l WHERE l.organisation_id = m.organisation_id \
        AND l.person_id = m.person_id AND l.tenant_id = w.tenant_id) AS here \
    FROM council_organisation w JOIN organisation g ON g.id = w.organisation_id \
    LEFT JOIN organisation_member m ON m.organisation_id = g.id LEFT JOIN person p ON p.id = m.person_id \
    WHERE w.tenant_id = $1 ORDER BY g.name, g.id, p.name, p.id";

impl Row {
    fn member(&self) -> Result<Option<MemberSeen>> {
        let (Some(person), Some(name), Some(email), Some(role)) =
            (self.person_id, self.name.clone(), self.email.clone(), self.role.clone())
        else {
            return Ok(None);
        };
        Ok(Some(MemberSeen {
            person: PersonId::from_uuid(person),
            name,
            email,
            role: OrganisationRole::of(role).map_err(|what| Error::Unreadable { what })?,
            last_seen_at: self.last_seen_at,
            sees: match (self.limited, self.here) {
                (false, _) => SeesHere::Everything,
                (true, true) => SeesHere::Certain,
                (true, false) => SeesHere::Nothing,
            },
        }))
    }
}

impl Identity {
    /// The organisations that a council is linked with, and who of each has access, by name.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn access_to(&self, tenant: TenantId) -> Result<Vec<OrganisationSeen>> {
        let rows: Vec<Row> = self
            .read(async |conn: &mut AsyncPgConnection| {
                Ok(sql_query(ACCESS).bind::<SqlUuid, _>(tenant.uuid()).load(conn).await?)
            })
            .await?;
        let mut seen: Vec<OrganisationSeen> = Vec::new();
        for row in rows {
            let id = OrganisationId::from_uuid(row.organisation_id);
            let member = row.member()?;
            match seen.last_mut() {
                Some(last) if last.organisation == id => last.people.extend(member),
                _ => seen.push(OrganisationSeen {
                    organisation: id,
                    name: row.organisation,
                    since: row.since,
                    people: member.into_iter().collect(),
                }),
            }
        }
        Ok(seen)
    }
}
