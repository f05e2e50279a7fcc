//! A provider's claims with plan and newest statement, as a file of actuals is written from them and compared with them:
//! a handful of queries however many claims there are.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actuals_file::{OpenClaim, OpenLine};
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::Basis;
use counterfoil_core::ids::{ClaimId, ContractId, OrganisationId, ServiceLineId, TenantId};
use counterfoil_core::plan::{LineVersion, PlannedCare, days_held, last_version_before};
use counterfoil_core::pricing::facts::{Recording, Unit};
use counterfoil_core::statement::{LineStatement, Statement};
use diesel::sql_types::{Array, Date, Text, Uuid as SqlUuid};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::Claim;
use super::to_state::{ReasonOffered, reasons};
use crate::adjustment;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept;
use crate::schema::{claim, claim_line, contract, schedule, service_line, service_user};
use crate::scope::{Provider, Tx};
use crate::service_line::versions_of;
use crate::statement::newest_of;

/// A contract's claims of one period that wait for the provider and whose care is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenContract {
    /// The contract.
    pub contract: ContractId,
    /// The council's reference.
    pub reference: String,
    /// The kind of service.
    pub service_type: String,
    /// The last day of the claim period.
    pub ends: NaiveDate,
    /// How many claims with care that was planned in it.
    pub claims: usize,
    /// How many of people whose care had ended before the period began, for which the council's rule may still pay: there
    /// is nothing to state about them.
    pub ended: usize,
}

/// What of an organisation's claims on a council can be stated, by contract and the end of the claim period.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn open_by_contract(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<Vec<OpenContract>> {
    own(tx, organisation)?;
    let today = clock::local_time(now).date();
    type Found = (Uuid, String, String, NaiveDate, NaiveDate, Vec<Uuid>);
    let sql: Prepared<(SqlUuid, Text, Text, Date, Date, Array<SqlUuid>)> = Prepared::new(
        "SELECT k.id, k.reference, k.service_type, c.starts, c.ends, ARRAY(SELECT n.service_line_id FROM claim_line n \
         WHERE n.tenant_id = c.tenant_id AND n.claim_id = c.id) FROM claim c \
         JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id WHERE c.tenant_id = ",
    )
    .id(council.uuid())
    .sql(" AND c.organisation_id = ")
    .id(organisation.uuid())
    .sql(" AND c.state IN (0, 1) AND k.recording <> 'none' AND c.ends < ")
    .day(today)
    .sql(" ORDER BY k.reference, k.id, c.ends DESC");
    let rows: Vec<Found> = sql.load(tx.conn()).await?;
    let lines: BTreeSet<Uuid> = rows.iter().flat_map(|row| row.5.iter().copied()).collect();
    let lines: Vec<Uuid> = lines.into_iter().collect();
    let versions = versions_of(tx.conn(), (council.uuid(), Some(organisation.uuid())), &lines).await?;
    let is_held = |line: &Uuid, (from, to): (NaiveDate, NaiveDate)| {
        let versions = versions.get(&ServiceLineId::from_uuid(*line)).map(Vec::as_slice).unwrap_or_default();
        days_held(versions, from, to, now).is_some()
    };
    let mut open: Vec<OpenContract> = Vec::new();
    for (contract, reference, service_type, starts, ends, lines) in rows {
        let contract = ContractId::from_uuid(contract);
        let held = lines.iter().any(|line| is_held(line, (starts, ends)));
        let (claims, ended) = (usize::from(held), usize::from(!held));
        match open.last_mut() {
            Some(last) if last.contract == contract && last.ends == ends => {
                last.claims += claims;
                last.ended += ended;
            }
            _ => open.push(OpenContract { contract, reference, service_type, ends, claims, ended }),
        }
    }
    Ok(open)
}

