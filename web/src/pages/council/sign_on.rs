//! `/councils/{council}/settings/sign-in`: the rule for passwords, and single sign-on through the council's own identity
//! provider. Its secret is typed and never shown again.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::sign_on::{NewSignOn, Part, SignOn};
use serde::Serialize;
use url::Url;

use super::{home, may_change};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::shell::Banner;

/// Where a provider sends browsers back to.
const RETURN: &str = "/sign-in/returned";
/// The field of the client secret, which a form never brings back.
const SECRET: &str = "secret";

#[derive(Serialize)]
struct Page {
    form: FormShown,
    home: String,
    changes: bool,
    published_rule: bool,
    has_secret: bool,
    redirect: String,
}

/// Both forms.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let before = before(&visit, &pass).await?;
    let form = before.as_ref().map_or_else(FormShown::empty, |set| FormShown::filled(values(set)));
    page(&visit, &pass, form, before.is_some(), None).await
}

/// Another rule for passwords, or none.
pub(crate) async fn change_password_rule(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let (tenant, keep) = (pass.council.id, typed.chose("published_rule", "yes"));
    let set = visit.app.identity().set_published_password_rule(&visit.asked(), tenant, keep).await;
    set.map_err(|error| Fault::of(&error))?;
    visit.app.events().publish(Event::SettingsChanged { tenant }).await;
    Ok(Redirect::to(&format!("{}/settings?done=password-rule", home(&pass))).into_response())
}

/// Other settings of single sign-on.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let has_secret = before(&visit, &pass).await?.is_some();
    let new = new_sign_on(&typed);
    let mut errors = wrong(&new);
    errors.unless(has_secret || new.secret.is_some(), SECRET, "Enter the client secret");
    if errors.is_empty() {
        let (app, tenant) = (&visit.app, pass.council.id);
        match app.identity().set_sign_on(app.master_key(), &visit.asked(), tenant, &new).await {
            Ok(()) => {
                app.events().publish(Event::SettingsChanged { tenant }).await;
                return Ok(Redirect::to(&format!("{}/settings?done=sign-on", home(&pass))).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add(field(Part::Issuer), words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    page(&visit, &pass, FormShown::returned(&typed, &errors), has_secret, None).await
}

/// Whether there is a provider where the issuer says. Nothing is kept.
pub(crate) async fn check(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let has_secret = before(&visit, &pass).await?.is_some();
    let named = wrong(&new_sign_on(&typed)).message(field(Part::Issuer)).map(str::to_owned);
    let issuer = typed.text(field(Part::Issuer));
    let found = match (named, Url::parse(issuer)) {
        (Some(words), _) => Err(words),
        (None, Err(_)) => Err("Enter the issuer as an address that starts with https://".to_owned()),
        (None, Ok(issuer)) => visit.app.single_sign_on().check(&issuer, visit.now).await.map_err(|error| {
            tracing::info!(%error, council = pass.council.slug, "an identity provider was checked and will not do");
            error.words().to_owned()
        }),
    };
    let (errors, banner) = match found {
        Ok(()) => (
            Errors::new(),
            Some(Banner::success("The provider answers as it should").text(
                "Nothing is saved yet. If you typed a client secret, type it again before you save: it is not kept on the page.",
            )),
        ),
        Err(words) => (Errors::of(field(Part::Issuer), words), None),
    };
    page(&visit, &pass, FormShown::returned(&typed, &errors), has_secret, banner).await
}

async fn before(visit: &Visit, pass: &AtCouncil) -> Result<Option<SignOn>, Fault> {
    let app = &visit.app;
    app.identity().sign_on(app.master_key(), pass.council.id).await.map_err(|error| Fault::of(&error))
}

fn new_sign_on(typed: &Typed) -> NewSignOn {
    let domains = typed.lines("domains");
    let domains = domains.lines().map(str::trim).filter(|line| !line.is_empty());
    NewSignOn {
        issuer: typed.text("issuer").to_owned(),
        client_id: typed.text("client_id").to_owned(),
        secret: Some(typed.text(SECRET)).filter(|secret| !secret.is_empty()).map(str::to_owned),
        domains: domains.map(str::to_owned).collect(),
        enabled: typed.chose("enabled", "yes"),
    }
}

fn wrong(new: &NewSignOn) -> Errors {
    let mut errors = Errors::new();
    for (part, words) in new.wrong() {
        errors.add(field(part), words);
    }
    errors
}

const fn field(part: Part) -> &'static str {
    match part {
        Part::Issuer => "issuer",
        Part::ClientId => "client_id",
        Part::Domains => "domains",
    }
}

/// What is set, without the secret.
fn values(set: &SignOn) -> Vec<(&'static str, String)> {
    let mut values = vec![
        (field(Part::Issuer), set.issuer.clone()),
        (field(Part::ClientId), set.client_id.clone()),
        (field(Part::Domains), set.domains.join("\n")),
    ];
    if set.enabled {
        values.push(("enabled", "yes".to_owned()));
    }
    values
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    form: FormShown,
    has_secret: bool,
    banner: Option<Banner>,
) -> Result<Response, Fault> {
    let redirect = visit.app.public_address().join(RETURN).map_err(|error| Fault::internal(&error))?;
    let page = Page {
        form,
        home: home(pass),
        changes: may_change(pass),
        published_rule: pass.council.published_password_rule,
        has_secret,
        redirect: redirect.to_string(),
    };
    let shell = pass.shell(visit).await?;
    let shell = match banner {
        Some(banner) => shell.banner(banner),
        None => shell,
    };
    visit.page("council/sign_on.html", &shell, page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_typed_one_a_line_and_the_secret_may_be_left_as_it_is() {
        let typed = Typed::parse(
            b"issuer=https%3A%2F%2Flogin.example&client_id=c&domains=fenmere.example%0D%0A%0D%0A+care.example+&secret=",
        );
        let new = new_sign_on(&typed.unwrap());
        assert_eq!(new.domains, ["fenmere.example", "care.example"]);
        assert_eq!((new.secret, new.enabled), (None, false));
    }

    #[test]
    fn a_secret_is_never_filled_in() {
        let set = SignOn {
            issuer: "https://login.example".to_owned(),
            client_id: "counterfoil".to_owned(),
            secret: "hunter2".to_owned(),
            domains: vec!["fenmere.example".to_owned()],
            enabled: true,
        };
        assert!(values(&set).iter().all(|(_, value)| !value.contains("hunter2")));
    }
}
