//! `/organisations/{organisation}/councils/{council}/queries`: what a provider has asked, and asking.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::{ContractId, QueryId};
use counterfoil_tenants::Error;
use counterfoil_tenants::care::{self, Standing};
use counterfoil_tenants::care_query::{self, About, NewQuery, QuerySeen, Status, Urgency, Wanted};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::shown::{PAGE, Row, STATUS, Said, said, status};
use crate::access::{ForOrganisationAt, Permit, Posted, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::shell::Banner;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec};

/// The most contracts that a form offers.
const MOST_CONTRACTS: i64 = 1_000;

static QUERIES: TableSpec = TableSpec {
    row: ("query", "queries"),
    filters: &[STATUS],
    columns: &[
        Column::plain("about", "About"),
        Column::plain("person", "Person"),
        Column::plain("line", "Contract and line"),
        Column::plain("urgency", "Urgency"),
        Column::plain("status", "Status"),
        Column::plain("to", "Sent to"),
        Column::plain("changed", "Last message"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: PAGE,
    kept: &[],
};

#[derive(Serialize)]
struct ListPage {
    council: String,
    table: TableShown,
    queries: Vec<Row>,
    ask: String,
}

#[derive(Serialize)]
struct AskPage {
    council: String,
    form: FormShown,
    home: String,
    back: String,
    /// The line that it is about: its id, number, person and contract.
    line: Option<(String, String, String, String)>,
    contracts: Vec<Item>,
    abouts: Vec<Item>,
    urgencies: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Hint>,
}

#[derive(Serialize)]
struct Hint {
    text: &'static str,
}

#[derive(Serialize)]
struct Page {
    council: String,
    id: String,
    row: Row,
    said: Vec<Said>,
    form: FormShown,
    home: String,
    line: Option<String>,
    contract: String,
    is_closed: bool,
}

fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/queries", pass.home())
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let query = TableQuery::parse(&QUERIES, &visit.path, visit.query.as_deref());
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let mut wanted = Wanted { status: status(&query), limit: i64::from(PAGE), ..Wanted::default() };
        let total = care_query::count_own(tx, council, organisation, &wanted).await?;
        let window = query.window(total.unsigned_abs());
        wanted.offset = window.offset;
        Ok((care_query::list_own(tx, council, organisation, &wanted).await?, window))
    });
    let (rows, window) = read.await.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let page = ListPage {
        council: pass.council.name.clone(),
        table: query.shown(&window),
        queries: rows.iter().map(|row| Row::of(row, &home)).collect(),
        ask: format!("{home}/new"),
    };
    visit.page("queries/list.html", &pass.shell(&visit).await?, page)
}

/// The form, for a line or contract that the address names.
pub(crate) async fn show_new(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let named = ["line", "contract", "about"].map(|name| (name, visit.asked_for(name).unwrap_or_default()));
    let mut values: Vec<(&str, String)> = named.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    values.push(("urgency", Urgency::Soon.code().to_owned()));
    let line = visit.asked_for("line");
    ask_page(&visit, &pass, FormShown::filled(values), line.as_deref()).await
}

