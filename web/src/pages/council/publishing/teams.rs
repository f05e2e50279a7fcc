//! `/councils/{council}/settings/teams`: the teams that providers' queries go to, by area or not. Who looks after whom is
//! said where a query is passed on.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::TeamId;
use counterfoil_tenants::Error;
use counterfoil_tenants::care_query::{self, Team};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::super::{home, may_change, shell};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::shell::Banner;

#[derive(Serialize)]
struct ListPage {
    home: String,
    changes: bool,
    form: FormShown,
    teams: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    href: String,
    area: String,
    email: String,
}

#[derive(Serialize)]
struct Page {
    home: String,
    changes: bool,
    form: FormShown,
    id: String,
}

/// The list, and the form for another.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    list_page(&visit, &pass, FormShown::empty()).await
}

/// Names another.
pub(crate) async fn add(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    match keep(&visit, &pass, None, &typed).await? {
        Ok(led) => Ok(led),
        Err(errors) => list_page(&visit, &pass, FormShown::returned(&typed, &errors)).await,
    }
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let id: TeamId = id.parse().map_err(|_| Fault::NotFound)?;
    let team = all(&pass).await?.into_iter().find(|team| team.id == id).ok_or(Fault::NotFound)?;
    let form = FormShown::filled([("name", team.name), ("area", team.area), ("email", team.email)]);
    page(&visit, &pass, id, form).await
}

/// Changes it.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let id: TeamId = id.parse().map_err(|_| Fault::NotFound)?;
    match keep(&visit, &pass, Some(id), &typed).await? {
        Ok(led) => Ok(led),
        Err(errors) => page(&visit, &pass, id, FormShown::returned(&typed, &errors)).await,
    }
}

async fn all(pass: &AtCouncil) -> Result<Vec<Team>, Fault> {
    let read = pass.scope.read(async |tx: &mut Tx<'_>| care_query::teams(tx).await).await;
    read.map_err(|error| Fault::of(&error))
}

async fn keep(
    visit: &Visit,
    pass: &AtCouncil,
    id: Option<TeamId>,
    typed: &Typed,
) -> Result<Result<Response, Errors>, Fault> {
    let (name, area, email) = (typed.text("name"), typed.text("area"), typed.text("email"));
    let mut errors = Errors::new();
    errors.unless(!name.is_empty(), "name", "Enter the name of the team");
    errors.unless(area.chars().count() <= 120, "area", "Area must be 120 characters or fewer");
    let is_address = email.is_empty() || (email.contains('@') && email.chars().count() <= 254);
    errors.unless(is_address, "email", "Enter an email address in the correct format");
    if errors.is_empty() {
        match care_query::name_team(&pass.scope, visit.now, id, (name, area, email)).await {
            Ok(_) => {
                let led = Redirect::to(&format!("{}/settings/teams?done=named", home(pass)));
                return Ok(Ok(led.into_response()));
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("name", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    Ok(Err(errors))
}

fn done(what: &str) -> Option<Banner> {
    (what == "named").then(|| Banner::success("The team is saved"))
}

async fn list_page(visit: &Visit, pass: &AtCouncil, form: FormShown) -> Result<Response, Fault> {
    let home = home(pass);
    let row = |team: Team| Row {
        href: format!("{home}/settings/teams/{}", team.id),
        name: team.name,
        area: team.area,
        email: team.email,
    };
    let teams = all(pass).await?.into_iter().map(row).collect();
    let page = ListPage { changes: may_change(pass), form, teams, home: home.clone() };
    visit.page("council/teams.html", &shell(visit, pass, done).await?, page)
}

async fn page(visit: &Visit, pass: &AtCouncil, id: TeamId, form: FormShown) -> Result<Response, Fault> {
    let page = Page { home: home(pass), changes: may_change(pass), form, id: id.to_string() };
    visit.page("council/team.html", &pass.shell(visit).await?, page)
}
