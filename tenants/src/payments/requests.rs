//! What providers ask for: their contracts with the last day that there are claims for, and requests with how far they
//! are.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{ContractId, OrganisationId, PeriodId, TenantId};
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::{contract, payment_request};
use crate::scope::{Audited, Provider, ProviderActing, Tx};

/// A contract that payment can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requestable {
    /// The contract.
    pub contract: ContractId,
    /// Its reference.
    pub reference: String,
    /// Its kind of service.
    pub service: String,
    /// Last day of care that there are claims for.
    pub requested_up_to: Option<NaiveDate>,
    /// The last days of the pay periods that are over and have no claims yet, the earliest first.
    pub unrequested: Vec<NaiveDate>,
}

/// How far a request is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestSeen {
    /// Up to which day.
    pub up_to: NaiveDate,
    /// When it was made.
    pub requested_at: DateTime<Utc>,
    /// Its contracts by reference, with how many claims were made; none while that is to come.
    pub contracts: Vec<(ContractId, String, Option<i64>)>,
}

/// A contract of a request that is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToMake {
    /// The contract.
    pub contract: ContractId,
    /// Up to which day.
    pub up_to: NaiveDate,
    /// The pay periods without claims.
    pub periods: Vec<PeriodId>,
}

/// From which contracts' pay periods without claims are found: after the newest claim, within the contract's days, and
/// over by a day.
macro_rules! unrequested {
    ($up_to:literal) => {
        concat!(
            " FROM pay_period p WHERE p.tenant_id = k.tenant_id AND p.schedule_id = k.schedule_id AND p.ends <= ",
            $up_to,
            " AND p.ends >= k.valid_from AND (k.valid_to IS NULL OR p.starts <= k.valid_to) \
             AND p.starts > COALESCE(newest.ends, '-infinity'::date)"
        )
    };
}

/// The contracts of one organisation at one council, by reference, as far as the person sees them, at most so many.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn requestable(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    today: NaiveDate,
    (offset, limit): (i64, i64),
) -> Result<(Vec<Requestable>, i64)> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    type Types = (SqlUuid, Text, Text, Nullable<Date>, Array<Date>, BigInt);
    type Row = (Uuid, String, String, Option<NaiveDate>, Vec<NaiveDate>, i64);
    let (tenant, organisation) = (council.uuid(), organisation.uuid());
    let sql: Prepared<Types> =
        Prepared::new("SELECT k.id, k.reference, k.service_type, newest.ends, ARRAY(SELECT p.ends")
            .sql(unrequested!("today.day"))
            .sql(
                " ORDER BY p.ends LIMIT 60), (SELECT count(*) FROM contract own WHERE own.tenant_id = k.tenant_id \
         AND own.organisation_id = k.organisation_id) FROM (SELECT ",
            )
            .day(today)
            .sql(
                " - 1 AS day) today CROSS JOIN contract k LEFT JOIN LATERAL (SELECT c.ends FROM claim c \
         WHERE c.tenant_id = k.tenant_id AND c.organisation_id = k.organisation_id AND c.contract_id = k.id \
         ORDER BY c.starts DESC LIMIT 1) newest ON true WHERE k.tenant_id = ",
            )
            .id(tenant)
            .sql(" AND k.organisation_id = ")
            .id(organisation)
            .sql(" ORDER BY k.reference LIMIT ")
            .number(limit)
            .sql(" OFFSET ")
            .number(offset);
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    let total = rows.as_slice().first().map(|row| row.5).unwrap_or_default();
    let seen = |(id, reference, service, requested_up_to, unrequested, _): Row| Requestable {
        contract: ContractId::from_uuid(id),
        reference,
        service,
        requested_up_to,
        unrequested,
    };
    Ok((rows.into_iter().map(seen).collect(), total))
}

/// How far a request of the organisation is.
///
/// # Errors
/// [`Error::NotFound`] for any other.
pub async fn request_seen(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    batch: Uuid,
) -> Result<RequestSeen> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    type Types = (SqlUuid, Text, Date, Timestamptz, Nullable<Integer>);
    type Row = (Uuid, String, NaiveDate, DateTime<Utc>, Option<i32>);
    let sql: Prepared<Types> = Prepared::new(
        "SELECT k.id, k.reference, r.up_to, r.requested_at, r.claims FROM payment_request r \
         JOIN contract k ON k.tenant_id = r.tenant_id AND k.id = r.contract_id WHERE r.tenant_id = ",
    )
    .id(council.uuid())
    .sql(" AND r.organisation_id = ")
    .id(organisation.uuid())
    .sql(" AND r.batch = ")
    .id(batch)
    .sql(" ORDER BY k.reference");
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    let (up_to, requested_at) = rows.as_slice().first().map(|row| (row.2, row.3)).ok_or(Error::NotFound)?;
    let contracts = rows
        .into_iter()
        .map(|(id, reference, _, _, claims)| (ContractId::from_uuid(id), reference, claims.map(i64::from)));
    Ok(RequestSeen { up_to, requested_at, contracts: contracts.collect() })
}

