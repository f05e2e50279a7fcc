//! The table of contracts, searched by any reference that somebody may have at hand: of the contract, a purchase order, a
//! service line (CPLI), or the person.

use chrono::NaiveDate;
use counterfoil_core::ids::{ContractId, OrganisationId, ServiceLineId, TenantId};
use counterfoil_core::pricing::facts::{Recording, Terms};
use diesel::sql_types::{BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::Whose;
use crate::contract::{ClaimPeriod, ContractKind};
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::scope::{Provider, Tx};

/// The most service lines that a search shows by themselves.
const MOST_LINES: i64 = 50;

/// Which contracts are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Standing {
    /// All.
    #[default]
    All,
    /// Those that hold on the day, or begin later.
    Current,
    /// Those that have ended.
    Ended,
}

/// A page of contracts that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// A reference, or a part of one, whatever its case.
    pub reference: Option<String>,
    /// A part of the name or supplier number of who is paid; for a council.
    pub payee: Option<String>,
    /// One kind of service.
    pub service: Option<String>,
    /// Where they stand.
    pub standing: Standing,
    /// The day that it is.
    pub today: NaiveDate,
    /// Ordered by the kind of service, and not by reference.
    pub by_service: bool,
    /// From the other end.
    pub descending: bool,
    /// How many to pass over.
    pub offset: i64,
    /// How many to give, at most.
    pub limit: i64,
}

/// A contract in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractListed {
    /// Its id.
    pub id: ContractId,
    /// The council's reference.
    pub reference: String,
    /// The kind of service.
    pub service_type: String,
    /// Its kind.
    pub kind: ContractKind,
    /// How care is recorded.
    pub recording: Recording,
    /// What is paid by.
    pub terms: Terms,
    /// What one claim covers.
    pub claim_period: ClaimPeriod,
    /// The schedule, as it is published.
    pub schedule: String,
    /// Who is paid.
    pub payee: String,
    /// The first day and, if it ends, the last.
    pub valid: (NaiveDate, Option<NaiveDate>),
    /// How many people and service lines are under it.
    pub people: i64,
    /// The same for service lines.
    pub lines: i64,
}

/// A service line that a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFound {
    /// Its id.
    pub id: ServiceLineId,
    /// The CPLI number.
    pub reference: String,
    /// The council's order.
    pub purchase_order: Option<String>,
    /// The person, by the council's reference.
    pub person: String,
    /// The contract, by its reference.
    pub contract: String,
}

type RowTypes = ((SqlUuid, Text, Text, Text, Text, Text, Text), (Text, Text, Date, Nullable<Date>, BigInt, BigInt));
type Row =
    ((Uuid, String, String, String, String, String, String), (String, String, NaiveDate, Option<NaiveDate>, i64, i64));

/// How many contracts of one organisation with one council there are.
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

/// How many contracts of the council there are.
///
/// # Errors
/// [`Error::Database`].
pub async fn count(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<i64> {
    let whose = Whose::council(tx);
    counted(tx.conn(), whose, wanted).await
}

async fn counted(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<i64> {
    let sql: Prepared<BigInt> = filtered(Prepared::new("SELECT count(*) FROM contract k"), whose, wanted);
    Ok(sql.get_result(conn).await?)
}

/// A page of them.
///
/// # Errors
/// As [`count_own`].
pub async fn list_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    wanted: &Wanted,
) -> Result<Vec<ContractListed>> {
    let whose = Whose::of(tx, council, organisation)?;
    load(tx.conn(), whose, wanted).await
}

/// A page of contracts of the council.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<ContractListed>> {
    let whose = Whose::council(tx);
    load(tx.conn(), whose, wanted).await
}

async fn load(conn: &mut AsyncPgConnection, whose: Whose, wanted: &Wanted) -> Result<Vec<ContractListed>> {
    let sql: Prepared<RowTypes> = Prepared::new(
        "SELECT k.id, k.reference, k.service_type, k.kind, k.recording, k.terms, k.claim_period, s.published_name, p.name, \
         k.valid_from, k.valid_to, \
         (SELECT count(DISTINCT l.service_user_id) FROM service_line l \
            WHERE l.tenant_id = k.tenant_id AND l.contract_id = k.id), \
         (SELECT count(*) FROM service_line l WHERE l.tenant_id = k.tenant_id AND l.contract_id = k.id) \
         FROM contract k JOIN schedule s ON s.tenant_id = k.tenant_id AND s.id = k.schedule_id \
         JOIN payee p ON p.tenant_id = k.tenant_id AND p.id = k.payee_id",
    );
    let sql = filtered(sql, whose, wanted)
        .sql(match (wanted.by_service, wanted.descending) {
            (false, false) => " ORDER BY k.reference, k.id",
            (false, true) => " ORDER BY k.reference DESC, k.id DESC",
            (true, false) => " ORDER BY k.service_type, k.reference, k.id",
            (true, true) => " ORDER BY k.service_type DESC, k.reference DESC, k.id DESC",
        })
        .sql(" LIMIT ")
        .number(wanted.limit)
        .sql(" OFFSET ")
        .number(wanted.offset);
    let rows: Vec<Row> = sql.load(conn).await?;
    rows.into_iter().map(listed).collect()
}

