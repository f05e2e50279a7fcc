//! Issues the payment file of an approved run: its bytes, digest and serial are stored before anything leaves, and
//! nothing makes a second one. Before it [`approve_run`](super::approve_run), after it
//! [`send_file`](super::send_file).

use chrono::{DateTime, Utc};
use counterfoil_core::bacs::{BacsItem, BacsSubmission, processing_day};
use counterfoil_core::calendar::clock;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PayeeId, PaymentFileId, RunId};
use counterfoil_core::money::Money;
use counterfoil_core::run::RunState;
use uuid::Uuid;

use super::Means;
use super::approve_run::{current_banks, digest, paid};
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::failpoint;
use crate::jobs::{self, Job};
use crate::payment::Payment;
use crate::payment_file::{self, PaymentFile};
use crate::profile::{PaymentFormat, SubmissionDay};
use crate::run::Run;
use crate::scope::{CouncilScope, Tx};
use crate::{bank, payee, profile, run, schedule};

/// What became of issuing a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issued {
    /// The file, now or before: the run has one and only one.
    File(PaymentFileId),
    /// The run pays nobody, so that there is no file.
    NothingToPay,
    /// Bank details were changed after the approval, which is void: somebody has to approve again.
    ApprovalVoid,
}

/// Issues the payment file of a run.
///
/// # Errors
/// [`Error::Refused`] when the run is not approved, or something in it cannot be paid.
pub async fn issue_file(scope: &CouncilScope, means: &Means, at: DateTime<Utc>, run: RunId) -> Result<Issued> {
    let issued = scope.transaction(at, async |tx: &mut Tx<'_>| issue(tx, means, run).await).await?;
    failpoint::hit("file-issued");
    Ok(issued)
}

async fn issue(tx: &mut Tx<'_>, means: &Means, id: RunId) -> Result<Issued> {
    let mut found = run::lock(tx, id).await?;
    match found.state {
        RunState::Approved => {}
        RunState::Open | RunState::Finalised => {
            return Err(Error::Refused("This run has not been approved yet.".to_owned()));
        }
        RunState::FileIssued | RunState::Sent | RunState::Settled | RunState::Unknown => {
            tx.discard();
            let file = payment_file::of_run(tx, id).await?;
            return Ok(file.map_or(Issued::NothingToPay, |file| Issued::File(file.id)));
        }
    }
    let paid = paid(tx, id).await?;
    let payees: Vec<PayeeId> = paid.iter().map(|payment| payment.payee_id).collect();
    if found.banks_digest != Some(digest(&current_banks(tx, &payees).await?)) {
        found.state = RunState::Finalised;
        (found.approved_at, found.approved_by, found.banks_digest) = (None, None, None);
        let mut audited = tx.audited(Record::of(Action::VoidApproval, id)).await?;
        run::update(&mut audited, RunState::Approved, &found).await?;
        return Ok(Issued::ApprovalVoid);
    }
    let file_id = PaymentFileId::from_uuid(Uuid::new_v5(&id.uuid(), b"payment file"));
    let issues = !paid.is_empty();
    let detail = serde_json::json!({ "run": id, "payments": paid.len() });
    let mut audited = tx.audited(Record::of(Action::IssuePaymentFile, file_id).detail(detail)).await?;
    if issues {
        let serial = payment_file::next_serial(&mut audited).await?;
        let file = written(&mut audited, means, (&found, file_id, serial), &paid).await?;
        payment_file::add(&mut audited, file).await?;
    }
    found.state = RunState::FileIssued;
    run::update(&mut audited, RunState::Approved, &found).await?;
    jobs::enqueue(&mut audited, Job::WriteRemittances { run: id }).await?;
    failpoint::hit("file-issuing-before-commit");
    Ok(if issues { Issued::File(file_id) } else { Issued::NothingToPay })
}

async fn written(
    tx: &mut Tx<'_>,
    means: &Means,
    (run, id, serial): (&Run, PaymentFileId, u32),
    paid: &[Payment],
) -> Result<PaymentFile> {
    let period = schedule::period(tx, run.period_id).await?;
    let today = clock::local_time(tx.at()).date();
    let settings = profile::on(tx, today).await?;
    if settings.payment_format != PaymentFormat::Bacs {
        return Err(Error::Refused(
            "This council is set to pay by a file that cannot be made yet. Choose BACS.".to_owned(),
        ));
    }
    let payees: Vec<PayeeId> = paid.iter().map(|payment| payment.payee_id).collect();
    let accounts = bank::open_payees(tx, &means.master_key, &payees).await?;
    let payees = payee::find_all(tx, &payees).await?;
    let mut items = Vec::with_capacity(paid.len());
    // in the order of supplier numbers, so that the file depends on what is paid and on nothing else
    for payee in payees {
        let payment = paid.iter().find(|payment| payment.payee_id == payee.id).ok_or(Error::NotFound)?;
        let (_, _, account) = accounts.iter().find(|(id, ..)| *id == payee.id).ok_or(Error::NotFound)?;
        items.push(BacsItem {
            payee_name: account.name.clone(),
            sort_code: account.sort_code.clone(),
            account: account.account.clone(),
            amount: payment.pays_pence,
            reference: payment.reference.clone(),
        });
    }
    let submitted = match settings.submission {
        SubmissionDay::FinalisationDay => period.finalisation,
        SubmissionDay::NextWorkingDay => means.holidays.bacs_days().next_working_day(period.finalisation),
    };
    let submission = BacsSubmission {
        originator: bank::open_originator(tx, &means.master_key).await?,
        serial,
        submitted: submitted.max(today),
        processing_date: processing_day(period.bank_date, &means.holidays),
        items,
    };
    let file = submission.write().map_err(Error::refused)?;
    let total = Money::total(paid.iter().map(|payment| payment.pays_pence)).map_err(Error::refused)?;
    if file.total != total {
        return Err(Error::Refused(
            "The payment file does not come to what the run pays. Nothing was issued.".to_owned(),
        ));
    }
    Ok(PaymentFile {
        id,
        run_id: run.id,
        serial,
        format: PaymentFormat::Bacs,
        bytes: file.bytes,
        digest: file.digest,
        items: file.count,
        total_pence: file.total,
        issued_at: tx.at(),
    })
}
