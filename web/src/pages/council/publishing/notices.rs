//! `/councils/{council}/settings/notices`: what every provider of the council is told, while it holds.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::NaiveDate;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::ProviderNoticeId;
use counterfoil_tenants::Error;
use counterfoil_tenants::provider_notice::{self, NewNotice, Part, ProviderNotice};
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
    notices: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    title: String,
    href: String,
    holds: String,
    state: &'static str,
    is_shown: bool,
}

#[derive(Serialize)]
struct Page {
    home: String,
    form: FormShown,
    /// The notice that is changed; none for a new one.
    id: Option<String>,
    changes: bool,
    withdrawn: bool,
    preview: Vec<Block>,
}

/// The list.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let today = local_time(visit.now).date();
    let read = pass.scope.read(async |tx: &mut Tx<'_>| provider_notice::all(tx).await).await;
    let all = read.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let page = ListPage {
        changes: may_change(&pass),
        notices: all.iter().map(|notice| Row::of(notice, &home, today)).collect(),
        home,
    };
    visit.page("council/notices.html", &shell(&visit, &pass, done).await?, page)
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "published" => Some(Banner::success("The notice is published").text("Your providers see it while it holds.")),
        "withdrawn" => Some(Banner::success("The notice is withdrawn").text("No provider sees it any more.")),
        _ => None,
    }
}

impl Row {
    fn of(notice: &ProviderNotice, home: &str, today: NaiveDate) -> Self {
        let state = match (notice.withdrawn, notice.holds_from > today, notice.holds_to < today) {
            (true, ..) => "Withdrawn",
            (_, true, _) => "Not yet shown",
            (_, _, true) => "Over",
            _ => "Shown now",
        };
        Self {
            title: notice.title.clone(),
            href: format!("{home}/settings/notices/{}", notice.id),
            holds: london::span(notice.holds_from, notice.holds_to),
            state,
            is_shown: state == "Shown now",
        }
    }
}

/// The form for a new one.
pub(crate) async fn show_new(Permit { visit, pass }: Permit<Staff<Changing>>) -> Result<Response, Fault> {
    let form = FormShown::filled(day_fields("from", local_time(visit.now).date()));
    page(&visit, &pass, form, (None, false), "").await
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
    let notice = found(&pass, &id).await?;
    let mut values = vec![("title".to_owned(), notice.title), ("body".to_owned(), notice.body.clone())];
    values.extend(day_fields("from", notice.holds_from));
    values.extend(day_fields("to", notice.holds_to));
    page(&visit, &pass, FormShown::filled(values), (Some(notice.id), notice.withdrawn), &notice.body).await
}

/// Changes it.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let id = found(&pass, &id).await?.id;
    keep(&visit, &pass, Some(id), &typed).await
}

/// Takes it back.
pub(crate) async fn withdraw(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
    Posted(_): Posted,
) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    provider_notice::withdraw(&pass.scope, visit.now, id).await.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to(&format!("{}/settings/notices?done=withdrawn", home(&pass))).into_response())
}

async fn found(pass: &AtCouncil, id: &str) -> Result<ProviderNotice, Fault> {
    let id: ProviderNoticeId = id.parse().map_err(|_| Fault::NotFound)?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| provider_notice::find(tx, id).await).await;
    read.map_err(|error| Fault::of(&error))
}

async fn keep(visit: &Visit, pass: &AtCouncil, id: Option<ProviderNoticeId>, typed: &Typed) -> Result<Response, Fault> {
    let mut errors = Errors::new();
    let body = typed.lines("body");
    let first = NaiveDate::default();
    let mut new = NewNotice { title: typed.text("title").to_owned(), body, holds_from: first, holds_to: first };
    for (part, words) in new.wrong() {
        errors.add(field(part), words);
    }
    let from = day(typed, "from", "The first day", &mut errors);
    let to = day(typed, "to", "The last day", &mut errors);
    if let (Some(from), Some(to)) = (from, to) {
        (new.holds_from, new.holds_to) = (from, to);
        for (part, words) in new.wrong() {
            errors.add(field(part), words);
        }
    }
    let previews = typed.chose("preview", "yes");
    if errors.is_empty() && !previews {
        match provider_notice::publish(&pass.scope, visit.now, id, &new).await {
            Ok(_) => {
                return Ok(Redirect::to(&format!("{}/settings/notices?done=published", home(pass))).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("title", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    page(visit, pass, FormShown::returned(typed, &errors), (id, false), &new.body).await
}

const fn field(part: Part) -> &'static str {
    match part {
        Part::Title => "title",
        Part::Body => "body",
        Part::HoldsTo => "to-day",
    }
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    form: FormShown,
    (id, withdrawn): (Option<ProviderNoticeId>, bool),
    body: &str,
) -> Result<Response, Fault> {
    let page = Page {
        home: home(pass),
        form,
        id: id.map(|id| id.to_string()),
        changes: may_change(pass) && !withdrawn,
        withdrawn,
        preview: blocks(body),
    };
    visit.page("council/notice.html", &pass.shell(visit).await?, page)
}
