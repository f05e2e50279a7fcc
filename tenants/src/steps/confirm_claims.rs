//! The provider's declaration that claims are right (confirm, verify), taking it back (un-verify), and the council's
//! sending a claim back. Confirming carries the version that was seen: the same again returns the first receipt, a
//! stale one is refused. Before it [`assess_claims`](super::assess_claims), after it
//! [`open_run`](super::open_run).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::claim::{Basis, ClaimEvent, ClaimState};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, OrganisationId, PeriodId, ScheduleId, TenantId};
use counterfoil_core::pricing::{Finding, FindingLevel};
use uuid::Uuid;

use crate::assessment;
use crate::audit::Record;
use crate::claim::{self, Claim};
use crate::error::{Error, Result};
use crate::schedule;
use crate::scope::{CouncilScope, ProviderActing, ProviderScope, Tx};

/// What a provider keeps of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The claim.
    pub claim: ClaimId,
    /// The receipt's number.
    pub receipt: Uuid,
    /// The server's receipt time.
    pub at: DateTime<Utc>,
    /// The pay period whose run pays it: the next one's where the cut-off had passed.
    pub run_period: PeriodId,
}

/// Confirms claims of one organisation, all or none.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a version that is no longer the newest; [`Error::Refused`] for a claim
/// without the actuals that its schedule asks for, one that is still being priced, one with something to mend, and one
/// in a run.
pub async fn confirm_claims(
    provider: &ProviderScope,
    at: DateTime<Utc>,
    (tenant, organisation): (TenantId, OrganisationId),
    claims: &[(ClaimId, u32)],
    name: &str,
) -> Result<Vec<Receipt>> {
    declare_claims(provider, at, (tenant, organisation), claims, Declared { name, comment: "" }).await
}

/// What a provider gives with a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared<'a> {
    /// The name of whoever confirms.
    pub name: &'a str,
    /// What they add for the council to read; may be empty.
    pub comment: &'a str,
}

/// The longest comment, in characters.
pub const LONGEST_COMMENT: usize = 2_000;

/// Confirms claims of one organisation, all or none, with a comment.
///
/// # Errors
/// As [`confirm_claims`]; [`Error::Refused`] for a comment that is too long, too.
pub async fn declare_claims(
    provider: &ProviderScope,
    at: DateTime<Utc>,
    (tenant, organisation): (TenantId, OrganisationId),
    claims: &[(ClaimId, u32)],
    declared: Declared<'_>,
) -> Result<Vec<Receipt>> {
    provider
        .transaction(at, tenant, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            confirm(tx, claims, declared).await
        })
        .await
}

pub(super) async fn confirm(
    tx: &mut Tx<'_, ProviderActing>,
    claims: &[(ClaimId, u32)],
    declared: Declared<'_>,
) -> Result<Vec<Receipt>> {
    let name = declared.name;
    if name.trim().is_empty() {
        return Err(Error::Refused("Give the name of the person who confirms.".to_owned()));
    }
    if declared.comment.chars().count() > LONGEST_COMMENT {
        return Err(Error::Refused(format!("Give a comment of {LONGEST_COMMENT} characters or fewer.")));
    }
    let mut receipts = Vec::with_capacity(claims.len());
    let mut changed: Vec<Claim> = Vec::new();
    let mut calendar = Calendar::default();
    for (id, seen) in claims {
        let stands = lock(tx, *id).await?;
        if let Some(receipt) = first_receipt(&stands, *seen) {
            receipts.push(receipt);
            continue;
        }
        let confirmed = to_confirm(tx, &mut calendar, stands, (*seen, declared)).await?;
        receipts.extend(first_receipt(&confirmed, confirmed.version));
        changed.push(confirmed);
    }
    if changed.is_empty() {
        tx.discard();
        return Ok(receipts);
    }
    let ids: Vec<ClaimId> = changed.iter().map(|claim| claim.id).collect();
    let record = Record::on(Action::ConfirmClaim, "claim").detail(serde_json::json!({ "claims": ids, "name": name }));
    let mut audited = tx.audited(record).await?;
    for claim in &changed {
        claim::update_own(&mut audited, claim).await?;
    }
    claim::unreject_own(&mut audited, &ids).await?;
    Ok(receipts)
}

/// The receipt of a confirmation of the same version, if there was one.
fn first_receipt(claim: &Claim, seen: u32) -> Option<Receipt> {
    Some(Receipt {
        claim: claim.id,
        receipt: claim.receipt.filter(|_| claim.confirmed_version == Some(seen))?,
        at: claim.confirmed_at?,
        run_period: claim.run_period_id?,
    })
}

/// What the claims of one confirmation share: schedules with what makes their claims payable, and the pay period whose
/// run takes what fell due in another.
#[derive(Default)]
struct Calendar {
    bases: BTreeMap<ScheduleId, Basis>,
    run_periods: BTreeMap<PeriodId, PeriodId>,
}

impl Calendar {
    async fn basis(&mut self, tx: &mut Tx<'_, ProviderActing>, id: ScheduleId) -> Result<Basis> {
        if let Some(basis) = self.bases.get(&id) {
            return Ok(*basis);
        }
        let basis = schedule::basis_of(tx, id).await?;
        self.bases.insert(id, basis);
        Ok(basis)
    }

