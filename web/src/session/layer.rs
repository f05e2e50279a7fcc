//! What stands around the routes that have sessions: the cookie, and tower-sessions.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use tower_sessions::SessionManagerLayer;
use tower_sessions::cookie::SameSite;

use super::Sessions;
use super::handle::Ended;
use crate::fault::Fault;

/// How people reach the service, which decides what the cookie may demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// Over TLS. The cookie `__Host-counterfoil` is sent over nothing else, and no neighbouring host can set
    /// one.
    Https,
    /// Without: a machine of one's own. The cookie is `counterfoil`.
    Http,
}

impl Transport {
    /// What the public address of the service says.
    #[must_use]
    pub fn of(public_address: &str) -> Self {
        let scheme = public_address.split_once("://").map(|(scheme, _)| scheme);
        if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")) { Self::Https } else { Self::Http }
    }

    /// The name of the cookie.
    #[must_use]
    pub fn cookie(self) -> &'static str {
        match self {
            Self::Https => "__Host-counterfoil",
            Self::Http => "counterfoil",
        }
    }
}

#[derive(Clone)]
struct Around {
    sessions: Sessions,
    transport: Transport,
}

/// Gives the routes of `router` sessions: their handlers may take a [`SessionHandle`](super::SessionHandle).
/// The cookie lasts as long as the browser is open, and comes with requests from other sites only where a
/// person followed a link.
pub fn attach<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    sessions: Sessions,
    transport: Transport,
) -> Router<S> {
    let manager = SessionManagerLayer::new(sessions.clone())
        .with_name(transport.cookie())
        .with_path("/")
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(transport == Transport::Https);
    router.layer(manager).layer(middleware::from_fn_with_state(Around { sessions, transport }, surround))
}

async fn surround(State(around): State<Around>, mut request: Request, next: Next) -> Response {
    let ended = Ended::default();
    request.extensions_mut().insert(around.sessions);
    request.extensions_mut().insert(ended.clone());
    let mut response = next.run(request).await;
    mend_removal(response.headers_mut(), around.transport, ended.is_set());
    // tower-sessions has logged why the session could not be saved, and answers with an empty 500.
    let is_bare = response.status() == StatusCode::INTERNAL_SERVER_ERROR
        && response.extensions().get::<Fault>().is_none()
        && !response.headers().contains_key(CONTENT_TYPE);
    if is_bare { Fault::Unavailable.into_response() } else { response }
}

/// tower-sessions removes the cookie whenever its token is unknown. That would sign somebody out whose other
/// tab has just been given a new one, so only the end of a session removes it. And browsers heed the removal
/// of a `__Host-` cookie only if it is itself marked secure.
fn mend_removal(headers: &mut HeaderMap, transport: Transport, ended: bool) {
    let removal = format!("{}=;", transport.cookie());
    let is_removal = |value: &HeaderValue| value.as_bytes().starts_with(removal.as_bytes());
    if !headers.get_all(SET_COOKIE).iter().any(is_removal) {
        return;
    }
    let others: Vec<HeaderValue> =
        headers.get_all(SET_COOKIE).iter().filter(|value| !is_removal(value)).cloned().collect();
    headers.remove(SET_COOKIE);
    for other in others {
        headers.append(SET_COOKIE, other);
    }
    if ended {
        headers.append(SET_COOKIE, HeaderValue::from_static(transport.removal()));
    }
}

impl Transport {
    fn removal(self) -> &'static str {
        match self {
            Self::Https => "__Host-counterfoil=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
            Self::Http => "counterfoil=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
        }
    }
}
