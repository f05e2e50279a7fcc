//! Adding a message, and noting that a side has read what the other wrote.

use chrono::{DateTime, Utc};
use counterfoil_core::attachment::MOST_FILES;
use counterfoil_core::dispute::DisputeEvent;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{AttachmentId, ClaimId, DisputeId, OrganisationId, TenantId};
use counterfoil_core::side::Side;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::RunQueryDsl as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Attachment, Message, NewMessage, wrong_with};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::record::{Kept as _, insert};
use crate::schema::{claim, claim_conversation};
use crate::scope::{Acts, Audited, CouncilScope, ProviderActing, ProviderScope, Tx};

/// A claim that both sides can write about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) claim: ClaimId,
    pub(crate) organisation: OrganisationId,
}

/// Which side acts.
pub(crate) fn side_of<S: Acts>(tx: &Tx<'_, S>) -> Side {
    if tx.scope().organisation().is_some() { Side::Provider } else { Side::Council }
}

/// The claim, if whoever acts sees it and there is a provider to talk to: a person who is paid directly has no login.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn place<S: Acts>(tx: &mut Tx<'_, S>, id: ClaimId) -> Result<Place> {
    let (tenant, own) = (tx.tenant().uuid(), tx.scope().organisation());
    let mut found = claim::table
        .filter(claim::tenant_id.eq(tenant))
        .filter(claim::id.eq(id.uuid()))
        .select(claim::organisation_id)
        .into_boxed();
    if let Some(own) = own {
        found = found.filter(claim::organisation_id.eq(own.uuid()));
    }
    let organisation: Option<Uuid> = found.first(tx.conn()).await?;
    let organisation = organisation.map(OrganisationId::from_uuid).ok_or(Error::NotFound)?;
    Ok(Place { claim: id, organisation })
}

/// Adds a message with its files, as whoever acts, and gives its number. The row of the claim's conversation stays locked,
/// so that no two messages have one number.
pub(crate) async fn put<S: Acts>(
    audited: &mut Audited<'_, '_, S>,
    place: Place,
    (dispute, event): (Option<DisputeId>, DisputeEvent),
    new: &NewMessage<'_>,
) -> Result<u32> {
    if new.files.len() > MOST_FILES {
        return Err(Error::Refused(format!("Choose at most {MOST_FILES} files")));
    }
    let (tenant, at, side) = (audited.tenant().uuid(), audited.at(), side_of(audited));
    // what is said in a dispute is counted there
    let counts = i32::from(dispute.is_none());
    let (to_provider, to_council) = match side {
        Side::Provider => (0, counts),
        Side::Council => (counts, 0),
    };
    let number: i32 = diesel::insert_into(claim_conversation::table)
        .values((
            claim_conversation::tenant_id.eq(tenant),
            claim_conversation::claim_id.eq(place.claim.uuid()),
            claim_conversation::organisation_id.eq(place.organisation.uuid()),
            claim_conversation::newest.eq(1),
            claim_conversation::messages.eq(counts),
            claim_conversation::provider_unread.eq(to_provider),
            claim_conversation::council_unread.eq(to_council),
        ))
        .on_conflict((claim_conversation::tenant_id, claim_conversation::claim_id))
        .do_update()
        .set((
            claim_conversation::newest.eq(claim_conversation::newest + 1),
            claim_conversation::messages.eq(claim_conversation::messages + counts),
            claim_conversation::provider_unread.eq(claim_conversation::provider_unread + to_provider),
            claim_conversation::council_unread.eq(claim_conversation::council_unread + to_council),
        ))
        .returning(claim_conversation::newest)
        .get_result(audited.conn())
        .await?;
    let number = u32::of(number).map_err(|what| Error::Unreadable { what })?;
    let row = Message {
        claim_id: place.claim,
        number,
        organisation_id: place.organisation,
        dispute_id: dispute,
        side,
        event,
        written_by: new.writer.0,
        writer: new.writer.1.to_owned(),
        written_at: at,
        body: new.body.to_owned(),
    };
    insert!(audited, claim_message, [row]);
    for file in new.files {
        let row = Attachment {
            id: AttachmentId::from_uuid(Uuid::now_v7()),
            organisation_id: place.organisation,
            claim_id: place.claim,
            number,
            side,
            name: file.name.clone(),
            kind: file.kind,
            digest: hex::encode(Sha256::digest(&file.bytes)),
            bytes: file.bytes.clone(),
            added_at: at,
        };
        insert!(audited, attachment, [row]);
    }
    Ok(number)
}

