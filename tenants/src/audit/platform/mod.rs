//! What happens to people's logins and to the platform itself: signing in, a lost second factor, a council taken on.
//! Kept apart from the councils' records, since it belongs to none of them; only the platform's own role may write and
//! read it.

mod read;

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::ExpressionMethods as _;
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::Value;
use uuid::Uuid;

pub use read::{PlatformPage, PlatformSeen};

use super::{By, Object, Record, write_for_council};
use crate::error::Result;
use crate::identity::Identity;
use crate::record::Kept as _;
use crate::schema::platform_record;
use crate::scope::Origin;

/// Something that happened to a login or to the platform.
#[derive(Debug, Clone, PartialEq)]
pub struct PlatformRecord {
    action: Action,
    at: DateTime<Utc>,
    person: Option<PersonId>,
    subject: Option<PersonId>,
    organisation: Option<OrganisationId>,
    council: Option<TenantId>,
    object: (&'static str, Option<Uuid>),
    detail: Value,
    origin: Origin,
}

impl PlatformRecord {
    /// An action at an instant, on one object.
    #[must_use]
    pub fn of(action: Action, at: DateTime<Utc>, object: impl Object) -> Self {
        Self { object: object.object(), ..Self::on(action, at, "") }
    }

    /// An action at an instant, on something that has no id: an address that nobody has.
    #[must_use]
    pub fn on(action: Action, at: DateTime<Utc>, object_kind: &'static str) -> Self {
        Self {
            action,
            at,
            person: None,
            subject: None,
            organisation: None,
            council: None,
            object: (object_kind, None),
            detail: Value::Object(serde_json::Map::new()),
            origin: Origin::default(),
        }
    }

    /// What people do with their own login: they act, it concerns them, and it is done to them.
    #[must_use]
    pub fn by_themselves(action: Action, at: DateTime<Utc>, person: PersonId) -> Self {
        Self::of(action, at, person).by(person).about(person)
    }

    /// Who acts; nobody for the service itself, and for whoever could not prove who they are.
    #[must_use]
    pub const fn by(mut self, person: PersonId) -> Self {
        self.person = Some(person);
        self
    }

    /// Whom it concerns.
    #[must_use]
    pub const fn about(mut self, person: PersonId) -> Self {
        self.subject = Some(person);
        self
    }

    /// The organisation whose people or links it is about.
    #[must_use]
    pub const fn for_organisation(mut self, organisation: OrganisationId) -> Self {
        self.organisation = Some(organisation);
        self
    }

    /// The council that it is about.
    #[must_use]
    pub const fn for_council(mut self, council: TenantId) -> Self {
        self.council = Some(council);
        self
    }

    /// What else is worth keeping: ids, roles, before and after. Never a password, a code or a key.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// The request, and from where it came.
    #[must_use]
    pub fn from(mut self, origin: &Origin) -> Self {
        self.origin = origin.clone();
        self
    }
}

/// Writes a record, in the transaction of the platform's role that makes the change.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub(crate) async fn write(conn: &mut AsyncPgConnection, record: &PlatformRecord) -> Result<()> {
    let (object_kind, object) = record.object;
    let row = (
        platform_record::at.eq(record.at),
        platform_record::person_id.eq(record.person.raw()),
        platform_record::subject_id.eq(record.subject.raw()),
        platform_record::organisation_id.eq(record.organisation.raw()),
        platform_record::tenant_id.eq(record.council.raw()),
        platform_record::action.eq(record.action.code()),
        platform_record::object_kind.eq(object_kind),
        platform_record::object_id.eq(object),
        platform_record::detail.eq(&record.detail),
        platform_record::address.eq(record.origin.address_kept()),
        platform_record::request_id.eq(record.origin.request_id.as_deref()),
    );
    diesel::insert_into(platform_record::table).values(row).execute(conn).await?;
    Ok(())
}

impl Identity {
    /// Records what changes nothing else: a sign-in that was refused.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn record(&self, record: &PlatformRecord) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| write(conn, record).await).await
    }

    /// Records in a council's own record what the platform did that concerns it: that it was suspended, for example.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn record_for_council(
        &self,
        council: TenantId,
        at: DateTime<Utc>,
        (actor, origin): (&Actor, &Origin),
        record: &Record,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let by = By { actor: actor.clone(), origin: origin.clone() };
            write_for_council(conn, council, at, by, record.clone()).await
        })
        .await
    }
}
