//! The platform's records as an operator's page shows them, and as people see what happened to their own login.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use counterfoil_core::audit_chain::Ledger;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::pg::Pg;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, Queryable, Selectable, SelectableHelper as _,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::Value;
use uuid::Uuid;

use crate::audit::read::{Filter, Page, SERVICE, names};
use crate::audit::store;
use crate::error::Result;
use crate::identity::Identity;
use crate::schema::platform_record;

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
