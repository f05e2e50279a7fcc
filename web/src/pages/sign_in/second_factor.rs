//! `/sign-in/second-factor`: the code of a generator, or a passkey; `/sign-in/recovery-code` in its place; and what to do
//! when both are lost.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::sign_in::{Factor, Refusal};
use serde::Serialize;

use super::{check_email, entry, in_words};
use crate::access::{HalfSignedIn, Me, Permit, Posted, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::metrics::SignIn;
use crate::session::Stage;

#[derive(Serialize)]
struct Page {
    form: FormShown,
    has_generator: bool,
    has_passkey: bool,
}

/// The form for a code.
pub(crate) async fn show(permit: Permit<HalfSignedIn>) -> Result<Response, Fault> {
    match elsewhere(&permit.pass) {
        Some(to) => Ok(Redirect::to(to).into_response()),
        None => page(&permit.visit, &permit.pass, "sign_in/second_factor.html", FormShown::empty()).await,
    }
}

/// A code.
pub(crate) async fn give(permit: Permit<HalfSignedIn>, Posted(typed): Posted) -> Result<Response, Fault> {
    let code = typed.raw("code").to_owned();
    let template = "sign_in/second_factor.html";
    take(permit, &typed, Factor::Code(&code), ("code", template, "The code is not right, or was used already")).await
}

/// The form for a recovery code.
pub(crate) async fn show_recovery(permit: Permit<HalfSignedIn>) -> Result<Response, Fault> {
    match elsewhere(&permit.pass) {
        Some(to) => Ok(Redirect::to(to).into_response()),
        None => page(&permit.visit, &permit.pass, "sign_in/recovery_code.html", FormShown::empty()).await,
    }
}

/// A recovery code.
pub(crate) async fn give_recovery(permit: Permit<HalfSignedIn>, Posted(typed): Posted) -> Result<Response, Fault> {
    let code = typed.raw("recovery_code").to_owned();
    let template = "sign_in/recovery_code.html";
    let wrong = "The recovery code is not right, or was used already";
    take(permit, &typed, Factor::Recovery(&code), ("recovery_code", template, wrong)).await
}

/// The second factor is lost.
pub(crate) async fn lost(permit: Permit<HalfSignedIn>, _: Posted) -> Result<Response, Fault> {
    let Permit { visit, pass } = permit;
    if let Some(to) = elsewhere(&pass) {
        return Ok(Redirect::to(to).into_response());
    }
    match visit.app.identity().send_factor_link(&visit.asked(), pass.access.person()).await {
        Ok(()) => check_email::page(&visit, "second_factor").await,
        Err(Error::Refused(words)) => {
            let form = FormShown::empty().with_errors(&Errors::of("code", words));
            page(&visit, &pass, "sign_in/second_factor.html", form).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Whoever is whole, or has no second factor, has no business here.
fn elsewhere(me: &Me) -> Option<&'static str> {
    match (me.login.stage, me.access.has_factor()) {
        (Stage::Full, _) => Some("/"),
        (Stage::FirstFactor, false) => Some("/enrol"),
        (Stage::FirstFactor, true) => None,
    }
}

async fn take(
    permit: Permit<HalfSignedIn>,
    typed: &Typed,
    factor: Factor<'_>,
    (field, template, wrong): (&'static str, &'static str, &'static str),
) -> Result<Response, Fault> {
    let Permit { visit, pass } = permit;
    if let Some(to) = elsewhere(&pass) {
        return Ok(Redirect::to(to).into_response());
    }
    let person = pass.access.person();
    if typed.text(field).is_empty() {
        let form = FormShown::returned(typed, &Errors::of(field, "Enter the code"));
        return page(&visit, &pass, template, form).await;
    }
    let (app, asked) = (&visit.app, visit.asked());
    let given = app.identity().second_factor(app.master_key(), &asked, person, factor, visit.browser.as_ref()).await;
    match given.map_err(|error| Fault::of(&error))? {
        Ok(()) => {
            let browser = entry::whole(&visit, person).await?;
            let next = entry::next(&visit).await?;
            Ok(entry::lead(&visit, &next, browser))
        }
        Err(Refusal::Wrong) => {
            visit.app.metrics().sign_in("second_factor", SignIn::Wrong);
            page(&visit, &pass, template, FormShown::returned(typed, &Errors::of(field, wrong))).await
        }
        Err(Refusal::TooMany(wait)) => {
            visit.app.metrics().sign_in("second_factor", SignIn::TooMany);
            let words = format!("There were too many attempts. Try again in {}", in_words(wait));
            let page = page(&visit, &pass, template, FormShown::returned(typed, &Errors::of(field, words))).await?;
            Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response())
        }
    }
}

async fn page(visit: &Visit, me: &Me, template: &str, form: FormShown) -> Result<Response, Fault> {
    let (identity, person) = (visit.app.identity(), me.access.person());
    let login = identity.login(person).await.map_err(|error| Fault::of(&error))?;
    let passkeys = identity.passkeys(person).await.map_err(|error| Fault::of(&error))?;
    let page = Page { form, has_generator: login.has_generator, has_passkey: !passkeys.is_empty() };
    visit.page(template, &visit.shell().await?, page)
}
