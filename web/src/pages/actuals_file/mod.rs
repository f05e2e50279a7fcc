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
    let (council, organisation, today) = (pass.council.id, pass.provider.organisation.id, today(visit));
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| claim::open_by_contract(tx, council, organisation, today).await);
    read.await.map_err(|error| Fault::of(&error))
}

/// The page with both forms.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    page(&visit, &pass, &Errors::new()).await
}

async fn page(visit: &Visit, pass: &ForOrganisationAt, errors: &Errors) -> Result<Response, Fault> {
    let open = open(visit, pass).await?;
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
        contracts,
        weeks: [all].into_iter().chain(ends.iter().rev().map(week)).collect(),
        gone: visit.asked_for("done").as_deref() == Some("gone"),
    };
    visit.page("actuals_file/start.html", &pass.shell(visit).await?, page)
}
