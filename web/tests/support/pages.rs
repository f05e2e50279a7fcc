//! The whole service in a test: its pages on a database of the test's own, and a browser without a screen that goes
//! through them as people do.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test program uses a part, and a page that is not as it should be fails its test"
)]

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request};
use chrono::Utc;
use counterfoil_core::ids::PersonId;
use counterfoil_core::pricing::Pricer;
use counterfoil_tenants::audit::AnchorFolder;
use counterfoil_tenants::identity::Asked;
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_testkit::TestDatabase;
use counterfoil_web::events::Events;
use counterfoil_web::session::Sessions;
use counterfoil_web::{App, Assets, Service, router};
use futures_util::stream;
use totp_rs::Totp;
use tower::ServiceExt as _;
use url::form_urlencoded;

use crate::means::means;

/// Everybody's password.
pub const PASSWORD: &str = "Ladle kestrel 47 tugboat";

/// The most that a page may weigh, in bytes.
const LARGEST: usize = 16 << 20;

/// The service.
pub struct Site {
    pub db: TestDatabase,
    pub events: Events,
    pub key: Arc<MasterKey>,
    router: Router,
    /// What each person's telephone knows, and the last step of it that was used.
    telephones: Mutex<HashMap<PersonId, (String, u64)>>,
}

impl Site {
    /// On a new database.
    pub async fn new() -> Self {
        Self::anchored(None).await
    }

    /// The same, with a folder for anchors.
    pub async fn anchored(anchor: Option<AnchorFolder>) -> Self {
        Self::with(anchor, |pricer| pricer).await
    }

    /// The same, where what prices stands behind something of the test's own.
    pub async fn pricing_by(around: impl FnOnce(Arc<dyn Pricer>) -> Arc<dyn Pricer>) -> Self {
        Self::with(None, around).await
    }

    async fn with(anchor: Option<AnchorFolder>, around: impl FnOnce(Arc<dyn Pricer>) -> Arc<dyn Pricer>) -> Self {
        let db = TestDatabase::new().await;
        let events = Events::local();
        let key = Arc::new(MasterKey::generate());
        let means = means(key.clone());
        let service = Service {
            config: db.config().clone(),
            connections: db.connections().clone(),
            means: Means { pricer: around(means.pricer.clone()), ..means },
            sessions: Sessions::memory().announcing(events.clone()),
            events: events.clone(),
            public_address: "http://localhost:8080".parse().unwrap(),
            trusted_proxies: 0,
            anchor,
        };
        let app = App::new(Assets::load(&Assets::folder()).expect("run ops/assets first"), service).unwrap();
        Self { db, events, key, router: router(app), telephones: Mutex::default() }
    }

    /// A browser in which nobody has signed in.
    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new(), last: None }
    }

    /// A browser in which somebody is signed in: the first time by the link of an invitation, choosing a password and setting
    /// up a code generator; then by the sign-in page. A code is good once, so that somebody signs in at most three times
    /// within half a minute.
    pub async fn sign_in(&self, person: PersonId) -> Browser {
        let known = self.telephones.lock().unwrap().get(&person).cloned();
        let mut browser = self.browser();
        match known {
            None => self.first_time(&mut browser, person).await,
            Some((telephone, step)) => self.again(&mut browser, person, &telephone, step).await,
        }
        browser.get("/").await;
        assert_eq!(browser.status(), 200, "{} is signed in", person);
        browser
    }

    async fn first_time(&self, browser: &mut Browser, person: PersonId) {
        let (identity, asked) = (self.db.identity(), Asked::by_service(Utc::now()));
        let link = identity.invite_again(&asked, person).await.unwrap();
        let token = identity.arm_link(link, asked.at).await.unwrap().expect("the link is good");
        let address = format!("/link/{}", token.as_str());
        browser.get(&address).await;
        browser.post_form(&address, &[("new_password", PASSWORD)]).await;
        assert_eq!(browser.location(), "/enrol");
        browser.get("/enrol/generator").await;
        let telephone = between(&browser.text(), "href=\"otpauth:", "\"");
        let telephone = format!("otpauth:{}", unescaped(&telephone));
        let step = step_now();
        browser.post_form("/enrol/generator", &[("code", &code(&telephone, step))]).await;
        assert_eq!(browser.location(), "/enrol/recovery-codes");
        self.telephones.lock().unwrap().insert(person, (telephone, step));
    }

    async fn again(&self, browser: &mut Browser, person: PersonId, telephone: &str, last: u64) {
        let access = self.db.identity().access(person).await.unwrap().expect("there is such a person");
        browser.get("/sign-in").await;
        browser.post_form("/sign-in", &[("email", access.email()), ("password", PASSWORD)]).await;
        browser.follow().await;
        let step = step_now().max(last + 1);
        browser.post_form("/sign-in/second-factor", &[("code", &code(telephone, step))]).await;
        assert_eq!(browser.status(), 303, "the code is right");
        self.telephones.lock().unwrap().insert(person, (telephone.to_owned(), step));
    }
}

fn step_now() -> u64 {
    Utc::now().timestamp().unsigned_abs() / 30
}

/// What a telephone shows in a step of thirty seconds.
fn code(telephone: &str, step: u64) -> String {
    Totp::from_url(telephone).unwrap().generate(step * 30).to_string()
}

/// Cookies, and the page that was loaded last.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    last: Option<Loaded>,
}

#[derive(Clone)]
struct Loaded {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Browser {
    /// Loads a page. Redirects are not followed: see [`follow`](Self::follow).
    pub async fn get(&mut self, path: &str) {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await;
    }

