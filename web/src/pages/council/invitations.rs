//! `/councils/{council}/providers/invitations`: the invitations of organisations, what became of each, and inviting one.
//! Many at once are [`import`](super::import).

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::InvitationId;
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::linking::{Column as Asked, InvitationSeen, InvitationState, Wanted};
use serde::Serialize;

use super::{home, may_change, shell};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::shell::Banner;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

const STATES: &[(&str, &str)] =
    &[("open", "Not answered yet"), ("accepted", "Accepted"), ("declined", "Declined"), ("withdrawn", "Withdrawn")];

static INVITATIONS: TableSpec = TableSpec {
    row: ("invitation", "invitations"),
    filters: &[
        Filter { name: "name", label: "Organisation, reference or email", kind: FilterKind::Words },
        Filter { name: "state", label: "State", kind: FilterKind::Choice(STATES) },
    ],
    columns: &[
        Column::sorted("name", "Organisation"),
        Column::plain("reference", "Reference"),
        Column::plain("contact", "For"),
        Column::sorted("invited", "Invited"),
        Column::plain("state", "State"),
    ],
    sorted: ("invited", Direction::Descending),
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
    here: String,
    name: String,
    reference: String,
    contact: String,
    email: String,
    at: String,
    by: String,
    is_open: bool,
    state: String,
    /// The organisation that it was accepted for.
    organisation: Option<Link>,
}

#[derive(Serialize)]
struct Link {
    name: String,
    href: String,
}

impl Row {
    fn of(made: &InvitationSeen, home: &str) -> Self {
        let (state, organisation) = match &made.state {
            InvitationState::Open => (STATES[0].1.to_owned(), None),
            InvitationState::Accepted { at, organisation, name } => {
                let href = format!("{home}/providers/{organisation}");
                (format!("Accepted on {} for", london::moment(*at)), Some(Link { name: name.clone(), href }))
            }
            InvitationState::Declined(at) => (format!("Declined on {}", london::moment(*at)), None),
            InvitationState::Withdrawn(at) => (format!("Withdrawn on {}", london::moment(*at)), None),
        };
        Self {
            here: format!("{home}/providers/invitations/{}", made.id),
            name: made.name.clone(),
            reference: made.reference.clone(),
            contact: made.contact.clone(),
            email: made.email.clone(),
            at: london::moment(made.invited_at),
            by: made.invited_by.clone(),
            is_open: made.state == InvitationState::Open,
            state,
            organisation,
        }
    }
}

/// The table.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let made = visit.app.identity().organisation_invitations(pass.council.id).await;
    let made = made.map_err(|error| Fault::of(&error))?;
    let query = TableQuery::parse(&INVITATIONS, &visit.path, visit.query.as_deref());
    let wanted = wanted(&query, made);
    let (window, rows) = query.cut(&wanted);
    let home = home(&pass);
    let rows = rows.iter().map(|made| Row::of(made, &home)).collect();
    let page = Page { changes: may_change(&pass), table: query.shown(&window), rows, home };
    visit.page("council/invitations.html", &shell(&visit, &pass, done).await?, page)
}

/// Those that the filters leave, in the order that was asked for.
fn wanted(query: &TableQuery, mut made: Vec<InvitationSeen>) -> Vec<InvitationSeen> {
    let (words, state) = (query.filter("name").map(str::to_lowercase), query.filter("state"));
    made.retain(|made| {
        let found = |words: &String| {
            [&made.name, &made.reference, &made.email].iter().any(|text| text.to_lowercase().contains(words))
        };
        words.as_ref().is_none_or(found) && state.is_none_or(|state| code(&made.state) == state)
    });
    let (column, direction) = query.sort();
    match column {
        "name" => made.sort_by_cached_key(|made| made.name.to_lowercase()),
        _ => made.sort_by_key(|made| made.invited_at),
    }
    if direction == Direction::Descending {
        made.reverse();
    }
    made
}

