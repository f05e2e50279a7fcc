//! What a provider keeps of its confirmations of a week, to be printed.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::money::Money;
use serde::Serialize;

use super::week::{self, Named};
use super::week_of;
use super::words::Words;
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::london;

#[derive(Serialize)]
struct Page {
    words: Words,
    back: String,
    contract: String,
    service: String,
    week: String,
    organisation: String,
    council: String,
    total: String,
    receipts: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    person: String,
    reference: String,
    dated: Option<String>,
    receipt: String,
    name: String,
    at: String,
    comment: String,
    claimed: String,
    payable: String,
    bank: String,
}

/// The page; there is none before anything is confirmed.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, contract, week)): Named,
) -> Result<Response, Fault> {
    let seen = week::read(&pass, &contract, &week).await?;
    let confirmed = || seen.claims.iter().filter_map(|claim| Some((claim, claim.confirmed.as_ref()?)));
    let payable = |claim: &counterfoil_tenants::payments::ClaimOfWeek| {
        claim.assessed.as_ref().map(|assessed| assessed.payable).unwrap_or_default()
    };
    if confirmed().next().is_none() {
        return Err(Fault::NotFound);
    }
    let page = Page {
        words: Words::of(seen.words.vocabulary),
        back: week_of(&pass, seen.contract, seen.starts),
        contract: seen.reference.clone(),
        service: seen.service.clone(),
        week: london::span(seen.starts, seen.ends),
        organisation: pass.provider.organisation.name.clone(),
        council: pass.council.name.clone(),
        total: Money::total(confirmed().map(|(claim, _)| payable(claim))).unwrap_or_default().to_string(),
        receipts: confirmed()
            .map(|(claim, confirmed)| Row {
                person: claim.person.clone(),
                reference: claim.reference.clone(),
                dated: claim.invoice_date.map(london::day),
                receipt: confirmed.receipt.simple().to_string(),
                name: confirmed.name.clone(),
                at: london::moment(confirmed.at),
                comment: confirmed.comment.clone().unwrap_or_default(),
                claimed: claim.assessed.as_ref().map(|assessed| assessed.claimed).unwrap_or_default().to_string(),
                payable: payable(claim).to_string(),
                bank: london::day(claim.bank_date),
            })
            .collect(),
    };
    visit.page("payments/receipt.html", &pass.shell(&visit).await?, page)
}
