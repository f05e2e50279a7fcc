//! What a provider needs to state the actuals of one claim: its lines with the plan by day and visit, what was stated
//! last, the council's reasons, and the week before. The rates stay the council's; prices come from
//! [`open_actuals`](crate::steps::open_actuals).

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::adjustment::Covered;
use counterfoil_core::claim::Basis;
use counterfoil_core::ids::{ClaimId, ContractId, OrganisationId, ScheduleId, ServiceLineId, TenantId};
use counterfoil_core::plan::{PlannedCare, days_held};
use counterfoil_core::pricing::facts::{Day, Span, Value};
use counterfoil_core::statement::{LineStatement, Statement};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::{Claim, ClaimSeen, seen_own};
use crate::adjustment;
use crate::contract::Contract;
use crate::error::{Error, Result};
use crate::reason::ReasonKind;
use crate::record::Kept as _;
use crate::schema::{claim, claim_line, contract, council_profile, non_delivery_reason, schedule};
use crate::scope::{Provider, Tx};
use crate::service_line::versions_of;
use crate::statement::newest_of;

/// The attribute with which a contract says whether the number of visits has to be stated with quantities.
const VISITS: &str = "visits";
/// Its value where it has to be; anything else is for information.
const REQUIRED: &str = "required";

/// A claim with what stating it needs.
#[derive(Debug, Clone, PartialEq)]
pub struct ToState {
    /// The claim as it stands.
    pub seen: ClaimSeen,
    /// What makes it payable.
    pub basis: Basis,
    /// Its lines' plans, by number.
    pub plans: Vec<LinePlan>,
    /// Reasons that may be given, by kind and words.
    pub reasons: Vec<ReasonOffered>,
    /// Whether the number of visits has to be stated.
    pub visits_required: bool,
    /// What was stated for the period before, carried over to this one's days and plan; none where nothing was.
    pub before: Option<Statement>,
}

/// The plan of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct LinePlan {
    /// Its number within the claim, from 0.
    pub number: u32,
    /// The days on which it holds.
    pub held: Span,
    /// By day and visit.
    pub planned: PlannedCare,
    /// Accepted adjustments, on whose days no extras are stated.
    pub covered: Vec<Covered>,
}

/// A reason of the council.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonOffered {
    /// Its code.
    pub code: String,
    /// Its words.
    pub words: String,
    /// What it explains.
    pub kind: ReasonKind,
    /// Whether a comment has to stand with it.
    pub comment_needed: bool,
}

/// Whether a contract asks for the number of visits with quantities that start on a day.
#[must_use]
pub fn asks_for_visits(contract: &Contract, day: NaiveDate) -> bool {
    contract.says(VISITS, day) == Some(&Value::Code(REQUIRED.to_owned()))
}

/// What a page about confirming has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// What makes the claim payable.
    pub basis: Basis,
    /// What the provider declares, in the council's words; empty where it has none.
    pub statement: String,
}

/// What makes the claims of a schedule payable, and what a provider declares by confirming one on a day.
///
/// # Errors
/// [`Error::NotFound`] for a schedule that the provider is not paid by.
pub async fn declaration(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    (of, today): (ScheduleId, NaiveDate),
) -> Result<Declaration> {
    let tenant = council.uuid();
    let basis: i16 = schedule::table
        .filter(schedule::tenant_id.eq(tenant))
        .filter(schedule::id.eq(of.uuid()))
        .select(schedule::basis)
        .first(tx.conn())
        .await?;
    let statement: Option<String> = council_profile::table
        .filter(council_profile::tenant_id.eq(tenant))
        .filter(council_profile::valid_from.le(today))
        .order((council_profile::recorded_at.desc(), council_profile::valid_from.desc()))
        .select(council_profile::verification_statement)
        .first(tx.conn())
        .await
        .optional()?;
    Ok(Declaration { basis: Basis::of(basis).map_err(unreadable)?, statement: statement.unwrap_or_default() })
}