/// Asks.
pub(crate) async fn ask(Permit { visit, pass }: Permit<ProviderAt>, Posted(typed): Posted) -> Result<Response, Fault> {
    let mut errors = Errors::new();
    let about = About::ALL.into_iter().find(|about| about.code() == typed.text("about"));
    errors.unless(about.is_some(), "about", "Select what is wrong");
    let urgency = Urgency::ALL.into_iter().find(|urgency| urgency.code() == typed.text("urgency"));
    errors.unless(urgency.is_some(), "urgency", "Select how soon you need an answer");
    let line = Some(typed.text("line")).filter(|line| !line.is_empty());
    let seen_line = match line {
        Some(line) => Some(found_line(&visit, &pass, line).await?),
        None => None,
    };
    let contract: Option<ContractId> = match &seen_line {
        Some(seen) => Some(seen.contract.0),
        None => typed.text("contract").parse().ok(),
    };
    errors.unless(contract.is_some(), "contract", "Select the contract that it is about");
    let person = typed.text("person");
    if seen_line.is_none() && about == Some(About::NoOrder) {
        errors.unless(!person.is_empty(), "person", "Enter how you and the council know the person");
    }
    errors.unless(person.chars().count() <= 120, "person", "Person must be 120 characters or fewer");
    let message = typed.lines("message");
    if let Some(wrong) = care_query::wrong_with(&message) {
        errors.add("message", wrong);
    }
    if let (true, Some(about), Some(urgency), Some(contract)) = (errors.is_empty(), about, urgency, contract) {
        let new = NewQuery {
            contract,
            line: seen_line.as_ref().map(|seen| seen.id),
            about,
            person: if seen_line.is_some() { String::new() } else { person.to_owned() },
            urgency,
            message,
        };
        let own = (pass.council.id, pass.provider.organisation.id);
        let access = &pass.provider.me.access;
        let writer = (access.person(), access.name());
        match care_query::ask(&pass.provider.scope, visit.now, own, writer, &new).await {
            Ok(id) => return Ok(Redirect::to(&format!("{}/{id}?done=asked", home(&pass))).into_response()),
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("message", words),
            // another's contract is none that was offered
            Err(Error::NotFound) => errors.add("contract", "Select the contract that it is about"),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    ask_page(&visit, &pass, FormShown::returned(&typed, &errors), line).await
}

async fn found_line(visit: &Visit, pass: &ForOrganisationAt, line: &str) -> Result<care::LineSeen, Fault> {
    let id = line.parse().map_err(|_| Fault::NotFound)?;
    let when = (local_time(visit.now).date(), visit.now);
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| care::line_own(tx, council, organisation, id, when).await);
    read.await.map_err(|error| Fault::of(&error))
}

async fn ask_page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    form: FormShown,
    line: Option<&str>,
) -> Result<Response, Fault> {
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let line = match line {
        Some(line) => {
            let seen = found_line(visit, pass, line).await?;
            Some((seen.id.to_string(), seen.reference, seen.person, seen.contract.1))
        }
        None => None,
    };
    let contracts = if line.is_some() {
        Vec::new()
    } else {
        let wanted = care::Wanted {
            reference: None,
            payee: None,
            service: None,
            standing: Standing::All,
            today: local_time(visit.now).date(),
            by_service: false,
            descending: false,
            offset: 0,
            limit: MOST_CONTRACTS,
        };
        let read = pass
            .provider
            .scope
            .read(async |tx: &mut Tx<'_, Provider>| care::list_own(tx, council, organisation, &wanted).await);
        read.await.map_err(|error| Fault::of(&error))?
    };
    let item = |value: &str, text: &str| Item { value: value.to_owned(), text: text.to_owned(), hint: None };
    let mut choices = vec![item("", "Choose a contract")];
    choices.extend(
        contracts
            .iter()
            .map(|listed| item(&listed.id.to_string(), &format!("{}, {}", listed.reference, listed.service_type))),
    );
    let home = home(pass);
    let page = AskPage {
        council: pass.council.name.clone(),
        form,
        back: match &line {
            Some((id, ..)) => format!("{}/contracts/lines/{id}", pass.home()),
            None => home.clone(),
        },
        home,
        contracts: choices,
        // what is on a line has an order
        abouts: About::ALL
            .into_iter()
            .filter(|about| line.is_none() || *about != About::NoOrder)
            .map(|about| item(about.code(), about.words()))
            .collect(),
        urgencies: Urgency::ALL
            .into_iter()
            .map(|urgency| Item {
                hint: Some(Hint {
                    text: match urgency {
                        Urgency::Urgent => "Care or pay depends on it now",
                        Urgency::Soon => "Before the next cut-off",
                        Urgency::Routine => "When there is time",
                    },
                }),
                ..item(urgency.code(), urgency.words())
            })
            .collect(),
        line,
    };
    visit.page("queries/ask.html", &pass.shell(visit).await?, page)
}

async fn found(pass: &ForOrganisationAt, id: &str) -> Result<QuerySeen, Fault> {
    let id: QueryId = id.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| care_query::find_own(tx, council, organisation, id).await);
    read.await.map_err(|error| Fault::of(&error))
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    if seen.query.status != Status::Open && !seen.query.answer_read {
        let own = (pass.council.id, pass.provider.organisation.id);
        let read = care_query::read_answer(&pass.provider.scope, visit.now, own, seen.query.id).await;
        read.map_err(|error| Fault::of(&error))?;
    }
    page(&visit, &pass, &seen, FormShown::empty()).await
}

/// Says more about it.
pub(crate) async fn reply(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let message = typed.lines("message");
    let own = (pass.council.id, pass.provider.organisation.id);
    let access = &pass.provider.me.access;
    let writer = (access.person(), access.name());
    let said = (seen.query.id, message.as_str());
    match care_query::reply_own(&pass.provider.scope, visit.now, own, writer, said).await {
        Ok(()) => Ok(Redirect::to(&format!("{}/{}?done=replied", home(&pass), seen.query.id)).into_response()),
        Err(Error::Refused(words) | Error::Conflict(words)) => again(&visit, &pass, &seen, &typed, words).await,
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn again(
    visit: &Visit,
    pass: &ForOrganisationAt,
    seen: &QuerySeen,
    typed: &Typed,
    words: String,
) -> Result<Response, Fault> {
    page(visit, pass, seen, FormShown::returned(typed, &Errors::of("message", words))).await
}

/// Closes it.
pub(crate) async fn close(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, id)): Path<(String, String, String)>,
    Posted(_): Posted,
) -> Result<Response, Fault> {
    let id: QueryId = id.parse().map_err(|_| Fault::NotFound)?;
    let own = (pass.council.id, pass.provider.organisation.id);
    let closed = care_query::close_own(&pass.provider.scope, visit.now, own, id).await;
    closed.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to(&format!("{}/{id}?done=closed", home(&pass))).into_response())
}

async fn page(visit: &Visit, pass: &ForOrganisationAt, seen: &QuerySeen, form: FormShown) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    let banner = match visit.asked_for("done").as_deref() {
        Some("asked") => Some(Banner::success("Your query is sent").text("You are told by email when it is answered.")),
        Some("replied") => Some(Banner::success("Your message is sent")),
        Some("closed") => Some(Banner::success("The query is closed")),
        _ => None,
    };
    if let Some(banner) = banner {
        shell = shell.banner(banner);
    }
    let (home, base) = (home(pass), pass.home());
    let page = Page {
        council: pass.council.name.clone(),
        id: seen.query.id.to_string(),
        row: Row::of(&seen.listed, &home),
        said: said(seen),
        form,
        line: seen.query.service_line_id.map(|line| format!("{base}/contracts/lines/{line}")),
        contract: format!("{base}/contracts/{}", seen.query.contract_id),
        is_closed: seen.query.status == Status::Closed,
        home,
    };
    visit.page("queries/query.html", &shell, page)
}
