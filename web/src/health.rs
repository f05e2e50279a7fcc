//! The two questions that whoever runs the service asks: is it alive, and should requests come here?

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use crate::server::App;

/// `/healthz`: the process answers. A failing database is no reason to kill it.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// `/readyz`: the database is there and migrated; else 503 with the reason.
pub(crate) async fn ready(State(app): State<App>) -> Response {
    match app.source().ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => {
            tracing::warn!(%reason, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response()
        }
    }
}
