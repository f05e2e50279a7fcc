//! Passkeys: adding one, one as the second factor, one in the place of everything else, and one to come back with. A
//! script carries the question to the browser's authenticator and the answer back; all of it is decided here.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::identity::link::{LinkKind, Token};
use counterfoil_tenants::identity::passkey::Passkey;
use counterfoil_tenants::identity::sign_in::Next;
use serde_json::{Value, json};

use super::{enrol, entry, link};
use crate::access::{Anyone, HalfSignedIn, Permit, PostedJson, Visit};
use crate::fault::Fault;
use crate::metrics::SignIn;
use crate::passkey::{
    Answer, DiscoverableState, PasskeyError, Registrant, RegistrationState, SecondFactorState, StoredPasskey,
};
use crate::session::Stage;

/// Where the question is kept until its answer comes.
const ASKED: &str = "passkey";

/// Adding: the question.
pub(crate) async fn start_adding(
    Permit { visit, pass }: Permit<HalfSignedIn>,
    _: PostedJson,
) -> Result<Response, Fault> {
    if enrol::refused(&pass).is_some() {
        return Err(Fault::SignedOut);
    }
    let person = pass.access.person();
    let existing: Vec<Vec<u8>> = stored(&visit, person).await?.into_iter().map(|key| key.credential_id).collect();
    let registrant =
        Registrant { person: person.uuid(), email: pass.access.email(), name: pass.access.name(), existing: &existing };
    match visit.app.passkeys().start_registration(&registrant, visit.now) {
        Ok((question, state)) => asked(&visit, question, state).await,
        Err(error) => Ok(told(&error)),
    }
}

/// Adding: the answer.
pub(crate) async fn finish_adding(
    Permit { visit, pass }: Permit<HalfSignedIn>,
    PostedJson(body): PostedJson,
) -> Result<Response, Fault> {
    if enrol::refused(&pass).is_some() {
        return Err(Fault::SignedOut);
    }
    let person = pass.access.person();
    let Some((answer, state)) = answered::<RegistrationState>(&visit, body).await? else { return Ok(too_late()) };
    if state.person() != person.uuid() {
        return Ok(too_late());
    }
    let new = match visit.app.passkeys().finish_registration(state, &answer.credential, visit.now) {
        Ok(new) => new,
        Err(error) => return Ok(told(&error)),
    };
    let name = answer.name.unwrap_or_default();
    let identity = visit.app.identity();
    match identity.enrol_passkey(&visit.asked(), person, &new.credential_id, &name, &new.json).await {
        Ok(codes) => {
            let (to, browser) = enrol::finished(&visit, &pass, codes).await?;
            Ok(entry::with_browser(&visit, Json(json!({ "next": to })).into_response(), browser))
        }
        Err(counterfoil_tenants::Error::Conflict(words)) => Ok(sentence(&words)),
        Err(error) => Err(Fault::of(&error)),
    }
}

/// As the second factor: the question.
pub(crate) async fn start_second(
    Permit { visit, pass }: Permit<HalfSignedIn>,
    _: PostedJson,
) -> Result<Response, Fault> {
    let person = pass.access.person();
    let stored = stored(&visit, person).await?;
    match visit.app.passkeys().start_second_factor(person.uuid(), &stored, visit.now) {
        Ok((question, state)) => asked(&visit, question, state).await,
        Err(error) => Ok(told(&error)),
    }
}

/// As the second factor: the answer.
pub(crate) async fn finish_second(
    Permit { visit, pass }: Permit<HalfSignedIn>,
    PostedJson(body): PostedJson,
) -> Result<Response, Fault> {
    let person = pass.access.person();
    let Some((answer, state)) = answered::<SecondFactorState>(&visit, body).await? else { return Ok(too_late()) };
    if let Err(refused) = shown(&visit, person, state, &answer).await? {
        return Ok(refused);
    }
    if pass.login.stage == Stage::Full {
        return Ok(Json(json!({ "next": "/" })).into_response());
    }
    let browser = entry::whole(&visit, person).await?;
    let next = entry::next(&visit).await?;
    Ok(entry::with_browser(&visit, Json(json!({ "next": next })).into_response(), browser))
}

/// In the place of everything else: the question.
pub(crate) async fn start_sign_in(Permit { visit, .. }: Permit<Anyone>, _: PostedJson) -> Result<Response, Fault> {
    match visit.app.passkeys().start_discoverable(visit.now) {
        Ok((question, state)) => asked(&visit, question, state).await,
        Err(error) => Ok(told(&error)),
    }
}

