//! `/councils/{council}/settings`: what a council sets for itself, at a glance. Changing it is a file each:
//! [`brand`](super::brand), [`languages`](super::languages), [`sign_on`](super::sign_on).

use axum::response::Response;
use counterfoil_core::language::Language;
use counterfoil_tenants::explanation;
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::{home, may_change, shell};
use crate::access::{Managing, Permit, Staff};
use crate::fault::Fault;
use crate::london;
use crate::shell::Banner;

#[derive(Serialize)]
struct Page {
    home: String,
    changes: bool,
    name: String,
    colour: Option<String>,
    has_logo: bool,
    contact: Option<String>,
    since: Option<String>,
    published_rule: bool,
    /// Whether explanations are in Welsh too, and usually.
    welsh: (bool, bool),
    /// The identity provider, and whether it is offered.
    sign_on: Option<(String, bool)>,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let (identity, tenant) = (visit.app.identity(), pass.council.id);
    let brand = identity.brand(tenant).await.map_err(|error| Fault::of(&error))?;
    let sign_on = identity.sign_on(visit.app.master_key(), tenant).await.map_err(|error| Fault::of(&error))?;
    let offered = pass.scope.read(async |tx: &mut Tx<'_>| explanation::kept(tx).await).await;
    let (offered, _) = offered.map_err(|error| Fault::of(&error))?;
    let contacts = brand.as_ref().map(|brand| &brand.contacts);
    let page = Page {
        home: home(&pass),
        changes: may_change(&pass),
        name: brand.as_ref().map_or_else(|| pass.council.name.clone(), |brand| brand.name.clone()),
        colour: brand.as_ref().map(|brand| brand.colour.clone()),
        has_logo: brand.as_ref().is_some_and(|brand| brand.logo.is_some()),
        contact: contacts.map(|of| if of.email.is_empty() { of.phone.clone() } else { of.email.clone() }),
        since: brand.as_ref().map(|brand| london::moment(brand.since)),
        published_rule: pass.council.published_password_rule,
        welsh: (offered.welsh, offered.usual == Language::Welsh),
        sign_on: sign_on.map(|set| (set.issuer, set.enabled)),
    };
    visit.page("council/settings.html", &shell(&visit, &pass, done).await?, page)
}

fn done(what: &str) -> Option<Banner> {
    match what {
        "brand" => Some(Banner::success("How your council shows itself is changed")),
        "password-rule" => Some(Banner::success("The rule for passwords is changed")),
        "sign-on" => Some(Banner::success("Single sign-on is changed")),
        _ => None,
    }
}
