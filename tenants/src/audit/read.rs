//! A council's records as its pages show them: filtered, newest first, with people's names and the place in the chain.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::audit_chain::Ledger;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::pg::Pg;
use diesel::sql_types::Uuid as SqlUuid;
use diesel::{ExpressionMethods as _, QueryDsl as _, QueryableByName, SelectableHelper as _, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::record::AuditRecord;
use super::store;
use crate::error::Result;
use crate::schema::{audit_record, person};
use crate::scope::Tx;

/// Which records are wanted: everything that is set has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Not before this instant.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
    /// By this person; among the platform's records, or concerning them.
    pub person: Option<PersonId>,
    /// For this organisation.
    pub organisation: Option<OrganisationId>,
    /// About this council; among the platform's records only.
    pub council: Option<TenantId>,
    /// Whose action's code begins like this: `run.`, or `run.approve`.
    pub action: Option<String>,
    /// To this kind of thing.
    pub object_kind: Option<String>,
    /// To this very thing.
    pub object_id: Option<Uuid>,
    /// Whether the oldest come first, and not the newest.
    pub oldest_first: bool,
    /// How many of them to pass over.
    pub offset: u32,
    /// How many to give.
    pub limit: u32,
}

/// Some of the records that were wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T = Seen> {
    /// These.
    pub rows: Vec<T>,
    /// How many there are in all.
    pub total: u64,
}

/// A record as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The record.
    pub record: AuditRecord,
    /// Who acted: a person's name, or the service.
    pub by: String,
    /// The name of the person to whom it was done, where it was a person whom the council knows.
    pub object_name: Option<String>,
    /// Its number in the chain; none as long as it is not sealed.
    pub sequence: Option<u64>,
}

impl Seen {
    fn of(record: AuditRecord, names: &HashMap<PersonId, String>, places: &HashMap<Uuid, u64>) -> Self {
        Self {
            by: by(&record.actor, names),
            object_name: object_person(&record).and_then(|person| names.get(&person).cloned()),
            sequence: places.get(&record.id.uuid()).copied(),
            record,
        }
    }
}

/// The person to whom something was done.
fn object_person(record: &AuditRecord) -> Option<PersonId> {
    record.object_id.filter(|_| record.object_kind == "person").map(PersonId::from_uuid)
}

impl Filter {
    /// The codes of the actions that are wanted. They are named one by one, since under row level security only equal
    /// text is looked up in an index.
    pub(super) fn actions(&self) -> Option<Vec<String>> {
        let prefix = self.action.as_deref()?;
        let known = Action::starting_with(prefix).map(|action| action.code().to_owned());
        Some(known.chain([prefix.to_owned()]).collect())
    }
}

/// The records of the transaction's council.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn page(tx: &mut Tx<'_>, filter: &Filter) -> Result<Page> {
    let tenant = tx.tenant();
    let total: i64 = wanted(tenant, filter).count().get_result(tx.conn()).await?;
    let rows = wanted(tenant, filter);
    let rows = match filter.oldest_first {
        true => rows.order((audit_record::at.asc(), audit_record::id.asc())),
        false => rows.order((audit_record::at.desc(), audit_record::id.asc())),
    };
    let records: Vec<AuditRecord> = rows
        .offset(filter.offset.into())
        .limit(filter.limit.into())
        .select(AuditRecord::as_select())
        .load(tx.conn())
        .await?;
    let ids: Vec<Uuid> = records.iter().map(|record| record.id.uuid()).collect();
    let places = store::places(tx.conn(), Ledger::Council(tenant), &ids).await?;
    let people = records.iter().flat_map(|record| [record.actor.person(), object_person(record)]);
    let names = names(tx.conn(), people.flatten().collect()).await?;
    let seen = |record| Seen::of(record, &names, &places);
    Ok(Page { rows: records.into_iter().map(seen).collect(), total: total.unsigned_abs() })
}

/// Everybody who has acted on the council's data, by name: whom its records can be filtered by. Each is found through the
/// index of people, so that the time it takes does not grow with the records.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn actors(tx: &mut Tx<'_>) -> Result<Vec<(PersonId, String)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        person_id: Uuid,
    }
    let tenant = tx.tenant().uuid();
    let rows: Vec<Row> = sql_query(
        "WITH RECURSIVE acted AS ( \
             (SELECT person_id FROM audit_record WHERE tenant_id = $1 AND person_id IS NOT NULL \
                 ORDER BY person_id LIMIT 1) \
             UNION ALL SELECT (SELECT r.person_id FROM audit_record r \
                 WHERE r.tenant_id = $1 AND r.person_id > acted.person_id ORDER BY r.person_id LIMIT 1) \
             FROM acted WHERE acted.person_id IS NOT NULL) \
         SELECT person_id FROM acted WHERE person_id IS NOT NULL",
    )
    .bind::<SqlUuid, _>(tenant)
    .load(tx.conn())
    .await?;
    let people: Vec<PersonId> = rows.into_iter().map(|row| PersonId::from_uuid(row.person_id)).collect();
    let names = names(tx.conn(), people.clone()).await?;
    let named = |person: PersonId| (person, names.get(&person).cloned().unwrap_or_else(|| person.to_string()));
    let mut actors: Vec<_> = people.into_iter().map(named).collect();
    actors.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
    Ok(actors)
}

fn wanted(tenant: TenantId, filter: &Filter) -> audit_record::BoxedQuery<'_, Pg> {
    let mut query = audit_record::table.filter(audit_record::tenant_id.eq(tenant.uuid())).into_boxed();
    if let Some(from) = filter.from {
        query = query.filter(audit_record::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit_record::at.lt(to));
    }
    if let Some(person) = filter.person {
        query = query.filter(audit_record::person_id.eq(person.uuid()));
    }
    if let Some(organisation) = filter.organisation {
        query = query.filter(audit_record::organisation_id.eq(organisation.uuid()));
    }
    if let Some(actions) = filter.actions() {
        query = query.filter(audit_record::action.eq_any(actions));
    }
    if let Some(kind) = &filter.object_kind {
        query = query.filter(audit_record::object_kind.eq(kind));
    }
    if let Some(object) = filter.object_id {
        query = query.filter(audit_record::object_id.eq(object));
    }
    query
}

/// Names of people, as far as the role may know them.
pub(crate) async fn names(conn: &mut AsyncPgConnection, people: Vec<PersonId>) -> Result<HashMap<PersonId, String>> {
    let mut ids: Vec<Uuid> = people.into_iter().map(PersonId::uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    let named: Vec<(Uuid, String)> =
        person::table.filter(person::id.eq_any(ids)).select((person::id, person::name)).load(conn).await?;
    Ok(named.into_iter().map(|(id, name)| (PersonId::from_uuid(id), name)).collect())
}

fn by(actor: &Actor, names: &HashMap<PersonId, String>) -> String {
    match actor.person() {
        Some(person) => names.get(&person).cloned().unwrap_or_else(|| person.to_string()),
        None => SERVICE.to_owned(),
    }
}

/// Who acts when no person does.
pub(super) const SERVICE: &str = "Service";
