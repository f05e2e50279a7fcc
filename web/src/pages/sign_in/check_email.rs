//! Letters that anybody may ask for, and the page that answers the same to everybody: look into your mailbox.

use axum::response::Response;
use counterfoil_tenants::identity::person::email;
use serde::Serialize;

use crate::access::{Anyone, Permit, Posted, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};

#[derive(Serialize)]
struct Page {
    why: &'static str,
}

#[derive(Serialize)]
struct Forgotten {
    form: FormShown,
}

/// The page; `why` is `password`, `second_factor`, `return` or `unlock`.
pub(super) async fn page(visit: &Visit, why: &'static str) -> Result<Response, Fault> {
    visit.page("sign_in/check_email.html", &visit.shell().await?, Page { why })
}

/// `/forgotten-password`: the form.
pub(crate) async fn show_forgotten(Permit { visit, .. }: Permit<Anyone>) -> Result<Response, Fault> {
    visit.page("sign_in/forgotten.html", &visit.shell().await?, Forgotten { form: FormShown::empty() })
}

/// What was typed.
pub(crate) async fn forgotten(Permit { visit, .. }: Permit<Anyone>, Posted(typed): Posted) -> Result<Response, Fault> {
    let address = match email(typed.text("email")) {
        Ok(address) => address,
        Err(error) => {
            let form = FormShown::returned(&typed, &Errors::of("email", error.to_string()));
            return visit.page("sign_in/forgotten.html", &visit.shell().await?, Forgotten { form });
        }
    };
    let sent = visit.app.identity().send_password_link(&visit.asked(), &address).await;
    sent.map_err(|error| Fault::of(&error))?;
    page(&visit, "password").await
}

/// `/sign-in/unlock`: somebody waits behind other people's guessing.
pub(crate) async fn unlock(Permit { visit, .. }: Permit<Anyone>, Posted(typed): Posted) -> Result<Response, Fault> {
    let sent = visit.app.identity().send_unlock(&visit.asked(), typed.text("email")).await;
    sent.map_err(|error| Fault::of(&error))?;
    page(&visit, "unlock").await
}

/// `/sign-in/asleep`: where a script leads whose passkey opens a login that sleeps.
pub(crate) async fn asleep(Permit { visit, .. }: Permit<Anyone>) -> Result<Response, Fault> {
    page(&visit, "return").await
}
