//! What happens in a dispute once it is open: answers, further words, its end; and that a side has read it.

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::dispute::DisputeEvent;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{DisputeId, OrganisationId, TenantId};
use counterfoil_core::side::Side;
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;

use super::Dispute;
use super::setting::due;
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::record::Kept as _;
use crate::schema::dispute;
use crate::scope::{Acts, CouncilScope, ProviderActing, ProviderScope, Tx};
use crate::talk::{NewMessage, place, put, side_of, wrong_with};

/// What somebody does in a dispute.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    /// What.
    pub event: DisputeEvent,
    /// The version of the dispute that they saw.
    pub seen: u32,
    /// With which words; may be empty where the event says enough.
    pub message: NewMessage<'a>,
}

/// Does something in a dispute, for the council.
///
/// # Errors
/// [`Error::Refused`] where it cannot be done now or lacks words, in words for whoever tried; [`Error::Conflict`] where
/// something happened since they looked; [`Error::NotFound`].
pub async fn act(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    holidays: &BankHolidays,
    id: DisputeId,
    step: Move<'_>,
) -> Result<()> {
    scope.transaction(at, async |tx: &mut Tx<'_>| act_in(tx, holidays, id, step).await).await
}

/// Does something in a dispute, for one organisation.
///
/// # Errors
/// As [`act`]; [`Error::NotFound`] for a dispute that the person does not see.
pub async fn act_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    holidays: &BankHolidays,
    (id, step): (DisputeId, Move<'_>),
) -> Result<()> {
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            act_in(tx, holidays, id, step).await
        })
        .await
}

async fn lock<S: Acts>(tx: &mut Tx<'_, S>, id: DisputeId) -> Result<Dispute> {
    let (tenant, own) = (tx.tenant().uuid(), tx.scope().organisation());
    let found: Dispute =
        dispute::table.find((tenant, id.uuid())).select(Dispute::as_select()).for_update().first(tx.conn()).await?;
    // the policy has said so already
    match own {
        Some(own) if own != found.organisation_id => Err(Error::NotFound),
        _ => Ok(found),
    }
}

async fn act_in<S: Acts>(tx: &mut Tx<'_, S>, holidays: &BankHolidays, id: DisputeId, step: Move<'_>) -> Result<()> {
    let found = lock(tx, id).await?;
    let (tenant, at, side) = (tx.tenant().uuid(), tx.at(), side_of(tx));
    let state = found.state.after(step.event, side, found.opened_by).map_err(Error::refused)?;
    // words by themselves decide nothing, and are in time whatever has been said since
    if step.event != DisputeEvent::Write && step.seen != found.version {
        let words = "Something was written or done in this dispute since you looked. Read it, then decide anew.";
        return Err(Error::Conflict(words.to_owned()));
    }
    if let Some(wrong) = wrong_with(step.message.body)
        && (step.event.needs_words() || !step.message.body.is_empty())
    {
        return Err(Error::Refused(wrong.to_owned()));
    }
    let place = place(tx, found.claim_id).await?;
    let respond_by = if step.event.asks() { due(tx, holidays).await? } else { found.respond_by };
    let detail = json!({
        "what": step.event.words(), "from": found.state.words(), "to": state.words(),
        "files": step.message.files.len(),
    });
    let mut audited = tx.audited(Record::of(Action::MoveDispute, id).detail(detail)).await?;
    let number = put(&mut audited, place, (Some(id), step.event), &step.message).await?;
    let (provider, council) = match side {
        Side::Provider => (0, 1),
        Side::Council => (1, 0),
    };
    diesel::update(dispute::table.find((tenant, id.uuid())))
        .set((
            dispute::state.eq(state.raw()),
            dispute::version.eq(dispute::version + 1),
            dispute::respond_by.eq(respond_by),
            dispute::changed_at.eq(at),
            dispute::provider_unread.eq(dispute::provider_unread + provider),
            dispute::council_unread.eq(dispute::council_unread + council),
        ))
        .execute(audited.conn())
        .await?;
    jobs::enqueue(&mut audited, Job::TellOfMessage { claim: found.claim_id, message: number }).await
}

/// Notes that the council has read a dispute at a version. What came after stays unread.
///
/// # Errors
/// [`Error::Database`].
pub async fn mark_read(scope: &CouncilScope, at: DateTime<Utc>, id: DisputeId, version: u32) -> Result<()> {
    scope.transaction(at, async |tx: &mut Tx<'_>| mark_in(tx, id, version).await).await
}

/// Notes that the provider has read it.
///
/// # Errors
/// As [`mark_read`].
pub async fn mark_read_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    id: DisputeId,
    version: u32,
) -> Result<()> {
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| mark_in(tx, id, version).await)
        .await
}

async fn mark_in<S: Acts>(tx: &mut Tx<'_, S>, id: DisputeId, version: u32) -> Result<()> {
    let (tenant, side) = (tx.tenant().uuid(), side_of(tx));
    let mut audited = tx.audited(Record::of(Action::ReadDispute, id)).await?;
    let row = dispute::table
        .filter(dispute::tenant_id.eq(tenant))
        .filter(dispute::id.eq(id.uuid()))
        .filter(dispute::version.eq(version.raw()));
    let marked = match side {
        Side::Provider => diesel::update(row).set(dispute::provider_unread.eq(0)).execute(audited.conn()).await?,
        Side::Council => diesel::update(row).set(dispute::council_unread.eq(0)).execute(audited.conn()).await?,
    };
    if marked == 0 {
        audited.discard();
    }
    Ok(())
}
