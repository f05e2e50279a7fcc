//! `/api/v1/councils/{council}/runs/{run}`: a payment run with what it pays to each payee.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::RunId;
use counterfoil_core::run::RunState;
use counterfoil_tenants::run_seen::{self, PaymentSeen, RunDetail};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use crate::access::{Finance, Permit, Staff};
use crate::fault::Fault;

/// At most so many payments: a county has 2,500 a month.
const MOST: i64 = 10_000;

#[derive(Serialize)]
struct Answer {
    id: String,
    schedule: String,
    starts: NaiveDate,
    ends: NaiveDate,
    sequence: u32,
    state: RunState,
    bank_date: NaiveDate,
    opened_at: DateTime<Utc>,
    opened_by: String,
    finalised_at: Option<DateTime<Utc>>,
    finalised_by: Option<String>,
    approved_at: Option<DateTime<Utc>>,
    approved_by: Option<String>,
    contracts_to_do: i64,
    contracts_done: i64,
    claims: i64,
    entries: i64,
    posted_pence: i64,
    adjustments_pence: i64,
    pays_pence: i64,
    carried_pence: i64,
    payment_file: Option<File>,
    payments: Vec<Payment>,
}

#[derive(Serialize)]
struct File {
    id: String,
    serial: u32,
    items: u32,
    total_pence: i64,
    sha256: String,
}

#[derive(Serialize)]
struct Payment {
    payee: String,
    name: String,
    supplier_number: String,
    brought_forward_pence: i64,
    entries_pence: i64,
    carried_forward_pence: i64,
    pays_pence: i64,
    reference: String,
    remittance: Option<String>,
}

/// The run.
pub(crate) async fn show(
    Permit { pass, .. }: Permit<Staff<Finance>>,
    Path((_, run)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let id: RunId = run.parse().map_err(|_| Fault::NotFound)?;
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| Ok((run_seen::find(tx, id).await?, run_seen::payments(tx, id, (0, MOST)).await?)))
        .await;
    let (run, payments) = read.map_err(|error| Fault::of(&error))?;
    Ok(Json(answer(run, payments)).into_response())
}

fn answer(seen: RunDetail, payments: Vec<PaymentSeen>) -> Answer {
    let run = &seen.run;
    Answer {
        id: run.id.to_string(),
        schedule: seen.schedule.clone(),
        starts: seen.period.0,
        ends: seen.period.1,
        sequence: run.sequence,
        state: run.state,
        bank_date: seen.bank_date,
        opened_at: run.created_at,
        opened_by: seen.name_of(&run.opened_by),
        finalised_at: run.finalised_at,
        finalised_by: run.finalised_by.as_ref().map(|actor| seen.name_of(actor)),
        approved_at: run.approved_at,
        approved_by: run.approved_by.as_ref().map(|actor| seen.name_of(actor)),
        contracts_to_do: seen.progress.0,
        contracts_done: seen.progress.1,
        claims: seen.totals.claims,
        entries: seen.totals.entries,
        posted_pence: seen.totals.posted.pence(),
        adjustments_pence: seen.totals.adjustments.pence(),
        pays_pence: seen.totals.pays.pence(),
        carried_pence: seen.totals.carried.pence(),
        payment_file: seen.file.as_ref().map(|file| File {
            id: file.id.to_string(),
            serial: file.serial,
            items: file.items,
            total_pence: file.total.pence(),
            sha256: file.digest.clone(),
        }),
        payments: payments.into_iter().map(Payment::of).collect(),
    }
}

impl Payment {
    fn of(seen: PaymentSeen) -> Self {
        Self {
            payee: seen.payee.to_string(),
            name: seen.name,
            supplier_number: seen.supplier_number,
            brought_forward_pence: seen.brought_forward.pence(),
            entries_pence: seen.entries.pence(),
            carried_forward_pence: seen.carried_forward.pence(),
            pays_pence: seen.pays.pence(),
            reference: seen.reference,
            remittance: seen.remittance,
        }
    }
}
