//! `/councils/{council}/settings/brand`: the name, colour and logo that a council's pages have, whom to ask, and its own
//! words of help; with the strip on top of every page as it will look.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::brand::{self, Brand, Contacts, NewBrand, NewLogo, Part, Picture};
use serde::Serialize;

use super::{home, may_change};
use crate::access::{AtCouncil, Changing, Managing, Permit, PostedFile, Staff, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};
use crate::shell;

#[derive(Serialize)]
struct Page {
    form: FormShown,
    home: String,
    changes: bool,
    has_logo: bool,
    preview: shell::Brand,
    /// Whether the strip is of what was typed and not saved.
    is_preview: bool,
    largest: (u32, u32),
}

/// The form.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let before = before(&visit, &pass).await?;
    let form = match &before {
        Some(brand) => FormShown::filled(values(brand)),
        None => FormShown::filled([("name", pass.council.name.as_str()), ("colour", "#1d70b8")]),
    };
    page(&visit, &pass, (form, false), before.as_ref(), None).await
}

/// What was typed: shown, or kept.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    PostedFile { typed, file }: PostedFile,
) -> Result<Response, Fault> {
    let mut errors = Errors::new();
    let mut new = new_brand(&typed);
    let logo = if file.is_empty() { None } else { Some(Picture::read(&file)) };
    match logo {
        Some(Ok(picture)) => new.logo = NewLogo::Replace(picture),
        Some(Err(Error::Refused(words))) => errors.add("logo", words),
        Some(Err(error)) => return Err(Fault::of(&error)),
        None if typed.chose("remove_logo", "yes") => new.logo = NewLogo::Remove,
        None => {}
    }
    for (part, words) in new.wrong() {
        errors.add(field(part), words);
    }
    let is_preview = typed.chose("preview", "yes");
    if errors.is_empty() && !is_preview {
        match brand::set(&pass.scope, visit.now, &new).await {
            Ok(()) => {
                visit.app.events().publish(Event::SettingsChanged { tenant: pass.council.id }).await;
                return Ok(Redirect::to(&format!("{}/settings?done=brand", home(&pass))).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("name", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    let before = before(&visit, &pass).await?;
    let form = FormShown::returned(&typed, &errors);
    page(&visit, &pass, (form, is_preview), before.as_ref(), Some(&new)).await
}

async fn before(visit: &Visit, pass: &AtCouncil) -> Result<Option<Brand>, Fault> {
    visit.app.identity().brand(pass.council.id).await.map_err(|error| Fault::of(&error))
}

fn new_brand(typed: &Typed) -> NewBrand {
    let text = |part: Part| typed.text(field(part)).to_owned();
    NewBrand {
        name: text(Part::Name),
        colour: text(Part::Colour),
        logo: NewLogo::Keep,
        contacts: Contacts {
            name: text(Part::ContactName),
            email: text(Part::ContactEmail),
            phone: text(Part::ContactPhone),
            hours: text(Part::ContactHours),
            accessibility_email: text(Part::AccessibilityEmail),
        },
        help_text: typed.lines(field(Part::HelpText)),
    }
}

fn values(brand: &Brand) -> [(&'static str, &str); 8] {
    let contacts = &brand.contacts;
    [
        (field(Part::Name), &brand.name),
        (field(Part::Colour), &brand.colour),
        (field(Part::ContactName), &contacts.name),
        (field(Part::ContactEmail), &contacts.email),
        (field(Part::ContactPhone), &contacts.phone),
        (field(Part::ContactHours), &contacts.hours),
        (field(Part::AccessibilityEmail), &contacts.accessibility_email),
        (field(Part::HelpText), &brand.help_text),
    ]
}

const fn field(part: Part) -> &'static str {
    match part {
        Part::Name => "name",
        Part::Colour => "colour",
        Part::ContactName => "contact_name",
        Part::ContactEmail => "contact_email",
        Part::ContactPhone => "contact_phone",
        Part::ContactHours => "contact_hours",
        Part::AccessibilityEmail => "accessibility_email",
        Part::HelpText => "help_text",
    }
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    (form, is_preview): (FormShown, bool),
    before: Option<&Brand>,
    new: Option<&NewBrand>,
) -> Result<Response, Fault> {
    let slug = &pass.council.slug;
    let name = new.map(|new| new.name.as_str()).or_else(|| before.map(|brand| brand.name.as_str()));
    let colour = new.map(|new| new.colour.as_str()).or_else(|| before.map(|brand| brand.colour.as_str()));
    let colour = brand::colour(colour.unwrap_or_default()).unwrap_or_default();
    // a new logo is shown once it is kept: a browser takes no picture that has no address of ours
    let stays = new.is_none_or(|new| new.logo == NewLogo::Keep);
    let logo = before.filter(|brand| brand.logo.is_some() && stays);
    let logo = logo.map(|brand| format!("/councils/{slug}/logo/{}", brand.since.timestamp_micros()));
    let name = name.filter(|name| !name.is_empty()).unwrap_or(&pass.council.name);
    let page = Page {
        form,
        home: home(pass),
        changes: may_change(pass),
        has_logo: before.is_some_and(|brand| brand.logo.is_some()),
        preview: shell::Brand::new(name, slug.as_str(), &colour, logo),
        is_preview,
        largest: brand::LARGEST,
    };
    visit.page("council/brand.html", &pass.shell(visit).await?, page)
}
