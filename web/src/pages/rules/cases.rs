//! `/councils/{council}/rules/{digest}/cases`: more cases through a version that the council uploaded. A case with the name
//! of an earlier one takes its place.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::rule_version::{LARGEST_CASE, MOST_CASES};
use counterfoil_tenants::steps::upload_rule::add_rule_cases;
use serde::Serialize;

use super::shown::sentence;
use super::{Checking, awaited, found, home};
use crate::access::{AtCouncil, Changing, Permit, PostedRule, Staff, Uploading, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};

#[derive(Serialize)]
struct Page {
    title: String,
    here: String,
    largest_kilobytes: usize,
    most: usize,
    form: FormShown,
}

/// The form.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Path((_, digest)): Path<(String, String)>,
) -> Result<Response, Fault> {
    page(&visit, &pass, &digest, FormShown::empty()).await
}

/// Runs them.
pub(crate) async fn run(
    Permit { visit, pass }: Permit<Uploading>,
    Path((_, digest)): Path<(String, String)>,
    PostedRule { typed, cases, .. }: PostedRule,
) -> Result<Response, Fault> {
    let (with, of) = (Checking::of(&visit, &pass), digest.clone());
    let check = async move { add_rule_cases(&with.scope, &with.means, with.at, with.who(), (&of, &cases)).await };
    match awaited(check).await? {
        Some(Ok(_)) => Ok(Redirect::to(&format!("{}/{digest}?done=cases", home(&pass))).into_response()),
        Some(Err(Error::Refused(words) | Error::Conflict(words))) => {
            let form = FormShown::returned(&typed, &Errors::of("cases", sentence(&words)));
            page(&visit, &pass, &digest, form).await
        }
        Some(Err(error)) => Err(Fault::of(&error)),
        None => Ok(Redirect::to(&format!("{}/{digest}?done=checking", home(&pass))).into_response()),
    }
}

async fn page(visit: &Visit, pass: &AtCouncil, digest: &str, form: FormShown) -> Result<Response, Fault> {
    let (_, seen) = found(visit, pass, digest).await?;
    // of what came with the service no bytes are the council's own
    if seen.upload.is_none() {
        return Err(Fault::NotFound);
    }
    let page = Page {
        title: format!("{} {}", seen.name, seen.version),
        here: format!("{}/{digest}", home(pass)),
        largest_kilobytes: LARGEST_CASE / 1024,
        most: MOST_CASES,
        form,
    };
    visit.page("rules/cases.html", &pass.shell(visit).await?, page)
}
