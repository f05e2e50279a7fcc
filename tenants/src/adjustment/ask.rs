//! The provider's part: to ask for a change of a line's plan, and to take that back while it waits.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::adjustment::{Becomes, check_days, varied};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AdjustmentId, ClaimId, OrganisationId, PersonId, ServiceLineId, TenantId};
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::{LineVersion, Plan, version_for};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _, QueryDsl as _,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use super::{Adjustment, Answer, LONGEST, MOST, Outcome, answered_before, plan_changed};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::record::insert;
use crate::schema::{adjustment, adjustment_answer, claim, claim_line, service_line};
use crate::scope::{Audited, ProviderActing, ProviderScope, Tx};
use crate::service_line::{ServiceLine, versions_of};

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAdjustment {
    /// For which line.
    pub line: ServiceLineId,
    /// The first day, past or future.
    pub from: NaiveDate,
    /// The last, if it is for a while.
    pub to: Option<NaiveDate>,
    /// The quantity a week, in the line's unit.
    pub wanted: Quantity,
    /// Why.
    pub why: String,
    /// The claim beside which it is asked for.
    pub claim: Option<ClaimId>,
    /// The newest version of the line that was before whoever asks.
    pub seen: u32,
}

/// Who asks: the person with their name and where the answer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker<'a> {
    /// Who.
    pub person: PersonId,
    /// Their name.
    pub name: &'a str,
    /// Their address.
    pub email: &'a str,
}

/// Asks the council for a change of a line's plan, for one organisation.
///
/// # Errors
/// [`Error::Refused`] with what to mend; [`Error::Conflict`] where the plan was changed meanwhile, or one waits already;
/// [`Error::NotFound`] for a line or claim that the person does not see.
pub async fn ask(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    asker: Asker<'_>,
    new: &NewAdjustment,
) -> Result<AdjustmentId> {
    match new.why.chars().count() {
        0 => return Err(Error::Refused("Enter why the plan should change".to_owned())),
        count if count > LONGEST => {
            return Err(Error::Refused("Why the plan should change must be 2,000 characters or fewer".to_owned()));
        }
        _ => {}
    }
    if !(0..=MOST).contains(&new.wanted.raw()) {
        return Err(Error::Refused("The quantity a week must be from 0 to 9,999".to_owned()));
    }
    let id = AdjustmentId::from_uuid(Uuid::now_v7());
    let asked = scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            let (line, versions) = own_line(tx, new).await?;
            let holds = check(&versions, new, at)?;
            let number = next(tx, new.line).await?;
            let detail = json!({ "line": line.reference, "from": new.from, "to": new.to, "wanted": new.wanted.raw() });
            let mut audited = tx.audited(Record::of(Action::AskAdjustment, id).detail(detail)).await?;
            let row = Adjustment {
                id,
                organisation_id: organisation,
                contract_id: line.contract_id,
                service_line_id: line.id,
                number,
                claim_id: new.claim,
                wanted_from: new.from,
                wanted_to: new.to,
                wanted: new.wanted,
                unit: holds.unit,
                why: new.why.clone(),
                seen_version: new.seen,
                asked_at: at,
                asked_by: asker.person,
                asker: asker.name.to_owned(),
                asker_email: asker.email.to_owned(),
            };
            write(&mut audited, row).await?;
            jobs::enqueue(&mut audited, Job::TellOfAdjustment { adjustment: id, answered: false }).await
        })
        .await;
    match asked {
        Err(error) if error.constraint() == Some("adjustment_tenant_id_service_line_id_number_key") => {
            Err(waits_already())
        }
        asked => asked.map(|()| id),
    }
}

/// The line, which has to be the organisation's, and so the claim, in which it has to be.
async fn own_line(tx: &mut Tx<'_, ProviderActing>, new: &NewAdjustment) -> Result<(ServiceLine, Vec<LineVersion>)> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    let line: ServiceLine = service_line::table
        .filter(service_line::tenant_id.eq(tenant))
        .filter(service_line::organisation_id.eq(organisation))
        .filter(service_line::id.eq(new.line.uuid()))
        .select(ServiceLine::as_select())
        .first(tx.conn())
        .await?;
    if let Some(beside) = new.claim {
        let _own: Uuid = claim::table
            .inner_join(
                claim_line::table
                    .on(claim_line::tenant_id.eq(claim::tenant_id).and(claim_line::claim_id.eq(claim::id))),
            )
            .filter(claim::tenant_id.eq(tenant))
            .filter(claim::organisation_id.eq(organisation))
            .filter(claim::id.eq(beside.uuid()))
            .filter(claim_line::service_line_id.eq(new.line.uuid()))
            .select(claim::id)
            .first(tx.conn())
            .await?;
    }
    let mut versions = versions_of(tx.conn(), (tenant, Some(organisation)), &[new.line.uuid()]).await?;
    Ok((line, versions.remove(&new.line).unwrap_or_default()))
}

