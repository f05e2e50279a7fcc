//! What stands around every request: its id, its log line, its time limit, and plain words for
//! whatever goes wrong inside.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::fault::Fault;
use crate::security;
use crate::server::App;

/// The header with which a person can name a request to whoever reads the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longer than any page may take; what takes longer is a job.
const LIMIT: Duration = Duration::from_secs(30);

/// The outermost layer.
pub(crate) async fn surround(State(app): State<App>, request: Request, next: Next) -> Response {
    // Ids are our own: one that a client sends could forge the trail of another request.
    let id = Uuid::now_v7().simple().to_string();
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        method = %request.method(),
        path = %request.uri().path(),
    );
    async {
        let start = Instant::now();
        let inner = tokio::time::timeout(LIMIT, next.run(request)).await;
        let response = inner.unwrap_or_else(|_| {
            tracing::error!("a page took longer than {} s", LIMIT.as_secs());
            Fault::Unavailable.into_response()
        });
        let mut response = in_plain_words(&app, response);
        security::add_headers(response.headers_mut());
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        let status = response.status().as_u16();
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, milliseconds, "answered");
        response
    }
    .instrument(span)
    .await
}

/// Writes the page of a fault; leaves every other response as it is.
fn in_plain_words(app: &App, response: Response) -> Response {
    let Some(fault) = response.extensions().get::<Fault>().copied() else {
        return response;
    };
    let page = app.templates().render("fault.html", fault.words());
    let page = page.unwrap_or_else(|error| {
        tracing::error!(%error, "the page of a fault could not be rendered");
        fault.plainest()
    });
    let mut written = (fault.status(), Html(page)).into_response();
    // The method that an address does take, for one.
    if let Some(allow) = response.headers().get(header::ALLOW) {
        written.headers_mut().insert(header::ALLOW, allow.clone());
    }
    written
}

/// A handler panicked: a mistake of ours, which ends one request and nothing else.
pub(crate) fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let words = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = words, "a handler panicked");
    Fault::Internal.into_response()
}
