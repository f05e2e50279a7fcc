//! `/organisations/{organisation}/people`: who acts for an organisation, and inviting more of them.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::people::{PersonSeen, Sees};
use serde::Serialize;

use super::home;
use super::sees::{Group, Offered};
use crate::access::{ForOrganisation, Permit, Posted, ProviderManaging, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

static PEOPLE: TableSpec = TableSpec {
    row: ("person", "people"),
    filters: &[Filter { name: "name", label: "Name or email address", kind: FilterKind::Words }],
    columns: &[
        Column::plain("name", "Name"),
        Column::plain("email", "Email address"),
        Column::plain("role", "Role"),
        Column::plain("sees", "Sees"),
        Column::plain("seen", "Last signed in"),
    ],
    sorted: ("name", Direction::Ascending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
struct ListPage {
    organisation: String,
    home: String,
    table: TableShown,
    people: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    email: String,
    role: &'static str,
    sees: String,
    seen: String,
    invited: bool,
    has_factor: bool,
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderManaging>) -> Result<Response, Fault> {
    let people = of(&visit, &pass).await?;
    let query = TableQuery::parse(&PEOPLE, &visit.path, visit.query.as_deref());
    let wanted = query.filter("name").map(str::to_lowercase);
    let matches = |person: &&PersonSeen| {
        let has =
            |words: &String| person.name.to_lowercase().contains(words) || person.email.to_lowercase().contains(words);
        wanted.as_ref().is_none_or(has)
    };
    let people: Vec<&PersonSeen> = people.iter().filter(matches).collect();
    let window = query.window(u64::try_from(people.len()).unwrap_or(u64::MAX));
    let (skip, take) =
        (usize::try_from(window.offset).unwrap_or(usize::MAX), usize::try_from(window.limit).unwrap_or(0));
    let home = home(&pass);
    let rows = people.into_iter().skip(skip).take(take).map(|person| Row::of(person, &home)).collect();
    let page =
        ListPage { organisation: pass.organisation.name.clone(), table: query.shown(&window), people: rows, home };
    let mut shell = pass.shell(&visit).await?;
    if let Some(banner) = visit.asked_for("done").and_then(|what| done(&what)) {
        shell = shell.banner(banner);
    }
    visit.page("organisation/people.html", &shell, page)
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "invited" => Some(
            Banner::success("They are invited").text("We have sent them an email with a link that is good for 7 days."),
        ),
        "joined" => {
            Some(Banner::success("They have joined").text("They have a login already. We have told them by email."))
        }
        "removed" => {
            Some(Banner::success("They are removed").text("They can no longer act for this organisation, from now on."))
        }
        _ => None,
    }
}

impl Row {
    fn of(person: &PersonSeen, home: &str) -> Self {
        Self {
            href: format!("{home}/people/{}", person.person),
            name: person.name.clone(),
            email: person.email.clone(),
            role: person.role.words(),
            sees: match &person.sees {
                Sees::Everything => "All contracts".to_owned(),
                Sees::Contracts(contracts) if contracts.len() == 1 => "1 contract".to_owned(),
                Sees::Contracts(contracts) => format!("{} contracts", contracts.len()),
            },
            seen: person.last_seen_at.map_or_else(|| "Never".to_owned(), london::moment),
            invited: person.invited,
            has_factor: person.has_factor,
        }
    }
}

pub(super) async fn of(visit: &Visit, pass: &ForOrganisation) -> Result<Vec<PersonSeen>, Fault> {
    visit.app.identity().people_of(pass.organisation.id).await.map_err(|error| Fault::of(&error))
}

#[derive(Serialize)]
struct InvitePage {
    form: FormShown,
    organisation: String,
    home: String,
    groups: Vec<Group>,
}

/// The form.
pub(crate) async fn show_invite(Permit { visit, pass }: Permit<ProviderManaging>) -> Result<Response, Fault> {
    let offered = Offered::to(&pass).await?;
    invite_page(&visit, &pass, &offered, FormShown::empty()).await
}

async fn invite_page(
    visit: &Visit,
    pass: &ForOrganisation,
    offered: &Offered,
    form: FormShown,
) -> Result<Response, Fault> {
    let page = InvitePage {
        form,
        organisation: pass.organisation.name.clone(),
        home: home(pass),
        groups: offered.groups(pass),
    };
    visit.page("organisation/invite.html", &pass.shell(visit).await?, page)
}

/// What was typed.
pub(crate) async fn invite(
    Permit { visit, pass }: Permit<ProviderManaging>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let offered = Offered::to(&pass).await?;
    let (email, name) = (typed.text("email"), typed.text("name"));
    let mut errors = Errors::new();
    errors.unless(!name.is_empty(), "name", "Enter a name");
    errors.unless(!email.is_empty(), "email", "Enter an email address");
    let (role, sees) = offered.chosen(&typed, None, &pass, &mut errors);
    if !errors.is_empty() {
        return invite_page(&visit, &pass, &offered, FormShown::returned(&typed, &errors)).await;
    }
    let organisation = pass.organisation.id;
    let invited = visit.app.identity().invite_person(&visit.asked(), organisation, (email, name), (role, &sees)).await;
    let invited = match invited {
        Ok(invited) => invited,
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let field = if words.contains("email") { "email" } else { "name" };
            let form = FormShown::returned(&typed, &Errors::of(field, words));
            return invite_page(&visit, &pass, &offered, form).await;
        }
        Err(error) => return Err(Fault::of(&error)),
    };
    let changed = Event::AccessChanged { person: Some(invited.person), tenant: None, organisation: Some(organisation) };
    visit.app.events().publish(changed).await;
    let joined = invited.letter == counterfoil_tenants::identity::letter::LetterKind::Joined;
    let done = if joined { "joined" } else { "invited" };
    Ok(Redirect::to(&format!("{}/people?done={done}", home(&pass))).into_response())
}
