//! Recalculating the open claims of a week from what is known now, with a look beforehand at what would change.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::ClaimId;
use counterfoil_core::money::Money;
use counterfoil_tenants::payments::{ClaimOfWeek, WeekSeen};
use counterfoil_tenants::steps::reprice_claims::{Repriced, preview_repricing, reprice_claims};
use serde::Serialize;

use super::week::{self, Named, is_open};
use super::week_of;
use super::words::Words;
use crate::access::{Permit, Posted, ProviderAt};
use crate::fault::Fault;
use crate::london;

#[derive(Serialize)]
struct Page {
    words: Words,
    back: String,
    here: String,
    contract: String,
    week: String,
    changed: Vec<Row>,
    unchanged: usize,
}

#[derive(Serialize)]
struct Row {
    person: String,
    /// What it is now and what it would be.
    planned: (String, String),
    claimed: (String, String),
    payable: (String, String),
}

fn open(seen: &WeekSeen) -> Vec<ClaimId> {
    seen.claims.iter().filter(|claim| is_open(claim)).map(|claim| claim.id).collect()
}

/// What would change.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, contract, week)): Named,
) -> Result<Response, Fault> {
    let seen = week::read(&pass, &contract, &week).await?;
    let pricing = visit.app.pricing(pass.council.id, &visit);
    let organisation = pass.provider.organisation.id;
    let repriced =
        preview_repricing(&pass.provider.scope, &pricing, visit.app.means(), visit.now, organisation, &open(&seen))
            .await;
    let repriced = repriced.map_err(|error| Fault::of(&error))?;
    let changed: Vec<Row> = repriced.iter().filter_map(|one| Row::of(one, &seen)).collect();
    let back = week_of(&pass, seen.contract, seen.starts);
    let page = Page {
        words: Words::of(seen.words.vocabulary),
        here: format!("{back}/recalculate"),
        back,
        contract: seen.reference.clone(),
        week: london::span(seen.starts, seen.ends),
        unchanged: repriced.len() - changed.len(),
        changed,
    };
    visit.page("payments/recalculate.html", &pass.shell(&visit).await?, page)
}

/// Lets it change.
pub(crate) async fn go(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, contract, week)): Named,
    Posted(_): Posted,
) -> Result<Response, Fault> {
    let seen = week::read(&pass, &contract, &week).await?;
    let pricing = visit.app.pricing(pass.council.id, &visit);
    let organisation = pass.provider.organisation.id;
    let done =
        reprice_claims(&pass.provider.scope, &pricing, visit.app.means(), visit.now, organisation, &open(&seen)).await;
    done.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to(&format!("{}?done=recalculated", week_of(&pass, seen.contract, seen.starts))).into_response())
}

impl Row {
    /// A row where something differs.
    fn of(one: &Repriced, seen: &WeekSeen) -> Option<Self> {
        let claim: &ClaimOfWeek = seen.claims.iter().find(|claim| claim.id == one.claim)?;
        let now = claim.assessed.as_ref().filter(|assessed| !assessed.faulted);
        let before = now.map(|now| (now.planned, now.claimed, now.payable));
        let after = one.sums.map(|sums| (sums.planned, sums.claimed, sums.payable));
        if before == after {
            return None;
        }
        let words = |sum: Option<Money>| sum.map_or_else(|| "no sum".to_owned(), |sum| sum.to_string());
        Some(Self {
            person: claim.person.clone(),
            planned: (words(before.map(|sums| sums.0)), words(after.map(|sums| sums.0))),
            claimed: (words(before.map(|sums| sums.1)), words(after.map(|sums| sums.1))),
            payable: (words(before.map(|sums| sums.2)), words(after.map(|sums| sums.2))),
        })
    }
}
