//! `/councils/{council}/settings/guidance`: how care is recorded, claimed and paid, for each kind of service, with what
//! changed and when.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::GuidanceId;
use counterfoil_tenants::Error;
use counterfoil_tenants::guidance::{self, GuidanceSeen, NewGuidance, Part};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::super::{home, may_change, shell};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed, day, day_fields};
use crate::london;
use crate::prose::{Block, blocks};
use crate::shell::Banner;

#[derive(Serialize)]
struct ListPage {
    home: String,
    changes: bool,
    guidance: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    service: String,
    href: String,
    changed: String,
    withdrawn: bool,
}

#[derive(Serialize)]
struct Page {
    home: String,
    form: FormShown,
    id: Option<String>,
    changes: bool,
    withdrawn: bool,
    preview: Vec<Block>,
    history: Vec<(String, String)>,
}

/// The list.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let read = pass.scope.read(async |tx: &mut Tx<'_>| guidance::all(tx).await).await;
    let all = read.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let row = |seen: &GuidanceSeen| Row {
        service: seen.service.clone(),
        href: format!("{home}/settings/guidance/{}", seen.id),
        changed: seen
            .changes
            .first()
            .map(|(dated, what)| format!("{}: {what}", london::day(*dated)))
            .unwrap_or_default(),
        withdrawn: seen.withdrawn,
    };
    let rows = all.iter().map(row).collect();
    let page = ListPage { changes: may_change(&pass), guidance: rows, home };
    visit.page("council/guidance_list.html", &shell(&visit, &pass, done).await?, page)
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "published" => Some(Banner::success("The guidance is published").text("Your providers see it now.")),
        "withdrawn" => Some(Banner::success("The guidance is withdrawn").text("No provider sees it any more.")),
        _ => None,
    }
}

/// The form for another kind of service.
pub(crate) async fn show_new(Permit { visit, pass }: Permit<Staff<Changing>>) -> Result<Response, Fault> {
    let mut values = vec![("change".to_owned(), "First published".to_owned())];
    values.extend(day_fields("dated", local_time(visit.now).date()));
    page(&visit, &pass, FormShown::filled(values), None, "").await
}

/// Publishes it.
pub(crate) async fn add(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    keep(&visit, &pass, None, &typed).await
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    let mut values = vec![("service".to_owned(), seen.service.clone()), ("body".to_owned(), seen.body.clone())];
    values.extend(day_fields("dated", local_time(visit.now).date()));
    page(&visit, &pass, FormShown::filled(values), Some(&seen), &seen.body).await
}

/// Publishes a change.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let seen = found(&pass, &id).await?;
    keep(&visit, &pass, Some(&seen), &typed).await
}

/// Takes it back.
pub(crate) async fn withdraw(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
    Posted(_): Posted,
) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let today = local_time(visit.now).date();
    guidance::withdraw(&pass.scope, visit.now, today, id).await.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to(&format!("{}/settings/guidance?done=withdrawn", home(&pass))).into_response())
}

async fn found(pass: &AtCouncil, id: &str) -> Result<GuidanceSeen, Fault> {
    let id: GuidanceId = id.parse().map_err(|_| Fault::NotFound)?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| guidance::find(tx, id).await).await;
    read.map_err(|error| Fault::of(&error))
}

async fn keep(
    visit: &Visit,
    pass: &AtCouncil,
    before: Option<&GuidanceSeen>,
    typed: &Typed,
) -> Result<Response, Fault> {
    let mut errors = Errors::new();
    let mut new = NewGuidance {
        service: typed.text("service").to_owned(),
        body: typed.lines("body"),
        dated: NaiveDate::default(),
        change: typed.text("change").to_owned(),
    };
    for (part, words) in new.wrong() {
        let field = match part {
            Part::Service => "service",
            Part::Body => "body",
            Part::Change => "change",
        };
        errors.add(field, words);
    }
    let dated = day(typed, "dated", "The day from which it counts", &mut errors);
    new.dated = dated.unwrap_or_default();
    let previews = typed.chose("preview", "yes");
    if errors.is_empty() && !previews {
        match guidance::publish(&pass.scope, visit.now, before.map(|seen| seen.id), &new).await {
            Ok(_) => {
                return Ok(Redirect::to(&format!("{}/settings/guidance?done=published", home(pass))).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("service", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    page(visit, pass, FormShown::returned(typed, &errors), before, &new.body).await
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    form: FormShown,
    seen: Option<&GuidanceSeen>,
    body: &str,
) -> Result<Response, Fault> {
    let changes = seen.map(|seen| seen.changes.as_slice()).unwrap_or_default();
    let page = Page {
        home: home(pass),
        form,
        id: seen.map(|seen| seen.id.to_string()),
        changes: may_change(pass),
        withdrawn: seen.is_some_and(|seen| seen.withdrawn),
        preview: blocks(body),
        history: changes.iter().map(|(dated, change)| (london::day(*dated), change.clone())).collect(),
    };
    visit.page("council/guidance.html", &pass.shell(visit).await?, page)
}
