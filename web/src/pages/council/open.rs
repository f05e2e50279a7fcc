//! What everybody may see of a council, signed in or not: its logo, and its pages of help, contact and accessibility. The
//! same pages without a council speak for the service alone.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use counterfoil_tenants::identity::Council;
use counterfoil_tenants::identity::brand::Brand;
use serde::Serialize;

use crate::access::{Anyone, Permit, Visit, open_shell};
use crate::fault::Fault;
use crate::shell::Contacts;

#[derive(Serialize)]
struct Page {
    contacts: Option<Contacts>,
}

/// A council's logo. Its address changes with it, so that browsers may keep it; what was one and is none any more is gone.
pub(crate) async fn logo(
    Permit { visit, .. }: Permit<Anyone>,
    Path((slug, version)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let council = council(&visit, &slug).await?;
    let brand = brand(&visit, &council).await?.ok_or(Fault::NotFound)?;
    if brand.since.timestamp_micros().to_string() != version {
        return Err(Fault::NotFound);
    }
    let (format, bytes) = brand.logo.ok_or(Fault::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, format.media_type()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, bytes).into_response())
}

/// Help, at a council.
pub(crate) async fn help(permit: Permit<Anyone>, Path(slug): Path<String>) -> Result<Response, Fault> {
    of_council(&permit.visit, &slug, "help.html").await
}

/// Whom to ask at a council.
pub(crate) async fn contact(permit: Permit<Anyone>, Path(slug): Path<String>) -> Result<Response, Fault> {
    of_council(&permit.visit, &slug, "contact.html").await
}

/// How accessible the pages are, and whom to tell at a council.
pub(crate) async fn accessibility(permit: Permit<Anyone>, Path(slug): Path<String>) -> Result<Response, Fault> {
    of_council(&permit.visit, &slug, "accessibility.html").await
}

/// Help, from the service.
pub(crate) async fn own_help(permit: Permit<Anyone>) -> Result<Response, Fault> {
    of_service(&permit.visit, "help.html").await
}

/// Whom to ask.
pub(crate) async fn own_contact(permit: Permit<Anyone>) -> Result<Response, Fault> {
    of_service(&permit.visit, "contact.html").await
}

/// How accessible the pages are.
pub(crate) async fn own_accessibility(permit: Permit<Anyone>) -> Result<Response, Fault> {
    of_service(&permit.visit, "accessibility.html").await
}

async fn of_service(visit: &Visit, template: &str) -> Result<Response, Fault> {
    visit.page(template, &visit.shell().await?, Page { contacts: None })
}

async fn of_council(visit: &Visit, slug: &str, template: &str) -> Result<Response, Fault> {
    let council = council(visit, slug).await?;
    let contacts = brand(visit, &council).await?.map(contacts);
    visit.page(template, &open_shell(visit, &council).await?, Page { contacts })
}

/// A council that is in use. One that is suspended looks like none.
async fn council(visit: &Visit, slug: &str) -> Result<Council, Fault> {
    let council = visit.app.identity().council_called(slug).await.map_err(|error| Fault::of(&error))?;
    council.filter(|council| council.suspended_at.is_none()).ok_or(Fault::NotFound)
}

async fn brand(visit: &Visit, council: &Council) -> Result<Option<Brand>, Fault> {
    visit.app.identity().brand(council.id).await.map_err(|error| Fault::of(&error))
}

fn contacts(brand: Brand) -> Contacts {
    Contacts {
        name: brand.contacts.name,
        email: brand.contacts.email,
        phone: brand.contacts.phone,
        hours: brand.contacts.hours,
        accessibility_email: brand.contacts.accessibility_email,
        help: brand.help_text,
    }
}
