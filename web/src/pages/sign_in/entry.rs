//! The moment at which somebody is in: a new token, the record, and the browser remembered.

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::{PersonId, TenantId};
use counterfoil_tenants::identity::link::Token;

use super::NEXT;
use crate::access::Visit;
use crate::cookie;
use crate::fault::Fault;
use crate::metrics::SignIn;
use crate::session::{Login, Method, Stage};

/// Keeps where somebody wanted to go.
pub(super) async fn remember_next(visit: &Visit, next: String) -> Result<(), Fault> {
    if next.is_empty() {
        return Ok(());
    }
    visit.session.put(NEXT, next).await.map_err(|error| Fault::away(&error))
}

/// Begins the first half: the mailbox or the password has spoken.
pub(super) async fn half(visit: &Visit, person: PersonId) -> Result<(), Fault> {
    let login = Login::new(person, Stage::FirstFactor, Method::Password, visit.now, &visit.address(), &visit.agent);
    visit.session.begin(login).await.map_err(|error| Fault::away(&error))?;
    Ok(())
}

/// The second factor was right: the half becomes whole.
pub(super) async fn whole(visit: &Visit, person: PersonId) -> Result<Option<Token>, Fault> {
    let now = visit.now;
    let change = |login: &mut Login| {
        login.stage = Stage::Full;
        login.proven = Some(now);
    };
    visit.session.promote(now, change).await.map_err(|error| Fault::away(&error))?;
    visit.app.metrics().sign_in("password", SignIn::Done);
    record(visit, person, "password and second factor").await
}

/// Both factors at once: a passkey.
pub(super) async fn by_passkey(visit: &Visit, person: PersonId) -> Result<Option<Token>, Fault> {
    let mut login = Login::new(person, Stage::Full, Method::Passkey, visit.now, &visit.address(), &visit.agent);
    login.proven = Some(visit.now);
    visit.session.begin(login).await.map_err(|error| Fault::away(&error))?;
    visit.app.metrics().sign_in("passkey", SignIn::Done);
    record(visit, person, "passkey").await
}

/// The council vouches: for itself and for nothing else.
pub(super) async fn by_council(visit: &Visit, person: PersonId, tenant: TenantId) -> Result<(), Fault> {
    let mut login = Login::new(person, Stage::Full, Method::SingleSignOn, visit.now, &visit.address(), &visit.agent);
    login.confined_to = Some(tenant);
    login.proven = Some(visit.now);
    visit.session.begin(login).await.map_err(|error| Fault::away(&error))?;
    visit.app.metrics().sign_in("single_sign_on", SignIn::Done);
    // such a browser is not remembered: it is no browser in which the person's own password was given
    let recorded = visit.app.identity().signed_in(&visit.asked(), person, "single sign-on", None).await;
    recorded.map_err(|error| Fault::of(&error))
}

/// Records it, and gives a browser that has none a token to be remembered by.
async fn record(visit: &Visit, person: PersonId, method: &'static str) -> Result<Option<Token>, Fault> {
    let new = match visit.browser {
        Some(_) => None,
        None => Some(Token::new().map_err(|error| Fault::of(&error))?),
    };
    let browser = visit.browser.as_ref().or(new.as_ref());
    let recorded = visit.app.identity().signed_in(&visit.asked(), person, method, browser).await;
    recorded.map_err(|error| Fault::of(&error))?;
    Ok(new)
}

/// Where somebody wanted to go, or home.
pub(super) async fn next(visit: &Visit) -> Result<String, Fault> {
    let kept: Option<String> = visit.session.take(NEXT).await.map_err(|error| Fault::away(&error))?;
    Ok(kept.unwrap_or_else(|| "/".to_owned()))
}

/// Leads on, with the browser's token.
pub(super) fn lead(visit: &Visit, to: &str, browser: Option<Token>) -> Response {
    with_browser(visit, Redirect::to(to).into_response(), browser)
}

/// Gives the browser its token with a response.
pub(super) fn with_browser(visit: &Visit, mut response: Response, browser: Option<Token>) -> Response {
    if let Some(cookie) = browser.and_then(|token| cookie::give(&token, visit.app.https())) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}
