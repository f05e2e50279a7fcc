//! What both sides see of adjustments: in a table, what waits first, and one with the plan before and after, and the weeks
//! that it reaches.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_core::ids::{AdjustmentId, ClaimId, ContractId, OrganisationId, ServiceLineId, TenantId};
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::LineVersion;
use counterfoil_core::pricing::facts::Unit;
use diesel::sql_types::{BigInt, Date, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::{Adjustment, Answer, Outcome, State};
use crate::care::Whose;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::{adjustment, adjustment_answer};
use crate::scope::{Provider, Tx};
use crate::service_line::versions_of;

/// The most weeks that are named, the newest first.
const MOST_WEEKS: i64 = 60;

/// A page of adjustments that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Where they stand.
    pub state: Option<State>,
    /// A part of the reference of a line, order, person or contract, whatever its case.
    pub reference: Option<String>,
    /// Under one contract.
    pub contract: Option<ContractId>,
    /// Of one line.
    pub line: Option<ServiceLineId>,
    /// How many to pass over.
    pub offset: i64,
    /// How many to give, at most.
    pub limit: i64,
}

/// One in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: AdjustmentId,
    /// Its number on the line, from 1.
    pub number: u32,
    /// The line, by its CPLI number.
    pub line: String,
    /// The person, by the council's reference.
    pub person: String,
    /// The contract, by its reference.
    pub contract: String,
    /// Who asks; for a council.
    pub provider: Option<String>,
    /// The days asked for, or those that an accepted one covers.
    pub days: (NaiveDate, Option<NaiveDate>),
    /// The quantity a week asked for, or that which the plan was given.
    pub quantity: Quantity,
    /// What it is counted in.
    pub unit: Unit,
    /// Where it stands.
    pub state: State,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
}

/// A claim that a change of the plan reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Its id.
    pub claim: ClaimId,
    /// First day of care.
    pub starts: NaiveDate,
    /// Last day of care, itself included.
    pub ends: NaiveDate,
    /// Where it stands.
    pub state: ClaimState,
}

/// One with everything about it.
#[derive(Debug, Clone, PartialEq)]
pub struct AdjustmentSeen {
    /// As it is stored.
    pub asked: Adjustment,
    /// What became of it.
    pub answer: Option<Answer>,
    /// As a table shows it.
    pub listed: Listed,
    /// The versions of its line, in order of their number.
    pub versions: Vec<LineVersion>,
    /// The claims that it reaches, the newest first.
    pub reaches: Vec<Reach>,
    /// The council's words for the states of a claim.
    pub vocabulary: Vocabulary,
}

type RowTypes = (
    (SqlUuid, diesel::sql_types::Integer, Text, Text, Text, Nullable<Text>),
    (Date, Nullable<Date>, BigInt, Text, Nullable<SmallInt>, Timestamptz),
);
type Row = (
    (Uuid, i32, String, String, String, Option<String>),
    (NaiveDate, Option<NaiveDate>, i64, String, Option<i16>, DateTime<Utc>),
);

/// How many of one organisation at one council there are.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn count_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<i64> {
    let whose = Whose::of(tx, council, organisation)?;
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
    let whose = Whose::of(tx, council, organisation)?;
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
    id: AdjustmentId,
) -> Result<AdjustmentSeen> {
    let whose = Whose::of(tx, council, organisation)?;
    seen(tx.conn(), whose, id).await
}

/// The service lines of a claim of one organisation, by their numbers within it: id and CPLI number.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that the person does not see.
pub async fn lines_of_claim_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    claim: ClaimId,
) -> Result<Vec<(ServiceLineId, String)>> {
    let _theirs = Whose::of(tx, council, organisation)?;
    let sql: Prepared<(SqlUuid, Text)> = Prepared::new(
        "SELECT l.id, l.reference FROM claim c \
         JOIN claim_line n ON n.tenant_id = c.tenant_id AND n.claim_id = c.id \
         JOIN service_line l ON l.tenant_id = n.tenant_id AND l.id = n.service_line_id WHERE c.tenant_id = ",
    )
    .id(council.uuid())
    .sql(" AND c.organisation_id = ")
    .id(organisation.uuid())
    .sql(" AND c.id = ")
    .id(claim.uuid())
    .sql(" ORDER BY n.number");
    let rows: Vec<(Uuid, String)> = sql.load(tx.conn()).await?;
    if rows.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(rows.into_iter().map(|(id, reference)| (ServiceLineId::from_uuid(id), reference)).collect())
}

