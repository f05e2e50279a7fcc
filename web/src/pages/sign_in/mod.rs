//! `/sign-in`: e-mail address and password. What comes next is a file each: the second factor, passkeys, single sign-on,
//! links by e-mail, setting up a second factor.

pub(crate) mod check_email;
pub(crate) mod enrol;
mod entry;
pub(crate) mod link;
pub(crate) mod passkey;
pub(crate) mod second_factor;
pub(crate) mod single_sign_on;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::TimeDelta;
use counterfoil_tenants::identity::sign_in::{Next, Refusal};
use serde::Serialize;

use crate::access::{Anyone, Permit, Posted, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::metrics::SignIn;
use crate::session::{Login, Method, Stage};
use crate::shell::Banner;

/// Where the visit's next page is kept until somebody is signed in.
const NEXT: &str = "next";

#[derive(Serialize)]
struct Page {
    form: FormShown,
    next: String,
    has_single_sign_on: bool,
    /// The address for which a link may be asked for, where there were too many tries.
    too_many_for: Option<String>,
}

/// The form.
pub(crate) async fn show(Permit { visit, .. }: Permit<Anyone>) -> Result<Response, Fault> {
    if visit.login.as_ref().is_some_and(|login| login.stage == Stage::Full) {
        // an open page was left because its person may do less or more than before, and not because they are out
        let changed = visit.asked_for("ended").is_some_and(|why| why == "access");
        return Ok(Redirect::to(if changed { "/?changed=access" } else { "/" }).into_response());
    }
    let next = safe(&visit.asked_for(NEXT).unwrap_or_default());
    page(&visit, FormShown::empty(), next, None).await
}

/// What was typed.
pub(crate) async fn sign_in(Permit { visit, .. }: Permit<Anyone>, Posted(typed): Posted) -> Result<Response, Fault> {
    let next = safe(typed.text(NEXT));
    let (email, password) = (typed.text("email"), typed.raw("password"));
    let mut errors = Errors::new();
    errors.unless(!email.is_empty(), "email", "Enter your email address");
    errors.unless(!password.is_empty(), "password", "Enter your password");
    if !errors.is_empty() {
        return page(&visit, FormShown::returned(&typed, &errors), next, None).await;
    }
    let asked = visit.asked();
    let first = visit.app.identity().first_factor(&asked, email, password, visit.browser.as_ref()).await;
    match first.map_err(|error| Fault::of(&error))? {
        Err(Refusal::Wrong) => {
            visit.app.metrics().sign_in("password", SignIn::Wrong);
            let errors = Errors::of("email", "The email address or password is not right");
            page(&visit, FormShown::returned(&typed, &errors), next, None).await
        }
        Err(Refusal::TooMany(wait)) => {
            visit.app.metrics().sign_in("password", SignIn::TooMany);
            let words = format!("There were too many attempts to sign in. Try again in {}", in_words(wait));
            let shown = FormShown::returned(&typed, &Errors::of("email", words));
            let page = page(&visit, shown, next, Some(email.to_owned())).await?;
            Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response())
        }
        Ok(first) if first.next == Next::Return => check_email::page(&visit, "return").await,
        Ok(first) => {
            let login = Login::new(
                first.person,
                Stage::FirstFactor,
                Method::Password,
                visit.now,
                &visit.address(),
                &visit.agent,
            );
            visit.session.begin(login).await.map_err(|error| Fault::away(&error))?;
            entry::remember_next(&visit, next).await?;
            let to = if first.next == Next::Enrol { "/enrol" } else { "/sign-in/second-factor" };
            Ok(Redirect::to(to).into_response())
        }
    }
}

async fn page(visit: &Visit, form: FormShown, next: String, too_many_for: Option<String>) -> Result<Response, Fault> {
    let mut shell = visit.shell().await?;
    let ended = visit.asked_for("ended").and_then(|why| ended(&why));
    if let Some(banner) = ended.or_else(|| visit.asked_for("done").and_then(|what| done(&what))) {
        shell = shell.banner(banner);
    }
    let sign_ons = visit.app.identity().sign_on_councils().await.map_err(|error| Fault::of(&error))?;
    let page = Page { form, next, has_single_sign_on: !sign_ons.is_empty(), too_many_for };
    visit.page("sign_in/sign_in.html", &shell, page)
}

/// Why somebody is here again.
fn ended(why: &str) -> Option<Banner> {
    match why {
        "access" => {
            Some(Banner::info("You have been signed out").text(
                "What you may do has changed, or you were signed out from another device. Sign in again to go on.",
            ))
        }
        "absolute" => Some(Banner::info("You have been signed out").text(
            "You were signed out because you had been signed in for 12 hours. What you had typed is kept in this browser.",
        )),
        "idle" => Some(Banner::info("You have been signed out").text(
            "You were signed out because nothing happened for 30 minutes. What you had typed is kept in this browser.",
        )),
        "signed-out" => Some(Banner::success("You have signed out")),
        _ => None,
    }
}

/// What has just been done.
fn done(what: &str) -> Option<Banner> {
    match what {
        "password" => Some(Banner::success("Your password is changed").text("Sign in with your new password.")),
        "returned" => Some(Banner::success("Your login is open again").text("Sign in as before.")),
        "unlocked" => Some(Banner::success("You can sign in from this browser now")),
        _ => None,
    }
}

/// A path of ours, or none: nobody is sent elsewhere after signing in.
fn safe(path: &str) -> String {
    let ours =
        path.starts_with('/') && !path.starts_with("//") && !path.contains('\\') && !path.contains(char::is_control);
    let back = path.starts_with("/sign-in") || path.starts_with("/link/") || path.starts_with("/sign-out");
    if ours && !back && path.len() <= 500 { path.to_owned() } else { String::new() }
}

/// `10 minutes`, `1 minute`, `15 seconds`.
fn in_words(wait: TimeDelta) -> String {
    let seconds = wait.num_seconds().max(1);
    match (seconds + 59) / 60 {
        _ if seconds < 60 => format!("{seconds} seconds"),
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        assert_eq!(safe("/councils/bradford?page=2"), "/councils/bradford?page=2");
        for elsewhere in
            ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "", "/sign-in", "/a\r\nb"]
        {
            assert_eq!(safe(elsewhere), "", "{elsewhere}");
        }
    }

    #[test]
    fn a_wait_is_said_in_words() {
        assert_eq!(in_words(TimeDelta::seconds(15)), "15 seconds");
        assert_eq!(in_words(TimeDelta::seconds(60)), "1 minute");
        assert_eq!(in_words(TimeDelta::seconds(600)), "10 minutes");
    }
}
