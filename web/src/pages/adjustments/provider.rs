//! `/organisations/{organisation}/councils/{council}/adjustments`: what a provider asks to be changed in a plan, and asking.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::{AdjustmentId, ClaimId, ServiceLineId};
use counterfoil_core::plan::{LineVersion, Plan};
use counterfoil_core::pricing::facts::Unit;
use counterfoil_core::pricing::words::units;
use counterfoil_tenants::Error;
use counterfoil_tenants::adjustment::{self, AdjustmentSeen, Asker, NewAdjustment, State, Wanted};
use counterfoil_tenants::care::{self, LineSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::shown::{self, ListPage, PAGE, Page, REFERENCE, Row, STATE, plan_on};
use crate::access::{ForOrganisationAt, Permit, Posted, ProviderAt, Visit};
use crate::actuals::quantity;
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed, day, day_fields};
use crate::pages::contracts::words;
use crate::shell::Banner;
use crate::table::{Column, Direction, TableQuery, TableSpec};

static ADJUSTMENTS: TableSpec = TableSpec {
    row: ("adjustment", "adjustments"),
    filters: &[STATE, REFERENCE],
    columns: &[
        Column::plain("line", "Service line"),
        Column::plain("person", "Person"),
        Column::plain("contract", "Contract"),
        Column::plain("quantity", "A week"),
        Column::plain("days", "Days"),
        Column::plain("state", "State"),
        Column::plain("asked", "Asked"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: PAGE,
    kept: &[],
};

#[derive(Serialize)]
struct AskPage {
    council: String,
    form: FormShown,
    action: String,
    back: (String, String),
    person: String,
    contract: String,
    /// What is planned today, or was last.
    plan: String,
    unit: &'static str,
    timetabled: bool,
    seen: u32,
}

#[derive(Serialize)]
struct ChoosePage {
    back: String,
    /// Each with where its form is.
    lines: Vec<(String, String)>,
}

fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/adjustments", pass.home())
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let query = TableQuery::parse(&ADJUSTMENTS, &visit.path, visit.query.as_deref());
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let mut wanted = Wanted {
            state: shown::state(&query),
            reference: query.filter("reference").map(str::to_owned),
            limit: i64::from(PAGE),
            ..Wanted::default()
        };
        let total = adjustment::count_own(tx, council, organisation, &wanted).await?;
        let window = query.window(total.unsigned_abs());
        wanted.offset = window.offset;
        Ok((adjustment::list_own(tx, council, organisation, &wanted).await?, window))
    });
    let (rows, window) = read.await.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let page = ListPage {
        heading: format!("Adjustments of plans with {}", pass.council.name),
        table: query.shown(&window),
        adjustments: rows.iter().map(|row| Row::of(row, &home)).collect(),
        with_provider: false,
    };
    visit.page("adjustments/list.html", &pass.shell(&visit).await?, page)
}

async fn line(visit: &Visit, pass: &ForOrganisationAt, named: &str) -> Result<LineSeen, Fault> {
    let id: ServiceLineId = named.parse().map_err(|_| Fault::NotFound)?;
    let when = (local_time(visit.now).date(), visit.now);
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| care::line_own(tx, council, organisation, id, when).await);
    read.await.map_err(|error| Fault::of(&error))
}

/// The form, for the line that the address names.
pub(crate) async fn show_new(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let Some(named) = visit.asked_for("line") else {
        return match visit.asked_for("claim") {
            Some(claim) => choose_page(&visit, &pass, &claim).await,
            // an address that names nothing leads to where adjustments begin
            None => Ok(Redirect::to(&format!("{}/contracts", pass.home())).into_response()),
        };
    };
    let line = line(&visit, &pass, &named).await?;
    let form = FormShown::filled(day_fields("from", local_time(visit.now).date()));
    ask_page(&visit, &pass, &line, form).await
}

/// The lines of a claim to choose from; the form itself where there is one.
async fn choose_page(visit: &Visit, pass: &ForOrganisationAt, claim: &str) -> Result<Response, Fault> {
    let id: ClaimId = claim.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| adjustment::lines_of_claim_own(tx, council, organisation, id).await);
    let lines = read.await.map_err(|error| Fault::of(&error))?;
    let form = |line: &ServiceLineId| format!("{}/new?line={line}&claim={id}", home(pass));
    if let [(line, _)] = lines.as_slice() {
        return Ok(Redirect::to(&form(line)).into_response());
    }
    let page = ChoosePage {
        back: format!("{}/claims/{id}", pass.home()),
        lines: lines.iter().map(|(line, reference)| (form(line), reference.clone())).collect(),
    };
    visit.page("adjustments/choose.html", &pass.shell(visit).await?, page)
}

