//! `/councils/{council}/queries`: what providers ask, the most urgent first, for finance and commissioning staff to answer or
//! to pass on.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::{QueryId, TeamId};
use counterfoil_tenants::Error;
use counterfoil_tenants::care_query::{self, QuerySeen, Status, Team, Wanted};
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::shown::{PAGE, Row, STATUS, Said, said, status};
use crate::access::{Answering, AtCouncil, Member, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

static QUERIES: TableSpec = TableSpec {
    row: ("query", "queries"),
    filters: &[STATUS, Filter { name: "to", label: "Team or worker", kind: FilterKind::Words }],
    columns: &[
        Column::plain("about", "About"),
        Column::plain("provider", "Provider"),
        Column::plain("person", "Person"),
        Column::plain("line", "Contract and line"),
        Column::plain("urgency", "Urgency"),
        Column::plain("status", "Status"),
        Column::plain("to", "Sent to"),
        Column::plain("asked", "Asked"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: PAGE,
    kept: &[],
};

#[derive(Serialize)]
struct ListPage {
    table: TableShown,
    queries: Vec<Row>,
}

#[derive(Serialize)]
struct Page {
    id: String,
    row: Row,
    said: Vec<Said>,
    /// The answer.
    form: FormShown,
    /// To whom it is passed on.
    passing: FormShown,
    home: String,
    teams: Vec<Item>,
    answers: bool,
    has_line: bool,
    is_closed: bool,
}

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
}

fn home(pass: &AtCouncil) -> String {
    format!("/councils/{}/queries", pass.council.slug)
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Member>>) -> Result<Response, Fault> {
    let query = TableQuery::parse(&QUERIES, &visit.path, visit.query.as_deref());
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| {
            let mut wanted = Wanted {
                status: status(&query),
                sent_to: query.filter("to").map(str::to_owned),
                offset: 0,
                limit: i64::from(PAGE),
            };
            let total = care_query::count(tx, &wanted).await?;
            let window = query.window(total.unsigned_abs());
            wanted.offset = window.offset;
            Ok((care_query::list(tx, &wanted).await?, window))
        })
        .await;
    let (rows, window) = read.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let page = ListPage { table: query.shown(&window), queries: rows.iter().map(|row| Row::of(row, &home)).collect() };
    visit.page("queries/council_list.html", &pass.shell(&visit).await?, page)
}

async fn found(pass: &AtCouncil, id: &str) -> Result<(QuerySeen, Vec<Team>), Fault> {
    let id: QueryId = id.parse().map_err(|_| Fault::NotFound)?;
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| Ok((care_query::find(tx, id).await?, care_query::teams(tx).await?)))
        .await;
    read.map_err(|error| Fault::of(&error))
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Member>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let found = found(&pass, &id).await?;
    page(&visit, &pass, &found, (FormShown::empty(), FormShown::empty())).await
}

/// Answers it.
pub(crate) async fn reply(
    Permit { visit, pass }: Permit<Staff<Answering>>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let found = found(&pass, &id).await?;
    let (message, closes) = (typed.lines("message"), typed.chose("closes", "yes"));
    let writer = (pass.me.access.person(), pass.me.access.name());
    let answer = (found.0.query.id, message.as_str(), closes);
    match care_query::reply(&pass.scope, visit.now, writer, answer).await {
        Ok(()) => Ok(Redirect::to(&format!("{}/{}?done=answered", home(&pass), found.0.query.id)).into_response()),
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let form = FormShown::returned(&typed, &Errors::of("message", words));
            page(&visit, &pass, &found, (form, FormShown::empty())).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Passes it on.
pub(crate) async fn pass_on(
    Permit { visit, pass }: Permit<Staff<Answering>>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let found = found(&pass, &id).await?;
    let mut errors = Errors::new();
    let (name, email) = (typed.text("worker"), typed.text("worker_email"));
    errors.unless(name.chars().count() <= 120, "worker", "Name must be 120 characters or fewer");
    errors.unless(
        email.is_empty() || email.contains('@'),
        "worker_email",
        "Enter an email address in the correct format",
    );
    let team: Option<TeamId> = typed.text("team").parse().ok();
    if errors.is_empty() {
        let remembers = typed.chose("remembers", "yes");
        let passed =
            care_query::pass_on(&pass.scope, visit.now, found.0.query.id, (team, (name, email)), remembers).await;
        match passed {
            Ok(()) => {
                return Ok(Redirect::to(&format!("{}/{}?done=passed", home(&pass), found.0.query.id)).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("team", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    let passing = FormShown::returned(&typed, &errors);
    page(&visit, &pass, &found, (FormShown::empty(), passing)).await
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    (seen, teams): &(QuerySeen, Vec<Team>),
    (form, passing): (FormShown, FormShown),
) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    let banner = match visit.asked_for("done").as_deref() {
        Some("answered") => Some(Banner::success("Your answer is sent").text("The provider is told by email.")),
        Some("passed") => Some(Banner::success("The query is passed on")),
        _ => None,
    };
    if let Some(banner) = banner {
        shell = shell.banner(banner);
    }
    let answering =
        [CouncilRole::Officer, CouncilRole::Approver, CouncilRole::Commissioning, CouncilRole::Administrator];
    let home = home(pass);
    let none = Item { value: String::new(), text: "No team: a worker instead".to_owned() };
    let named = teams.iter().map(|team| Item {
        value: team.id.to_string(),
        text: if team.area.is_empty() { team.name.clone() } else { format!("{} ({})", team.name, team.area) },
    });
    let page = Page {
        id: seen.query.id.to_string(),
        row: Row::of(&seen.listed, &home),
        said: said(seen),
        form,
        passing,
        teams: std::iter::once(none).chain(named).collect(),
        answers: answering.iter().any(|role| pass.council.roles.contains(role)),
        has_line: seen.query.service_line_id.is_some(),
        is_closed: seen.query.status == Status::Closed,
        home,
    };
    visit.page("queries/council_query.html", &shell, page)
}
