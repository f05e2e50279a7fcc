//! `/operator/councils/new`: taking a council on. It is usable from its first day, and its first administrator is invited.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::Nation;
use counterfoil_tenants::identity::operator::NewCouncil;
use serde::Serialize;

use crate::access::{Me, Operating, Permit, Posted, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown, Typed};

/// Until the council chooses its own.
const COLOUR: &str = "#1d70b8";

#[derive(Serialize)]
struct Page {
    form: FormShown,
    nations: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    text: &'static str,
}

/// A nation by its name in forms.
const fn code(nation: Nation) -> &'static str {
    match nation {
        Nation::England => "england",
        Nation::Wales => "wales",
        Nation::Scotland => "scotland",
        Nation::NorthernIreland => "northern-ireland",
    }
}

/// The form.
pub(crate) async fn show(Permit { visit, pass }: Permit<Operating>) -> Result<Response, Fault> {
    page(&visit, &pass, FormShown::filled([("colour", COLOUR), ("nation", code(Nation::England))])).await
}

async fn page(visit: &Visit, me: &Me, form: FormShown) -> Result<Response, Fault> {
    let nations = Nation::ALL.into_iter().map(|nation| Choice { value: code(nation), text: nation.name() }).collect();
    visit.page("operator/new_council.html", &me.operator_shell(visit).await?, Page { form, nations })
}

/// What was typed.
pub(crate) async fn add(Permit { visit, pass }: Permit<Operating>, Posted(typed): Posted) -> Result<Response, Fault> {
    let new = match wanted(&typed) {
        Ok(new) => new,
        Err(errors) => return page(&visit, &pass, FormShown::returned(&typed, &errors)).await,
    };
    match visit.app.identity().onboard_council(visit.app.master_key(), &visit.asked(), &new).await {
        Ok(_) => Ok(Redirect::to(&format!("/operator/councils/{}?done=added", new.slug)).into_response()),
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let errors = Errors::of(field_of(&words), words);
            page(&visit, &pass, FormShown::returned(&typed, &errors)).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

fn wanted(typed: &Typed) -> Result<NewCouncil, Errors> {
    let nation = Nation::ALL.into_iter().find(|nation| code(*nation) == typed.text("nation"));
    let mut errors = Errors::new();
    for (field, missing) in [
        ("name", "Enter the council\u{2019}s name"),
        ("slug", "Enter a name for addresses with lower-case letters, digits and hyphens, like south-tyneside"),
    ] {
        errors.unless(!typed.text(field).is_empty(), field, missing);
    }
    errors.unless(nation.is_some(), "nation", "Select a nation");
    for (field, missing) in [
        ("colour", "Enter a colour, like #1d70b8"),
        ("administrator_name", "Enter the name of the first administrator"),
        ("administrator_email", "Enter the email address of the first administrator"),
    ] {
        errors.unless(!typed.text(field).is_empty(), field, missing);
    }
    errors.or(NewCouncil {
        slug: typed.text("slug").to_owned(),
        name: typed.text("name").to_owned(),
        nation: nation.unwrap_or(Nation::England),
        colour: typed.text("colour").to_owned(),
        administrator_email: typed.text("administrator_email").to_owned(),
        administrator_name: typed.text("administrator_name").to_owned(),
        published_password_rule: typed.chose("published_password_rule", "yes"),
    })
}

/// Which field a refusal is about, by its words.
fn field_of(words: &str) -> &'static str {
    let about = |what: &str| words.contains(what);
    match () {
        () if about("addresses") => "slug",
        () if about("colour") => "colour",
        () if about("email") => "administrator_email",
        () => "name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        let typed = Typed::parse(b"slug=devon&nation=atlantis").unwrap();
        let errors = wanted(&typed).unwrap_err();
        let fields: Vec<&str> = errors.iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["name", "nation", "colour", "administrator_name", "administrator_email"]);
        let typed = b"slug=devon&name=Devon&nation=wales&colour=%23fff&administrator_name=A&administrator_email=a%40b";
        assert_eq!(wanted(&Typed::parse(typed).unwrap()).unwrap().nation, Nation::Wales);
    }
}
