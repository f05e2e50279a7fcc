//! What both sides see of disputes: in a table, what waits the longest first, and one with everything that was said.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::dispute::{DisputeReason, DisputeState};
use counterfoil_core::ids::{ClaimId, ContractId, DisputeId, OrganisationId, TenantId};
use counterfoil_core::side::Side;
use diesel::sql_types::{BigInt, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::Dispute;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::dispute;
use crate::scope::{Provider, Tx};
use crate::talk::{MessageSeen, messages_of_dispute};

/// A page of disputes that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Where they stand.
    pub state: Option<DisputeState>,
    /// The side that has to do something.
    pub awaits: Option<Side>,
    /// Why.
    pub reason: Option<DisputeReason>,
    /// Under one contract.
    pub contract: Option<ContractId>,
    /// With these words in the person's, the contract's or the line's reference, or in the provider's name.
    pub words: Option<String>,
    /// How many to pass over.
    pub offset: i64,
    /// How many to give, at most.
    pub limit: i64,
}

/// A dispute in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: DisputeId,
    /// About which claim.
    pub claim: ClaimId,
    /// First and last day of its care.
    pub week: (NaiveDate, NaiveDate),
    /// The person, by the council's reference.
    pub person: String,
    /// The contract, by its reference.
    pub contract: String,
    /// The line: its number, from 0, and its reference.
    pub line: Option<(u32, String)>,
    /// Whose claim it is; for a council.
    pub provider: Option<String>,
    /// Why.
    pub reason: DisputeReason,
    /// Where it stands.
    pub state: DisputeState,
    /// Who opened it.
    pub opened_by: Side,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Until when the other side answers.
    pub respond_by: DateTime<Utc>,
    /// When something happened last.
    pub changed_at: DateTime<Utc>,
    /// The sum that whoever opened it thinks is right, in pence.
    pub wanted_pence: Option<i64>,
    /// How many messages this side has not read.
    pub unread: i64,
}

impl Listed {
    /// Whether the answer is late.
    #[must_use]
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.state == DisputeState::Open && self.respond_by < now
    }
}

/// A dispute with everything that was said.
#[derive(Debug, Clone, PartialEq)]
pub struct DisputeSeen {
    /// As it is stored.
    pub dispute: Dispute,
    /// As a table shows it.
    pub listed: Listed,
    /// What was said, in order.
    pub messages: Vec<MessageSeen>,
}

/// A line of a claim, to be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineNamed {
    /// From 0.
    pub number: u32,
    /// The CPLI number.
    pub reference: String,
}

/// Whose disputes a statement names, beside the policies.
#[derive(Clone, Copy)]
struct Whose {
    tenant: Uuid,
    organisation: Option<Uuid>,
}

type RowTypes = (
    (SqlUuid, SqlUuid, Date, Date, Text, Text, Nullable<Integer>, Nullable<Text>, Nullable<Text>),
    (Text, SmallInt, Text, Timestamptz, Timestamptz, Timestamptz, Nullable<BigInt>, Integer),
);
type Row = (
    (Uuid, Uuid, NaiveDate, NaiveDate, String, String, Option<i32>, Option<String>, Option<String>),
    (String, i16, String, DateTime<Utc>, DateTime<Utc>, DateTime<Utc>, Option<i64>, i32),
);

fn own(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Whose> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    Ok(Whose { tenant: council.uuid(), organisation: Some(organisation.uuid()) })
}

/// How many disputes of one organisation with one council there are.
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

/// A page of them, what waits first.
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
    id: DisputeId,
) -> Result<DisputeSeen> {
    let whose = own(tx, council, organisation)?;
    seen(tx.conn(), whose, id).await
}

/// The lines of a claim of one organisation; none for any other.
///
/// # Errors
/// As [`count_own`].
pub async fn lines_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    claim: ClaimId,
) -> Result<Vec<LineNamed>> {
    let whose = own(tx, council, organisation)?;
    named(tx.conn(), whose, claim).await
}

/// How many disputes of the council there are.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<i64> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    counted(tx.conn(), whose, wanted).await
}

/// A page of them, what waits first.
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
pub async fn find(tx: &mut Tx<'_>, id: DisputeId) -> Result<DisputeSeen> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    seen(tx.conn(), whose, id).await
}

/// The lines of a claim of the council.
///
/// # Errors
/// [`Error::Database`].
pub async fn lines(tx: &mut Tx<'_>, claim: ClaimId) -> Result<Vec<LineNamed>> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    named(tx.conn(), whose, claim).await
}

async fn named(conn: &mut AsyncPgConnection, whose: Whose, claim: ClaimId) -> Result<Vec<LineNamed>> {
    let mut sql: Prepared<(Integer, Text)> = Prepared::new(
        "SELECT i.number, l.reference FROM claim_line i \
         JOIN service_line l ON l.tenant_id = i.tenant_id AND l.id = i.service_line_id WHERE i.tenant_id = ",
    )
    .id(whose.tenant)
    .sql(" AND i.claim_id = ")
    .id(claim.uuid());
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND i.organisation_id = ").id(organisation);
    }
    let rows: Vec<(i32, String)> = sql.sql(" ORDER BY i.number").load(conn).await?;
    let named = |(number, reference)| Ok(LineNamed { number: u32::of(number).map_err(unreadable)?, reference });
    rows.into_iter().map(named).collect()
}

