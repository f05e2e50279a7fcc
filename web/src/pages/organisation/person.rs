//! `/organisations/{organisation}/people/{person}`: what somebody may do and see for an organisation; and removing them.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::people::{PersonSeen, Sees};
use serde::Serialize;

use super::sees::{self, Group, Offered};
use super::{home, people};
use crate::access::{ForOrganisation, Permit, Posted, ProviderManaging, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;

#[derive(Serialize)]
struct Page {
    form: FormShown,
    organisation: String,
    people: String,
    href: String,
    name: String,
    email: String,
    role: &'static str,
    sees: Vec<String>,
    since: String,
    seen: String,
    has_factor: bool,
    invited: bool,
    is_oneself: bool,
    groups: Vec<Group>,
}

async fn found(visit: &Visit, pass: &ForOrganisation, person: &str) -> Result<PersonSeen, Fault> {
    let id: PersonId = person.parse().map_err(|_| Fault::NotFound)?;
    people::of(visit, pass).await?.into_iter().find(|known| known.person == id).ok_or(Fault::NotFound)
}

async fn page(
    visit: &Visit,
    pass: &ForOrganisation,
    (template, person): (&str, &PersonSeen),
    (offered, form): (&Offered, FormShown),
) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    if let Some(banner) = visit.asked_for("done").and_then(|what| done(&what)) {
        shell = shell.banner(banner);
    }
    let seen = match &person.sees {
        Sees::Everything => vec!["All contracts".to_owned()],
        Sees::Contracts(contracts) => contracts.iter().filter_map(|(_, contract)| offered.words(*contract)).collect(),
    };
    let all = format!("{}/people", home(pass));
    let page = Page {
        form,
        organisation: pass.organisation.name.clone(),
        href: format!("{all}/{}", person.person),
        people: all,
        name: person.name.clone(),
        email: person.email.clone(),
        role: person.role.words(),
        sees: seen,
        since: london::moment(person.since),
        seen: person.last_seen_at.map_or_else(|| "Never".to_owned(), london::moment),
        has_factor: person.has_factor,
        invited: person.invited,
        is_oneself: pass.me.access.person() == person.person,
        groups: offered.groups(pass),
    };
    visit.page(template, &shell, page)
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "changed" => Some(Banner::success("What they may do is changed").text("It holds from now on.")),
        "invited" => {
            Some(Banner::success("They are invited again").text("We have sent them another email with a link."))
        }
        _ => None,
    }
}

const PERSON: &str = "organisation/person.html";
const REMOVE: &str = "organisation/remove.html";

/// The form.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderManaging>,
    Path((_, person)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let person = found(&visit, &pass, &person).await?;
    let offered = Offered::to(&pass).await?;
    let form = FormShown::filled(sees::filled(person.role, &person.sees));
    page(&visit, &pass, (PERSON, &person), (&offered, form)).await
}

/// What was chosen.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<ProviderManaging>,
    Path((_, person)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let person = found(&visit, &pass, &person).await?;
    let offered = Offered::to(&pass).await?;
    let mut errors = Errors::new();
    let (role, sees) = offered.chosen(&typed, Some(&person.sees), &pass, &mut errors);
    if !errors.is_empty() {
        return page(&visit, &pass, (PERSON, &person), (&offered, FormShown::returned(&typed, &errors))).await;
    }
    let organisation = pass.organisation.id;
    match visit.app.identity().change_person(&visit.asked(), organisation, person.person, (role, &sees)).await {
        Ok(()) => {
            tell(&visit, &pass, person.person).await;
            Ok(Redirect::to(&format!("{}/people/{}?done=changed", home(&pass), person.person)).into_response())
        }
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let form = FormShown::returned(&typed, &Errors::of("role", words));
            page(&visit, &pass, (PERSON, &person), (&offered, form)).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Whether they really are to be removed.
pub(crate) async fn show_remove(
    Permit { visit, pass }: Permit<ProviderManaging>,
    Path((_, person)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let person = found(&visit, &pass, &person).await?;
    let offered = Offered::to(&pass).await?;
    page(&visit, &pass, (REMOVE, &person), (&offered, FormShown::empty())).await
}

/// They are.
pub(crate) async fn remove(
    Permit { visit, pass }: Permit<ProviderManaging>,
    Path((_, person)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let person = found(&visit, &pass, &person).await?;
    match visit.app.identity().remove_person(&visit.asked(), pass.organisation.id, person.person).await {
        Ok(()) => {
            tell(&visit, &pass, person.person).await;
            Ok(Redirect::to(&format!("{}/people?done=removed", home(&pass))).into_response())
        }
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let offered = Offered::to(&pass).await?;
            let form = FormShown::empty().with_errors(&Errors::of("remove", words));
            page(&visit, &pass, (REMOVE, &person), (&offered, form)).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Another letter to somebody who has not chosen a password yet.
pub(crate) async fn invite_again(
    Permit { visit, pass }: Permit<ProviderManaging>,
    Path((_, person)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let person = found(&visit, &pass, &person).await?;
    match visit.app.identity().invite_person_again(&visit.asked(), pass.organisation.id, person.person).await {
        Ok(()) => Ok(Redirect::to(&format!("{}/people/{}?done=invited", home(&pass), person.person)).into_response()),
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let offered = Offered::to(&pass).await?;
            let form = FormShown::filled(sees::filled(person.role, &person.sees));
            let form = form.with_errors(&Errors::of("invite-again", words));
            page(&visit, &pass, (PERSON, &person), (&offered, form)).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Open pages of theirs notice.
async fn tell(visit: &Visit, pass: &ForOrganisation, person: PersonId) {
    let changed = Event::AccessChanged { person: Some(person), tenant: None, organisation: Some(pass.organisation.id) };
    visit.app.events().publish(changed).await;
}
