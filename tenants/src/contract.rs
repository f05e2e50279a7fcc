//! Contracts: payee, service, recording, schedule, terms and claim period, each independent of the others.

use chrono::NaiveDate;
use counterfoil_core::ids::{ContractId, OrganisationId, PayeeId, ScheduleId, TenantId};
use counterfoil_core::pricing::facts::{Attribute, Day, Recording, Terms, Value};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::{Kept as _, insert, kept_words, record};
use crate::schema::contract;
use crate::scope::{Audited, Provider, Tx};

/// What one claim of a contract covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimPeriod {
    /// A week.
    Week,
    /// The whole pay period.
    PayPeriod,
}

/// The kind of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractKind {
    /// Under a framework.
    Framework,
    /// For one person at a time.
    Spot,
    /// A block of care, used or not.
    Block,
}

kept_words!(ClaimPeriod, ContractKind);

record! {
    /// A contract.
    pub struct Contract in contract {
        /// Its id.
        pub id: ContractId,
        /// The payee's organisation; none for a payee without one.
        pub organisation_id: Option<OrganisationId>,
        /// Who is paid.
        pub payee_id: PayeeId,
        /// When.
        pub schedule_id: ScheduleId,
        /// The council's reference; unique.
        pub reference: String,
        /// The kind of service, for example `home care`.
        pub service_type: String,
        /// How care is recorded.
        pub recording: Recording,
        /// What is paid by.
        pub terms: Terms,
        /// What one claim covers.
        pub claim_period: ClaimPeriod,
        /// Whether it is paid before the client's contribution is taken off.
        pub gross: bool,
        /// Its kind.
        pub kind: ContractKind,
        /// The first day.
        pub valid_from: NaiveDate,
        /// The last day, if it ends.
        pub valid_to: Option<NaiveDate>,
        /// Dated facts that a rule may ask for.
        pub attributes: Vec<Attribute>,
    }
}

impl Contract {
    /// What a dated fact says of a day: of several that hold, the one that began last.
    #[must_use]
    pub fn says(&self, key: &str, day: NaiveDate) -> Option<&Value> {
        let day = Day::of(day);
        self.attributes
            .iter()
            .filter(|fact| fact.key == key && fact.from <= day && fact.to.is_none_or(|to| day <= to))
            .max_by_key(|fact| fact.from)
            .map(|fact| &fact.value)
    }
}

/// Adds contracts. The organisation has to be the payee's.
///
/// # Errors
/// [`Error::Database`], with the constraint where a reference is taken or a payee is not the organisation's.
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<Contract>) -> Result<()> {
    insert!(audited, contract, rows);
    Ok(())
}

/// One contract.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: ContractId) -> Result<Contract> {
    find_all(tx, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// The contracts of these ids, by reference.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_all(tx: &mut Tx<'_>, ids: &[ContractId]) -> Result<Vec<Contract>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    Ok(contract::table
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::id.eq_any(ids))
        .order(contract::reference)
        .select(Contract::as_select())
        .load(tx.conn())
        .await?)
}

/// The contracts of a schedule that hold on some day from one to another, both included, by reference.
///
/// # Errors
/// [`Error::Database`].
pub async fn on_schedule(
    tx: &mut Tx<'_>,
    schedule: ScheduleId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Contract>> {
    let tenant = tx.tenant().uuid();
    Ok(contract::table
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::schedule_id.eq(schedule.uuid()))
        .filter(contract::valid_from.le(to))
        .filter(contract::valid_to.is_null().or(contract::valid_to.ge(from)))
        .order(contract::reference)
        .select(Contract::as_select())
        .load(tx.conn())
        .await?)
}

/// Ends a contract, or takes its end back.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn set_end(audited: &mut Audited<'_, '_>, id: ContractId, valid_to: Option<NaiveDate>) -> Result<()> {
    let tenant = audited.tenant().uuid();
    let changed = diesel::update(contract::table)
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::id.eq(id.uuid()))
        .set(contract::valid_to.eq(valid_to))
        .execute(audited.conn())
        .await?;
    if changed == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Replaces a contract's dated facts.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn set_attributes(audited: &mut Audited<'_, '_>, id: ContractId, attributes: Vec<Attribute>) -> Result<()> {
    let tenant = audited.tenant().uuid();
    let changed = diesel::update(contract::table)
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::id.eq(id.uuid()))
        .set(contract::attributes.eq(attributes.raw()))
        .execute(audited.conn())
        .await?;
    if changed == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// The provider's contracts with all councils, by council and reference.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_provider(tx: &mut Tx<'_, Provider>) -> Result<Vec<(TenantId, Contract)>> {
    let organisations = tx.organisations();
    let rows: Vec<(Uuid, Contract)> = contract::table
        .filter(contract::organisation_id.eq_any(organisations))
        .order((contract::tenant_id, contract::reference))
        .select((contract::tenant_id, Contract::as_select()))
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(tenant, row)| (TenantId::from_uuid(tenant), row)).collect())
}

/// A contract as a provider's administrators choose it, to limit somebody to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractRef {
    /// The council.
    pub tenant: TenantId,
    /// Its id.
    pub id: ContractId,
    /// The council's reference.
    pub reference: String,
    /// The kind of service.
    pub service_type: String,
    /// The last day, if it ends.
    pub valid_to: Option<NaiveDate>,
}

/// The contracts of one organisation with all councils, as far as they are seen, by council and reference.
///
/// # Errors
/// [`Error::Database`].
pub async fn references_of(tx: &mut Tx<'_, Provider>, organisation: OrganisationId) -> Result<Vec<ContractRef>> {
    let organisations = tx.organisations();
    let rows: Vec<(Uuid, Uuid, String, String, Option<NaiveDate>)> = contract::table
        .filter(contract::organisation_id.eq_any(organisations))
        .filter(contract::organisation_id.eq(organisation.uuid()))
        .order((contract::tenant_id, contract::reference))
        .select((contract::tenant_id, contract::id, contract::reference, contract::service_type, contract::valid_to))
        .load(tx.conn())
        .await?;
    let found = rows.into_iter().map(|(tenant, id, reference, service_type, valid_to)| ContractRef {
        tenant: TenantId::from_uuid(tenant),
        id: ContractId::from_uuid(id),
        reference,
        service_type,
        valid_to,
    });
    Ok(found.collect())
}

/// How many contracts the council has or had with an organisation.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_with(tx: &mut Tx<'_>, organisation: OrganisationId) -> Result<i64> {
    let tenant = tx.tenant().uuid();
    Ok(contract::table
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::organisation_id.eq(organisation.uuid()))
        .count()
        .get_result(tx.conn())
        .await?)
}
