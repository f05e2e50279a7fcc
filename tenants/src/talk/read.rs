//! What both sides see of a claim's conversation, and the files in it.

use chrono::{DateTime, Utc};
use counterfoil_core::attachment::Kind;
use counterfoil_core::dispute::{DisputeEvent, DisputeReason, DisputeState};
use counterfoil_core::ids::{AttachmentId, ClaimId, DisputeId, OrganisationId, TenantId};
use counterfoil_core::side::Side;
use diesel::sql_types::{BigInt, Integer, Text, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::{Attachment, Message};
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::{attachment, claim_message, dispute};
use crate::scope::{Provider, Tx};

/// A file beside a message, without what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSeen {
    /// Its id.
    pub id: AttachmentId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// How large, in bytes.
    pub size: u64,
}

/// A message as both sides read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageSeen {
    /// Its number.
    pub number: u32,
    /// By whom.
    pub side: Side,
    /// What it did.
    pub event: DisputeEvent,
    /// Their name.
    pub writer: String,
    /// When.
    pub written_at: DateTime<Utc>,
    /// What; may be empty.
    pub body: String,
    /// What stands beside it.
    pub files: Vec<FileSeen>,
}

/// What was said about a claim, as one side sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// The number of the newest message, those of disputes among them; 0 before the first.
    pub newest: u32,
    /// How many messages this side has not read.
    pub unread: i64,
    /// The conversation, in order.
    pub messages: Vec<MessageSeen>,
    /// The claim's disputes, the newest first.
    pub disputes: Vec<(DisputeId, DisputeReason, DisputeState)>,
}

/// A file with what is in it.
pub type Whole = Attachment;

/// Whose claim a statement names, beside the policies.
#[derive(Clone, Copy)]
struct Whose {
    tenant: Uuid,
    organisation: Option<Uuid>,
}

fn own(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Whose> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    Ok(Whose { tenant: council.uuid(), organisation: Some(organisation.uuid()) })
}

/// The conversation about a claim of one organisation at one council; empty for any other.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's.
pub async fn seen_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    claim: ClaimId,
) -> Result<Conversation> {
    let whose = own(tx, council, organisation)?;
    conversation(tx.conn(), whose, claim).await
}

/// The conversation about a claim of the council.
///
/// # Errors
/// [`Error::Database`].
pub async fn seen(tx: &mut Tx<'_>, claim: ClaimId) -> Result<Conversation> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    conversation(tx.conn(), whose, claim).await
}

async fn conversation(conn: &mut AsyncPgConnection, whose: Whose, claim: ClaimId) -> Result<Conversation> {
    let unread = if whose.organisation.is_some() { "m.provider_unread" } else { "m.council_unread" };
    let mut sql: Prepared<(Integer, Integer, Integer)> = Prepared::new("SELECT m.newest, m.messages, ")
        .sql(unread)
        .sql(" FROM claim_conversation m WHERE m.tenant_id = ")
        .id(whose.tenant)
        .sql(" AND m.claim_id = ")
        .id(claim.uuid());
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND m.organisation_id = ").id(organisation);
    }
    let found: Option<(i32, i32, i32)> = sql.get_result(conn).await.optional()?;
    // most claims have none, and cost one statement
    let Some((newest, messages, unread)) = found else { return Ok(Conversation::default()) };
    let newest = u32::of(newest).map_err(unreadable)?;
    let mut seen = Conversation { newest, unread: unread.into(), ..Conversation::default() };
    if messages > 0 {
        let rows: Vec<Message> = claim_message::table
            .filter(claim_message::tenant_id.eq(whose.tenant))
            .filter(claim_message::claim_id.eq(claim.uuid()))
            .filter(claim_message::dispute_id.is_null())
            .order(claim_message::number)
            .select(Message::as_select())
            .load(conn)
            .await?;
        seen.messages = with_files(conn, whose.tenant, rows).await?;
    }
    if u32::of(messages).map_err(unreadable)? < newest {
        let rows: Vec<(Uuid, String, i16)> = dispute::table
            .filter(dispute::tenant_id.eq(whose.tenant))
            .filter(dispute::claim_id.eq(claim.uuid()))
            .order(dispute::opened_at.desc())
            .select((dispute::id, dispute::reason, dispute::state))
            .load(conn)
            .await?;
        let read = |(id, reason, state)| {
            let reason = DisputeReason::of(reason).map_err(unreadable)?;
            Ok((DisputeId::from_uuid(id), reason, DisputeState::of(state).map_err(unreadable)?))
        };
        seen.disputes = rows.into_iter().map(read).collect::<Result<_>>()?;
    }
    Ok(seen)
}