/// How many of the council's providers there are.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<i64> {
    let whose = Whose::council(tx);
    counted(tx.conn(), whose, wanted).await
}

/// A page of them, what waits first.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<Listed>> {
    let whose = Whose::council(tx);
    load(tx.conn(), whose, wanted).await
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: AdjustmentId) -> Result<AdjustmentSeen> {
    let whose = Whose::council(tx);
    seen(tx.conn(), whose, id).await
}

/// How many wait for the council, and since when the first of them does.
///
/// # Errors
/// [`Error::Database`].
pub async fn waiting(tx: &mut Tx<'_>) -> Result<Option<(i64, DateTime<Utc>)>> {
    let tenant = tx.tenant().uuid();
    let sql: Prepared<(BigInt, Nullable<Timestamptz>)> =
        Prepared::new("SELECT count(*), min(a.asked_at) FROM adjustment a WHERE a.tenant_id = ").id(tenant).sql(
            " AND NOT EXISTS (SELECT FROM adjustment_answer d \
             WHERE d.tenant_id = a.tenant_id AND d.adjustment_id = a.id)",
        );
    let (count, first): (i64, Option<DateTime<Utc>>) = sql.get_result(tx.conn()).await?;
    Ok(first.map(|first| (count, first)))
}

const FROM: &str = " FROM adjustment a \
     JOIN service_line l ON l.tenant_id = a.tenant_id AND l.id = a.service_line_id \
     JOIN service_user u ON u.tenant_id = l.tenant_id AND u.id = l.service_user_id \
     JOIN contract k ON k.tenant_id = a.tenant_id AND k.id = a.contract_id \
     LEFT JOIN adjustment_answer d ON d.tenant_id = a.tenant_id AND d.adjustment_id = a.id";

async fn counted(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<i64> {
    let sql: Prepared<BigInt> = filtered(Prepared::new("SELECT count(*)").sql(FROM), whose, wanted);
    Ok(sql.get_result(conn).await?)
}

fn table(whose: Whose) -> Prepared<RowTypes> {
    let sql = Prepared::new("SELECT a.id, a.number, l.reference, u.reference, k.reference, ");
    let sql = sql.sql(if whose.organisation.is_some() { "NULL::text" } else { "o.name" }).sql(
        ", COALESCE(d.covers_from, a.wanted_from), \
         CASE WHEN d.covers_from IS NULL THEN a.wanted_to ELSE d.covers_to END, COALESCE(d.quantity, a.wanted), a.unit, \
         d.outcome, a.asked_at",
    );
    let sql = sql.sql(FROM);
    if whose.organisation.is_some() { sql } else { sql.sql(" LEFT JOIN organisation o ON o.id = a.organisation_id") }
}

fn filtered<ST>(sql: Prepared<ST>, whose: Whose, wanted: &Wanted) -> Prepared<ST> {
    let mut sql = sql.sql(" WHERE a.tenant_id = ").id(whose.tenant);
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND a.organisation_id = ").id(organisation);
    }
    if let Some(contract) = wanted.contract {
        sql = sql.sql(" AND a.contract_id = ").id(contract.uuid());
    }
    if let Some(line) = wanted.line {
        sql = sql.sql(" AND a.service_line_id = ").id(line.uuid());
    }
    sql = match wanted.state {
        None => sql,
        Some(State::Open) => sql.sql(" AND d.outcome IS NULL"),
        Some(State::Answered(Outcome::Accepted)) => sql.sql(" AND d.outcome = 1"),
        Some(State::Answered(Outcome::Rejected)) => sql.sql(" AND d.outcome = 2"),
        Some(State::Answered(Outcome::Withdrawn)) => sql.sql(" AND d.outcome = 3"),
    };
    match &wanted.reference {
        Some(reference) => sql
            .sql(
                " AND strpos(lower(concat_ws(E'\\n', l.reference, l.purchase_order, u.reference, k.reference)), lower(",
            )
            .words(reference)
            .sql(")) > 0"),
        None => sql,
    }
}

