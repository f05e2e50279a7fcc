//! Finalises a run once every contract is in: sums the entries of each payee, brings its balance forward, and decides
//! what goes out. Before it [`post_contract`](super::post_contract), after it [`approve_run`](super::approve_run).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PayeeId, RunId};
use counterfoil_core::money::Money;
use counterfoil_core::run::{PayeePayment, RunState, settle_payee};

use crate::audit::Record;
use crate::error::{Error, Result};
use crate::failpoint;
use crate::payee::{self, Payee};
use crate::payment::{self, Payment};
use crate::scope::{CouncilScope, Tx};
use crate::{bank, entry, profile, run};

/// What a run comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Finalised {
    /// How many payees have entries in it.
    pub payees: usize,
    /// How many of them are paid.
    pub paid: usize,
    /// What goes out.
    pub amount: Money,
    /// Whether it was finalised before.
    pub already: bool,
}

/// Finalises a run.
///
/// # Errors
/// [`Error::Refused`] while contracts are still to do.
pub async fn finalise_run(scope: &CouncilScope, at: DateTime<Utc>, run: RunId) -> Result<Finalised> {
    let finalised = scope.transaction(at, async |tx: &mut Tx<'_>| finalise(tx, run).await).await?;
    failpoint::hit("run-finalised");
    Ok(finalised)
}

async fn finalise(tx: &mut Tx<'_>, id: RunId) -> Result<Finalised> {
    let mut found = run::lock(tx, id).await?;
    if found.state != RunState::Open {
        tx.discard();
        return Ok(Finalised { already: true, ..Finalised::default() });
    }
    let (to_do, _) = run::progress(tx, id).await?;
    if to_do > 0 {
        return Err(Error::Refused(format!("{to_do} contracts of this run are still being worked through.")));
    }
    let payments = payments(tx, id).await?;
    let amount = Money::total(payments.iter().map(|payment| payment.pays_pence)).map_err(Error::refused)?;
    let finalised = Finalised {
        payees: payments.len(),
        paid: payments.iter().filter(|payment| !payment.pays_pence.is_zero()).count(),
        amount,
        already: false,
    };
    let detail = serde_json::json!({ "payees": finalised.payees, "paid": finalised.paid, "pence": finalised.amount });
    found.state = RunState::Finalised;
    (found.finalised_at, found.finalised_by) = (Some(tx.at()), Some(tx.actor()));
    let mut audited = tx.audited(Record::of(Action::FinaliseRun, id).detail(detail)).await?;
    payment::add(&mut audited, payments).await?;
    run::update(&mut audited, RunState::Open, &found).await?;
    failpoint::hit("run-finalising-before-commit");
    Ok(finalised)
}

async fn payments(tx: &mut Tx<'_>, id: RunId) -> Result<Vec<Payment>> {
    let mut earned: BTreeMap<PayeeId, Vec<Money>> = BTreeMap::new();
    for entry in entry::of_run(tx, id).await? {
        earned.entry(entry.payee_id).or_default().push(entry.pence);
    }
    let ids: Vec<PayeeId> = earned.keys().copied().collect();
    let before = payment::newest(tx, &ids).await?;
    let banks = bank::versions(tx, &ids).await?;
    let smallest = profile::on(tx, clock::local_time(tx.at()).date()).await?.small_balance_pence;
    let mut payments = Vec::with_capacity(earned.len());
    for payee in payee::find_all(tx, &ids).await? {
        let entries = earned.remove(&payee.id).unwrap_or_default();
        let entries = Money::total(entries).map_err(Error::refused)?;
        let last = before.get(&payee.id);
        let balance = last.map(|last| last.carried_forward_pence).unwrap_or_default();
        let settled = settle_payee(balance, entries, smallest).map_err(Error::refused)?;
        let bank = banks.iter().find(|row| row.payee_id == payee.id).map(|row| row.version);
        payments.push(payment_of(id, payee, last.map_or(0, |last| last.sequence), settled, bank));
    }
    Ok(payments)
}

fn payment_of(run: RunId, payee: Payee, before: u32, settled: PayeePayment, bank: Option<u32>) -> Payment {
    Payment {
        run_id: run,
        payee_id: payee.id,
        organisation_id: payee.organisation_id,
        sequence: before + 1,
        brought_forward_pence: settled.brought_forward,
        entries_pence: settled.entries,
        carried_forward_pence: settled.carried_forward,
        pays_pence: settled.payment,
        bank_version: bank.filter(|_| !settled.payment.is_zero()),
        reference: reference(run, &payee.supplier_number),
    }
}

/// What the payee finds on the bank statement and on the remittance: the run and the supplier, within the 18
/// characters that BACS carries.
fn reference(run: RunId, supplier_number: &str) -> String {
    let code: String = run.uuid().simple().to_string().chars().take(6).collect();
    format!("R{}-{supplier_number}", code.to_uppercase())
}
