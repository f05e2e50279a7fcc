//! `/link/{token}`: what came by e-mail. Looking at the page uses nothing up, since mail programs look at links by
//! themselves; sending its form does.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::link::{Link, LinkKind, Token};
use counterfoil_tenants::identity::password::Policy;
use counterfoil_tenants::identity::sign_in::{Factor, Refusal};
use serde::Serialize;

use super::{entry, in_words};
use crate::access::{Anyone, Permit, Posted, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};

#[derive(Serialize)]
struct Page {
    form: FormShown,
    kind: LinkKind,
    token: String,
    name: String,
    email: String,
    /// Who invites, where somebody does.
    from: Option<String>,
    password_hint: &'static str,
    has_generator: bool,
    has_passkey: bool,
}

/// The page.
pub(crate) async fn show(Permit { visit, .. }: Permit<Anyone>, Path(token): Path<String>) -> Result<Response, Fault> {
    let token = Token::typed(&token);
    match good(&visit, &token).await? {
        Some(link) => page(&visit, &token, &link, FormShown::empty()).await,
        None => spent(&visit).await,
    }
}

/// Its form.
pub(crate) async fn follow(
    Permit { visit, .. }: Permit<Anyone>,
    Path(token): Path<String>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let token = Token::typed(&token);
    let Some(link) = good(&visit, &token).await? else { return spent(&visit).await };
    let followed = match link.kind {
        LinkKind::Invitation | LinkKind::Password => choose_password(&visit, &token, &link, &typed).await,
        LinkKind::SecondFactor => lose_factor(&visit, &token, &link, &typed).await,
        LinkKind::Return => come_back(&visit, &token, &link, &typed).await,
        LinkKind::Unlock => unlock(&visit, &token).await,
    };
    match followed {
        // somebody else, or the same person in another window, was faster
        Err(Fault::NotFound) => spent(&visit).await,
        other => other,
    }
}

pub(super) async fn good(visit: &Visit, token: &Token) -> Result<Option<Link>, Fault> {
    visit.app.identity().link(token, visit.now).await.map_err(|error| Fault::of(&error))
}

async fn choose_password(visit: &Visit, token: &Token, link: &Link, typed: &Typed) -> Result<Response, Fault> {
    let password = typed.raw("new_password");
    let chosen = visit.app.identity().choose_password(&visit.asked(), token, password).await;
    match chosen.map_err(|error| Fault::of(&error))? {
        Err(unfit) => {
            let form = FormShown::returned(typed, &Errors::of("new_password", unfit.to_string()));
            page(visit, token, link, form).await
        }
        Ok(person) if link.kind == LinkKind::Invitation => {
            entry::half(visit, person).await?;
            Ok(Redirect::to("/enrol").into_response())
        }
        Ok(_) => Ok(Redirect::to("/sign-in?done=password").into_response()),
    }
}

async fn lose_factor(visit: &Visit, token: &Token, link: &Link, typed: &Typed) -> Result<Response, Fault> {
    let lost = visit.app.identity().lose_factor(&visit.asked(), token, typed.raw("password")).await;
    match lost.map_err(|error| Fault::of(&error))? {
        Ok(person) => {
            entry::half(visit, person).await?;
            Ok(Redirect::to("/enrol").into_response())
        }
        Err(refusal) => again(visit, token, link, typed, ("password", "The password is not right"), refusal).await,
    }
}

async fn come_back(visit: &Visit, token: &Token, link: &Link, typed: &Typed) -> Result<Response, Fault> {
    let (code, recovery) = (typed.text("code"), typed.text("recovery_code"));
    let factor = if recovery.is_empty() { Factor::Code(code) } else { Factor::Recovery(recovery) };
    let app = &visit.app;
    let back = app.identity().return_from_dormancy(app.master_key(), &visit.asked(), token, factor).await;
    match back.map_err(|error| Fault::of(&error))? {
        Ok(_) => Ok(Redirect::to("/sign-in?done=returned").into_response()),
        Err(refusal) => {
            let words = ("code", "The code is not right, or was used already");
            again(visit, token, link, typed, words, refusal).await
        }
    }
}

async fn unlock(visit: &Visit, token: &Token) -> Result<Response, Fault> {
    let new = match visit.browser {
        Some(_) => None,
        None => Some(Token::new().map_err(|error| Fault::of(&error))?),
    };
    let Some(browser) = visit.browser.as_ref().or(new.as_ref()) else { return Err(Fault::Internal) };
    let unlocked = visit.app.identity().unlock(&visit.asked(), token, browser).await;
    unlocked.map_err(|error| Fault::of(&error))?;
    Ok(entry::lead(visit, "/sign-in?done=unlocked", new))
}

async fn again(
    visit: &Visit,
    token: &Token,
    link: &Link,
    typed: &Typed,
    (field, wrong): (&'static str, &'static str),
    refusal: Refusal,
) -> Result<Response, Fault> {
    let (status, words) = match refusal {
        Refusal::Wrong => (StatusCode::OK, wrong.to_owned()),
        Refusal::TooMany(wait) => {
            (StatusCode::TOO_MANY_REQUESTS, format!("There were too many attempts. Try again in {}", in_words(wait)))
        }
    };
    let page = page(visit, token, link, FormShown::returned(typed, &Errors::of(field, words))).await?;
    Ok((status, page).into_response())
}

async fn page(visit: &Visit, token: &Token, link: &Link, form: FormShown) -> Result<Response, Fault> {
    let identity = visit.app.identity();
    let of = |error: Error| Fault::of(&error);
    let access = identity.access(link.person).await.map_err(of)?.ok_or(Fault::NotFound)?;
    let login = identity.login(link.person).await.map_err(of)?;
    let has_passkey = !identity.passkeys(link.person).await.map_err(of)?.is_empty();
    let named = |key: &str| link.context.get(key).and_then(|name| name.as_str()).map(str::to_owned);
    let page = Page {
        form,
        kind: link.kind,
        token: token.as_str().to_owned(),
        name: access.name().to_owned(),
        email: access.email().to_owned(),
        from: named("organisation").or_else(|| named("council")),
        password_hint: Policy { published_rule: access.published_password_rule() }.words(),
        has_generator: login.has_generator,
        has_passkey,
    };
    visit.page("sign_in/link.html", &visit.shell().await?, page)
}

/// A link that is not good, whatever the reason.
async fn spent(visit: &Visit) -> Result<Response, Fault> {
    let page = visit.page("sign_in/link_spent.html", &visit.shell().await?, ())?;
    Ok((StatusCode::GONE, page).into_response())
}
