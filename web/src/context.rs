//! What stands around every request: its id, its log line, its time limit, its nonce, and plain words for
//! whatever goes wrong inside.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::access::RequestId;
use crate::fault::Fault;
use crate::security::{self, Nonce};
use crate::server::App;
use crate::shell::Shell;
use crate::templates::Templates;

/// The header with which a person can name a request to whoever reads the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longer than any page may take; what takes longer is a job.
const LIMIT: Duration = Duration::from_secs(30);

/// The outermost layer. What stands inside finds the response's [`Nonce`] among the request's extensions.
pub(crate) async fn surround(State(app): State<App>, mut request: Request, next: Next) -> Response {
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
        let route = request.extensions().get::<MatchedPath>().cloned();
        let method = request.method().clone();
        let reader = Reader::of(request.uri().path(), request.headers());
        let nonce = match Nonce::random() {
            Ok(nonce) => nonce,
            // Without randomness there is no nonce, and hence no page that could be trusted.
            Err(error) => {
                tracing::error!(%error, "no randomness");
                return Fault::Unavailable.into_response();
            }
        };
        request.extensions_mut().insert(nonce.clone());
        request.extensions_mut().insert(RequestId(id.clone()));
        let inner = tokio::time::timeout(LIMIT, next.run(request)).await;
        let response = inner.unwrap_or_else(|_| {
            tracing::error!("a page took longer than {} s", LIMIT.as_secs());
            Fault::Unavailable.into_response()
        });
        let mut response = in_plain_words(app.templates(), reader, &nonce, response);
        security::add_headers(response.headers_mut(), &nonce, app.https());
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        let status = response.status().as_u16();
        app.metrics().answered(route.as_ref().map(MatchedPath::as_str), &method, status, start.elapsed());
        let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status, milliseconds, "answered");
        response
    }
    .instrument(span)
    .await
}

/// Who reads the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// A person, before a browser.
    Person,
    /// A program: the API's, or our own script.
    Program,
}

impl Reader {
    /// What is below `/api/` is read by programs; and so is what is asked for as JSON without HTML.
    fn of(path: &str, headers: &HeaderMap) -> Self {
        let accepts = |kind: &str| {
            let values = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
            values
                .flat_map(|value| value.split(','))
                .any(|part| part.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(kind)))
        };
        let json = accepts("application/json") || accepts("application/problem+json");
        if path.starts_with("/api/") || (json && !accepts("text/html")) { Self::Program } else { Self::Person }
    }
}

/// Writes the page of a fault; leaves every other response as it is.
///
/// The page knows nothing of whoever asked: what is another's looks like what does not exist, to the byte,
/// whether one is signed in or not.
fn in_plain_words(templates: &Templates, reader: Reader, nonce: &Nonce, response: Response) -> Response {
    let Some(fault) = response.extensions().get::<Fault>().cloned().or_else(|| refusal(&response)) else {
        return response;
    };
    let mut written = match reader {
        Reader::Program => problem(&fault),
        Reader::Person => page(templates, nonce, &fault),
    };
    *written.status_mut() = fault.status();
    // The method that an address does take, for one.
    for name in [header::ALLOW, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            written.headers_mut().insert(name, value.clone());
        }
    }
    // A session that ends with the fault has to end in the browser too.
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        written.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    written
}

/// The refusal of one of axum's own extractors, which answers in bare text.
fn refusal(response: &Response) -> Option<Fault> {
    let kind = response.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Fault::of_refusal(response.status()).filter(|_| kind.starts_with("text/plain"))
}

fn page(templates: &Templates, nonce: &Nonce, fault: &Fault) -> Response {
    let page = templates.render("fault.html", &Shell::new(nonce, ""), fault.words());
    let page = page.unwrap_or_else(|error| {
        tracing::error!(%error, "the page of a fault could not be rendered");
        fault.plainest()
    });
    Html(page).into_response()
}

