//! `/operator/councils`: who uses the platform and how much; and suspending a council.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::TenantId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::Nation;
use counterfoil_tenants::identity::operator::Usage;
use serde::Serialize;

use crate::access::{Me, Operating, Permit, Posted, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

static COUNCILS: TableSpec = TableSpec {
    row: ("council", "councils"),
    filters: &[
        Filter { name: "name", label: "Name", kind: FilterKind::Words },
        Filter {
            name: "state",
            label: "State",
            kind: FilterKind::Choice(&[("open", "In use"), ("suspended", "Suspended")]),
        },
    ],
    columns: &[
        Column::sorted("name", "Name"),
        Column::plain("slug", "In addresses"),
        Column::plain("nation", "Nation"),
        Column::sorted("staff", "Staff").numeric(),
        Column::sorted("providers", "Providers").numeric(),
        Column::sorted("seen", "Last activity"),
        Column::plain("state", "State"),
    ],
    sorted: ("name", Direction::Ascending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
struct ListPage {
    table: TableShown,
    councils: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    slug: String,
    nation: &'static str,
    staff: i64,
    organisations: i64,
    people: i64,
    seen: String,
    is_suspended: bool,
    suspended: Option<String>,
}

impl Row {
    fn of(usage: &Usage, nation: Option<Nation>) -> Self {
        Self {
            href: format!("/operator/councils/{}", usage.slug),
            name: usage.name.clone(),
            slug: usage.slug.clone(),
            nation: nation.map(Nation::name).unwrap_or_default(),
            staff: usage.staff,
            organisations: usage.organisations,
            people: usage.provider_people,
            seen: usage.last_seen_at.map_or_else(|| "Never".to_owned(), london::moment),
            is_suspended: usage.suspended_at.is_some(),
            suspended: usage.suspended_at.map(london::moment),
        }
    }
}

async fn usage(visit: &Visit) -> Result<(Vec<Usage>, HashMap<TenantId, Nation>), Fault> {
    let identity = visit.app.identity();
    let usage = identity.usage().await.map_err(|error| Fault::of(&error))?;
    let councils = identity.councils().await.map_err(|error| Fault::of(&error))?;
    Ok((usage, councils.into_iter().map(|council| (council.id, council.nation)).collect()))
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Operating>) -> Result<Response, Fault> {
    let (mut usage, nations) = usage(&visit).await?;
    let query = TableQuery::parse(&COUNCILS, &visit.path, visit.query.as_deref());
    let wanted = query.filter("name").map(str::to_lowercase);
    let state = query.filter("state");
    usage.retain(|council| {
        wanted.as_ref().is_none_or(|words| council.name.to_lowercase().contains(words) || council.slug.contains(words))
            && state.is_none_or(|state| (state == "suspended") == council.suspended_at.is_some())
    });
    let (column, direction) = query.sort();
    // they come by name
    match column {
        "staff" => usage.sort_by_key(|council| council.staff),
        "providers" => usage.sort_by_key(|council| council.organisations),
        "seen" => usage.sort_by_key(|council| council.last_seen_at),
        _ => {}
    }
    if direction == Direction::Descending {
        usage.reverse();
    }
    let window = query.window(u64::try_from(usage.len()).unwrap_or(u64::MAX));
    let (skip, take) =
        (usize::try_from(window.offset).unwrap_or(usize::MAX), usize::try_from(window.limit).unwrap_or(0));
    let rows =
        usage.iter().skip(skip).take(take).map(|council| Row::of(council, nations.get(&council.tenant).copied()));
    let page = ListPage { table: query.shown(&window), councils: rows.collect() };
    visit.page("operator/councils.html", &pass.operator_shell(&visit).await?, page)
}

#[derive(Serialize)]
struct Page {
    form: FormShown,
    council: Row,
}

async fn found(visit: &Visit, slug: &str) -> Result<(Usage, Option<Nation>), Fault> {
    let (usage, nations) = usage(visit).await?;
    let found = usage.into_iter().find(|council| council.slug == slug).ok_or(Fault::NotFound)?;
    let nation = nations.get(&found.tenant).copied();
    Ok((found, nation))
}

async fn page(visit: &Visit, me: &Me, slug: &str, form: FormShown) -> Result<Response, Fault> {
    let (usage, nation) = found(visit, slug).await?;
    let mut shell = me.operator_shell(visit).await?;
    if let Some(banner) = visit.asked_for("done").and_then(|what| done(&what)) {
        shell = shell.banner(banner);
    }
    visit.page("operator/council.html", &shell, Page { form, council: Row::of(&usage, nation) })
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "added" => {
            Some(Banner::success("The council is added").text("Its first administrator has been sent an email."))
        }
        "suspended" => Some(Banner::success("The council is suspended").text("Nobody acts for it any more.")),
        "resumed" => Some(Banner::success("The council is in use again").text("Whoever acted for it does so again.")),
        _ => None,
    }
}

/// One council.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Operating>,
    Path(slug): Path<String>,
) -> Result<Response, Fault> {
    page(&visit, &pass, &slug, FormShown::empty()).await
}

/// Nobody acts for it any more.
pub(crate) async fn suspend(
    Permit { visit, pass }: Permit<Operating>,
    Path(slug): Path<String>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let (council, _) = found(&visit, &slug).await?;
    match visit.app.identity().suspend_council(&visit.asked(), council.tenant, typed.text("reason")).await {
        Ok(()) => changed(&visit, council.tenant, &slug, "suspended").await,
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            page(&visit, &pass, &slug, FormShown::returned(&typed, &Errors::of("reason", words))).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// It is in use again.
pub(crate) async fn resume(
    Permit { visit, pass }: Permit<Operating>,
    Path(slug): Path<String>,
    _: Posted,
) -> Result<Response, Fault> {
    let (council, _) = found(&visit, &slug).await?;
    match visit.app.identity().resume_council(&visit.asked(), council.tenant).await {
        Ok(()) => changed(&visit, council.tenant, &slug, "resumed").await,
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            page(&visit, &pass, &slug, FormShown::empty().with_errors(&Errors::of("resume", words))).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Everybody's open pages notice.
async fn changed(visit: &Visit, tenant: TenantId, slug: &str, what: &str) -> Result<Response, Fault> {
    visit.app.events().publish(Event::AccessChanged { person: None, tenant: Some(tenant), organisation: None }).await;
    Ok(Redirect::to(&format!("/operator/councils/{slug}?done={what}")).into_response())
}
