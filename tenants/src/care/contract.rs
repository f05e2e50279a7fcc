//! One contract with its payee, schedule, people and service lines.

use counterfoil_core::ids::{ContractId, OrganisationId, ServiceLineId, TenantId};
use counterfoil_core::plan::LineVersion;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
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
    let conn = tx.conn();
    let found: Contract = contract::table
        .filter(contract::tenant_id.eq(whose.tenant))
        .filter(contract::organisation_id.eq(whose.organisation))
        .filter(contract::id.eq(id.uuid()))
        .select(Contract::as_select())
        .first(conn)
        .await?;
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
    let sql: Prepared<(SqlUuid, Text, Nullable<Text>, Text)> = Prepared::new(
        "SELECT l.id, l.reference, l.purchase_order, u.reference FROM service_line l \
         JOIN service_user u ON u.tenant_id = l.tenant_id AND u.id = l.service_user_id WHERE l.tenant_id = ",
    )
    .id(whose.tenant)
    .sql(" AND l.organisation_id = ")
    .id(whose.organisation)
    .sql(" AND l.contract_id = ")
    .id(id.uuid())
    .sql(" ORDER BY u.reference, l.reference, l.id LIMIT ")
    .number(limit)
    .sql(" OFFSET ")
    .number(offset);
    let rows: Vec<(Uuid, String, Option<String>, String)> = sql.load(tx.conn()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let mut versions = versions_of(tx.conn(), (whose.tenant, Some(whose.organisation)), &ids).await?;
    let lines = rows.into_iter().map(|(id, reference, purchase_order, person)| LineListed {
        id: ServiceLineId::from_uuid(id),
        reference,
        purchase_order,
        person,
        versions: versions.remove(&ServiceLineId::from_uuid(id)).unwrap_or_default(),
    });
    Ok(lines.collect())
}