fn problem(fault: &Fault) -> Response {
    let kind = HeaderValue::from_static("application/problem+json");
    let document = serde_json::to_string(&fault.problem()).unwrap_or_default();
    ([(header::CONTENT_TYPE, kind)], document).into_response()
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

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::http::StatusCode;

    use super::*;
    use crate::templates::tests::templates;

    fn problem_kind() -> HeaderValue {
        HeaderValue::from_static("application/problem+json")
    }

    fn reader(path: &str, accept: &'static str) -> Reader {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        Reader::of(path, &headers)
    }

    #[test]
    fn browsers_read_pages_and_programs_read_documents() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(reader("/claims", browser), Reader::Person);
        assert_eq!(reader("/claims", "*/*"), Reader::Person);
        assert_eq!(reader("/claims", "text/html, application/json"), Reader::Person);
        assert_eq!(reader("/session/stay", "application/json"), Reader::Program);
        assert_eq!(reader("/session/stay", "Application/JSON; q=0.9"), Reader::Program);
        assert_eq!(reader("/api/claims", browser), Reader::Program);
        assert_eq!(reader("/apiary", browser), Reader::Person);
        assert_eq!(Reader::of("/", &HeaderMap::new()), Reader::Person);
    }

    async fn written(reader: Reader, response: Response) -> (Response<()>, String) {
        let nonce = Nonce::random().unwrap();
        let response = in_plain_words(&templates(), reader, &nonce, response);
        let (head, body) = response.into_parts();
        let text = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        (Response::from_parts(head, ()), text.replace(nonce.as_str(), "NONCE"))
    }

    #[tokio::test]
    async fn what_is_anothers_looks_like_what_does_not_exist_to_whoever_asks() {
        // Neither the page nor the document depends on anything but the fault.
        let (_, absent) = written(Reader::Person, Fault::NotFound.into_response()).await;
        let (head, anothers) = written(Reader::Person, Fault::NotFound.into_response()).await;
        assert_eq!((head.status().as_u16(), &anothers), (404, &absent));
        assert!(absent.contains("Page not found") && !absent.contains("/sign-out"), "{absent}");
    }

    #[tokio::test]
    async fn programs_get_a_document_in_place_of_a_page() {
        let fault = Fault::conflict("You are working for another council in this window.");
        let (head, text) = written(Reader::Program, fault.into_response()).await;
        assert_eq!((head.status().as_u16(), &head.headers()["content-type"]), (409, &problem_kind()));
        let document: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            document,
            serde_json::json!({
                "title": "Nothing was changed",
                "status": 409,
                "detail": "You are working for another council in this window.",
            })
        );
    }

    #[tokio::test]
    async fn what_a_person_has_to_do_next_stays_on_the_response() {
        let (head, page) = written(Reader::Person, Fault::TooMany { seconds: 900 }.into_response()).await;
        assert_eq!((head.status().as_u16(), &head.headers()["retry-after"]), (429, &HeaderValue::from_static("900")));
        assert!(page.contains("Wait 15 minutes, then try again."), "{page}");
        let mut ended = Fault::NotFound.into_response();
        ended.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_static("session=; Max-Age=0"));
        let (head, _) = written(Reader::Person, ended).await;
        assert_eq!(head.headers()["set-cookie"], "session=; Max-Age=0");
    }

    #[tokio::test]
    async fn an_extractors_refusal_is_put_into_plain_words_and_other_text_is_left_alone() {
        let refusal = (StatusCode::BAD_REQUEST, "Failed to deserialize query string: week").into_response();
        let (head, page) = written(Reader::Person, refusal).await;
        assert_eq!(head.status(), StatusCode::BAD_REQUEST);
        assert!(page.contains("<h1") && !page.contains("deserialize"), "{page}");
        let probe = (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response();
        assert_eq!(written(Reader::Person, probe).await.1, "not ready\n");
    }
}