/// Asks.
pub(crate) async fn ask(Permit { visit, pass }: Permit<ProviderAt>, Posted(typed): Posted) -> Result<Response, Fault> {
    let named = visit.asked_for("line").unwrap_or_default();
    let line = line(&visit, &pass, &named).await?;
    let mut errors = Errors::new();
    let unit = line.versions.last().map_or(Unit::Hour, |seen| seen.version.unit);
    let wanted = quantity(typed.raw("wanted"), unit);
    if let Err(error) = &wanted {
        errors.add("wanted", format!("The quantity a week: {error}"));
    }
    let from = day(&typed, "from", "The first day", &mut errors);
    let to = last_day(&typed, "to", &mut errors);
    let why = typed.lines("why");
    errors.unless(!why.is_empty(), "why", "Enter why the plan should change");
    let claim: Option<ClaimId> = visit.asked_for("claim").and_then(|claim| claim.parse().ok());
    if let (true, Some(from), Ok(wanted)) = (errors.is_empty(), from, wanted) {
        let seen: u32 = typed.text("seen").parse().unwrap_or_default();
        let new = NewAdjustment { line: line.id, from, to, wanted, why, claim, seen };
        let own = (pass.council.id, pass.provider.organisation.id);
        let access = &pass.provider.me.access;
        let asker = Asker { person: access.person(), name: access.name(), email: access.email() };
        match adjustment::ask(&pass.provider.scope, visit.now, own, asker, &new).await {
            Ok(id) => return Ok(Redirect::to(&format!("{}/{id}?done=asked", home(&pass))).into_response()),
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("from-day", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    ask_page(&visit, &pass, &line, FormShown::returned(&typed, &errors)).await
}

/// A last day, which may be left empty.
pub(super) fn last_day(typed: &Typed, name: &str, errors: &mut Errors) -> Option<chrono::NaiveDate> {
    let is_empty = ["day", "month", "year"].iter().all(|part| typed.text(&format!("{name}-{part}")).is_empty());
    if is_empty { None } else { day(typed, name, "The last day", errors) }
}

async fn ask_page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    line: &LineSeen,
    form: FormShown,
) -> Result<Response, Fault> {
    let versions: Vec<LineVersion> = line.versions.iter().map(|seen| seen.version.clone()).collect();
    let newest = versions.last().ok_or(Fault::NotFound)?;
    let today = local_time(visit.now).date();
    let now = plan_on(&versions, today, (None, visit.now));
    let claim = visit.asked_for("claim").map(|claim| format!("&claim={claim}")).unwrap_or_default();
    let page = AskPage {
        council: pass.council.name.clone(),
        form,
        action: format!("{}/new?line={}{claim}", home(pass), line.id),
        back: (format!("{}/contracts/lines/{}", pass.home(), line.id), line.reference.clone()),
        person: line.person.clone(),
        contract: line.contract.1.clone(),
        plan: now.map_or_else(|| words::plan(&newest.plan, newest.unit), |(_, plan)| plan),
        unit: units(newest.unit),
        timetabled: matches!(newest.plan, Plan::Timetable { .. }),
        seen: newest.version,
    };
    visit.page("adjustments/ask.html", &pass.shell(visit).await?, page)
}

async fn found(pass: &ForOrganisationAt, id: &str) -> Result<AdjustmentSeen, Fault> {
    let id: AdjustmentId = id.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| adjustment::find_own(tx, council, organisation, id).await);
    read.await.map_err(|error| Fault::of(&error))
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    page(&visit, &pass, &seen, FormShown::empty()).await
}

/// Takes it back.
pub(crate) async fn withdraw(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let own = (pass.council.id, pass.provider.organisation.id);
    let access = &pass.provider.me.access;
    let who = (access.person(), access.name());
    match adjustment::withdraw_own(&pass.provider.scope, visit.now, own, who, seen.asked.id).await {
        Ok(()) => Ok(Redirect::to(&format!("{}/{}?done=withdrawn", home(&pass), seen.asked.id)).into_response()),
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let seen = found(&pass, &id).await?;
            page(&visit, &pass, &seen, FormShown::returned(&typed, &Errors::of("state", words))).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    seen: &AdjustmentSeen,
    form: FormShown,
) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    let banner = match visit.asked_for("done").as_deref() {
        Some("asked") => {
            let words = "The council decides. You are told by email, and see it here.";
            Some(Banner::success("You have asked for an adjustment").text(words))
        }
        Some("withdrawn") => Some(Banner::success("The adjustment is withdrawn")),
        _ => None,
    };
    if let Some(banner) = banner {
        shell = shell.banner(banner);
    }
    let at = pass.home();
    let page = Page {
        withdraws: seen.listed.state == State::Open,
        form,
        ..Page::of(seen, (&at, &home(pass)), Some(format!("{at}/claims")), visit.now)
    };
    visit.page("adjustments/adjustment.html", &shell, page)
}
