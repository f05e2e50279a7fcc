//! The gate before what would run: an uploaded component, and cases for one. Permits are asked for before a body is read,
//! so that not a byte of somebody turned away is looked at; that they tried is recorded.

#![allow(clippy::result_large_err, reason = "a refusal is the response itself, made once a request at most")]

use axum::http::StatusCode;
use axum::response::Response;

use super::{AtCouncil, Changing, Gate, GateSeen, PathParams, Staff, Visit};

/// Administrators of the council in the path, as [`Staff<Changing>`] lets them through; whoever else is signed in and
/// tries is recorded.
pub(crate) struct Uploading;

impl Gate for Uploading {
    const SEEN: GateSeen = <Staff<Changing> as Gate>::SEEN;
    type Pass = AtCouncil;

    async fn admit(visit: &Visit, path: &PathParams) -> Result<AtCouncil, Response> {
        let admitted = Staff::<Changing>::admit(visit, path).await;
        let turned_away =
            |refusal: &&Response| [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&refusal.status());
        if admitted.as_ref().err().filter(turned_away).is_some() {
            record(visit, path.get("council")).await;
        }
        admitted
    }
}

async fn record(visit: &Visit, council: &str) {
    let Some(access) = &visit.access else { return };
    let recorded = visit.app.identity().turn_away_rule(access, &visit.asked(), council).await;
    // they are refused all the same, and the log says who it was
    if let Err(error) = recorded {
        tracing::error!(?error, person = %access.person(), council, "an upload that was turned away is not recorded");
    }
}
