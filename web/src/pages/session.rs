//! The session itself: staying signed in, how long is left, signing out.

use axum::Json;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Serialize;

use crate::access::{HalfSignedIn, Listening, Permit, Posted, PostedJson, SignedIn, Visit};
use crate::fault::Fault;
use crate::session::{ABSOLUTE_LIMIT, IDLE_LIMIT, Login};

#[derive(Serialize)]
struct Left {
    idle_seconds: i64,
    absolute_seconds: i64,
}

fn left_of(visit: &Visit, login: &Login) -> Json<Left> {
    Json(Left {
        idle_seconds: (login.seen + IDLE_LIMIT - visit.now).num_seconds(),
        absolute_seconds: (login.began + ABSOLUTE_LIMIT - visit.now).num_seconds(),
    })
}

/// `/session/stay`: the person is there. Being asked is enough.
pub(crate) async fn stay(Permit { visit, pass }: Permit<SignedIn>, _: PostedJson) -> Response {
    left_of(&visit, &pass.login).into_response()
}

/// `/session/left`: how long is left, without that asking makes it longer.
pub(crate) async fn left(Permit { visit, pass }: Permit<Listening>) -> Response {
    left_of(&visit, &pass.login).into_response()
}

/// `/sign-out`.
pub(crate) async fn sign_out(Permit { visit, pass }: Permit<HalfSignedIn>, _: Posted) -> Result<Response, Fault> {
    visit.session.end().await.map_err(|error| Fault::away(&error))?;
    let recorded = visit.app.identity().session_ended(&visit.asked(), pass.access.person(), false).await;
    recorded.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to("/sign-in?ended=signed-out").into_response())
}
