//! `/councils/{council}/rules/new`: a component of somebody's making, checked while they wait. What is wrong with it is said
//! in the sentence of the check.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::rule_version::{LARGEST_CASE, MOST_CASES};
use counterfoil_tenants::steps::upload_rule::{Part, Sent, Upload, upload_rule};
use serde::Serialize;

use super::shown::sentence;
use super::{Checking, awaited, home};
use crate::access::{AtCouncil, Changing, Permit, PostedRule, Staff, Uploading, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};

#[derive(Serialize)]
struct Page {
    home: String,
    largest_megabytes: usize,
    largest_case_kilobytes: usize,
    most_cases: usize,
    form: FormShown,
}

/// The form.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Changing>>) -> Result<Response, Fault> {
    page(&visit, &pass, FormShown::empty()).await
}

/// Checks it and keeps it.
pub(crate) async fn send(
    Permit { visit, pass }: Permit<Uploading>,
    PostedRule { typed, component, cases }: PostedRule,
) -> Result<Response, Fault> {
    let (chose, has_cases) = (component.is_some(), !cases.is_empty());
    let component = component.unwrap_or(Sent { name: String::new(), bytes: Vec::new() });
    let upload = Upload { component, note: typed.lines("note"), cases };
    let mut errors = Errors::new();
    for (part, words) in upload.wrong(visit.app.means().pricer.largest_component()) {
        errors.add(field(part), words);
    }
    if errors.is_empty() {
        let with = Checking::of(&visit, &pass);
        let check = async move { upload_rule(&with.scope, &with.means, with.at, with.who(), &upload).await };
        match awaited(check).await? {
            Some(Ok(digest)) => {
                return Ok(Redirect::to(&format!("{}/{digest}?done=uploaded", home(&pass))).into_response());
            }
            Some(Err(Error::Refused(words) | Error::Conflict(words))) => {
                errors.add(field(Part::refused(&words)), sentence(&words));
            }
            Some(Err(error)) => return Err(Fault::of(&error)),
            None => return Ok(Redirect::to(&format!("{}?done=checking", home(&pass))).into_response()),
        }
    }
    // a browser keeps no file of a form that comes back
    if chose {
        errors.add("component", "Select the component again: a browser does not keep it");
    }
    if has_cases {
        errors.add("cases", "Select the cases again: a browser does not keep them");
    }
    page(&visit, &pass, FormShown::returned(&typed, &errors)).await
}

const fn field(part: Part) -> &'static str {
    match part {
        Part::Component => "component",
        Part::Note => "note",
        Part::Cases => "cases",
    }
}

async fn page(visit: &Visit, pass: &AtCouncil, form: FormShown) -> Result<Response, Fault> {
    let page = Page {
        home: home(pass),
        largest_megabytes: visit.app.means().pricer.largest_component() / (1024 * 1024),
        largest_case_kilobytes: LARGEST_CASE / 1024,
        most_cases: MOST_CASES,
        form,
    };
    visit.page("rules/upload.html", &pass.shell(visit).await?, page)
}
