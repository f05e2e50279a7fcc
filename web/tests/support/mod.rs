//! A browser that keeps one cookie, and the two places where sessions are kept.
#![allow(dead_code, unreachable_pub, reason = "each test program uses a part")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, Request};
use chrono::{DateTime, Utc};
use counterfoil_core::ids::PersonId;
use counterfoil_web::session::{Login, Method, SessionHandle, Sessions, Stage, Transport, attach};
use tower::ServiceExt as _;
use uuid::Uuid;

/// Where sessions are kept.
#[derive(Clone)]
pub struct Place {
    pub sessions: Sessions,
    pub transport: Transport,
    pub redis: Option<(String, String)>,
}

impl Place {
    pub fn memory() -> Self {
        Self { sessions: Sessions::memory(), transport: Transport::Http, redis: None }
    }

    pub async fn redis(url: &str) -> Self {
        let prefix = format!("test-{}:", Uuid::new_v4().simple());
        let sessions = Sessions::redis_under(url, &prefix).await.unwrap();
        Self { sessions, transport: Transport::Http, redis: Some((url.to_owned(), prefix)) }
    }

    /// Another process that keeps them in the same place. The memory of one process has no other.
    pub async fn replica(&self) -> Self {
        let mut replica = self.clone();
        if let Some((url, prefix)) = &self.redis {
            replica.sessions = Sessions::redis_under(url, prefix).await.unwrap();
        }
        replica
    }
}

/// Half past eight on a working day.
pub fn start() -> DateTime<Utc> {
    "2025-01-06T08:30:00Z".parse().unwrap()
}

pub fn person(name: &str) -> PersonId {
    PersonId::from_uuid(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()))
}

pub fn login(name: &str) -> Login {
    Login::new(person(name), Stage::Full, Method::Passkey, start(), "192.0.2.7", "Firefox")
}

#[derive(Clone)]
pub struct Browser {
    place: Place,
    cookie: Option<String>,
    headers: HeaderMap,
    status: u16,
    cookies_set: usize,
}

impl Browser {
    pub fn new(place: &Place) -> Self {
        Self { place: place.clone(), cookie: None, headers: HeaderMap::new(), status: 0, cookies_set: 0 }
    }

    pub fn with_cookie(place: &Place, token: &str) -> Self {
        Self { cookie: Some(token.to_owned()), ..Self::new(place) }
    }

    pub async fn signed_in(place: &Place, name: &'static str) -> Self {
        let mut browser = Self::new(place);
        browser.page(async move |session| session.begin(login(name)).await.unwrap()).await;
        browser
    }

    /// The token.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// The headers of the last response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The status of the last response.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// How often a cookie has come, removals included.
    pub fn cookies_set(&self) -> usize {
        self.cookies_set
    }

    /// Asks for a page whose handler does `work`, and answers 200.
    pub async fn page<T, F>(&mut self, work: impl FnOnce(SessionHandle) -> F + Send + 'static) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let made = Arc::new(Mutex::new(None));
        let keep = made.clone();
        let work = Arc::new(Mutex::new(Some(work)));
        let handler = async move |session: SessionHandle| {
            let work = work.lock().unwrap().take().unwrap();
            let value = work(session).await;
            *keep.lock().unwrap() = Some(value);
        };
        self.send(Router::new().fallback(handler)).await;
        made.lock().unwrap().take().expect("the page was not reached")
    }

    /// Sends a request to a router of pages with sessions.
    pub async fn send(&mut self, pages: Router) -> axum::response::Response {
        let router = attach(pages, self.place.sessions.clone(), self.place.transport);
        let mut request = Request::builder().uri("/");
        if let Some(token) = &self.cookie {
            request = request.header(COOKIE, format!("{}={token}", self.place.transport.cookie()));
        }
        let response = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        self.headers = response.headers().clone();
        self.status = response.status().as_u16();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            assert_eq!(name, self.place.transport.cookie());
            self.cookie = (!text.contains("Max-Age=0")).then(|| value.to_owned());
            self.cookies_set += 1;
        }
        response
    }
}
