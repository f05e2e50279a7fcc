//! Service lines (CPLI) and their append-only versions: what a council commissioned for one person under one contract.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{ContractId, OrganisationId, ServiceLineId, ServiceUserId};
use counterfoil_core::plan::{LineVersion, Plan};
use counterfoil_core::pricing::facts::{Attribute, Unit};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::schema::{service_line, service_line_version};
use crate::scope::{Audited, Tx};

record! {
    /// A service line.
    pub struct ServiceLine in service_line {
        /// Its id.
        pub id: ServiceLineId,
        /// The contract's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Under which contract.
        pub contract_id: ContractId,
        /// For whom.
        pub service_user_id: ServiceUserId,
        /// The CPLI number; unique.
        pub reference: String,
        /// The council's order, which payment relies on.
        pub purchase_order: Option<String>,
    }
}

record! {
    /// A version as it was recorded; the domain's [`LineVersion`] with whose it is.
    pub struct LineVersionRow in service_line_version {
        /// Of which line.
        pub service_line_id: ServiceLineId,
        /// The line's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// 1 for the first.
        pub version: u32,
        /// The first day for which it holds.
        pub valid_from: NaiveDate,
        /// The last day of care, if it ends.
        pub valid_to: Option<NaiveDate>,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// The service level, as the rate card names it.
        pub service: String,
        /// What it is planned and priced in.
        pub unit: Unit,
        /// The tier; empty where a service has none.
        pub tier: String,
        /// The recorded need behind the tier; empty for the tier that everyone starts at.
        pub tier_need: String,
        /// Attributes that a rule may ask for.
        pub attributes: Vec<Attribute>,
        /// The plan.
        pub plan: Plan,
    }
}

impl LineVersionRow {
    /// A version of a line, recorded by somebody.
    #[must_use]
    pub fn new(line: &ServiceLine, version: LineVersion, recorded_by: Actor) -> Self {
        Self {
            service_line_id: line.id,
            organisation_id: line.organisation_id,
            version: version.version,
            valid_from: version.from,
            valid_to: version.to,
            recorded_at: version.recorded_at,
            recorded_by,
            service: version.service,
            unit: version.unit,
            tier: version.tier,
            tier_need: version.tier_need,
            attributes: version.attributes,
            plan: version.plan,
        }
    }
}

impl From<LineVersionRow> for LineVersion {
    fn from(row: LineVersionRow) -> Self {
        Self {
            version: row.version,
            from: row.valid_from,
            to: row.valid_to,
            recorded_at: row.recorded_at,
            service: row.service,
            unit: row.unit,
            tier: row.tier,
            tier_need: row.tier_need,
            attributes: row.attributes,
            plan: row.plan,
        }
    }
}

/// Adds lines.
///
/// # Errors
/// [`Error::Database`], with the constraint where a reference is taken.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<ServiceLine>) -> Result<()> {
    insert!(audited, service_line, rows);
    Ok(())
}

/// Adds versions.
///
/// # Errors
/// [`Error::Database`], with the constraint where somebody else added that version.
pub async fn add_versions(audited: &mut Audited<'_, '_>, rows: Vec<LineVersionRow>) -> Result<()> {
    insert!(audited, service_line_version, rows);
    Ok(())
}

/// One line.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: ServiceLineId) -> Result<ServiceLine> {
    let tenant = tx.tenant().uuid();
    Ok(service_line::table
        .filter(service_line::tenant_id.eq(tenant))
        .filter(service_line::id.eq(id.uuid()))
        .select(ServiceLine::as_select())
        .first(tx.conn())
        .await?)
}

/// One line by its CPLI number.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find_by_reference(tx: &mut Tx<'_>, reference: &str) -> Result<ServiceLine> {
    let tenant = tx.tenant().uuid();
    Ok(service_line::table
        .filter(service_line::tenant_id.eq(tenant))
        .filter(service_line::reference.eq(reference))
        .select(ServiceLine::as_select())
        .first(tx.conn())
        .await?)
}

