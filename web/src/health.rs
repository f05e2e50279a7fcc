//! The two questions that whoever runs the service asks: is it alive, and should requests come here?

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use counterfoil_tenants::migrate::is_current;

use crate::server::App;

/// `/healthz`: the process answers. A failing database is no reason to kill it.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// `/readyz`: the database is there and migrated; else 503 with the reason.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    let reason = match is_current(app.config()).await {
        Ok(true) => return "ready\n".into_response(),
        Ok(false) => "the database is not migrated: run `counterfoil migrate`",
        Err(error) => {
            tracing::warn!(%error, "the database was asked whether it is up to date");
            "the database cannot be reached"
        }
    };
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response()
}
