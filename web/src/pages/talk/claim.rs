//! The conversation on a claim's page, and the files about a claim: those of its disputes too.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::{AttachmentId, ClaimId};
use counterfoil_tenants::Error;
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::talk::{self, Conversation, NewMessage, Whole};
use serde::Serialize;

use super::sent::checked;
use super::shown::{Said, said};
use crate::access::{AtCouncil, Finance, ForOrganisationAt, Permit, PostedFiles, ProviderAt, Staff, Talking, may_talk};
use crate::download::attachment;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::pages::claims;

/// The part of a claim's page that both sides write.
#[derive(Debug, Serialize)]
pub(in crate::pages) struct TalkShown {
    said: Vec<Said>,
    /// Whether whoever looks may write.
    writes: bool,
    /// Who reads it.
    to: &'static str,
    /// What has not been read until now.
    unread: i64,
    disputes: Vec<DisputeNamed>,
    /// Where the claim is disputed.
    dispute: String,
}

#[derive(Debug, Serialize)]
struct DisputeNamed {
    href: String,
    words: String,
}

impl TalkShown {
    fn of(seen: &Conversation, home: &str, claim: ClaimId, (to, writes): (&'static str, bool)) -> Self {
        let disputes = seen.disputes.iter().map(|(id, reason, state)| DisputeNamed {
            href: format!("{home}/disputes/{id}"),
            words: format!("{}: {}", reason.words(), state.words().to_lowercase()),
        });
        Self {
            said: said(&seen.messages, &format!("{home}/claims/{claim}"), false),
            writes,
            to,
            unread: seen.unread,
            disputes: disputes.collect(),
            dispute: format!("{home}/disputes/new?claim={claim}"),
        }
    }

    /// As a provider sees it.
    pub(in crate::pages) fn of_provider(seen: &Conversation, pass: &ForOrganisationAt, claim: ClaimId) -> Self {
        Self::of(seen, &pass.home(), claim, ("the council", true))
    }

    /// As the council's staff see it.
    pub(in crate::pages) fn of_council(seen: &Conversation, pass: &AtCouncil, claim: ClaimId) -> Self {
        Self::of(seen, &format!("/councils/{}", pass.council.slug), claim, ("the provider", may_talk(pass)))
    }
}

/// Writes to the council.
pub(crate) async fn say_own(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): Path<(String, String, String)>,
    PostedFiles { typed, files }: PostedFiles,
) -> Result<Response, Fault> {
    let id: ClaimId = claim.parse().map_err(|_| Fault::NotFound)?;
    let mut errors = Errors::new();
    let body = typed.lines("message");
    if let Some(wrong) = talk::wrong_with(&body) {
        errors.add("message", wrong);
    }
    let files = checked(files, &mut errors).await?;
    if errors.is_empty() {
        let own = (pass.council.id, pass.provider.organisation.id);
        let access = &pass.provider.me.access;
        let new = NewMessage { writer: (access.person(), access.name()), body: &body, files: &files };
        match talk::write_own(&pass.provider.scope, visit.now, own, id, new).await {
            Ok(_) => {
                return Ok(Redirect::to(&format!("{}/claims/{id}?done=said#messages", pass.home())).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("message", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    claims::provider::page(&visit, &pass, &claim, FormShown::returned(&typed, &errors)).await
}

/// Writes to the provider.
pub(crate) async fn say(
    Permit { visit, pass }: Permit<Staff<Talking>>,
    Path((_, claim)): Path<(String, String)>,
    PostedFiles { typed, files }: PostedFiles,
) -> Result<Response, Fault> {
    let id: ClaimId = claim.parse().map_err(|_| Fault::NotFound)?;
    let mut errors = Errors::new();
    let body = typed.lines("message");
    if let Some(wrong) = talk::wrong_with(&body) {
        errors.add("message", wrong);
    }
    let files = checked(files, &mut errors).await?;
    if errors.is_empty() {
        let access = &pass.me.access;
        let new = NewMessage { writer: (access.person(), access.name()), body: &body, files: &files };
        match talk::write(&pass.scope, visit.now, id, new).await {
            Ok(_) => {
                let to = format!("/councils/{}/claims/{id}?done=said#messages", pass.council.slug);
                return Ok(Redirect::to(&to).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("message", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    claims::council::page(&visit, &pass, &claim, FormShown::returned(&typed, &errors)).await
}

fn file(whole: Whole) -> Response {
    attachment(&whole.name, whole.kind.media_type(), whole.bytes)
}

fn ids(claim: &str, id: &str) -> Result<(ClaimId, AttachmentId), Fault> {
    let claim = claim.parse().map_err(|_| Fault::NotFound)?;
    Ok((claim, id.parse().map_err(|_| Fault::NotFound)?))
}

/// A file, for the provider.
pub(crate) async fn file_own(
    Permit { pass, .. }: Permit<ProviderAt>,
    Path((_, _, claim, id)): Path<(String, String, String, String)>,
) -> Result<Response, Fault> {
    let ids = ids(&claim, &id)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| talk::file_own(tx, council, organisation, ids).await)
        .await;
    Ok(file(read.map_err(|error| Fault::of(&error))?))
}

/// A file, for the council's staff.
pub(crate) async fn file_of_council(
    Permit { pass, .. }: Permit<Staff<Finance>>,
    Path((_, claim, id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let ids = ids(&claim, &id)?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| talk::file(tx, ids).await).await;
    Ok(file(read.map_err(|error| Fault::of(&error))?))
}