/// That the plan is as it was seen, and can be changed so; the version that holds on the first day.
fn check<'v>(versions: &'v [LineVersion], new: &NewAdjustment, at: DateTime<Utc>) -> Result<&'v LineVersion> {
    if versions.last().map(|version| version.version) != Some(new.seen) {
        return Err(plan_changed());
    }
    check_days(versions, (new.from, new.to), at).map_err(Error::refused)?;
    let holds = version_for(versions, new.from, at).ok_or(Error::NotFound)?;
    if !matches!(holds.plan, Plan::Timetable { .. }) {
        varied(versions, (new.from, new.to), &Becomes::Quantity(new.wanted), at).map_err(Error::refused)?;
    }
    Ok(holds)
}

/// The next number of a line, unless one waits already.
async fn next(tx: &mut Tx<'_, ProviderActing>, line: ServiceLineId) -> Result<u32> {
    let tenant = tx.tenant().uuid();
    let newest: Option<(Uuid, i32)> = adjustment::table
        .filter(adjustment::tenant_id.eq(tenant))
        .filter(adjustment::service_line_id.eq(line.uuid()))
        .order(adjustment::number.desc())
        .select((adjustment::id, adjustment::number))
        .first(tx.conn())
        .await
        .optional()?;
    let Some((newest, number)) = newest else { return Ok(1) };
    let answered: Option<Uuid> = adjustment_answer::table
        .find((tenant, newest))
        .select(adjustment_answer::adjustment_id)
        .first(tx.conn())
        .await
        .optional()?;
    if answered.is_none() {
        return Err(waits_already());
    }
    Ok(u32::try_from(number).unwrap_or_default() + 1)
}

fn waits_already() -> Error {
    let words = "An adjustment of this line waits for the council already. Withdraw it before you ask for another.";
    Error::Conflict(words.to_owned())
}

async fn write(audited: &mut Audited<'_, '_, ProviderActing>, row: Adjustment) -> Result<()> {
    insert!(audited, adjustment, [row]);
    Ok(())
}

/// Takes one back that waits.
///
/// # Errors
/// [`Error::NotFound`] for one that the person does not see; [`Error::Conflict`] for one that is answered already.
pub async fn withdraw_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    (person, name): (PersonId, &str),
    id: AdjustmentId,
) -> Result<()> {
    let withdrawn = scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            let tenant = tx.tenant().uuid();
            let asked: Adjustment = adjustment::table
                .filter(adjustment::tenant_id.eq(tenant))
                .filter(adjustment::organisation_id.eq(organisation.uuid()))
                .filter(adjustment::id.eq(id.uuid()))
                .select(Adjustment::as_select())
                .first(tx.conn())
                .await?;
            let mut audited = tx.audited(Record::of(Action::WithdrawAdjustment, id)).await?;
            let row = Answer {
                adjustment_id: id,
                organisation_id: asked.organisation_id,
                contract_id: asked.contract_id,
                service_line_id: asked.service_line_id,
                number: asked.number,
                outcome: Outcome::Withdrawn,
                covers_from: None,
                covers_to: None,
                quantity: None,
                seen_version: asked.seen_version,
                recorded_version: None,
                reason: String::new(),
                answered_at: at,
                answered_by: person,
                answerer: name.to_owned(),
            };
            taken_back(&mut audited, row).await
        })
        .await;
    match withdrawn {
        Err(error) if error.constraint() == Some("adjustment_answer_pkey") => Err(answered_before()),
        withdrawn => withdrawn,
    }
}

async fn taken_back(audited: &mut Audited<'_, '_, ProviderActing>, row: Answer) -> Result<()> {
    insert!(audited, adjustment_answer, [row]);
    Ok(())
}
