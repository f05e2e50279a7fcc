//! `/account/password`: changing it.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::identity::login::NotChanged;
use counterfoil_tenants::identity::password::Policy;
use counterfoil_tenants::identity::sign_in::Refusal;
use serde::Serialize;

use crate::access::{Me, Permit, Posted, SignedIn, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::session::{Login, Stage};
use crate::shell::Banner;

#[derive(Serialize)]
struct Page {
    form: FormShown,
    hint: &'static str,
}

/// The form.
pub(crate) async fn show(Permit { visit, pass }: Permit<SignedIn>) -> Result<Response, Fault> {
    page(&visit, &pass, FormShown::empty()).await
}

/// What was typed. Every other session ends; this one goes on under a new token.
pub(crate) async fn change(Permit { visit, pass }: Permit<SignedIn>, Posted(typed): Posted) -> Result<Response, Fault> {
    let (person, asked) = (pass.access.person(), visit.asked());
    let (current, new) = (typed.raw("current_password"), typed.raw("new_password"));
    let changed = visit.app.identity().change_password(&asked, person, current, new).await;
    let wrong = match changed.map_err(|error| Fault::of(&error))? {
        Ok(()) => {
            // what began before is over for everybody, so that this one begins anew
            let mut login =
                Login::new(person, Stage::Full, pass.login.method, visit.now, &visit.address(), &visit.agent);
            login.confined_to = pass.login.confined_to;
            login.proven = pass.login.proven;
            visit.session.begin(login).await.map_err(|error| Fault::away(&error))?;
            visit
                .app
                .events()
                .publish(Event::AccessChanged { person: Some(person), tenant: None, organisation: None })
                .await;
            return Ok(Redirect::to("/account?done=password").into_response());
        }
        Err(NotChanged::Current(Refusal::Wrong)) => Errors::of("current_password", "The current password is not right"),
        Err(NotChanged::Current(Refusal::TooMany(_))) => {
            Errors::of("current_password", "There were too many attempts. Try again in 10 minutes")
        }
        Err(NotChanged::New(unfit)) => Errors::of("new_password", unfit.to_string()),
    };
    page(&visit, &pass, FormShown::returned(&typed, &wrong)).await
}

async fn page(visit: &Visit, me: &Me, form: FormShown) -> Result<Response, Fault> {
    let mut shell = visit.shell().await?;
    if visit.asked_for("why").as_deref() == Some("rule") && me.access.must_change_password() {
        shell = shell.banner(
            Banner::info("Choose a new password")
                .text("A council that you work with asks for more of a password than yours has."),
        );
    }
    let hint = Policy { published_rule: me.access.published_password_rule() }.words();
    visit.page("account/password.html", &shell, Page { form, hint })
}