/// In the place of everything else: the answer.
pub(crate) async fn finish_sign_in(
    Permit { visit, .. }: Permit<Anyone>,
    PostedJson(body): PostedJson,
) -> Result<Response, Fault> {
    let Some((answer, state)) = answered::<DiscoverableState>(&visit, body).await? else { return Ok(too_late()) };
    let claimed = match visit.app.passkeys().identify(&answer.credential) {
        Ok(claimed) => claimed,
        Err(error) => return Ok(told(&error)),
    };
    let person = PersonId::from_uuid(claimed.person);
    let stored = stored(&visit, person).await?;
    let used = visit.app.passkeys().finish_discoverable(state, &answer.credential, claimed.person, &stored, visit.now);
    let used = match used {
        Ok(used) => used,
        Err(error) => {
            visit.app.metrics().sign_in("passkey", SignIn::Wrong);
            return Ok(told(&error));
        }
    };
    let key = &used.passkey;
    let next = visit.app.identity().passkey_shown(&visit.asked(), person, &key.credential_id, &key.json).await;
    if next.map_err(|error| Fault::of(&error))? == Next::Return {
        return Ok(Json(json!({ "next": "/sign-in/asleep" })).into_response());
    }
    let browser = entry::by_passkey(&visit, person).await?;
    let next = entry::next(&visit).await?;
    Ok(entry::with_browser(&visit, Json(json!({ "next": next })).into_response(), browser))
}

/// To come back with after a long time: the question.
pub(crate) async fn start_return(
    Permit { visit, .. }: Permit<Anyone>,
    Path(token): Path<String>,
    _: PostedJson,
) -> Result<Response, Fault> {
    let Some(link) = link::good(&visit, &Token::typed(&token)).await?.filter(|link| link.kind == LinkKind::Return)
    else {
        return Err(Fault::NotFound);
    };
    let stored = stored(&visit, link.person).await?;
    match visit.app.passkeys().start_second_factor(link.person.uuid(), &stored, visit.now) {
        Ok((question, state)) => asked(&visit, question, state).await,
        Err(error) => Ok(told(&error)),
    }
}

/// To come back with after a long time: the answer.
pub(crate) async fn finish_return(
    Permit { visit, .. }: Permit<Anyone>,
    Path(token): Path<String>,
    PostedJson(body): PostedJson,
) -> Result<Response, Fault> {
    let token = Token::typed(&token);
    let Some(link) = link::good(&visit, &token).await?.filter(|link| link.kind == LinkKind::Return) else {
        return Err(Fault::NotFound);
    };
    let Some((answer, state)) = answered::<SecondFactorState>(&visit, body).await? else { return Ok(too_late()) };
    if let Err(refused) = shown(&visit, link.person, state, &answer).await? {
        return Ok(refused);
    }
    visit.app.identity().back(&visit.asked(), &token).await.map_err(|error| Fault::of(&error))?;
    Ok(Json(json!({ "next": "/sign-in?done=returned" })).into_response())
}

/// Whether the answer is that of a passkey of the person's own; keeps what it has become.
async fn shown(
    visit: &Visit,
    person: PersonId,
    state: SecondFactorState,
    answer: &Answer,
) -> Result<Result<(), Response>, Fault> {
    if state.person() != person.uuid() {
        return Ok(Err(too_late()));
    }
    let stored = stored(visit, person).await?;
    match visit.app.passkeys().finish_second_factor(state, &answer.credential, &stored, visit.now) {
        Ok(used) => {
            let key = &used.passkey;
            let kept = visit.app.identity().passkey_used(visit.now, person, &key.credential_id, &key.json).await;
            kept.map_err(|error| Fault::of(&error))?;
            Ok(Ok(()))
        }
        Err(error) => Ok(Err(told(&error))),
    }
}

async fn stored(visit: &Visit, person: PersonId) -> Result<Vec<StoredPasskey>, Fault> {
    let passkeys: Vec<Passkey> = visit.app.identity().passkeys(person).await.map_err(|error| Fault::of(&error))?;
    Ok(passkeys.into_iter().map(|key| StoredPasskey { credential_id: key.credential_id, json: key.stored }).collect())
}

/// Sends the question, and keeps what its answer is held against.
async fn asked(visit: &Visit, question: Value, state: impl serde::Serialize) -> Result<Response, Fault> {
    visit.session.put(ASKED, state).await.map_err(|error| Fault::away(&error))?;
    Ok(Json(question).into_response())
}

/// The answer with the question that it is to, once.
async fn answered<S: serde::de::DeserializeOwned>(visit: &Visit, body: Value) -> Result<Option<(Answer, S)>, Fault> {
    let answer: Answer = serde_json::from_value(body).map_err(|_| Fault::BadRequest(None))?;
    let state: Option<S> = visit.session.take(ASKED).await.map_err(|error| Fault::away(&error))?;
    Ok(state.map(|state| (answer, state)))
}

fn too_late() -> Response {
    sentence("That took too long, or was answered in another window. Try again.")
}

fn told(error: &PasskeyError) -> Response {
    if error.is_ours() {
        tracing::error!(?error, "a passkey could not be used");
    }
    sentence(error.words())
}

fn sentence(words: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": words }))).into_response()
}
