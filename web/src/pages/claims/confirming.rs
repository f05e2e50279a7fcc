//! `/organisations/{organisation}/councils/{council}/claims/{claim}/confirm` and `/unconfirm`: a provider declares that a
//! claim is right, and takes that back. Both carry the version that was seen, so that nobody declares what they did not
//! see.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::claim::{ClaimEvent, ClaimState};
use counterfoil_tenants::Error;
use counterfoil_tenants::claim::{ClaimSeen, Declaration};
use counterfoil_tenants::steps::confirm_claims::{Declared, declare_claims, unconfirm_claim};
use serde::Serialize;

use super::hub;
use super::provider::{home, with_declaration};
use super::shown::ClaimShown;
use crate::access::{ForOrganisationAt, Permit, Posted, ProviderAt, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};

const TEMPLATE: &str = "claims/confirm.html";

type At = Path<(String, String, String)>;

#[derive(Serialize)]
struct Page {
    form: FormShown,
    claim: ClaimShown,
    here: String,
    /// What confirming is called here.
    confirm: &'static str,
    /// What is declared, in the council's words.
    statement: String,
    council: String,
    /// Lines on which something is held or not paid, from 1.
    exceptions: Vec<u32>,
    version: u32,
    late: bool,
}

async fn page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    (seen, declaration): (&ClaimSeen, &Declaration),
    form: FormShown,
) -> Result<Response, Fault> {
    let here = format!("{}/{}", home(pass), seen.claim.id);
    let page = Page {
        form,
        claim: ClaimShown::of(seen, &visit.words(&seen.words.explaining), here.clone()),
        here,
        confirm: seen.words.vocabulary.confirm(),
        statement: declaration.statement.clone(),
        council: pass.council.name.clone(),
        exceptions: hub::priced(seen)
            .map(|assessed| hub::exceptions(assessed).into_iter().map(|line| line.saturating_add(1)).collect())
            .unwrap_or_default(),
        version: seen.claim.version,
        late: seen.cut_off < visit.now,
    };
    visit.page(TEMPLATE, &pass.shell(visit).await?, page)
}

/// The question.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): At,
) -> Result<Response, Fault> {
    let (seen, declaration) = with_declaration(&visit, &pass, &claim).await?;
    let stated = seen.claim.statement_version > 0;
    if seen.claim.state == ClaimState::Confirmed {
        return Ok(Redirect::to(&format!("{}/{claim}", home(&pass))).into_response());
    }
    if let Err(refused) = seen.claim.state.after(ClaimEvent::Confirm, declaration.basis, stated) {
        return Err(Fault::conflict(refused.to_string()));
    }
    let name = visit.access.as_ref().map(|access| access.name().to_owned()).unwrap_or_default();
    page(&visit, &pass, (&seen, &declaration), FormShown::filled([("name", name)])).await
}

/// The answer.
pub(crate) async fn confirm(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): At,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let (seen, declaration) = with_declaration(&visit, &pass, &claim).await?;
    let comment = typed.lines("comment");
    let mut errors = Errors::new();
    errors.unless(!typed.text("name").is_empty(), "name", "Enter the name of the person who confirms");
    errors.unless(comment.chars().count() <= 2_000, "comment", "The comment must be 2,000 characters or fewer");
    // a page without a version was not ours, and has seen nothing
    let version = typed.text("version").parse().unwrap_or_default();
    if errors.is_empty() {
        let (scope, pair) = (&pass.provider.scope, (pass.council.id, pass.provider.organisation.id));
        let declared = Declared { name: typed.text("name"), comment: &comment };
        match declare_claims(scope, visit.now, pair, &[(seen.claim.id, version)], declared).await {
            Ok(_) => return Ok(Redirect::to(&format!("{}/{claim}?done=confirmed", home(&pass))).into_response()),
            Err(Error::Conflict(_)) => {
                let words = "Somebody changed this claim meanwhile. What you see now is what it comes to: check it, \
                             then send this again";
                errors.add("name", words);
            }
            Err(Error::Refused(words)) => errors.add("name", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    page(&visit, &pass, (&seen, &declaration), FormShown::returned(&typed, &errors)).await
}

/// Takes it back.
pub(crate) async fn unconfirm(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): At,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let id = claim.parse().map_err(|_| Fault::NotFound)?;
    let version = typed.text("version").parse().unwrap_or_default();
    let (scope, pair) = (&pass.provider.scope, (pass.council.id, pass.provider.organisation.id));
    let done = match unconfirm_claim(scope, visit.now, pair, id, version).await {
        Ok(()) => "unconfirmed",
        Err(Error::Conflict(_)) => "changed",
        Err(error) => return Err(Fault::of(&error)),
    };
    Ok(Redirect::to(&format!("{}/{claim}?done={done}", home(&pass))).into_response())
}
