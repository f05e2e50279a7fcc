//! Second factors of somebody who is signed in: new recovery codes, a passkey less. Adding one is `/enrol`.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::PasskeyId;
use counterfoil_tenants::Error;
use serde::Serialize;

use super::refused;
use crate::access::{Permit, Posted, SignedIn};
use crate::fault::Fault;

#[derive(Serialize)]
struct Codes {
    codes: Vec<String>,
    next: &'static str,
}

/// New recovery codes, shown once.
pub(crate) async fn renew_codes(Permit { visit, pass }: Permit<SignedIn>, _: Posted) -> Result<Response, Fault> {
    let codes = visit.app.identity().renew_recovery_codes(&visit.asked(), pass.access.person()).await;
    let codes = codes.map_err(|error| Fault::of(&error))?;
    visit.page("sign_in/recovery_codes.html", &visit.shell().await?, Codes { codes, next: "/account" })
}

/// A passkey less.
pub(crate) async fn remove_passkey(
    Permit { visit, pass }: Permit<SignedIn>,
    Path(id): Path<String>,
    _: Posted,
) -> Result<Response, Fault> {
    let id: PasskeyId = id.parse().map_err(|_| Fault::NotFound)?;
    match visit.app.identity().remove_passkey(&visit.asked(), pass.access.person(), id).await {
        Ok(()) => Ok(Redirect::to("/account?done=passkey-removed").into_response()),
        Err(Error::Refused(words)) => refused(&visit, &pass, "passkeys", words).await,
        Err(error) => Err(Fault::of(&error)),
    }
}
