//! What happens to people's logins and to the platform itself: signing in, a lost second factor, a council taken on.
//! Kept apart from the councils' records, since it belongs to none of them; only the platform's own role may write and
//! read it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::audit_chain::Ledger;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::pg::Pg;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, Queryable, Selectable, SelectableHelper as _,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::Value;
use uuid::Uuid;

use super::read::{Filter, Page, SERVICE, names};
use super::{By, Object, Record, store, write_for_council};
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

/// Some of the platform's records.
pub type PlatformPage = Page<PlatformSeen>;

/// A record of the platform as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PlatformSeen {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who acted.
    pub person: Option<PersonId>,
    /// Their name, or who it was instead.
    pub by: String,
    /// Whom it concerns.
    pub subject: Option<PersonId>,
    /// Their name.
    pub about: Option<String>,
    /// The organisation that it is about.
    pub organisation: Option<OrganisationId>,
    /// The council that it is about.
    pub council: Option<TenantId>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub object_kind: String,
    /// To which.
    pub object_id: Option<Uuid>,
    /// What else was kept.
    pub detail: Value,
    /// The request that it belonged to.
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// Its number in the chain; none as long as it is not sealed.
    pub sequence: Option<u64>,
}

impl Identity {
    /// The platform's records that are wanted.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn platform_records(&self, filter: &Filter) -> Result<PlatformPage> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let total: i64 = wanted(filter).count().get_result(conn).await?;
            let rows = wanted(filter);
            let rows = match filter.oldest_first {
                true => rows.order((platform_record::at.asc(), platform_record::id.asc())),
                false => rows.order((platform_record::at.desc(), platform_record::id.asc())),
            };
            let rows: Vec<Row> = rows
                .offset(filter.offset.into())
                .limit(filter.limit.into())
                .select(Row::as_select())
                .load(conn)
                .await?;
            let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
            let places = store::places(conn, Ledger::Platform, &ids).await?;
            let people = rows
                .iter()
                .flat_map(|row| [row.person_id, row.subject_id])
                .flatten()
                .map(PersonId::from_uuid)
                .collect();
            let names = names(conn, people).await?;
            let rows = rows.into_iter().map(|row| row.seen(&places, &names)).collect();
            Ok(Page { rows, total: total.unsigned_abs() })
        })
        .await
    }
}

fn wanted(filter: &Filter) -> platform_record::BoxedQuery<'_, Pg> {
    let mut query = platform_record::table.into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(platform_record::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(platform_record::at.lt(to));
    }
    if let Some(person) = filter.person.map(PersonId::uuid) {
        query = query.filter(platform_record::person_id.eq(person).or(platform_record::subject_id.eq(person)));
    }
    if let Some(organisation) = filter.organisation {
        query = query.filter(platform_record::organisation_id.eq(organisation.uuid()));
    }
    if let Some(council) = filter.council {
        query = query.filter(platform_record::tenant_id.eq(council.uuid()));
    }
    if let Some(actions) = filter.actions() {
        query = query.filter(platform_record::action.eq_any(actions));
    }
    if let Some(kind) = &filter.object_kind {
        query = query.filter(platform_record::object_kind.eq(kind));
    }
    if let Some(object) = filter.object_id {
        query = query.filter(platform_record::object_id.eq(object));
    }
    query
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = platform_record)]
struct Row {
    id: Uuid,
    at: DateTime<Utc>,
    person_id: Option<Uuid>,
    subject_id: Option<Uuid>,
    organisation_id: Option<Uuid>,
    tenant_id: Option<Uuid>,
    action: String,
    object_kind: String,
    object_id: Option<Uuid>,
    detail: Value,
    request_id: Option<String>,
    address: Option<String>,
}

impl Row {
    fn seen(self, places: &HashMap<Uuid, u64>, names: &HashMap<PersonId, String>) -> PlatformSeen {
        let person = self.person_id.map(PersonId::from_uuid);
        let subject = self.subject_id.map(PersonId::from_uuid);
        let name = |person: PersonId| names.get(&person).cloned().unwrap_or_else(|| person.to_string());
        let nobody = if self.address.is_some() { "Not signed in" } else { SERVICE };
        PlatformSeen {
            at: self.at,
            person,
            by: person.map_or_else(|| nobody.to_owned(), name),
            subject,
            about: subject.map(name),
            organisation: self.organisation_id.map(OrganisationId::from_uuid),
            council: self.tenant_id.map(TenantId::from_uuid),
            action: self.action,
            object_kind: self.object_kind,
            object_id: self.object_id,
            detail: self.detail,
            request_id: self.request_id,
            address: self.address,
            sequence: places.get(&self.id).copied(),
        }
    }
}
