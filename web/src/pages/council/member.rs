//! `/councils/{council}/staff/{person}`: one of a council's staff: their roles, another invitation, removing them.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::staff::StaffSeen;
use serde::Serialize;

use super::{access_changed, home, may_change, roles, shell};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;

/// The council, by its slug, and the person.
type Address = Path<(String, String)>;

#[derive(Serialize)]
struct Page {
    form: FormShown,
    home: String,
    here: String,
    changes: bool,
    is_self: bool,
    items: Vec<roles::Item>,
    name: String,
    email: String,
    roles: String,
    since: String,
    seen: Option<String>,
    has_factor: bool,
    invited: bool,
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, id)): Address,
) -> Result<Response, Fault> {
    let member = member(&visit, &pass, &id).await?;
    let form = FormShown::filled(member.roles.iter().map(|role| (roles::FIELD, roles::code(*role))));
    page(&visit, &pass, member, form, "council/member.html").await
}

/// Other roles.
pub(crate) async fn change_roles(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Address,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let (member, chosen) = (member(&visit, &pass, &id).await?, roles::ticked(&typed));
    let (tenant, person) = (pass.council.id, member.person);
    match visit.app.identity().change_staff(&visit.asked(), tenant, person, &chosen).await {
        Ok(()) => {
            access_changed(&visit, tenant, Some(person), None).await;
            Ok(back(&pass, person, "roles"))
        }
        Err(Error::Refused(words)) => {
            let form = FormShown::returned(&typed, &Errors::of(roles::FIELD, words));
            page(&visit, &pass, member, form, "council/member.html").await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// The invitation once more.
pub(crate) async fn invite_again(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Address,
    _: Posted,
) -> Result<Response, Fault> {
    let member = member(&visit, &pass, &id).await?;
    let person = member.person;
    match visit.app.identity().invite_staff_again(&visit.asked(), pass.council.id, person).await {
        Ok(()) => Ok(back(&pass, person, "sent")),
        Err(Error::Refused(words)) => {
            let filled = FormShown::filled(member.roles.iter().map(|role| (roles::FIELD, roles::code(*role))));
            let form = filled.with_errors(&Errors::of("invite-again", words));
            page(&visit, &pass, member, form, "council/member.html").await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Whether they are really to be removed.
pub(crate) async fn show_remove(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Address,
) -> Result<Response, Fault> {
    let member = member(&visit, &pass, &id).await?;
    page(&visit, &pass, member, FormShown::empty(), "council/member_remove.html").await
}

/// They are.
pub(crate) async fn remove(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Address,
    _: Posted,
) -> Result<Response, Fault> {
    let member = member(&visit, &pass, &id).await?;
    let (tenant, person) = (pass.council.id, member.person);
    match visit.app.identity().remove_staff(&visit.asked(), tenant, person).await {
        Ok(()) => {
            access_changed(&visit, tenant, Some(person), None).await;
            Ok(Redirect::to(&format!("{}/staff?done=removed", home(&pass))).into_response())
        }
        Err(Error::Refused(words)) => {
            let form = FormShown::empty().with_errors(&Errors::of("remove", words));
            page(&visit, &pass, member, form, "council/member_remove.html").await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Whoever is on this council's staff. Anybody else is as though there were no such person.
async fn member(visit: &Visit, pass: &AtCouncil, id: &str) -> Result<StaffSeen, Fault> {
    let id: PersonId = id.parse().map_err(|_| Fault::NotFound)?;
    let staff = visit.app.identity().staff_of(pass.council.id).await.map_err(|error| Fault::of(&error))?;
    staff.into_iter().find(|seen| seen.person == id).ok_or(Fault::NotFound)
}

fn back(pass: &AtCouncil, person: PersonId, done: &str) -> Response {
    Redirect::to(&format!("{}/staff/{person}?done={done}", home(pass))).into_response()
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    member: StaffSeen,
    form: FormShown,
    template: &str,
) -> Result<Response, Fault> {
    let home = home(pass);
    let page = Page {
        form,
        here: format!("{home}/staff/{}", member.person),
        home,
        changes: may_change(pass),
        is_self: member.person == pass.me.access.person(),
        items: roles::items(),
        roles: roles::words(&member.roles),
        name: member.name,
        email: member.email,
        since: london::moment(member.since),
        seen: member.last_seen_at.map(london::moment),
        has_factor: member.has_factor,
        invited: member.invited,
    };
    visit.page(template, &shell(visit, pass, done).await?, page)
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "roles" => Some(Banner::success("Their roles are changed").text("It counts from their next page on.")),
        "sent" => Some(
            Banner::success("The invitation is on its way again").text("The link in the earlier one no longer works."),
        ),
        _ => None,
    }
}
