//! `.../payments/request`: a provider asks for payment of its contracts up to a week ending that is not in the future.

use std::collections::BTreeSet;

use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::{ContractId, TenantId};
use counterfoil_tenants::Error;
use counterfoil_tenants::payments::{self, Requestable};
use counterfoil_tenants::scope::{CouncilScope, Provider, Tx};
use counterfoil_tenants::steps::request_payments::{Wanted, make_requested, request_payments};
use serde::Serialize;
use uuid::Uuid;

use super::home;
use super::progress::KIND;
use crate::access::{ForOrganisationAt, Permit, Posted, ProviderAt, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::london;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec};

static CONTRACTS: TableSpec = TableSpec {
    row: ("contract", "contracts"),
    filters: &[],
    columns: &[
        Column::plain("tick", "Select"),
        Column::plain("contract", "Contract"),
        Column::plain("service", "Service"),
        Column::plain("requested", "Requested up to"),
        Column::plain("unrequested", "Not requested yet"),
    ],
    sorted: ("contract", Direction::Ascending),
    page_size: 50,
    kept: &["all"],
};

#[derive(Serialize)]
struct Page {
    back: String,
    here: String,
    table: TableShown,
    contracts: Vec<Row>,
    several: bool,
    all: bool,
    form: FormShown,
    up_to: UpTo,
}

/// The three fields of the day.
#[derive(Serialize)]
struct UpTo {
    day: String,
    month: String,
    year: String,
}

#[derive(Serialize)]
struct Row {
    value: String,
    reference: String,
    service: String,
    requested: String,
    unrequested: String,
    weeks: usize,
    ticked: bool,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    page(&visit, &pass, FormShown::empty(), None).await
}

async fn page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    form: FormShown,
    ticked: Option<BTreeSet<ContractId>>,
) -> Result<Response, Fault> {
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let query = TableQuery::parse(&CONTRACTS, &visit.path, visit.query.as_deref());
    let size = i64::from(CONTRACTS.page_size);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            payments::requestable(tx, council, organisation, today, (query.offset(), size)).await
        })
        .await;
    let (contracts, total) = read.map_err(|error| Fault::of(&error))?;
    let all = visit.asked_for("all").is_some();
    // one week at a time is best: the first that is to be asked for
    let first = contracts.iter().filter_map(|one| one.unrequested.first()).min().copied();
    let row = |one: &Requestable| Row {
        value: one.contract.to_string(),
        reference: one.reference.clone(),
        service: one.service.clone(),
        requested: one.requested_up_to.map_or_else(|| "Never".to_owned(), london::day),
        unrequested: match (one.unrequested.first(), one.unrequested.last()) {
            (Some(first), Some(last)) if first != last => {
                format!("Week endings {} to {}", london::day(*first), london::day(*last))
            }
            (Some(only), _) => format!("Week ending {}", london::day(*only)),
            _ => "Nothing".to_owned(),
        },
        weeks: one.unrequested.len(),
        ticked: ticked.as_ref().map_or(all, |ticked| ticked.contains(&one.contract)),
    };
    let page = Page {
        back: home(pass),
        here: format!("{}/request", home(pass)),
        table: query.shown(&query.window(total.unsigned_abs())),
        several: contracts.iter().any(|one| one.unrequested.len() > 1),
        contracts: contracts.iter().map(row).collect(),
        all,
        up_to: up_to(first),
        form,
    };
    visit.page("payments/request.html", &pass.shell(visit).await?, page)
}

fn up_to(day: Option<NaiveDate>) -> UpTo {
    let part = |format: &str| day.map(|day| day.format(format).to_string()).unwrap_or_default();
    UpTo { day: part("%-d"), month: part("%-m"), year: part("%Y") }
}

fn day_typed(typed: &Typed) -> Option<NaiveDate> {
    let number = |name| typed.text(name).parse::<u32>().ok();
    let year = i32::try_from(number("up-to-year")?).ok().filter(|year| (2000..2200).contains(year))?;
    NaiveDate::from_ymd_opt(year, number("up-to-month")?, number("up-to-day")?)
}

/// Asks, and begins at once.
pub(crate) async fn ask(Permit { visit, pass }: Permit<ProviderAt>, Posted(typed): Posted) -> Result<Response, Fault> {
    let contracts: BTreeSet<ContractId> = typed.all("contract").filter_map(|id| id.parse().ok()).collect();
    let mut errors = Errors::new();
    errors.unless(!contracts.is_empty(), "contracts", "Select the contracts that you ask for");
    let up_to = day_typed(&typed);
    errors.unless(up_to.is_some(), "up-to-day", "Enter a week ending, for example 20 12 2024");
    let Some(up_to) = up_to.filter(|_| errors.is_empty()) else {
        return page(&visit, &pass, FormShown::returned(&typed, &errors), Some(contracts)).await;
    };
    let place = (pass.council.id, pass.provider.organisation.id);
    let batch = Uuid::now_v7();
    let chosen: Vec<ContractId> = contracts.iter().copied().collect();
    let wanted = Wanted { batch, contracts: &chosen, up_to };
    match request_payments(&pass.provider.scope, visit.now, place, wanted).await {
        Ok(()) => {}
        Err(Error::Refused(words)) => {
            let errors = Errors::of("up-to-day", words);
            return page(&visit, &pass, FormShown::returned(&typed, &errors), Some(contracts)).await;
        }
        Err(error) => return Err(Fault::of(&error)),
    }
    let pricing = visit.app.pricing(pass.council.id, &visit);
    begin(&visit, pricing, pass.council.id, batch);
    Ok(Redirect::to(&format!("{}/request/{batch}", home(&pass))).into_response())
}

/// Works beside the pages, and tells open ones how far it is. What goes wrong here a job does again.
fn begin(visit: &Visit, pricing: CouncilScope, tenant: TenantId, batch: Uuid) {
    let (app, now) = (visit.app.clone(), visit.now);
    tokio::spawn(async move {
        let events = app.events().clone();
        let told = move |done, of| {
            let event = Event::Progress { tenant, kind: KIND.to_owned(), id: batch, done, of };
            let events = events.clone();
            tokio::spawn(async move { events.publish(event).await });
        };
        if let Err(error) = make_requested(&pricing, app.means(), now, batch, &told).await {
            tracing::warn!(%error, %batch, "a request for payments was interrupted");
        }
    });
}
