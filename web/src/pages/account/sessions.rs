//! `/account/sessions`: where one is signed in, and signing out there.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Serialize;
use uuid::Uuid;

use crate::access::{Permit, Posted, SignedIn};
use crate::events::Event;
use crate::fault::Fault;
use crate::london;
use crate::session::{Login, Method, Stage};

#[derive(Serialize)]
struct Page {
    sessions: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    id: String,
    is_this: bool,
    began: String,
    seen: String,
    address: String,
    agent: String,
    method: &'static str,
}

/// The list.
pub(crate) async fn show(Permit { visit, pass }: Permit<SignedIn>) -> Result<Response, Fault> {
    let sessions =
        visit.app.sessions().of(pass.access.person(), visit.now).await.map_err(|error| Fault::away(&error))?;
    let whole = sessions.into_iter().filter(|session| session.stage == Stage::Full);
    let sessions = whole
        .map(|session| Shown {
            id: session.id.to_string(),
            is_this: session.id == pass.login.id,
            began: london::moment(session.began),
            seen: london::moment(session.seen),
            address: session.address,
            agent: session.agent,
            method: words(session.method),
        })
        .collect();
    visit.page("account/sessions.html", &visit.shell().await?, Page { sessions })
}

const fn words(method: Method) -> &'static str {
    match method {
        Method::Password => "Password and second factor",
        Method::Passkey => "Passkey",
        Method::SingleSignOn => "Council single sign-on",
    }
}

/// One of them ends.
pub(crate) async fn end(
    Permit { visit, pass }: Permit<SignedIn>,
    Path(id): Path<String>,
    _: Posted,
) -> Result<Response, Fault> {
    let id: Uuid = id.parse().map_err(|_| Fault::NotFound)?;
    let person = pass.access.person();
    if !visit.app.sessions().end_one(person, id).await.map_err(|error| Fault::away(&error))? {
        return Err(Fault::NotFound);
    }
    visit.app.events().publish(Event::SessionEnded { person, session: id }).await;
    let recorded = visit.app.identity().session_ended(&visit.asked(), person, true).await;
    recorded.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to("/account/sessions").into_response())
}

/// All of them end but this one, which begins anew.
pub(crate) async fn end_all(Permit { visit, pass }: Permit<SignedIn>, _: Posted) -> Result<Response, Fault> {
    let person = pass.access.person();
    let ended = visit.app.identity().end_sessions(&visit.asked(), person).await;
    ended.map_err(|error| Fault::of(&error))?;
    visit.app.sessions().end_all(person, None).await.map_err(|error| Fault::away(&error))?;
    let mut login = Login::new(person, Stage::Full, pass.login.method, visit.now, &visit.address(), &visit.agent);
    login.confined_to = pass.login.confined_to;
    login.proven = pass.login.proven;
    visit.session.begin(login).await.map_err(|error| Fault::away(&error))?;
    visit.app.events().publish(Event::AccessChanged { person: Some(person), tenant: None, organisation: None }).await;
    Ok(Redirect::to("/account?done=sessions").into_response())
}