/// The service lines that a search means by themselves: by their number, order or person.
///
/// # Errors
/// As [`count_own`].
pub async fn found_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    reference: &str,
) -> Result<Vec<LineFound>> {
    let whose = Whose::of(tx, council, organisation)?;
    found_of(tx.conn(), whose, reference).await
}

/// The same of the council.
///
/// # Errors
/// [`Error::Database`].
pub async fn found(tx: &mut Tx<'_>, reference: &str) -> Result<Vec<LineFound>> {
    let whose = Whose::council(tx);
    found_of(tx.conn(), whose, reference).await
}

async fn found_of(conn: &mut AsyncPgConnection, whose: Whose, reference: &str) -> Result<Vec<LineFound>> {
    let sql: Prepared<(SqlUuid, Text, Nullable<Text>, Text, Text)> = Prepared::new(
        "SELECT l.id, l.reference, l.purchase_order, u.reference, k.reference FROM service_line l \
         JOIN service_user u ON u.tenant_id = l.tenant_id AND u.id = l.service_user_id \
         JOIN contract k ON k.tenant_id = l.tenant_id AND k.id = l.contract_id WHERE l.tenant_id = ",
    )
    .id(whose.tenant);
    let sql = whose
        .and(sql, " AND l.organisation_id = ")
        .sql(" AND strpos(lower(concat_ws(E'\\n', l.reference, l.purchase_order, u.reference)), lower(")
        .words(reference)
        .sql(")) > 0 ORDER BY l.reference, l.id LIMIT ")
        .number(MOST_LINES);
    let rows: Vec<(Uuid, String, Option<String>, String, String)> = sql.load(conn).await?;
    let found = rows.into_iter().map(|(id, reference, purchase_order, person, contract)| LineFound {
        id: ServiceLineId::from_uuid(id),
        reference,
        purchase_order,
        person,
        contract,
    });
    Ok(found.collect())
}

/// The kinds of service that there are contracts for, by name.
///
/// # Errors
/// As [`count_own`].
pub async fn services_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
) -> Result<Vec<String>> {
    let whose = Whose::of(tx, council, organisation)?;
    services_of(tx.conn(), whose).await
}

/// The same of the council.
///
/// # Errors
/// [`Error::Database`].
pub async fn services(tx: &mut Tx<'_>) -> Result<Vec<String>> {
    let whose = Whose::council(tx);
    services_of(tx.conn(), whose).await
}

async fn services_of(conn: &mut AsyncPgConnection, whose: Whose) -> Result<Vec<String>> {
    let sql: Prepared<Text> = Prepared::new("SELECT DISTINCT k.service_type FROM contract k WHERE k.tenant_id = ");
    let sql = whose.and(sql.id(whose.tenant), " AND k.organisation_id = ").sql(" ORDER BY 1");
    Ok(sql.load(conn).await?)
}

/// What stands after `contract k`: which are wanted.
fn filtered<ST>(sql: Prepared<ST>, whose: Whose, wanted: &Wanted) -> Prepared<ST> {
    let mut sql = whose.and(sql.sql(" WHERE k.tenant_id = ").id(whose.tenant), " AND k.organisation_id = ");
    if let Some(payee) = &wanted.payee {
        sql = sql
            .sql(
                " AND EXISTS (SELECT FROM payee p WHERE p.tenant_id = k.tenant_id AND p.id = k.payee_id \
                 AND strpos(lower(concat_ws(E'\\n', p.name, p.supplier_number)), lower(",
            )
            .words(payee)
            .sql(")) > 0)");
    }
    if let Some(service) = &wanted.service {
        sql = sql.sql(" AND k.service_type = ").words(service);
    }
    sql = match wanted.standing {
        Standing::All => sql,
        Standing::Current => sql.sql(" AND COALESCE(k.valid_to, 'infinity') >= ").day(wanted.today),
        Standing::Ended => sql.sql(" AND k.valid_to < ").day(wanted.today),
    };
    if let Some(reference) = &wanted.reference {
        // a contract counts by its own reference, or by that of a line, order or person under it
        sql = sql
            .sql(" AND (strpos(lower(k.reference), lower(")
            .words(reference)
            .sql(
                ")) > 0 OR EXISTS (SELECT FROM service_line l \
                 JOIN service_user u ON u.tenant_id = l.tenant_id AND u.id = l.service_user_id \
                 WHERE l.tenant_id = k.tenant_id AND l.contract_id = k.id \
                 AND strpos(lower(concat_ws(E'\\n', l.reference, l.purchase_order, u.reference)), lower(",
            )
            .words(reference)
            .sql(")) > 0))");
    }
    sql
}

fn listed(row: Row) -> Result<ContractListed> {
    let ((id, reference, service_type, kind, recording, terms, claim_period), rest) = row;
    let (schedule, payee, from, to, people, lines) = rest;
    let unreadable = |what| Error::Unreadable { what };
    Ok(ContractListed {
        id: ContractId::from_uuid(id),
        reference,
        service_type,
        kind: ContractKind::of(kind).map_err(unreadable)?,
        recording: Recording::of(recording).map_err(unreadable)?,
        terms: Terms::of(terms).map_err(unreadable)?,
        claim_period: ClaimPeriod::of(claim_period).map_err(unreadable)?,
        schedule,
        payee,
        valid: (from, to),
        people,
        lines,
    })
}