/// Writes to the provider about a claim; gives the message's number.
///
/// # Errors
/// [`Error::Refused`] for a message that is none, in words for whoever wrote it; [`Error::NotFound`].
pub async fn write(scope: &CouncilScope, at: DateTime<Utc>, claim: ClaimId, new: NewMessage<'_>) -> Result<u32> {
    scope.transaction(at, async |tx: &mut Tx<'_>| write_in(tx, claim, &new).await).await
}

/// Writes to the council about a claim, for one organisation; gives the message's number.
///
/// # Errors
/// As [`fn@write`]; [`Error::NotFound`] for a claim that the person does not see.
pub async fn write_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    claim: ClaimId,
    new: NewMessage<'_>,
) -> Result<u32> {
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| write_in(tx, claim, &new).await)
        .await
}

async fn write_in<S: Acts>(tx: &mut Tx<'_, S>, claim: ClaimId, new: &NewMessage<'_>) -> Result<u32> {
    if let Some(wrong) = wrong_with(new.body) {
        return Err(Error::Refused(wrong.to_owned()));
    }
    let place = place(tx, claim).await?;
    let detail = json!({ "files": new.files.len() });
    let mut audited = tx.audited(Record::of(Action::WriteMessage, claim).detail(detail)).await?;
    let number = put(&mut audited, place, (None, DisputeEvent::Write), new).await?;
    jobs::enqueue(&mut audited, Job::TellOfMessage { claim, message: number }).await?;
    Ok(number)
}

/// Notes that the council has read the conversation up to a message. Whatever came after stays unread.
///
/// # Errors
/// [`Error::Database`].
pub async fn mark_read(scope: &CouncilScope, at: DateTime<Utc>, claim: ClaimId, newest: u32) -> Result<()> {
    scope.transaction(at, async |tx: &mut Tx<'_>| mark_in(tx, claim, newest).await).await
}

/// Notes that the provider has read it.
///
/// # Errors
/// As [`mark_read`].
pub async fn mark_read_own(
    scope: &ProviderScope,
    at: DateTime<Utc>,
    (council, organisation): (TenantId, OrganisationId),
    claim: ClaimId,
    newest: u32,
) -> Result<()> {
    scope
        .transaction(at, council, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            mark_in(tx, claim, newest).await
        })
        .await
}

async fn mark_in<S: Acts>(tx: &mut Tx<'_, S>, claim: ClaimId, newest: u32) -> Result<()> {
    let (tenant, side) = (tx.tenant().uuid(), side_of(tx));
    let mut audited = tx.audited(Record::of(Action::ReadMessages, claim).detail(json!({ "up_to": newest }))).await?;
    let row = claim_conversation::table
        .filter(claim_conversation::tenant_id.eq(tenant))
        .filter(claim_conversation::claim_id.eq(claim.uuid()))
        .filter(claim_conversation::newest.eq(newest.raw()));
    let marked = match side {
        Side::Provider => {
            diesel::update(row).set(claim_conversation::provider_unread.eq(0)).execute(audited.conn()).await?
        }
        Side::Council => {
            diesel::update(row).set(claim_conversation::council_unread.eq(0)).execute(audited.conn()).await?
        }
    };
    if marked == 0 {
        audited.discard();
    }
    Ok(())
}
