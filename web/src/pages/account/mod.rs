//! `/account`: what is known of a person, what they sign in with, and what happened to their login of late.

pub(crate) mod factors;
pub(crate) mod language;
pub(crate) mod password;
pub(crate) mod sessions;

use axum::response::Response;
use counterfoil_core::event::Action;
use counterfoil_core::language::Language;
use counterfoil_tenants::audit::{Filter, PlatformSeen};
use counterfoil_tenants::identity::{CouncilRole, OrganisationRole};
use serde::Serialize;

use crate::access::{Me, Permit, SignedIn, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;
use crate::session::Method;
use crate::shell::Banner;

/// How many of the newest happenings are shown.
const RECENT: u32 = 10;

#[derive(Serialize)]
struct Page {
    form: FormShown,
    name: String,
    email: String,
    acts_for: Vec<(String, String)>,
    password_set: Option<String>,
    has_generator: bool,
    recovery_codes: i64,
    passkeys: Vec<PasskeyShown>,
    by_single_sign_on: bool,
    /// The language in which they read explanations, or `usual`.
    language: &'static str,
    recent: Vec<Happening>,
}

#[derive(Serialize)]
struct PasskeyShown {
    id: String,
    name: String,
    added: String,
    last_used: Option<String>,
}

#[derive(Serialize)]
struct Happening {
    at: String,
    what: String,
    from: Option<String>,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<SignedIn>) -> Result<Response, Fault> {
    page(&visit, &pass, FormShown::empty()).await
}

/// The page with what is wrong.
pub(super) async fn refused(visit: &Visit, me: &Me, field: &'static str, words: String) -> Result<Response, Fault> {
    page(visit, me, FormShown::empty().with_errors(&Errors::of(field, words))).await
}

async fn page(visit: &Visit, me: &Me, form: FormShown) -> Result<Response, Fault> {
    let (identity, person) = (visit.app.identity(), me.access.person());
    let login = identity.login(person).await.map_err(|error| Fault::of(&error))?;
    let passkeys = identity.passkeys(person).await.map_err(|error| Fault::of(&error))?;
    let filter = Filter { person: Some(person), limit: RECENT, ..Filter::default() };
    let recent = identity.platform_records(&filter).await.map_err(|error| Fault::of(&error))?.rows;
    let page = Page {
        form,
        name: me.access.name().to_owned(),
        email: me.access.email().to_owned(),
        acts_for: acts_for(me),
        password_set: login.password_set_at.map(london::moment),
        has_generator: login.has_generator,
        recovery_codes: login.recovery_codes,
        passkeys: passkeys
            .into_iter()
            .map(|key| PasskeyShown {
                id: key.id.to_string(),
                name: key.name,
                added: london::moment(key.added_at),
                last_used: key.last_used_at.map(london::moment),
            })
            .collect(),
        language: me.access.language().map_or("usual", Language::tag),
        by_single_sign_on: me.login.method == Method::SingleSignOn,
        recent: recent.into_iter().map(happening).collect(),
    };
    let mut shell = visit.shell().await?;
    if let Some(banner) = visit.asked_for("done").and_then(|what| done(&what)) {
        shell = shell.banner(banner);
    }
    visit.page("account/account.html", &shell, page)
}

fn happening(seen: PlatformSeen) -> Happening {
    let words = Action::of_code(&seen.action).map_or_else(|| seen.action.clone(), |action| action.words().to_owned());
    Happening { at: london::moment(seen.at), what: words, from: seen.address }
}

fn acts_for(me: &Me) -> Vec<(String, String)> {
    let roles = |roles: &std::collections::BTreeSet<CouncilRole>| {
        roles.iter().map(|role| role.words()).collect::<Vec<_>>().join(", ")
    };
    let councils = me.access.councils().iter().map(|council| (council.name.clone(), roles(&council.roles)));
    let organisations = me.access.organisations().iter().map(|organisation| {
        let role = match (organisation.role, organisation.limited) {
            (OrganisationRole::Staff, true) => "Staff, for certain contracts",
            (role, _) => role.words(),
        };
        (organisation.name.clone(), role.to_owned())
    });
    let operator = me.access.is_operator().then(|| ("Counterfoil".to_owned(), "Platform operator".to_owned()));
    councils.chain(organisations).chain(operator).collect()
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "password" => Some(Banner::success("Your password is changed").text("You are signed out everywhere else.")),
        "language" => Some(Banner::success("The language of your explanations is chosen")),
        "factor" => Some(Banner::success("Your second factor is set up")),
        "passkey-removed" => Some(Banner::success("The passkey is removed")),
        "sessions" => Some(Banner::success("You are signed out everywhere else")),
        _ => None,
    }
}
