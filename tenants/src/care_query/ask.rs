//! The provider's part: to ask, to say more, and to close what is settled.

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ContractId, OrganisationId, PersonId, QueryId, ServiceLineId, ServiceUserId, TenantId};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use super::team::{SentTo, for_person};
use super::{About, Message, Query, Side, Status, Urgency, wrong_with};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::record::{Kept as _, insert};
use crate::schema::{care_query, care_query_message, contract, service_line};
use crate::scope::{Audited, ProviderActing, ProviderScope, Tx};

/// What somebody asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuery {
    /// Under which contract.
    pub contract: ContractId,
    /// About which line of it.
    pub line: Option<ServiceLineId>,
    /// What it is about.
    pub about: About,
    /// The person, where there is no line.
    pub person: String,
    /// How soon an answer is needed.
    pub urgency: Urgency,
    /// The question.
    pub message: String,
}

/// Who writes: the person and their name.
type Writer<'a> = (PersonId, &'a str);

/// Asks the council, for one organisation. It goes to the person's worker or team.
///
/// # Errors
/// [`Error::Refused`] for a message that is none, in words for whoever wrote it; [`Error::NotFound`] for a contract or line
/// that the person does not see.
pub async fn ask(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    writer: Writer<'_>,
    new: &NewQuery,
) -> Result<QueryId> {
    if let Some(wrong) = wrong_with(&new.message) {
        return Err(Error::Refused(wrong.to_owned()));
    }
    let id = QueryId::from_uuid(Uuid::now_v7());
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            let sent_to = whom(tx, new).await?;
            let detail =
                json!({ "about": new.about.words(), "urgency": new.urgency.words(), "sent_to": sent_to.words });
            let mut audited = tx.audited(Record::of(Action::AskQuery, id).detail(detail)).await?;
            let row = Query {
                id,
                organisation_id: organisation,
                contract_id: new.contract,
                service_line_id: new.line,
                about: new.about,
                person: new.person.clone(),
                urgency: new.urgency,
                status: Status::Open,
                team_id: sent_to.team,
                sent_to: sent_to.words,
                asked_at: at,
                changed_at: at,
                answer_read: false,
            };
            write(&mut audited, row).await?;
            say(&mut audited, id, 1, writer, &new.message).await?;
            jobs::enqueue(&mut audited, Job::TellOfQuery { query: id, message: 1 }).await?;
            Ok(id)
        })
        .await
}

/// Whom it goes to; the contract and the line have to be the organisation's.
async fn whom(tx: &mut Tx<'_, ProviderActing>, new: &NewQuery) -> Result<SentTo> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    let _seen: Uuid = contract::table
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::organisation_id.eq(organisation))
        .filter(contract::id.eq(new.contract.uuid()))
        .select(contract::id)
        .first(tx.conn())
        .await?;
    let Some(line) = new.line else { return Ok(SentTo::default()) };
    let person: Uuid = service_line::table
        .filter(service_line::tenant_id.eq(tenant))
        .filter(service_line::organisation_id.eq(organisation))
        .filter(service_line::contract_id.eq(new.contract.uuid()))
        .filter(service_line::id.eq(line.uuid()))
        .select(service_line::service_user_id)
        .first(tx.conn())
        .await?;
    for_person(tx, ServiceUserId::from_uuid(person)).await
}

async fn write(audited: &mut Audited<'_, '_, ProviderActing>, row: Query) -> Result<()> {
    insert!(audited, care_query, [row]);
    Ok(())
}

/// Says more about a question; a closed one is open again.
///
/// # Errors
/// As [`ask`]; [`Error::Conflict`] where somebody else said something at the same moment.
pub async fn reply_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    writer: Writer<'_>,
    (id, message): (QueryId, &str),
) -> Result<()> {
    if let Some(wrong) = wrong_with(message) {
        return Err(Error::Refused(wrong.to_owned()));
    }
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            own(tx, id).await?;
            let number = next(tx, id).await?;
            let mut audited = tx.audited(Record::of(Action::AnswerQuery, id)).await?;
            say(&mut audited, id, number, writer, message).await?;
            set_status(&mut audited, id, Status::Open, at).await?;
            jobs::enqueue(&mut audited, Job::TellOfQuery { query: id, message: number }).await
        })
        .await
}

/// Closes a question that is settled.
///
/// # Errors
/// [`Error::NotFound`] for one that the person does not see; [`Error::Conflict`] for one that is closed already.
pub async fn close_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    id: QueryId,
) -> Result<()> {
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            if own(tx, id).await?.status == Status::Closed {
                return Err(Error::Conflict("This query is closed already.".to_owned()));
            }
            let mut audited = tx.audited(Record::of(Action::CloseQuery, id)).await?;
            set_status(&mut audited, id, Status::Closed, at).await
        })
        .await
}

/// Notes that the answer was read, so that it no longer waits.
///
/// # Errors
/// [`Error::NotFound`] for one that the person does not see.
pub async fn read_answer(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    id: QueryId,
) -> Result<()> {
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            if own(tx, id).await?.answer_read {
                tx.discard();
                return Ok(());
            }
            let mut audited = tx.audited(Record::of(Action::ReadAnswer, id)).await?;
            let tenant = audited.tenant().uuid();
            diesel::update(care_query::table.find((tenant, id.uuid())))
                .set(care_query::answer_read.eq(true))
                .execute(audited.conn())
                .await?;
            Ok(())
        })
        .await
}

async fn own(tx: &mut Tx<'_, ProviderActing>, id: QueryId) -> Result<Query> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    Ok(care_query::table
        .filter(care_query::tenant_id.eq(tenant))
        .filter(care_query::organisation_id.eq(organisation))
        .filter(care_query::id.eq(id.uuid()))
        .select(Query::as_select())
        .for_update()
        .first(tx.conn())
        .await?)
}

async fn next(tx: &mut Tx<'_, ProviderActing>, id: QueryId) -> Result<u32> {
    let tenant = tx.tenant().uuid();
    let newest: Option<i32> = care_query_message::table
        .filter(care_query_message::tenant_id.eq(tenant))
        .filter(care_query_message::query_id.eq(id.uuid()))
        .select(diesel::dsl::max(care_query_message::number))
        .first(tx.conn())
        .await?;
    Ok(newest.and_then(|newest| u32::try_from(newest).ok()).unwrap_or_default() + 1)
}

async fn say(
    audited: &mut Audited<'_, '_, ProviderActing>,
    id: QueryId,
    number: u32,
    (person, name): Writer<'_>,
    body: &str,
) -> Result<()> {
    let row = Message {
        query_id: id,
        number,
        organisation_id: audited.organisation(),
        side: Side::Provider,
        written_by: person,
        writer: name.to_owned(),
        written_at: audited.at(),
        body: body.to_owned(),
    };
    insert!(audited, care_query_message, [row]);
    Ok(())
}

async fn set_status(
    audited: &mut Audited<'_, '_, ProviderActing>,
    id: QueryId,
    status: Status,
    at: DateTime<Utc>,
) -> Result<()> {
    let (tenant, organisation) = (audited.tenant().uuid(), audited.organisation().uuid());
    let changed = diesel::update(care_query::table)
        .filter(care_query::tenant_id.eq(tenant))
        .filter(care_query::organisation_id.eq(organisation))
        .filter(care_query::id.eq(id.uuid()))
        // whoever writes or closes has read what there was
        .set((care_query::status.eq(status.raw()), care_query::changed_at.eq(at), care_query::answer_read.eq(true)))
        .execute(audited.conn())
        .await?;
    if changed == 1 { Ok(()) } else { Err(Error::NotFound) }
}
