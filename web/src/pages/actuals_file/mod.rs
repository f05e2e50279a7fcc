//! `/organisations/{organisation}/councils/{council}/actuals-file`: actuals of many claims as a file. It is downloaded
//! filled in, edited in a spreadsheet and sent back; `upload` says what it would do, and only `save` does it.
//!
//! Between the two the file is held with the session for an hour, and nothing of it is stored.

mod download;
mod held;
mod progress;
mod rejects;
mod save;
mod seen;
mod shown;
mod upload;

pub(crate) use download::download;
pub(crate) use progress::stream;
pub(crate) use rejects::rejects;
pub(crate) use save::save;
pub(crate) use seen::show as show_upload;
pub(crate) use upload::upload;

use axum::response::Response;
use chrono::NaiveDate;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::ContractId;
use counterfoil_tenants::claim::{self, OpenContract};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use crate::access::{ForOrganisationAt, Permit, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;

/// What the select of weeks has for all of them.
const ALL: &str = "all";

#[derive(Serialize)]
struct Page {
    home: String,
    claims: String,
    form: FormShown,
    /// Whether there is anything to download.
    any: bool,
    contracts: Vec<Choice>,
    weeks: Vec<Choice>,
    /// Contracts of which nothing is open, and why, in a sentence.
    nothing: Vec<(String, &'static str)>,
    gone: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
    selected: bool,
}

/// Where these pages are.
fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/actuals-file", pass.home())
}

/// Where the claims are.
fn claims(pass: &ForOrganisationAt) -> String {
    format!("{}/claims", pass.home())
}

/// The day in London.
fn today(visit: &Visit) -> NaiveDate {
    local_time(visit.now).date()
}

/// What waits for actuals.
async fn open(visit: &Visit, pass: &ForOrganisationAt) -> Result<Vec<OpenContract>, Fault> {
    let (council, organisation, now) = (pass.council.id, pass.provider.organisation.id, visit.now);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| claim::open_by_contract(tx, council, organisation, now).await);
    read.await.map_err(|error| Fault::of(&error))
}

/// The contracts that have nothing to state, each with why.
async fn nothing(
    visit: &Visit,
    pass: &ForOrganisationAt,
    open: &[OpenContract],
) -> Result<Vec<(String, &'static str)>, Fault> {
    let (council, organisation, today) = (pass.council.id, pass.provider.organisation.id, today(visit));
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| claim::around_own(tx, council, organisation, today).await);
    let around = read.await.map_err(|error| Fault::of(&error))?;
    let why = |id: ContractId| {
        let mut own = open.iter().filter(|one| one.contract == id).peekable();
        if own.peek().is_none() {
            return Some("every week that is over is confirmed, or the care is paid by its plan.");
        }
        let ended = own.all(|one| one.claims == 0);
        ended.then_some(
            "the care of everybody in its open claims had ended before these weeks. What the council still pays for them \
             needs no actuals: look at it, and confirm it, under claims.",
        )
    };
    let named = around.contracts.into_iter();
    Ok(named.filter_map(|(id, reference, service)| Some((format!("{reference}, {service}"), why(id)?))).collect())
}

/// The page with both forms.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    page(&visit, &pass, &Errors::new()).await
}

async fn page(visit: &Visit, pass: &ForOrganisationAt, errors: &Errors) -> Result<Response, Fault> {
    let all = open(visit, pass).await?;
    let nothing = nothing(visit, pass, &all).await?;
    let open: Vec<&OpenContract> = all.iter().filter(|one| one.claims > 0).collect();
    let (contract, week) =
        (visit.asked_for("contract").unwrap_or_default(), visit.asked_for("week").unwrap_or_default());
    let mut contracts: Vec<Choice> = Vec::new();
    let mut ends: Vec<NaiveDate> = Vec::new();
    for one in &open {
        let value = one.contract.to_string();
        if contracts.last().is_none_or(|last| last.value != value) {
            let text = format!("{}, {}", one.reference, one.service_type);
            contracts.push(Choice { selected: value == contract, value, text });
        }
        ends.push(one.ends);
    }
    ends.sort_unstable();
    ends.dedup();
    let all = Choice { value: ALL.to_owned(), text: "All that wait for actuals".to_owned(), selected: false };
    let week = |end: &NaiveDate| Choice {
        value: end.to_string(),
        text: format!("Ending {}", london::day(*end)),
        selected: end.to_string() == week,
    };
    let page = Page {
        home: home(pass),
        claims: claims(pass),
        form: FormShown::empty().with_errors(errors),
        any: !contracts.is_empty(),
        nothing,
        contracts,
        weeks: [all].into_iter().chain(ends.iter().rev().map(week)).collect(),
        gone: visit.asked_for("done").as_deref() == Some("gone"),
    };
    visit.page("actuals_file/start.html", &pass.shell(visit).await?, page)
}