/// The organisation's claims under some contracts whose period touches days from one to another, whatever their state, by
/// first day, contract and person; the plan as known at an instant.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`], [`Error::Unreadable`].
pub async fn open_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    (contracts, from, to): (&[ContractId], NaiveDate, NaiveDate),
    known_at: DateTime<Utc>,
) -> Result<Vec<OpenClaim>> {
    own(tx, organisation)?;
    let wanted: Vec<Uuid> = contracts.iter().map(|id| id.uuid()).collect();
    let tenant = council.uuid();
    let conn = tx.conn();
    let found: Vec<Claim> = claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::organisation_id.eq(organisation.uuid()))
        .filter(claim::contract_id.eq_any(wanted))
        .filter(claim::starts.le(to))
        .filter(claim::ends.ge(from))
        .select(Claim::as_select())
        .load(conn)
        .await?;
    let around = Around::of(conn, tenant, &found).await?;
    let ids: Vec<Uuid> = found.iter().map(|claim| claim.id.uuid()).collect();
    let lines = lines(conn, tenant, &ids).await?;
    let line_ids: BTreeSet<Uuid> = lines.values().flatten().map(|line| line.id.uuid()).collect();
    let line_ids: Vec<Uuid> = line_ids.into_iter().collect();
    let versions = versions_of(conn, (tenant, Some(organisation.uuid())), &line_ids).await?;
    let stated = newest_of(conn, tenant, &ids).await?.into_iter().map(|row| (row.claim_id, row.body));
    let mut statements: BTreeMap<ClaimId, Statement> = stated.collect();
    let covers = adjustment::covers_of(conn, tenant, &ids).await?;
    let mut open = Vec::with_capacity(found.len());
    for found in found {
        let id = found.id.uuid();
        let Statement { lines: stated, payment_reference, note } = statements.remove(&found.id).unwrap_or_default();
        let payment_reference = found.provider_reference.clone().unwrap_or(payment_reference);
        let shown = |line: &LineRow| OpenLine {
            covered: covers.get(&(found.id, line.number)).cloned().unwrap_or_default(),
            ..line.shown(&found, &versions, &stated, known_at)
        };
        let (contract, recording) = around.contracts.get(&found.contract_id.uuid()).ok_or(Error::NotFound)?;
        open.push(OpenClaim {
            id: found.id,
            version: found.version,
            statement_version: found.statement_version,
            state: found.state,
            basis: *around.bases.get(&found.schedule_id.uuid()).ok_or(Error::NotFound)?,
            starts: found.starts,
            ends: found.ends,
            contract: contract.clone(),
            recording: *recording,
            person: around.people.get(&found.service_user_id.uuid()).ok_or(Error::NotFound)?.clone(),
            lines: lines.get(&id).map(|lines| lines.iter().map(shown).collect()).unwrap_or_default(),
            payment_reference,
            note,
        });
    }
    open.sort_by(|one, other| {
        let order = |claim: &'_ OpenClaim| (claim.starts, claim.contract.clone(), claim.person.clone(), claim.id);
        order(one).cmp(&order(other))
    });
    Ok(open)
}

/// What stands around claims: references, and what makes them payable.
struct Around {
    contracts: BTreeMap<Uuid, (String, Recording)>,
    people: BTreeMap<Uuid, String>,
    bases: BTreeMap<Uuid, Basis>,
}