    /// Follows redirects until there is a page.
    pub async fn follow(&mut self) {
        for _ in 0..10 {
            if !(300..400).contains(&self.status()) {
                return;
            }
            let to = self.location();
            self.get(&to).await;
        }
        panic!("redirects go round in a circle");
    }

    /// Loads a page, wherever it leads.
    pub async fn open(&mut self, path: &str) {
        self.get(path).await;
        self.follow().await;
    }

    /// Sends a form of the page that was loaded last, with its hidden token. The page has to have one that leads there.
    pub async fn post_form(&mut self, path: &str, fields: &[(&str, &str)]) {
        let token = self.token_of(path);
        self.post(path, &token, fields).await;
    }

    /// Sends a form with a token of the test's choosing.
    pub async fn post(&mut self, path: &str, token: &str, fields: &[(&str, &str)]) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", token).extend_pairs(fields);
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.finish())).unwrap()).await;
    }

    /// Sends a form with a file: the name of its field, its own name (none for a hidden field), and what is in it.
    pub async fn post_file(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, Option<&str>, &[u8])) {
        let token = self.token_of(path);
        self.post_files(path, &token, fields, &[file]).await;
    }

    /// The same with several files, and with a token of the test's choosing.
    pub async fn post_files(
        &mut self,
        path: &str,
        token: &str,
        fields: &[(&str, &str)],
        files: &[(&str, Option<&str>, &[u8])],
    ) {
        const BOUNDARY: &str = "a boundary that nobody types";
        let mut body = Vec::new();
        for (name, value) in fields.iter().chain([&("csrf", token)]) {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        for (field, name, contents) in files {
            let name = name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"{name}\r\n\r\n");
            body.extend_from_slice(part.as_bytes());
            body.extend_from_slice(contents);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary=\"{BOUNDARY}\"");
        self.send(Request::post(path).header(CONTENT_TYPE, kind).body(Body::from(body)).unwrap()).await;
    }

    /// Sends a form with files whose body tells whether anybody has read of it.
    pub async fn post_watched(&mut self, path: &str) -> bool {
        let read = Arc::new(AtomicBool::new(false));
        let seen = read.clone();
        let body = stream::once(async move {
            seen.store(true, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from_static(b"--b--\r\n"))
        });
        let request = Request::post(path).header(CONTENT_TYPE, "multipart/form-data; boundary=b");
        self.send(request.body(Body::from_stream(body)).unwrap()).await;
        read.load(Ordering::Relaxed)
    }

    async fn send(&mut self, mut request: Request<Body>) {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request.headers_mut().insert(COOKIE, cookies.join("; ").parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        for given in response.headers().get_all(SET_COOKIE) {
            let given = given.to_str().unwrap();
            let (name, value) = given.split(';').next().unwrap().split_once('=').unwrap();
            if given.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, LARGEST).await.expect("the answer comes to its end");
        self.last = Some(Loaded { status: parts.status.as_u16(), headers: parts.headers, body });
    }

    fn last(&self) -> &Loaded {
        self.last.as_ref().expect("a page was loaded")
    }

    /// The status of the page.
    pub fn status(&self) -> u16 {
        self.last().status
    }

    /// A header of the page; empty where it has none of that name.
    pub fn header(&self, name: &str) -> String {
        self.last().headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// Where it leads.
    pub fn location(&self) -> String {
        let to = self.header(LOCATION.as_str());
        assert!(!to.is_empty(), "{} leads nowhere:\n{}", self.status(), self.text());
        to
    }

    /// What is in it.
    pub fn bytes(&self) -> &[u8] {
        &self.last().body
    }

    /// The page's source.
    pub fn text(&self) -> String {
        String::from_utf8(self.last().body.to_vec()).expect("a page is text")
    }

    /// Fails unless the page is there and has all these words.
    #[track_caller]
    pub fn has(&self, all: &[&str]) {
        let text = self.text();
        for words in all {
            assert!(text.contains(words), "{} without {words:?}:\n{text}", self.status());
        }
    }

    /// Fails where the page has any of these words.
    #[track_caller]
    pub fn has_none(&self, none: &[&str]) {
        let text = self.text();
        for words in none {
            assert!(!text.contains(words), "{} with {words:?}:\n{text}", self.status());
        }
    }

    /// The page without what is anew in each: its nonce.
    pub fn without_nonce(&self) -> String {
        let text = self.text();
        let nonce = between(&text, "nonce=\"", "\"");
        text.replace(&nonce, "")
    }

    /// The value of a hidden field.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        unescaped(&between(&self.text(), &format!("type=\"hidden\" name=\"{name}\" value=\""), "\""))
    }

    /// The first address on the page that begins like this.
    #[track_caller]
    pub fn link(&self, begins: &str) -> String {
        format!("{begins}{}", between(&self.text(), &format!("href=\"{begins}"), "\""))
    }

    /// The hidden token of the form that leads to an address.
    #[track_caller]
    pub fn token_of(&self, path: &str) -> String {
        let text = self.text();
        let leads = [format!("action=\"{path}\""), format!("formaction=\"{path}\"")];
        // a button of a form may lead elsewhere than the form
        let form = text.split("<form").find(|form| leads.iter().any(|leads| form.contains(leads)));
        let form = form.unwrap_or_else(|| panic!("no form leads to {path} on\n{text}"));
        between(form, "name=\"csrf\" value=\"", "\"")
    }
}

#[track_caller]
fn between(text: &str, before: &str, after: &str) -> String {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in\n{text}"));
    rest.split_once(after).unwrap().0.to_owned()
}

fn unescaped(html: &str) -> String {
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    marks.iter().fold(html.to_owned(), |text, (mark, plain)| text.replace(mark, plain))
}
