//! `/enrol`: setting up a second factor. Whoever has one already has to be wholly signed in to add another; whoever has
//! none is led here after the first factor.

use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Serialize;

use super::entry;
use crate::access::{HalfSignedIn, Me, Permit, Posted, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::qr;
use crate::session::Stage;

/// Where new recovery codes are kept until they are shown, once.
pub(super) const CODES: &str = "recovery_codes";

#[derive(Serialize)]
struct Choose {
    adding: bool,
}

#[derive(Serialize)]
struct Generator {
    form: FormShown,
    key: String,
    address: String,
    picture: String,
    replaces: bool,
}

#[derive(Serialize)]
struct Codes {
    codes: Vec<String>,
    next: String,
}

/// Whoever has given one factor and has another to give may not put a new one in its place.
pub(super) fn refused(me: &Me) -> Option<Response> {
    let half_way = me.login.stage == Stage::FirstFactor && me.access.has_factor();
    half_way.then(|| Redirect::to("/sign-in/second-factor").into_response())
}

/// Which kind.
pub(crate) async fn choose(Permit { visit, pass }: Permit<HalfSignedIn>) -> Result<Response, Fault> {
    if let Some(elsewhere) = refused(&pass) {
        return Ok(elsewhere);
    }
    visit.page("sign_in/enrol.html", &visit.shell().await?, Choose { adding: pass.access.has_factor() })
}

/// A code generator: what to scan or type.
pub(crate) async fn show_generator(Permit { visit, pass }: Permit<HalfSignedIn>) -> Result<Response, Fault> {
    match refused(&pass) {
        Some(elsewhere) => Ok(elsewhere),
        None => generator(&visit, &pass, FormShown::empty()).await,
    }
}

/// Its first code.
pub(crate) async fn take_generator(
    Permit { visit, pass }: Permit<HalfSignedIn>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    if let Some(elsewhere) = refused(&pass) {
        return Ok(elsewhere);
    }
    let (app, person) = (&visit.app, pass.access.person());
    let enrolled = app.identity().enrol_generator(app.master_key(), &visit.asked(), person, typed.raw("code")).await;
    match enrolled.map_err(|error| Fault::of(&error))? {
        Some(codes) => {
            let (to, browser) = finished(&visit, &pass, codes).await?;
            Ok(entry::lead(&visit, &to, browser))
        }
        None => {
            let words = "The code is not right. Codes change every 30 seconds: enter the newest one";
            let words = if typed.text("code").is_empty() { "Enter the code that your app shows" } else { words };
            generator(&visit, &pass, FormShown::returned(&typed, &Errors::of("code", words))).await
        }
    }
}

async fn generator(visit: &Visit, me: &Me, form: FormShown) -> Result<Response, Fault> {
    let app = &visit.app;
    let (person, email) = (me.access.person(), me.access.email());
    let setup = app.identity().code_setup(app.master_key(), person, email, visit.now).await;
    let setup = setup.map_err(|error| Fault::of(&error))?;
    let login = app.identity().login(person).await.map_err(|error| Fault::of(&error))?;
    let title = "QR code for your authenticator app";
    let picture = qr::svg(&setup.address, title).map_err(|error| Fault::internal(&error))?;
    let page = Generator { form, key: setup.key, address: setup.address, picture, replaces: login.has_generator };
    visit.page("sign_in/generator.html", &visit.shell().await?, page)
}

/// A second factor is set up: whoever was half in is whole. Leads to the recovery codes, where there are new ones.
pub(super) async fn finished(
    visit: &Visit,
    me: &Me,
    codes: Vec<String>,
) -> Result<(String, Option<counterfoil_tenants::identity::link::Token>), Fault> {
    let browser = match me.login.stage {
        Stage::FirstFactor => entry::whole(visit, me.access.person()).await?,
        Stage::Full => None,
    };
    if codes.is_empty() {
        let to =
            if me.login.stage == Stage::Full { "/account?done=factor".to_owned() } else { entry::next(visit).await? };
        return Ok((to, browser));
    }
    visit.session.put(CODES, codes).await.map_err(|error| Fault::away(&error))?;
    Ok(("/enrol/recovery-codes".to_owned(), browser))
}

/// The recovery codes, once.
pub(crate) async fn show_codes(Permit { visit, .. }: Permit<HalfSignedIn>) -> Result<Response, Fault> {
    let codes: Option<Vec<String>> = visit.session.take(CODES).await.map_err(|error| Fault::away(&error))?;
    let Some(codes) = codes else { return Ok(Redirect::to("/account").into_response()) };
    let next = entry::next(&visit).await?;
    visit.page("sign_in/recovery_codes.html", &visit.shell().await?, Codes { codes, next })
}