/// Fails where a contract is not the organisation's that acts, or one that the person does not see.
pub(crate) async fn check_contracts(tx: &mut Tx<'_, ProviderActing>, contracts: &[ContractId]) -> Result<()> {
    let ids: Vec<Uuid> = contracts.iter().map(|id| id.uuid()).collect();
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    let found: i64 = contract::table
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::organisation_id.eq(organisation))
        .filter(contract::id.eq_any(&ids))
        .count()
        .get_result(tx.conn())
        .await?;
    if usize::try_from(found) == Ok(ids.len()) { Ok(()) } else { Err(Error::NotFound) }
}

/// Adds a request.
pub(crate) async fn ask_for(
    audited: &mut Audited<'_, '_, ProviderActing>,
    batch: Uuid,
    contracts: &[ContractId],
    up_to: NaiveDate,
) -> Result<()> {
    let (tenant, organisation, at) = (audited.tenant().uuid(), audited.organisation().uuid(), audited.at());
    let by = audited.actor().raw();
    let row = |id: &ContractId| {
        (
            payment_request::tenant_id.eq(tenant),
            payment_request::batch.eq(batch),
            payment_request::contract_id.eq(id.uuid()),
            payment_request::organisation_id.eq(organisation),
            payment_request::up_to.eq(up_to),
            payment_request::requested_at.eq(at),
            payment_request::requested_by.eq(by.clone()),
        )
    };
    let rows: Vec<_> = contracts.iter().map(row).collect();
    diesel::insert_into(payment_request::table).values(rows).execute(audited.conn()).await?;
    Ok(())
}

/// What of a request is to be done, and how many contracts it has.
pub(crate) async fn to_make(tx: &mut Tx<'_>, batch: Uuid) -> Result<(Vec<ToMake>, u64)> {
    let tenant = tx.tenant().uuid();
    let of: i64 = payment_request::table
        .filter(payment_request::tenant_id.eq(tenant))
        .filter(payment_request::batch.eq(batch))
        .count()
        .get_result(tx.conn())
        .await?;
    let sql: Prepared<(SqlUuid, Date, Array<SqlUuid>)> = Prepared::new("SELECT k.id, r.up_to, ARRAY(SELECT p.id")
        .sql(unrequested!("r.up_to"))
        .sql(
            " ORDER BY p.ends) FROM payment_request r \
             JOIN contract k ON k.tenant_id = r.tenant_id AND k.id = r.contract_id \
             LEFT JOIN LATERAL (SELECT c.ends FROM claim c WHERE c.tenant_id = k.tenant_id \
             AND c.organisation_id = k.organisation_id AND c.contract_id = k.id ORDER BY c.starts DESC LIMIT 1) newest \
             ON true WHERE r.done_at IS NULL AND r.tenant_id = ",
        )
        .id(tenant)
        .sql(" AND r.batch = ")
        .id(batch)
        .sql(" ORDER BY k.reference");
    let rows: Vec<(Uuid, NaiveDate, Vec<Uuid>)> = sql.load(tx.conn()).await?;
    let one = |(contract, up_to, periods): (Uuid, NaiveDate, Vec<Uuid>)| ToMake {
        contract: ContractId::from_uuid(contract),
        up_to,
        periods: periods.into_iter().map(PeriodId::from_uuid).collect(),
    };
    Ok((rows.into_iter().map(one).collect(), u64::try_from(of).unwrap_or_default()))
}

/// Says that one contract of a request is done.
pub(crate) async fn made(audited: &mut Audited<'_, '_>, batch: Uuid, contract: ContractId, claims: u32) -> Result<()> {
    let (tenant, at) = (audited.tenant().uuid(), audited.at());
    diesel::update(payment_request::table.find((tenant, batch, contract.uuid())))
        .filter(payment_request::done_at.is_null())
        .set((payment_request::done_at.eq(at), payment_request::claims.eq(claims.raw())))
        .execute(audited.conn())
        .await?;
    Ok(())
}