const fn code(state: &InvitationState) -> &'static str {
    match state {
        InvitationState::Open => "open",
        InvitationState::Accepted { .. } => "accepted",
        InvitationState::Declined(_) => "declined",
        InvitationState::Withdrawn(_) => "withdrawn",
    }
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "sent" => Some(Banner::success("The invitation is on its way again")),
        "withdrawn" => Some(Banner::success("The invitation is withdrawn")),
        _ => None,
    }
}

/// An open one goes out again.
pub(crate) async fn send_again(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let id: InvitationId = id.parse().map_err(|_| Fault::NotFound)?;
    let sent = visit.app.identity().send_invitation_again(&visit.asked(), pass.council.id, id).await;
    sent.map_err(|error| Fault::of(&error))?;
    Ok(back(&pass, "sent"))
}

/// An open one is taken back.
pub(crate) async fn withdraw(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, id)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let id: InvitationId = id.parse().map_err(|_| Fault::NotFound)?;
    let withdrawn = visit.app.identity().withdraw_invitation(&visit.asked(), pass.council.id, id).await;
    withdrawn.map_err(|error| Fault::of(&error))?;
    Ok(back(&pass, "withdrawn"))
}

fn back(pass: &AtCouncil, done: &str) -> Response {
    Redirect::to(&format!("{}/providers/invitations?state=open&done={done}", home(pass))).into_response()
}

#[derive(Serialize)]
struct Invite {
    form: FormShown,
    home: String,
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
    let text = |column: Asked| typed.text(field(column));
    let wanted =
        match Wanted::typed(text(Asked::Name), text(Asked::Reference), text(Asked::Email), text(Asked::Contact)) {
            Ok(wanted) => wanted,
            Err(wrong) => {
                let mut errors = Errors::new();
                for wrong in wrong {
                    errors.add(field(wrong.column), wrong.cure);
                }
                return invite_page(&visit, &pass, FormShown::returned(&typed, &errors)).await;
            }
        };
    match visit.app.identity().invite_organisation(&visit.asked(), pass.council.id, &wanted).await {
        Ok(()) => Ok(Redirect::to(&format!("{}/providers?done=invited", home(&pass))).into_response()),
        Err(Error::Conflict(words) | Error::Refused(words)) => {
            let errors = Errors::of(field(Asked::Name), words);
            invite_page(&visit, &pass, FormShown::returned(&typed, &errors)).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

const fn field(column: Asked) -> &'static str {
    match column {
        Asked::Name => "name",
        Asked::Reference => "reference",
        Asked::Email => "email",
        Asked::Contact => "contact",
    }
}

async fn invite_page(visit: &Visit, pass: &AtCouncil, form: FormShown) -> Result<Response, Fault> {
    let page = Invite { form, home: home(pass) };
    visit.page("council/provider_invite.html", &pass.shell(visit).await?, page)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    use super::*;

    fn names(address: &str) -> Vec<String> {
        let states = [InvitationState::Open, InvitationState::Declined(DateTime::UNIX_EPOCH), InvitationState::Open];
        let made = ["Good Care", "abbey homes", "Zest"].into_iter().zip(states).zip(1..).map(|((name, state), day)| {
            InvitationSeen {
                id: InvitationId::from_uuid(Uuid::nil()),
                name: name.to_owned(),
                reference: format!("S-{day}"),
                email: format!("pay@{day}.example"),
                contact: "Ada".to_owned(),
                invited_at: DateTime::UNIX_EPOCH + TimeDelta::days(day),
                invited_by: "Bea".to_owned(),
                state,
            }
        });
        let query = TableQuery::parse(&INVITATIONS, "/invitations", Some(address));
        wanted(&query, made.collect()).into_iter().map(|made| made.name).collect()
    }

    #[test]
    fn invitations_are_found_by_what_the_council_typed_and_by_what_became_of_them() {
        assert_eq!(names(""), ["Zest", "abbey homes", "Good Care"]);
        assert_eq!(names("state=open"), ["Zest", "Good Care"]);
        assert_eq!(names("name=s-2"), ["abbey homes"]);
        assert_eq!(names("name=pay@1"), ["Good Care"]);
        assert_eq!(names("sort=name&state=open"), ["Good Care", "Zest"]);
    }
}
