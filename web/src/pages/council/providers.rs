//! `/councils/{council}/providers`: the organisations that a council works with, who of each has access, and ending a link.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::OrganisationId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::linking::{InvitationSeen, InvitationState};
use counterfoil_tenants::identity::provider_access::{MemberSeen, OrganisationSeen, SeesHere};
use serde::Serialize;

use super::{access_changed, home, may_change, shell};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

/// How many open invitations the page shows; all are on their own.
const MOST_OPEN: usize = 10;

static PROVIDERS: TableSpec = TableSpec {
    row: ("provider", "providers"),
    filters: &[Filter { name: "name", label: "Name", kind: FilterKind::Words }],
    columns: &[
        Column::sorted("name", "Organisation"),
        Column::sorted("people", "People with access").numeric(),
        Column::sorted("since", "Linked since"),
    ],
    sorted: ("name", Direction::Ascending),
    page_size: 50,
    kept: &[],
};

static PEOPLE: TableSpec = TableSpec {
    row: ("person", "people"),
    filters: &[],
    columns: &[
        Column::plain("name", "Name"),
        Column::plain("email", "Email address"),
        Column::plain("role", "Role"),
        Column::plain("sees", "Sees of your contracts"),
        Column::plain("seen", "Last signed in"),
    ],
    sorted: ("name", Direction::Ascending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    home: String,
    changes: bool,
    table: TableShown,
    rows: Vec<Row>,
    open: Vec<Open>,
    open_in_all: usize,
    invitations: usize,
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    people: usize,
    since: String,
}

#[derive(Serialize)]
struct Open {
    name: String,
    email: String,
    at: String,
}

/// The table, and the newest invitations that wait for an answer.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let (identity, tenant) = (visit.app.identity(), pass.council.id);
    let linked = identity.access_to(tenant).await.map_err(|error| Fault::of(&error))?;
    let invitations = identity.organisation_invitations(tenant).await.map_err(|error| Fault::of(&error))?;
    let query = TableQuery::parse(&PROVIDERS, &visit.path, visit.query.as_deref());
    let wanted = wanted(&query, linked);
    let (window, rows) = query.cut(&wanted);
    let row = |seen: &OrganisationSeen| Row {
        href: format!("{}/providers/{}", home(&pass), seen.organisation),
        name: seen.name.clone(),
        people: seen.people.len(),
        since: london::moment(seen.since),
    };
    let is_open = |made: &&InvitationSeen| made.state == InvitationState::Open;
    let page = Page {
        home: home(&pass),
        changes: may_change(&pass),
        table: query.shown(&window),
        rows: rows.iter().map(row).collect(),
        open_in_all: invitations.iter().filter(is_open).count(),
        open: invitations.iter().filter(is_open).take(MOST_OPEN).map(open).collect(),
        invitations: invitations.len(),
    };
    let shell = shell(&visit, &pass, |what| done(what, visit.asked_for("count"))).await?;
    visit.page("council/providers.html", &shell, page)
}

fn open(made: &InvitationSeen) -> Open {
    Open { name: made.name.clone(), email: made.email.clone(), at: london::moment(made.invited_at) }
}

/// Those that the filter leaves, in the order that was asked for.
fn wanted(query: &TableQuery, mut linked: Vec<OrganisationSeen>) -> Vec<OrganisationSeen> {
    if let Some(words) = query.filter("name").map(str::to_lowercase) {
        linked.retain(|seen| seen.name.to_lowercase().contains(&words));
    }
    let (column, direction) = query.sort();
    match column {
        "people" => linked.sort_by_key(|seen| seen.people.len()),
        "since" => linked.sort_by_key(|seen| seen.since),
        _ => linked.sort_by_cached_key(|seen| seen.name.to_lowercase()),
    }
    if direction == Direction::Descending {
        linked.reverse();
    }
    linked
}

fn done(what: &str, count: Option<String>) -> Option<Banner> {
    let count = count.and_then(|count| count.parse::<usize>().ok()).unwrap_or_default();
    match what {
        "invited" => Some(Banner::success("The invitation is on its way")),
        "imported" if count == 1 => Some(Banner::success("1 invitation is on its way")),
        "imported" => Some(Banner::success(format!("{count} invitations are on their way"))),
        "unlinked" => Some(
            Banner::success("The organisation is no longer linked with your council")
                .text("Its people no longer see anything of your council."),
        ),
        _ => None,
    }
}