impl Around {
    async fn of(conn: &mut AsyncPgConnection, tenant: Uuid, claims: &[Claim]) -> Result<Self> {
        let ids = |of: fn(&Claim) -> Uuid| -> Vec<Uuid> {
            claims.iter().map(of).collect::<BTreeSet<_>>().into_iter().collect()
        };
        let contracts: Vec<(Uuid, String, String)> = contract::table
            .filter(contract::tenant_id.eq(tenant))
            .filter(contract::id.eq_any(ids(|claim| claim.contract_id.uuid())))
            .select((contract::id, contract::reference, contract::recording))
            .load(conn)
            .await?;
        let people: Vec<(Uuid, String)> = service_user::table
            .filter(service_user::tenant_id.eq(tenant))
            .filter(service_user::id.eq_any(ids(|claim| claim.service_user_id.uuid())))
            .select((service_user::id, service_user::reference))
            .load(conn)
            .await?;
        let bases: Vec<(Uuid, i16)> = schedule::table
            .filter(schedule::tenant_id.eq(tenant))
            .filter(schedule::id.eq_any(ids(|claim| claim.schedule_id.uuid())))
            .select((schedule::id, schedule::basis))
            .load(conn)
            .await?;
        let contract = |(id, reference, recording): (Uuid, String, String)| {
            Ok((id, (reference, Recording::of(recording).map_err(unreadable)?)))
        };
        let basis = |(id, basis): (Uuid, i16)| Ok((id, Basis::of(basis).map_err(unreadable)?));
        Ok(Self {
            contracts: contracts.into_iter().map(contract).collect::<Result<_>>()?,
            people: people.into_iter().collect(),
            bases: bases.into_iter().map(basis).collect::<Result<_>>()?,
        })
    }
}

/// The council's reasons on a day of care, by code: what a provider may give.
///
/// # Errors
/// [`Error::Database`].
pub async fn reasons_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    day: NaiveDate,
) -> Result<BTreeMap<String, String>> {
    let offered = reasons(tx.conn(), council.uuid(), day).await?;
    Ok(offered.into_iter().map(|offered| (offered.code, offered.words)).collect())
}

/// The council's reasons on a day of care, with what each explains: what a provider may choose.
///
/// # Errors
/// [`Error::Database`].
pub async fn reasons_offered_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    day: NaiveDate,
) -> Result<Vec<ReasonOffered>> {
    reasons(tx.conn(), council.uuid(), day).await
}

fn own(tx: &Tx<'_, Provider>, organisation: OrganisationId) -> Result<()> {
    if tx.organisations().contains(&organisation.uuid()) { Ok(()) } else { Err(Error::NotFound) }
}

fn unreadable(what: String) -> Error {
    Error::Unreadable { what }
}

struct LineRow {
    id: ServiceLineId,
    number: u32,
    reference: String,
}

impl LineRow {
    fn shown(
        &self,
        of: &Claim,
        versions: &BTreeMap<ServiceLineId, Vec<LineVersion>>,
        stated: &[LineStatement],
        known_at: DateTime<Utc>,
    ) -> OpenLine {
        let versions = versions.get(&self.id).map(Vec::as_slice).unwrap_or_default();
        let shown = last_version_before(versions, of.ends, known_at);
        OpenLine {
            number: self.number,
            reference: self.reference.clone(),
            service: shown.map(|version| version.service.clone()).unwrap_or_default(),
            unit: shown.map_or(Unit::Hour, |version| version.unit),
            planned: PlannedCare::of(versions, of.starts, of.ends, known_at),
            held: days_held(versions, of.starts, of.ends, known_at),
            stated: stated.iter().find(|line| line.line == self.number).cloned(),
            covered: Vec::new(),
        }
    }
}

async fn lines(conn: &mut AsyncPgConnection, tenant: Uuid, claims: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<LineRow>>> {
    let rows: Vec<(Uuid, i32, Uuid, String)> = claim_line::table
        .inner_join(service_line::table.on(
            service_line::tenant_id.eq(claim_line::tenant_id).and(service_line::id.eq(claim_line::service_line_id)),
        ))
        .filter(claim_line::tenant_id.eq(tenant))
        .filter(claim_line::claim_id.eq_any(claims))
        .order((claim_line::claim_id, claim_line::number))
        .select((claim_line::claim_id, claim_line::number, service_line::id, service_line::reference))
        .load(conn)
        .await?;
    let mut by_claim: BTreeMap<Uuid, Vec<LineRow>> = BTreeMap::new();
    for (claim, number, id, reference) in rows {
        let number = Kept::of(number).map_err(unreadable)?;
        by_claim.entry(claim).or_default().push(LineRow { id: ServiceLineId::from_uuid(id), number, reference });
    }
    Ok(by_claim)
}
