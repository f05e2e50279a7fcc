//! One contract with its payee, schedule, people and service lines.

use counterfoil_core::ids::{ContractId, OrganisationId, ServiceLineId, TenantId};
use counterfoil_core::plan::LineVersion;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::Whose;
use crate::contract::Contract;
use crate::error::Result;
use crate::prepared::Prepared;
use crate::schema::{contract, payee, schedule};
use crate::scope::{Provider, Tx};
use crate::service_line::versions_of;

/// A contract with what stands around it.
#[derive(Debug, Clone, PartialEq)]
pub struct ContractSeen {
    /// The contract.
    pub contract: Contract,
    /// The schedule, as it is published.
    pub schedule: String,
    /// Who is paid: name and supplier number.
    pub payee: (String, String),
    /// How many people are under it.
    pub people: i64,
    /// How many service lines.
    pub lines: i64,
}

/// A service line in the table of a contract.
#[derive(Debug, Clone, PartialEq)]
pub struct LineListed {
    /// Its id.
    pub id: ServiceLineId,
    /// The CPLI number.
    pub reference: String,
    /// The council's order.
    pub purchase_order: Option<String>,
    /// The person, by the council's reference.
    pub person: String,
    /// Its versions, in order of their number.
    pub versions: Vec<LineVersion>,
}

/// A contract of one organisation with one council.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) for any other, and for one that the person does not see.
pub async fn contract_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    id: ContractId,
) -> Result<ContractSeen> {
    let whose = Whose::of(tx, council, organisation)?;
    contract_of(tx.conn(), whose, id).await
}

/// A contract of the council.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn contract(tx: &mut Tx<'_>, id: ContractId) -> Result<ContractSeen> {
    let whose = Whose::council(tx);
    contract_of(tx.conn(), whose, id).await
}

async fn contract_of(conn: &mut AsyncPgConnection, whose: Whose, id: ContractId) -> Result<ContractSeen> {
    let mut wanted = contract::table
        .filter(contract::tenant_id.eq(whose.tenant))
        .filter(contract::id.eq(id.uuid()))
        .select(Contract::as_select())
        .into_boxed();
    if let Some(organisation) = whose.organisation {
        wanted = wanted.filter(contract::organisation_id.eq(organisation));
    }
    let found: Contract = wanted.first(conn).await?;
    let payee = payee::table
        .filter(payee::tenant_id.eq(whose.tenant))
        .filter(payee::id.eq(found.payee_id.uuid()))
        .select((payee::name, payee::supplier_number))
        .first(conn)
        .await?;
    let schedule = schedule::table
        .filter(schedule::tenant_id.eq(whose.tenant))
        .filter(schedule::id.eq(found.schedule_id.uuid()))
        .select(schedule::published_name)
        .first(conn)
        .await?;
    let counts: Prepared<(BigInt, BigInt)> =
        Prepared::new("SELECT count(DISTINCT service_user_id), count(*) FROM service_line WHERE tenant_id = ")
            .id(whose.tenant)
            .sql(" AND contract_id = ")
            .id(id.uuid());
    let (people, lines): (i64, i64) = counts.get_result(conn).await?;
    Ok(ContractSeen { contract: found, schedule, payee, people, lines })
}

/// A page of its service lines, by person and number: so many passed over, so many given at most.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) for an organisation that is not the transaction's;
/// [`Error::Database`](crate::Error::Database).
pub async fn lines_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    id: ContractId,
    (offset, limit): (i64, i64),
) -> Result<Vec<LineListed>> {
    let whose = Whose::of(tx, council, organisation)?;
    lines_of(tx.conn(), whose, id, (offset, limit)).await
}

/// The same of a contract of the council.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn lines(tx: &mut Tx<'_>, id: ContractId, (offset, limit): (i64, i64)) -> Result<Vec<LineListed>> {
    let whose = Whose::council(tx);
    lines_of(tx.conn(), whose, id, (offset, limit)).await
}

async fn lines_of(
    conn: &mut AsyncPgConnection,
    whose: Whose,
    id: ContractId,
    (offset, limit): (i64, i64),
) -> Result<Vec<LineListed>> {
    let sql: Prepared<(SqlUuid, Text, Nullable<Text>, Text)> = Prepared::new(
        "SELECT l.id, l.reference, l.purchase_order, u.reference FROM service_line l \
         JOIN service_user u ON u.tenant_id = l.tenant_id AND u.id = l.service_user_id WHERE l.tenant_id = ",
    )
    .id(whose.tenant);
    let sql = whose
        .and(sql, " AND l.organisation_id = ")
        .sql(" AND l.contract_id = ")
        .id(id.uuid())
        .sql(" ORDER BY u.reference, l.reference, l.id LIMIT ")
        .number(limit)
        .sql(" OFFSET ")
        .number(offset);
    let rows: Vec<(Uuid, String, Option<String>, String)> = sql.load(conn).await?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let mut versions = versions_of(conn, (whose.tenant, whose.organisation), &ids).await?;
    let lines = rows.into_iter().map(|(id, reference, purchase_order, person)| LineListed {
        id: ServiceLineId::from_uuid(id),
        reference,
        purchase_order,
        person,
        versions: versions.remove(&ServiceLineId::from_uuid(id)).unwrap_or_default(),
    });
    Ok(lines.collect())
}