    async fn run_period(&mut self, tx: &mut Tx<'_, ProviderActing>, due: PeriodId) -> Result<PeriodId> {
        if let Some(period) = self.run_periods.get(&due) {
            return Ok(*period);
        }
        let at = tx.at();
        let period = match schedule::run_period_for(tx, due, at).await {
            Err(Error::NotFound) => {
                return Err(Error::Refused(
                    "The council\u{2019}s payment calendar ends before today. Ask it to publish its next pay periods, \
                     then confirm."
                        .to_owned(),
                ));
            }
            period => period?,
        };
        self.run_periods.insert(due, period);
        Ok(period)
    }
}

async fn to_confirm(
    tx: &mut Tx<'_, ProviderActing>,
    calendar: &mut Calendar,
    mut claim: Claim,
    (seen, declared): (u32, Declared<'_>),
) -> Result<Claim> {
    let basis = calendar.basis(tx, claim.schedule_id).await?;
    let state = claim.state.after(ClaimEvent::Confirm, basis, claim.statement_version > 0).map_err(Error::refused)?;
    if claim.version != seen {
        return Err(claim::changed_by_others());
    }
    let priced = match claim.assessment_id {
        Some(id) => Some(assessment::seen_by_provider(tx, id).await?),
        None => None,
    };
    let Some(priced) = priced.filter(|priced| priced.statement_version == claim.statement_version) else {
        return Err(Error::Refused("This claim is being priced. Confirm it in a moment.".to_owned()));
    };
    let mend = |finding: &&Finding| finding.level == FindingLevel::Mend;
    if let Some(first) = priced.findings.iter().find(mend) {
        let more = priced.findings.iter().filter(mend).count() - 1;
        let line = first.line.map(|line| format!(" on line {}", line + 1)).unwrap_or_default();
        let others = if more > 0 { format!(" ({more} more to mend.)") } else { String::new() };
        return Err(Error::Refused(format!(
            "Mend this before confirming{line}: {}.{others}",
            first.reason.code.replace('-', " ")
        )));
    }
    let person = tx.actor().person();
    let run_period = calendar.run_period(tx, claim.period_id).await?;
    claim.state = state;
    claim.confirmed_at = Some(tx.at());
    claim.confirmed_by = person;
    claim.confirmed_name = Some(declared.name.trim().to_owned());
    claim.confirmed_comment = Some(declared.comment.trim().to_owned()).filter(|comment| !comment.is_empty());
    claim.receipt = Some(Uuid::now_v7());
    claim.confirmed_version = Some(claim.version);
    claim.run_period_id = Some(run_period);
    Ok(claim)
}

/// Locks a claim; one that a run holds cannot be locked by a provider and is told apart from one that is absent.
pub(super) async fn lock(tx: &mut Tx<'_, ProviderActing>, id: ClaimId) -> Result<Claim> {
    match claim::lock_own(tx, id).await {
        Err(Error::NotFound) => {
            let found = claim::find_own(tx, id).await?;
            if found.state == ClaimState::Locked {
                return Ok(found);
            }
            claim::lock_own(tx, id).await
        }
        locked => locked,
    }
}

/// Takes the confirmation of a claim back. It works only before a run has taken the claim: of the two, one wins.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a version that is no longer the newest; [`Error::Refused`] for a claim
/// that is not confirmed or is in a run.
pub async fn unconfirm_claim(
    provider: &ProviderScope,
    at: DateTime<Utc>,
    (tenant, organisation): (TenantId, OrganisationId),
    id: ClaimId,
    seen: u32,
) -> Result<()> {
    provider
        .transaction(at, tenant, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            let claim = lock(tx, id).await?;
            if claim.version != seen {
                claim.state.after(ClaimEvent::Unconfirm, Basis::Confirmation, true).map_err(Error::refused)?;
                return Err(claim::changed_by_others());
            }
            let claim = unconfirmed(tx, claim).await?;
            let mut audited = tx.audited(Record::of(Action::UnconfirmClaim, id)).await?;
            claim::update_own(&mut audited, &claim).await
        })
        .await
}

/// The claim as it is without its confirmation.
pub(super) async fn unconfirmed(tx: &mut Tx<'_, ProviderActing>, mut claim: Claim) -> Result<Claim> {
    let basis = schedule::basis_of(tx, claim.schedule_id).await?;
    let stated = claim.statement_version > 0;
    claim.state = claim.state.after(ClaimEvent::Unconfirm, basis, stated).map_err(Error::refused)?;
    clear_confirmation(&mut claim);
    Ok(claim)
}

/// Sends a confirmed claim back to its provider with a reason.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] without a reason, and for a claim that is not confirmed or is in a run.
pub async fn send_back(scope: &CouncilScope, at: DateTime<Utc>, id: ClaimId, because: &str) -> Result<()> {
    if because.trim().is_empty() {
        return Err(Error::Refused("Say why the claim is sent back: the provider will read it.".to_owned()));
    }
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let mut claim = claim::lock(tx, id).await?;
            let basis = schedule::find(tx, claim.schedule_id).await?.basis;
            let stated = claim.statement_version > 0;
            claim.state = claim.state.after(ClaimEvent::SendBack, basis, stated).map_err(Error::refused)?;
            clear_confirmation(&mut claim);
            claim.sent_back_reason = Some(because.trim().to_owned());
            let record = Record::of(Action::SendBackClaim, id).detail(serde_json::json!({ "because": because }));
            let mut audited = tx.audited(record).await?;
            claim::update(&mut audited, &claim).await
        })
        .await
}

fn clear_confirmation(claim: &mut Claim) {
    (claim.confirmed_at, claim.confirmed_by) = (None, None);
    (claim.confirmed_name, claim.confirmed_comment) = (None, None);
    (claim.receipt, claim.confirmed_version, claim.run_period_id) = (None, None, None);
}
