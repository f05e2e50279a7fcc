//! What both sides see of a question: in a table, the most urgent first, and one with everything that was said.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{OrganisationId, QueryId, TenantId};
use diesel::sql_types::{BigInt, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::{About, Message, Query, Side, Status, Urgency};
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::{care_query, care_query_message};
use crate::scope::{Provider, Tx};

/// A page of questions that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Where they stand.
    pub status: Option<Status>,
    /// Sent to a team or worker whose name has these words in it; for a council.
    pub sent_to: Option<String>,
    /// How many to pass over.
    pub offset: i64,
    /// How many to give, at most.
    pub limit: i64,
}

/// A question in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: QueryId,
    /// What it is about.
    pub about: About,
    /// The person, by the council's reference or as the provider knows them; empty where it names none.
    pub person: String,
    /// The contract, by its reference.
    pub contract: String,
    /// The service line, by its number.
    pub line: Option<String>,
    /// Who asks; for a council.
    pub provider: Option<String>,
    /// How soon an answer is needed.
    pub urgency: Urgency,
    /// Where it stands.
    pub status: Status,
    /// Who was asked; empty for the council's payments team.
    pub sent_to: String,
    /// When it was asked, and when something was said last.
    pub asked_at: DateTime<Utc>,
    /// When something was said last.
    pub changed_at: DateTime<Utc>,
}

/// A message as both sides read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSeen {
    /// By whom.
    pub side: Side,
    /// Their name.
    pub writer: String,
    /// When.
    pub written_at: DateTime<Utc>,
    /// What.
    pub body: String,
}

/// A question with everything that was said.
#[derive(Debug, Clone, PartialEq)]
pub struct QuerySeen {
    /// As it is stored.
    pub query: Query,
    /// As a table shows it.
    pub listed: Listed,
    /// What was said, in order.
    pub messages: Vec<MessageSeen>,
}

/// Whose questions a statement names, beside the policies.
#[derive(Clone, Copy)]
struct Whose {
    tenant: Uuid,
    organisation: Option<Uuid>,
}

type RowTypes =
    ((SqlUuid, Text, Text, Text, Nullable<Text>, Nullable<Text>), (SmallInt, SmallInt, Text, Timestamptz, Timestamptz));
type Row =
    ((Uuid, String, String, String, Option<String>, Option<String>), (i16, i16, String, DateTime<Utc>, DateTime<Utc>));

fn own(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Whose> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    Ok(Whose { tenant: council.uuid(), organisation: Some(organisation.uuid()) })
}

/// How many questions of one organisation to one council there are.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn count_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<i64> {
    let whose = own(tx, council, organisation)?;
    counted(tx.conn(), whose, wanted).await
}

/// A page of them, the most urgent first.
///
/// # Errors
/// As [`count_own`].
pub async fn list_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<Vec<Listed>> {
    let whose = own(tx, council, organisation)?;
    load(tx.conn(), whose, wanted).await
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that the person does not see.
pub async fn find_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    id: QueryId,
) -> Result<QuerySeen> {
    let whose = own(tx, council, organisation)?;
    seen(tx.conn(), whose, id).await
}

/// How many questions to the council there are.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<i64> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    counted(tx.conn(), whose, wanted).await
}

/// A page of them, the most urgent first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<Listed>> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    load(tx.conn(), whose, wanted).await
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: QueryId) -> Result<QuerySeen> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    seen(tx.conn(), whose, id).await
}

async fn counted(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<i64> {
    let sql: Prepared<BigInt> = filtered(Prepared::new("SELECT count(*) FROM care_query q"), whose, wanted);
    Ok(sql.get_result(conn).await?)
}

fn table(whose: Whose) -> Prepared<RowTypes> {
    let sql = Prepared::new("SELECT q.id, q.about, COALESCE(u.reference, q.person), k.reference, l.reference, ");
    let sql = sql.sql(if whose.organisation.is_some() { "NULL::text" } else { "o.name" }).sql(
        ", q.urgency, q.status, q.sent_to, q.asked_at, q.changed_at FROM care_query q \
         JOIN contract k ON k.tenant_id = q.tenant_id AND k.id = q.contract_id \
         LEFT JOIN service_line l ON l.tenant_id = q.tenant_id AND l.id = q.service_line_id \
         LEFT JOIN service_user u ON u.tenant_id = l.tenant_id AND u.id = l.service_user_id",
    );
    if whose.organisation.is_some() { sql } else { sql.sql(" LEFT JOIN organisation o ON o.id = q.organisation_id") }
}

fn filtered<ST>(sql: Prepared<ST>, whose: Whose, wanted: &Wanted) -> Prepared<ST> {
    let mut sql = sql.sql(" WHERE q.tenant_id = ").id(whose.tenant);
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND q.organisation_id = ").id(organisation);
    }
    sql = match wanted.status {
        None => sql,
        Some(Status::Open) => sql.sql(" AND q.status = 0"),
        Some(Status::Answered) => sql.sql(" AND q.status = 1"),
        Some(Status::Closed) => sql.sql(" AND q.status = 2"),
    };
    match &wanted.sent_to {
        Some(words) => sql.sql(" AND strpos(lower(q.sent_to), lower(").words(words).sql(")) > 0"),
        None => sql,
    }
}

async fn load(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<Vec<Listed>> {
    let sql = filtered(table(whose), whose, wanted)
        // what waits for somebody comes first, and of that what is most urgent
        .sql(" ORDER BY q.status, q.urgency, q.asked_at, q.id LIMIT ")
        .number(wanted.limit)
        .sql(" OFFSET ")
        .number(wanted.offset);
    let rows: Vec<Row> = sql.load(conn).await?;
    rows.into_iter().map(listed).collect()
}

async fn seen(conn: &mut AsyncPgConnection, whose: Whose, id: QueryId) -> Result<QuerySeen> {
    let sql = filtered(table(whose), whose, &Wanted::default()).sql(" AND q.id = ").id(id.uuid());
    let row: Row = sql.get_result(conn).await?;
    let query: Query = care_query::table.find((whose.tenant, id.uuid())).select(Query::as_select()).first(conn).await?;
    let messages: Vec<Message> = care_query_message::table
        .filter(care_query_message::tenant_id.eq(whose.tenant))
        .filter(care_query_message::query_id.eq(id.uuid()))
        .order(care_query_message::number)
        .select(Message::as_select())
        .load(conn)
        .await?;
    let messages = messages.into_iter().map(|message| MessageSeen {
        side: message.side,
        writer: message.writer,
        written_at: message.written_at,
        body: message.body,
    });
    Ok(QuerySeen { query, listed: listed(row)?, messages: messages.collect() })
}

fn listed(row: Row) -> Result<Listed> {
    let ((id, about, person, contract, line, provider), (urgency, status, sent_to, asked_at, changed_at)) = row;
    let unreadable = |what| Error::Unreadable { what };
    Ok(Listed {
        id: QueryId::from_uuid(id),
        about: About::of(about).map_err(unreadable)?,
        person,
        contract,
        line,
        provider,
        urgency: Urgency::of(urgency).map_err(unreadable)?,
        status: Status::of(status).map_err(unreadable)?,
        sent_to,
        asked_at,
        changed_at,
    })
}
