//! Opening a dispute, by either side.

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::dispute::{DisputeEvent, DisputeReason, DisputeState};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, DisputeId, OrganisationId, TenantId};
use counterfoil_core::money::Money;
use counterfoil_core::side::Side;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use uuid::Uuid;

use super::Dispute;
use super::setting::due;
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::record::{Kept as _, insert};
use crate::schema::claim_line;
use crate::scope::{Acts, CouncilScope, ProviderActing, ProviderScope, Tx};
use crate::talk::{self, NewMessage, place, put, side_of};

/// The longest words for what is right, in characters.
pub const LONGEST_WANTED: usize = 1_000;
/// The largest sum that may be named: ten million pounds.
pub const MOST_WANTED: Money = Money::from_pence(1_000_000_000);

/// What somebody disputes.
#[derive(Debug, Clone)]
pub struct NewDispute<'a> {
    /// Which claim, paid or not.
    pub claim: ClaimId,
    /// Which line of it, from 0.
    pub line: Option<u32>,
    /// Why.
    pub reason: DisputeReason,
    /// What they think is right.
    pub wanted: &'a str,
    /// And the sum, where they name one; not negative.
    pub wanted_pence: Option<Money>,
    /// What they say.
    pub message: NewMessage<'a>,
}

/// Disputes a claim, for the council.
///
/// # Errors
/// [`Error::Refused`] for words or a sum that are none, in words for whoever wrote; [`Error::NotFound`] for a claim or line
/// that there is not, and for a claim of a person who is paid directly.
pub async fn open(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    holidays: &BankHolidays,
    new: &NewDispute<'_>,
) -> Result<DisputeId> {
    let id = DisputeId::from_uuid(Uuid::now_v7());
    scope.transaction(at, async |tx: &mut Tx<'_>| open_in(tx, holidays, id, new).await).await
}

/// Disputes a claim, for one organisation.
///
/// # Errors
/// As [`open`]; [`Error::NotFound`] for a claim that the person does not see.
pub async fn open_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    holidays: &BankHolidays,
    new: &NewDispute<'_>,
) -> Result<DisputeId> {
    let id = DisputeId::from_uuid(Uuid::now_v7());
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            open_in(tx, holidays, id, new).await
        })
        .await
}

fn wrong_with(new: &NewDispute<'_>) -> Option<&'static str> {
    let sum = new.wanted_pence.unwrap_or_default();
    match new.wanted.chars().count() {
        0 => Some("Enter what you think is right"),
        1..=LONGEST_WANTED if sum.is_negative() || sum > MOST_WANTED => Some("Amount must be from £0 to £10,000,000"),
        1..=LONGEST_WANTED => talk::wrong_with(new.message.body),
        _ => Some("What you think is right must be 1,000 characters or fewer"),
    }
}

async fn open_in<S: Acts>(
    tx: &mut Tx<'_, S>,
    holidays: &BankHolidays,
    id: DisputeId,
    new: &NewDispute<'_>,
) -> Result<DisputeId> {
    if let Some(wrong) = wrong_with(new) {
        return Err(Error::Refused(wrong.to_owned()));
    }
    let place = place(tx, new.claim).await?;
    let (tenant, side, at) = (tx.tenant().uuid(), side_of(tx), tx.at());
    if let Some(line) = new.line {
        let _there: Uuid = claim_line::table
            .filter(claim_line::tenant_id.eq(tenant))
            .filter(claim_line::claim_id.eq(new.claim.uuid()))
            .filter(claim_line::number.eq(line.raw()))
            .select(claim_line::id)
            .first(tx.conn())
            .await?;
    }
    let respond_by = due(tx, holidays).await?;
    let detail = json!({
        "claim": new.claim.to_string(), "line": new.line.map(|line| line + 1), "reason": new.reason.words(),
        "respond_by": respond_by, "files": new.message.files.len(),
    });
    let mut audited = tx.audited(Record::of(Action::OpenDispute, id).detail(detail)).await?;
    let row = Dispute {
        id,
        organisation_id: place.organisation,
        claim_id: new.claim,
        line: new.line,
        opened_by: side,
        reason: new.reason,
        wanted: new.wanted.to_owned(),
        wanted_pence: new.wanted_pence,
        state: DisputeState::Open,
        version: 1,
        respond_by,
        opened_at: at,
        changed_at: at,
        provider_unread: u32::from(side == Side::Council),
        council_unread: u32::from(side == Side::Provider),
    };
    insert!(audited, dispute, [row]);
    let number = put(&mut audited, place, (Some(id), DisputeEvent::Open), &new.message).await?;
    jobs::enqueue(&mut audited, Job::TellOfMessage { claim: new.claim, message: number }).await?;
    Ok(id)
}
