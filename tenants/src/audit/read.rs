//! A council's records as its pages show them: filtered, newest first, with people's names and the place in the chain.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::audit_chain::Ledger;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use diesel::pg::Pg;
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
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
    /// How many of them to pass over, the newest first.
    pub offset: u32,
    /// How many to give.
    pub limit: u32,
}

/// Some of the records that were wanted, the newest first.
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
    /// Its number in the chain; none as long as it is not sealed.
    pub sequence: Option<u64>,
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
    let records: Vec<AuditRecord> = wanted(tenant, filter)
        .order((audit_record::at.desc(), audit_record::id))
        .offset(filter.offset.into())
        .limit(filter.limit.into())
        .select(AuditRecord::as_select())
        .load(tx.conn())
        .await?;
    let ids: Vec<Uuid> = records.iter().map(|record| record.id.uuid()).collect();
    let places = store::places(tx.conn(), Ledger::Council(tenant), &ids).await?;
    let people = records.iter().filter_map(|record| record.actor.person()).collect();
    let names = names(tx.conn(), people).await?;
    let seen = |record: AuditRecord| Seen {
        by: by(&record.actor, &names),
        sequence: places.get(&record.id.uuid()).copied(),
        record,
    };
    Ok(Page { rows: records.into_iter().map(seen).collect(), total: total.unsigned_abs() })
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