fn unreadable(what: String) -> Error {
    Error::Unreadable { what }
}

/// What stands after the columns: the tables, and which disputes.
fn filtered<ST>(sql: Prepared<ST>, whose: Whose, wanted: &Wanted) -> Prepared<ST> {
    let mut sql = sql.sql(
        " FROM dispute d JOIN claim c ON c.tenant_id = d.tenant_id AND c.id = d.claim_id \
         JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id \
         LEFT JOIN claim_line i ON i.tenant_id = d.tenant_id AND i.claim_id = d.claim_id AND i.number = d.line \
         LEFT JOIN service_line l ON l.tenant_id = i.tenant_id AND l.id = i.service_line_id",
    );
    if whose.organisation.is_none() {
        sql = sql.sql(" LEFT JOIN organisation o ON o.id = d.organisation_id");
    }
    sql = sql.sql(" WHERE d.tenant_id = ").id(whose.tenant);
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND d.organisation_id = ").id(organisation);
    }
    if let Some(state) = wanted.state {
        sql = sql.sql(" AND d.state = ").number(state.code().into());
    }
    if let Some(side) = wanted.awaits {
        sql = sql.sql(match side {
            Side::Provider => {
                " AND ((d.state = 0 AND d.opened_by = 'council') OR (d.state IN (1, 2) AND d.opened_by = 'provider'))"
            }
            Side::Council => {
                " AND ((d.state = 0 AND d.opened_by = 'provider') OR (d.state IN (1, 2) AND d.opened_by = 'council'))"
            }
        });
    }
    if let Some(reason) = wanted.reason {
        sql = sql.sql(" AND d.reason = ").words(reason.code());
    }
    if let Some(contract) = wanted.contract {
        sql = sql.sql(" AND c.contract_id = ").id(contract.uuid());
    }
    if let Some(words) = &wanted.words {
        let provider = if whose.organisation.is_none() { ", o.name" } else { "" };
        sql = sql
            .sql(" AND strpos(lower(concat_ws(' ', u.reference, k.reference, l.reference")
            .sql(provider)
            .sql(")), lower(")
            .words(words)
            .sql(")) > 0");
    }
    sql
}

fn table(whose: Whose, wanted: &Wanted) -> Prepared<RowTypes> {
    let (provider, unread) =
        if whose.organisation.is_some() { ("NULL::text", "d.provider_unread") } else { ("o.name", "d.council_unread") };
    let sql =
        Prepared::new("SELECT d.id, d.claim_id, c.starts, c.ends, u.reference, k.reference, d.line, l.reference, ")
            .sql(provider)
            .sql(", d.reason, d.state, d.opened_by, d.opened_at, d.respond_by, d.changed_at, d.wanted_pence, ")
            .sql(unread);
    filtered(sql, whose, wanted)
}

async fn counted(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<i64> {
    let sql: Prepared<BigInt> = filtered(Prepared::new("SELECT count(*)"), whose, wanted);
    Ok(sql.get_result(conn).await?)
}

async fn load(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<Vec<Listed>> {
    let sql = table(whose, wanted)
        // what is not over comes first, and of that what is due first
        .sql(" ORDER BY d.state > 2, d.state > 0, d.respond_by, d.id LIMIT ")
        .number(wanted.limit)
        .sql(" OFFSET ")
        .number(wanted.offset);
    let rows: Vec<Row> = sql.load(conn).await?;
    rows.into_iter().map(listed).collect()
}

async fn seen(conn: &mut AsyncPgConnection, whose: Whose, id: DisputeId) -> Result<DisputeSeen> {
    let row: Row = table(whose, &Wanted::default()).sql(" AND d.id = ").id(id.uuid()).get_result(conn).await?;
    let stored: Dispute =
        dispute::table.find((whose.tenant, id.uuid())).select(Dispute::as_select()).first(conn).await?;
    let messages = messages_of_dispute(conn, whose.tenant, id).await?;
    Ok(DisputeSeen { dispute: stored, listed: listed(row)?, messages })
}

fn listed(row: Row) -> Result<Listed> {
    let ((id, claim, starts, ends, person, contract, line, line_reference, provider), rest) = row;
    let (reason, state, opened_by, opened_at, respond_by, changed_at, wanted_pence, unread) = rest;
    let line = line.map(u32::of).transpose().map_err(unreadable)?;
    Ok(Listed {
        id: DisputeId::from_uuid(id),
        claim: ClaimId::from_uuid(claim),
        week: (starts, ends),
        person,
        contract,
        line: line.zip(line_reference),
        provider,
        reason: DisputeReason::of(reason).map_err(unreadable)?,
        state: DisputeState::of(state).map_err(unreadable)?,
        opened_by: Side::of(opened_by).map_err(unreadable)?,
        opened_at,
        respond_by,
        changed_at,
        wanted_pence,
        unread: unread.into(),
    })
}