fn unreadable(what: String) -> Error {
    Error::Unreadable { what }
}

/// What was said in a dispute, in order. The policies say whose it may be.
pub(crate) async fn messages_of_dispute(
    conn: &mut AsyncPgConnection,
    tenant: Uuid,
    dispute: DisputeId,
) -> Result<Vec<MessageSeen>> {
    let rows: Vec<Message> = claim_message::table
        .filter(claim_message::tenant_id.eq(tenant))
        .filter(claim_message::dispute_id.eq(dispute.uuid()))
        .order(claim_message::number)
        .select(Message::as_select())
        .load(conn)
        .await?;
    with_files(conn, tenant, rows).await
}

async fn with_files(conn: &mut AsyncPgConnection, tenant: Uuid, rows: Vec<Message>) -> Result<Vec<MessageSeen>> {
    let Some(claim) = rows.as_slice().first().map(|row| row.claim_id) else { return Ok(Vec::new()) };
    let sql: Prepared<(Integer, SqlUuid, Text, Text, BigInt)> = Prepared::new(
        "SELECT f.number, f.id, f.name, f.kind, octet_length(f.bytes)::bigint FROM attachment f WHERE f.tenant_id = ",
    )
    .id(tenant)
    .sql(" AND f.claim_id = ")
    .id(claim.uuid())
    .sql(" ORDER BY f.number, f.id");
    let files: Vec<(i32, Uuid, String, String, i64)> = sql.load(conn).await?;
    let seen = |row: Message| {
        let own = files.iter().filter(|(number, ..)| *number == row.number.raw());
        let file = |(_, id, name, kind, size): &(i32, Uuid, String, String, i64)| {
            Ok(FileSeen {
                id: AttachmentId::from_uuid(*id),
                name: name.clone(),
                kind: Kind::of(kind.clone()).map_err(unreadable)?,
                size: size.unsigned_abs(),
            })
        };
        Ok(MessageSeen {
            number: row.number,
            side: row.side,
            event: row.event,
            writer: row.writer.clone(),
            written_at: row.written_at,
            body: row.body.clone(),
            files: own.map(file).collect::<Result<_>>()?,
        })
    };
    rows.into_iter().map(seen).collect()
}

/// A file about a claim of one organisation at one council.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that the person does not see.
pub async fn file_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    (claim, id): (ClaimId, AttachmentId),
) -> Result<Whole> {
    let whose = own(tx, council, organisation)?;
    found(tx.conn(), whose, (claim, id)).await
}

/// A file about a claim of the council.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn file(tx: &mut Tx<'_>, (claim, id): (ClaimId, AttachmentId)) -> Result<Whole> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    found(tx.conn(), whose, (claim, id)).await
}

async fn found(conn: &mut AsyncPgConnection, whose: Whose, (claim, id): (ClaimId, AttachmentId)) -> Result<Whole> {
    let mut file = attachment::table
        .filter(attachment::tenant_id.eq(whose.tenant))
        .filter(attachment::id.eq(id.uuid()))
        .filter(attachment::claim_id.eq(claim.uuid()))
        .select(Attachment::as_select())
        .into_boxed();
    if let Some(organisation) = whose.organisation {
        file = file.filter(attachment::organisation_id.eq(organisation));
    }
    Ok(file.first(conn).await?)
}

/// One message of a claim.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn message(tx: &mut Tx<'_>, claim: ClaimId, number: u32) -> Result<Message> {
    let tenant = tx.tenant().uuid();
    Ok(claim_message::table
        .find((tenant, claim.uuid(), number.raw()))
        .select(Message::as_select())
        .first(tx.conn())
        .await?)
}
