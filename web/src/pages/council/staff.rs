//! `/councils/{council}/staff`: who belongs to a council's staff, and inviting somebody to it. What is done with one of
//! them is [`member`](super::member).

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::person;
use counterfoil_tenants::identity::staff::StaffSeen;
use serde::Serialize;

use super::{access_changed, home, may_change, roles, shell};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

static STAFF: TableSpec = TableSpec {
    row: ("person", "people"),
    filters: &[
        Filter { name: "name", label: "Name or email address", kind: FilterKind::Words },
        Filter { name: "role", label: "Role", kind: FilterKind::Choice(roles::CHOICES) },
    ],
    columns: &[
        Column::sorted("name", "Name"),
        Column::plain("email", "Email address"),
        Column::plain("roles", "Roles"),
        Column::sorted("seen", "Last signed in"),
        Column::plain("factor", "Second factor"),
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
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    email: String,
    roles: String,
    seen: Option<String>,
    has_factor: bool,
    invited: bool,
}

/// The table.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let staff = visit.app.identity().staff_of(pass.council.id).await.map_err(|error| Fault::of(&error))?;
    let query = TableQuery::parse(&STAFF, &visit.path, visit.query.as_deref());
    let wanted = wanted(&query, staff);
    let (window, rows) = query.cut(&wanted);
    let rows = rows
        .iter()
        .map(|seen| Row {
            href: format!("{}/staff/{}", home(&pass), seen.person),
            name: seen.name.clone(),
            email: seen.email.clone(),
            roles: roles::words(&seen.roles),
            seen: seen.last_seen_at.map(london::moment),
            has_factor: seen.has_factor,
            invited: seen.invited,
        })
        .collect();
    let page = Page { home: home(&pass), changes: may_change(&pass), table: query.shown(&window), rows };
    visit.page("council/staff.html", &shell(&visit, &pass, done).await?, page)
}

/// Those that the filters leave, in the order that was asked for.
fn wanted(query: &TableQuery, mut staff: Vec<StaffSeen>) -> Vec<StaffSeen> {
    let words = query.filter("name").map(str::to_lowercase);
    let role = query.filter("role").and_then(roles::of_code);
    staff.retain(|seen| {
        let named =
            |words: &String| seen.name.to_lowercase().contains(words) || seen.email.to_lowercase().contains(words);
        words.as_ref().is_none_or(named) && role.is_none_or(|role| seen.roles.contains(&role))
    });
    let (column, direction) = query.sort();
    match column {
        "seen" => staff.sort_by_key(|seen| seen.last_seen_at),
        _ => staff.sort_by_cached_key(|seen| seen.name.to_lowercase()),
    }
    if direction == Direction::Descending {
        staff.reverse();
    }
    staff
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "invited" => Some(Banner::success("The invitation is on its way").text(
            "They are on the staff now. Whoever has no login yet chooses a password first, by the link in the email.",
        )),
        "removed" => Some(
            Banner::success("They no longer belong to the staff")
                .text("They were told by email. What they have done stays in the audit under their name."),
        ),
        _ => None,
    }
}

#[derive(Serialize)]
struct Invite {
    form: FormShown,
    home: String,
    items: Vec<roles::Item>,
}

/// The form of an invitation.
pub(crate) async fn show_invite(Permit { visit, pass }: Permit<Staff<Changing>>) -> Result<Response, Fault> {
    invite_page(&visit, &pass, FormShown::empty()).await
}

/// An invitation.
pub(crate) async fn invite(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let (name, email, chosen) = (typed.text("name"), typed.text("email"), roles::ticked(&typed));
    let mut errors = Errors::new();
    errors.unless(!name.is_empty(), "name", "Enter their full name");
    if let Err(wrong) = person::email(email) {
        errors.add("email", wrong.to_string());
    }
    errors.unless(!chosen.is_empty(), roles::FIELD, "Select at least one role");
    if !errors.is_empty() {
        return invite_page(&visit, &pass, FormShown::returned(&typed, &errors)).await;
    }
    let tenant = pass.council.id;
    match visit.app.identity().invite_staff(&visit.asked(), tenant, email, name, &chosen).await {
        Ok(invited) => {
            access_changed(&visit, tenant, Some(invited.person), None).await;
            Ok(Redirect::to(&format!("{}/staff?done=invited", home(&pass))).into_response())
        }
        Err(Error::Conflict(words)) => {
            invite_page(&visit, &pass, FormShown::returned(&typed, &Errors::of("email", words))).await
        }
        // address and roles were looked at before
        Err(Error::Refused(words)) => {
            invite_page(&visit, &pass, FormShown::returned(&typed, &Errors::of("name", words))).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn invite_page(visit: &Visit, pass: &AtCouncil, form: FormShown) -> Result<Response, Fault> {
    let page = Invite { form, home: home(pass), items: roles::items() };
    visit.page("council/staff_invite.html", &pass.shell(visit).await?, page)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use counterfoil_core::ids::PersonId;
    use counterfoil_tenants::identity::CouncilRole;
    use uuid::Uuid;

    use super::*;

    fn member(name: &str, role: CouncilRole, seen: Option<&str>) -> StaffSeen {
        StaffSeen {
            person: PersonId::from_uuid(Uuid::nil()),
            name: name.to_owned(),
            email: format!("{}@fenmere.example", name.to_lowercase()),
            roles: [role].into(),
            since: DateTime::UNIX_EPOCH,
            last_seen_at: seen.map(|at| at.parse::<DateTime<Utc>>().unwrap()),
            has_factor: true,
            invited: seen.is_none(),
        }
    }

    fn names(address: &str) -> Vec<String> {
        let staff = vec![
            member("Ada", CouncilRole::Officer, Some("2025-01-02T09:00:00Z")),
            member("bea", CouncilRole::Auditor, None),
            member("Cy", CouncilRole::Officer, Some("2025-01-01T09:00:00Z")),
        ];
        let query = TableQuery::parse(&STAFF, "/staff", Some(address));
        wanted(&query, staff).into_iter().map(|seen| seen.name).collect()
    }

    #[test]
    fn staff_are_found_by_name_address_and_role() {
        assert_eq!(names(""), ["Ada", "bea", "Cy"]);
        assert_eq!(names("name=BEA"), ["bea"]);
        assert_eq!(names("name=cy@fenmere"), ["Cy"]);
        assert_eq!(names("role=officer"), ["Ada", "Cy"]);
        assert_eq!(names("role=officer&name=bea"), Vec::<String>::new());
    }

    #[test]
    fn whoever_has_never_signed_in_comes_before_those_who_have_long_ago() {
        assert_eq!(names("sort=seen"), ["bea", "Cy", "Ada"]);
        assert_eq!(names("sort=-seen"), ["Ada", "Cy", "bea"]);
        assert_eq!(names("sort=-name"), ["Cy", "bea", "Ada"]);
    }
}