/// The lines of these ids, by reference.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_all(tx: &mut Tx<'_>, ids: &[ServiceLineId]) -> Result<Vec<ServiceLine>> {
    let tenant = tx.tenant().uuid();
    Ok(service_line::table
        .filter(service_line::tenant_id.eq(tenant))
        .filter(service_line::id.eq_any(uuids(ids)))
        .order(service_line::reference)
        .select(ServiceLine::as_select())
        .load(tx.conn())
        .await?)
}

/// The lines of these contracts, by contract, person and reference: the order in which a claim numbers them.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_contracts(tx: &mut Tx<'_>, contracts: &[ContractId]) -> Result<Vec<ServiceLine>> {
    let tenant = tx.tenant().uuid();
    let contracts: Vec<Uuid> = contracts.iter().map(|id| id.uuid()).collect();
    Ok(service_line::table
        .filter(service_line::tenant_id.eq(tenant))
        .filter(service_line::contract_id.eq_any(contracts))
        .order((service_line::contract_id, service_line::service_user_id, service_line::reference))
        .select(ServiceLine::as_select())
        .load(tx.conn())
        .await?)
}

/// All versions of these lines, each line's in order of their number.
///
/// # Errors
/// [`Error::Database`].
pub async fn versions(tx: &mut Tx<'_>, lines: &[ServiceLineId]) -> Result<BTreeMap<ServiceLineId, Vec<LineVersion>>> {
    let tenant = tx.tenant().uuid();
    versions_of(tx.conn(), (tenant, None), &uuids(lines)).await
}

/// The same of a council that the connection's scope lets read; of one organisation's lines where it is named.
pub(crate) async fn versions_of(
    conn: &mut AsyncPgConnection,
    (tenant, organisation): (Uuid, Option<Uuid>),
    lines: &[Uuid],
) -> Result<BTreeMap<ServiceLineId, Vec<LineVersion>>> {
    let mut wanted = service_line_version::table
        .filter(service_line_version::tenant_id.eq(tenant))
        .filter(service_line_version::service_line_id.eq_any(lines))
        .order((service_line_version::service_line_id, service_line_version::version))
        .select(LineVersionRow::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        wanted = wanted.filter(service_line_version::organisation_id.eq(organisation));
    }
    let rows: Vec<LineVersionRow> = wanted.load(conn).await?;
    let mut by_line: BTreeMap<ServiceLineId, Vec<LineVersion>> = BTreeMap::new();
    for row in rows {
        by_line.entry(row.service_line_id).or_default().push(row.into());
    }
    Ok(by_line)
}

/// The lines that were given a version after an instant, up to another: their claims may have to be assessed again.
///
/// # Errors
/// [`Error::Database`].
pub async fn varied_between(tx: &mut Tx<'_>, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<ServiceLineId>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = service_line_version::table
        .filter(service_line_version::tenant_id.eq(tenant))
        .filter(service_line_version::recorded_at.gt(after))
        .filter(service_line_version::recorded_at.le(until))
        .order(service_line_version::service_line_id)
        .select(service_line_version::service_line_id)
        .distinct()
        .load(tx.conn())
        .await?;
    Ok(ids.into_iter().map(ServiceLineId::from_uuid).collect())
}

/// Names the purchase order of a line.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn set_purchase_order(audited: &mut Audited<'_, '_>, id: ServiceLineId, order: &str) -> Result<()> {
    let tenant = audited.tenant().uuid();
    let changed = diesel::update(service_line::table)
        .filter(service_line::tenant_id.eq(tenant))
        .filter(service_line::id.eq(id.uuid()))
        .set(service_line::purchase_order.eq(order))
        .execute(audited.conn())
        .await?;
    if changed == 0 { Err(Error::NotFound) } else { Ok(()) }
}

fn uuids(ids: &[ServiceLineId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}