#[derive(Serialize)]
struct One {
    form: FormShown,
    home: String,
    here: String,
    changes: bool,
    name: String,
    since: String,
    table: TableShown,
    rows: Vec<Person>,
}

#[derive(Serialize)]
struct Person {
    name: String,
    email: String,
    role: &'static str,
    sees: &'static str,
    seen: Option<String>,
}

impl Person {
    fn of(member: &MemberSeen) -> Self {
        Self {
            name: member.name.clone(),
            email: member.email.clone(),
            role: member.role.words(),
            sees: match member.sees {
                SeesHere::Everything => "All",
                SeesHere::Certain => "Some",
                SeesHere::Nothing => "None",
            },
            seen: member.last_seen_at.map(london::moment),
        }
    }
}

/// Who of one organisation has access.
pub(crate) async fn show_one(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let seen = linked(&visit, &pass, &id).await?;
    page(&visit, &pass, seen, FormShown::empty(), "council/provider.html").await
}

/// Whether the link is really to be ended.
pub(crate) async fn show_unlink(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let seen = linked(&visit, &pass, &id).await?;
    page(&visit, &pass, seen, FormShown::empty(), "council/provider_unlink.html").await
}

/// It is.
pub(crate) async fn unlink(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let seen = linked(&visit, &pass, &id).await?;
    let (tenant, organisation) = (pass.council.id, seen.organisation);
    match visit.app.identity().unlink_organisation(&visit.asked(), tenant, organisation).await {
        Ok(()) => {
            access_changed(&visit, tenant, None, Some(organisation)).await;
            Ok(Redirect::to(&format!("{}/providers?done=unlinked", home(&pass))).into_response())
        }
        Err(Error::Refused(words)) => {
            let form = FormShown::empty().with_errors(&Errors::of("unlink", words));
            page(&visit, &pass, seen, form, "council/provider_unlink.html").await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// An organisation that this council works with. Any other is as though there were no such.
async fn linked(visit: &Visit, pass: &AtCouncil, id: &str) -> Result<OrganisationSeen, Fault> {
    let id: OrganisationId = id.parse().map_err(|_| Fault::NotFound)?;
    let linked = visit.app.identity().access_to(pass.council.id).await.map_err(|error| Fault::of(&error))?;
    linked.into_iter().find(|seen| seen.organisation == id).ok_or(Fault::NotFound)
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    seen: OrganisationSeen,
    form: FormShown,
    template: &str,
) -> Result<Response, Fault> {
    let query = TableQuery::parse(&PEOPLE, &visit.path, visit.query.as_deref());
    let (window, people) = query.cut(&seen.people);
    let home = home(pass);
    let page = One {
        form,
        here: format!("{home}/providers/{}", seen.organisation),
        home,
        changes: may_change(pass),
        since: london::moment(seen.since),
        table: query.shown(&window),
        rows: people.iter().map(Person::of).collect(),
        name: seen.name,
    };
    visit.page(template, &pass.shell(visit).await?, page)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;

    fn names(address: &str) -> Vec<String> {
        let linked =
            ["Good Care", "abbey homes", "Zest"].into_iter().zip([3, 1, 2]).map(|(name, day)| OrganisationSeen {
                organisation: OrganisationId::from_uuid(Uuid::nil()),
                name: name.to_owned(),
                since: DateTime::UNIX_EPOCH + TimeDelta::days(day),
                people: Vec::new(),
            });
        let query = TableQuery::parse(&PROVIDERS, "/providers", Some(address));
        wanted(&query, linked.collect()).into_iter().map(|seen| seen.name).collect()
    }

    #[test]
    fn providers_are_found_by_name_and_sorted_whatever_their_capitals() {
        assert_eq!(names(""), ["abbey homes", "Good Care", "Zest"]);
        assert_eq!(names("sort=-since"), ["Good Care", "Zest", "abbey homes"]);
        assert_eq!(names("name=HOME"), ["abbey homes"]);
    }
}