async fn load(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<Vec<Listed>> {
    let sql = filtered(table(whose), whose, wanted)
        .sql(" ORDER BY d.outcome IS NOT NULL, a.asked_at DESC, a.id LIMIT ")
        .number(wanted.limit)
        .sql(" OFFSET ")
        .number(wanted.offset);
    let rows: Vec<Row> = sql.load(conn).await?;
    rows.into_iter().map(listed).collect()
}

async fn seen(conn: &mut AsyncPgConnection, whose: Whose, id: AdjustmentId) -> Result<AdjustmentSeen> {
    let sql = filtered(table(whose), whose, &Wanted::default()).sql(" AND a.id = ").id(id.uuid());
    let listed = listed(sql.get_result(conn).await?)?;
    let key = (whose.tenant, id.uuid());
    let asked: Adjustment = adjustment::table.find(key).select(Adjustment::as_select()).first(conn).await?;
    let answer: Option<Answer> = adjustment_answer::table
        .filter(adjustment_answer::tenant_id.eq(whose.tenant))
        .filter(adjustment_answer::adjustment_id.eq(id.uuid()))
        .select(Answer::as_select())
        .first(conn)
        .await
        .optional()?;
    let line = asked.service_line_id;
    let of_line = (whose.tenant, whose.organisation);
    let versions = versions_of(conn, of_line, &[line.uuid()]).await?.remove(&line).unwrap_or_default();
    let reaches = reached(conn, whose, line, listed.days).await?;
    let day = clock::local_time(listed.asked_at).date();
    let vocabulary = crate::claim::words(conn, whose.tenant, day).await?.vocabulary;
    Ok(AdjustmentSeen { asked, answer, listed, versions, reaches, vocabulary })
}

/// The claims of a line with a day of care among some days, the newest first.
async fn reached(
    conn: &mut AsyncPgConnection,
    whose: Whose,
    line: ServiceLineId,
    (from, to): (NaiveDate, Option<NaiveDate>),
) -> Result<Vec<Reach>> {
    let mut sql: Prepared<(SqlUuid, Date, Date, SmallInt)> = Prepared::new(
        "SELECT c.id, c.starts, c.ends, c.state FROM claim_line n \
         JOIN claim c ON c.tenant_id = n.tenant_id AND c.id = n.claim_id WHERE n.tenant_id = ",
    )
    .id(whose.tenant)
    .sql(" AND n.service_line_id = ")
    .id(line.uuid())
    .sql(" AND c.ends >= ")
    .day(from);
    if let Some(to) = to {
        sql = sql.sql(" AND c.starts <= ").day(to);
    }
    let sql = sql.sql(" ORDER BY c.starts DESC, c.id LIMIT ").number(MOST_WEEKS);
    let rows: Vec<(Uuid, NaiveDate, NaiveDate, i16)> = sql.load(conn).await?;
    rows.into_iter()
        .map(|(id, starts, ends, state)| {
            let state = ClaimState::of(state).map_err(|what| Error::Unreadable { what })?;
            Ok(Reach { claim: ClaimId::from_uuid(id), starts, ends, state })
        })
        .collect()
}

fn listed(row: Row) -> Result<Listed> {
    let ((id, number, line, person, contract, provider), (from, to, quantity, unit, outcome, asked_at)) = row;
    let unreadable = |what| Error::Unreadable { what };
    let outcome = outcome.map(Outcome::of).transpose().map_err(unreadable)?;
    Ok(Listed {
        id: AdjustmentId::from_uuid(id),
        number: u32::of(number).map_err(unreadable)?,
        line,
        person,
        contract,
        provider,
        days: (from, to),
        quantity: Quantity::from_thousandths(quantity),
        unit: Unit::of(unit).map_err(unreadable)?,
        state: outcome.map_or(State::Open, State::Answered),
        asked_at,
    })
}
