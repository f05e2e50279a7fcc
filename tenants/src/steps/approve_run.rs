//! A second person approves a finalised run, for the bank details as they are then; a later change of them voids the
//! approval. Before it [`finalise_run`](super::finalise_run), after it [`issue_file`](super::issue_file).

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PayeeId, RunId};
use counterfoil_core::run::{RunState, may_approve};
use sha2::{Digest as _, Sha256};

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::payment::Payment;
use crate::scope::{CouncilScope, Tx};
use crate::{bank, payee, payment, run};

/// Approves a run.
///
/// # Errors
/// [`Error::Refused`] for whoever prepared it or changed bank details that it pays to, for the service itself, for a
/// payee without bank details, and when the run is not finalised.
pub async fn approve_run(scope: &CouncilScope, at: DateTime<Utc>, run: RunId) -> Result<()> {
    scope.transaction(at, async |tx: &mut Tx<'_>| approve(tx, run).await).await
}

async fn approve(tx: &mut Tx<'_>, id: RunId) -> Result<()> {
    let mut found = run::lock(tx, id).await?;
    let was = found.state;
    let by = tx.actor();
    let approver =
        by.person().ok_or_else(|| Error::Refused("A run is approved by a person, not by the service.".to_owned()))?;
    if was != RunState::Finalised {
        let now = was.words().to_lowercase();
        return Err(Error::Refused(format!("This run cannot be approved now: it is {now}.")));
    }
    let paid = paid(tx, id).await?;
    let payees: Vec<PayeeId> = paid.iter().map(|payment| payment.payee_id).collect();
    let banks = current_banks(tx, &payees).await?;
    if let Some(missing) = payees.iter().find(|payee| !banks.iter().any(|(known, _)| known == *payee)) {
        let missing = payee::find(tx, *missing).await?;
        return Err(Error::Refused(format!(
            "{} (supplier {}) has no bank details. Add them before the run is approved.",
            missing.name, missing.supplier_number
        )));
    }
    let editors = bank::editors(tx, &payees).await?;
    for prepared in [Some(&found.opened_by), found.finalised_by.as_ref()] {
        may_approve(approver, prepared.and_then(Actor::person), &editors).map_err(Error::refused)?;
    }
    let digest = digest(&banks);
    found.state = RunState::Approved;
    (found.approved_at, found.approved_by, found.banks_digest) = (Some(tx.at()), Some(by), Some(digest.clone()));
    let record = Record::of(Action::ApproveRun, id).detail(serde_json::json!({ "banks": digest }));
    let mut audited = tx.audited(record).await?;
    payment::set_banks(&mut audited, id, &banks).await?;
    run::update(&mut audited, was, &found).await
}

/// The payments of a run that go out, by payee.
pub(super) async fn paid(tx: &mut Tx<'_>, id: RunId) -> Result<Vec<Payment>> {
    let mut paid = payment::of_run(tx, id).await?;
    paid.retain(|payment| !payment.pays_pence.is_zero());
    Ok(paid)
}

/// The newest version of each payee's bank details, by payee.
pub(super) async fn current_banks(tx: &mut Tx<'_>, payees: &[PayeeId]) -> Result<Vec<(PayeeId, u32)>> {
    let mut banks: Vec<_> =
        bank::versions(tx, payees).await?.into_iter().map(|row| (row.payee_id, row.version)).collect();
    banks.sort_unstable();
    Ok(banks)
}

/// What an approval is for: which version of whose bank details.
pub(super) fn digest(banks: &[(PayeeId, u32)]) -> String {
    let mut hash = Sha256::new();
    for (payee, version) in banks {
        hash.update(payee.uuid().as_bytes());
        hash.update(version.to_be_bytes());
    }
    hex::encode(hash.finalize())
}