/// One claim of an organisation at a council, as its plan is known at an instant.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that the person does not see.
pub async fn to_state(
    tx: &mut Tx<'_, Provider>,
    (council, organisation): (TenantId, OrganisationId),
    id: ClaimId,
    known_at: DateTime<Utc>,
) -> Result<ToState> {
    let seen = seen_own(tx, council, organisation, id).await?;
    let conn = tx.conn();
    let tenant = council.uuid();
    let basis: i16 = schedule::table
        .filter(schedule::tenant_id.eq(tenant))
        .filter(schedule::id.eq(seen.claim.schedule_id.uuid()))
        .select(schedule::basis)
        .first(conn)
        .await?;
    let contract: Contract = contract::table
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::id.eq(seen.claim.contract_id.uuid()))
        .select(Contract::as_select())
        .first(conn)
        .await?;
    let lines = lines_of(conn, tenant, id).await?;
    let ids: Vec<Uuid> = lines.iter().map(|(_, line)| line.uuid()).collect();
    let versions = versions_of(conn, (tenant, Some(organisation.uuid())), &ids).await?;
    let covers = adjustment::covers_of(conn, tenant, &[id.uuid()]).await?;
    let plan = |(number, line): &(u32, ServiceLineId), (from, to): (NaiveDate, NaiveDate)| {
        let versions = versions.get(line).map_or(&[][..], Vec::as_slice);
        let held = days_held(versions, from, to, known_at);
        let held = held.unwrap_or(Span { from: Day::of(from), to: Day(Day::of(from).0 - 1) });
        let covered = covers.get(&(id, *number)).cloned().unwrap_or_default();
        LinePlan { number: *number, held, planned: PlannedCare::of(versions, from, to, known_at), covered }
    };
    let plans: Vec<LinePlan> = lines.iter().map(|line| plan(line, (seen.claim.starts, seen.claim.ends))).collect();
    let before = match stated_before(conn, tenant, &seen.claim).await? {
        Some((of, stated)) => {
            let their_lines = lines_of(conn, tenant, of.id).await?;
            let days = (seen.claim.starts - of.starts).num_days();
            let carry = |stated: &LineStatement| {
                let (_, service_line) = their_lines.iter().find(|(number, _)| *number == stated.line)?;
                let own = lines.iter().find(|(_, line)| line == service_line)?;
                let this = plans.iter().find(|plan| plan.number == own.0)?;
                let theirs = plan(own, (of.starts, of.ends));
                let carried = stated.carried_over(days, &theirs.planned, &this.planned, this.held);
                Some(LineStatement { line: own.0, ..carried })
            };
            let carried = Statement { lines: stated.lines.iter().filter_map(carry).collect(), ..Statement::default() };
            Some(carried).filter(|carried| !carried.lines.is_empty())
        }
        None => None,
    };
    Ok(ToState {
        basis: Basis::of(basis).map_err(unreadable)?,
        plans,
        reasons: reasons(conn, tenant, seen.claim.ends).await?,
        visits_required: asks_for_visits(&contract, seen.claim.starts),
        before,
        seen,
    })
}

/// The reasons that may be given for a day of care, by kind and words, and whether a contract asks for the number of visits
/// then: what a form about many claims offers.
///
/// # Errors
/// [`Error::NotFound`] for a contract that is not the provider's or that the person does not see.
pub async fn offered_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    (of, day): (ContractId, NaiveDate),
) -> Result<(Vec<ReasonOffered>, bool)> {
    let contract: Contract = contract::table
        .filter(contract::tenant_id.eq(council.uuid()))
        .filter(contract::organisation_id.eq(organisation.uuid()))
        .filter(contract::id.eq(of.uuid()))
        .select(Contract::as_select())
        .first(tx.conn())
        .await?;
    Ok((reasons(tx.conn(), council.uuid(), day).await?, asks_for_visits(&contract, day)))
}

fn unreadable(what: String) -> Error {
    Error::Unreadable { what }
}

async fn lines_of(conn: &mut AsyncPgConnection, tenant: Uuid, id: ClaimId) -> Result<Vec<(u32, ServiceLineId)>> {
    let rows: Vec<(i32, Uuid)> = claim_line::table
        .filter(claim_line::tenant_id.eq(tenant))
        .filter(claim_line::claim_id.eq(id.uuid()))
        .order(claim_line::number)
        .select((claim_line::number, claim_line::service_line_id))
        .load(conn)
        .await?;
    let of = |(number, line)| Ok((u32::of(number).map_err(unreadable)?, ServiceLineId::from_uuid(line)));
    rows.into_iter().map(of).collect()
}

/// The newest statement of the claim for the same person and contract that ends where this one begins.
async fn stated_before(conn: &mut AsyncPgConnection, tenant: Uuid, of: &Claim) -> Result<Option<(Claim, Statement)>> {
    let Some(eve) = of.starts.pred_opt() else { return Ok(None) };
    let before: Option<Claim> = claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::contract_id.eq(of.contract_id.uuid()))
        .filter(claim::service_user_id.eq(of.service_user_id.uuid()))
        .filter(claim::ends.eq(eve))
        .filter(claim::statement_version.gt(0))
        .select(Claim::as_select())
        .first(conn)
        .await
        .optional()?;
    let Some(before) = before else { return Ok(None) };
    let row = newest_of(conn, tenant, &[before.id.uuid()]).await?.pop();
    Ok(row.map(|row| (before, row.body)))
}

/// The reasons that may be given for a day of care.
pub(super) async fn reasons(conn: &mut AsyncPgConnection, tenant: Uuid, day: NaiveDate) -> Result<Vec<ReasonOffered>> {
    type Row = (String, String, String, bool, Option<NaiveDate>);
    let rows: Vec<Row> = non_delivery_reason::table
        .filter(non_delivery_reason::tenant_id.eq(tenant))
        .filter(non_delivery_reason::valid_from.le(day))
        .distinct_on(non_delivery_reason::code)
        .order((
            non_delivery_reason::code,
            non_delivery_reason::recorded_at.desc(),
            non_delivery_reason::valid_from.desc(),
        ))
        .select((
            non_delivery_reason::code,
            non_delivery_reason::words,
            non_delivery_reason::kind,
            non_delivery_reason::comment_needed,
            non_delivery_reason::valid_to,
        ))
        .load(conn)
        .await?;
    let valid = rows.into_iter().filter(|(.., to)| to.is_none_or(|to| day <= to));
    let mut offered = valid
        .map(|(code, words, kind, comment_needed, _)| {
            Ok(ReasonOffered { code, words, kind: ReasonKind::of(kind).map_err(unreadable)?, comment_needed })
        })
        .collect::<Result<Vec<_>>>()?;
    offered.sort_by(|one, other| one.words.cmp(&other.words));
    Ok(offered)
}
