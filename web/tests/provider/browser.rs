//! The service in this process, and somebody's browser at it.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request};
use chrono::Utc;
use counterfoil_core::ids::PersonId;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_testkit::TestDatabase;
use counterfoil_web::events::Events;
use counterfoil_web::session::{self, Login, SessionHandle, Sessions, Stage, Transport, attach};
use counterfoil_web::{App, Assets, Service, router};
use tower::ServiceExt as _;
use url::Url;
use url::form_urlencoded;

use crate::means::means;

/// The service.
pub(crate) struct Web {
    router: Router,
    sessions: Sessions,
}

impl Web {
    pub(crate) fn new(db: &TestDatabase) -> Self {
        Self::with(db, 0, |app| app)
    }

    /// The same with proxies of ours before it, or otherwise made up.
    pub(crate) fn with(db: &TestDatabase, trusted_proxies: usize, change: impl FnOnce(App) -> App) -> Self {
        let sessions = Sessions::memory();
        let service = Service {
            config: db.config().clone(),
            connections: db.connections().clone(),
            means: means(Arc::new(MasterKey::generate())),
            sessions: sessions.clone(),
            events: Events::local(),
            public_address: Url::parse("http://localhost:8080/").unwrap(),
            trusted_proxies,
            anchor: None,
        };
        let app = App::new(Assets::load(&Assets::folder()).expect("run ops/assets first"), service).unwrap();
        Self { router: router(change(app)), sessions }
    }

    /// Somebody who has signed in with both factors.
    pub(crate) async fn signed_in(&self, person: PersonId) -> Browser {
        self.at(Stage::Full, person).await
    }

    /// Somebody who has got so far.
    pub(crate) async fn at(&self, stage: Stage, person: PersonId) -> Browser {
        let login = Login::new(person, stage, session::Method::Passkey, Utc::now(), "192.0.2.7", "Firefox");
        let begin = move |session: SessionHandle| async move {
            session.begin(login).await.unwrap();
        };
        let pages = attach(Router::new().fallback(begin), self.sessions.clone(), Transport::Http);
        let response = pages.oneshot(Request::new(Body::empty())).await.unwrap();
        let cookie = response.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        Browser { router: self.router.clone(), cookie: Some(cookie) }
    }

    /// Somebody whom nobody knows.
    pub(crate) fn stranger(&self) -> Browser {
        Browser { router: self.router.clone(), cookie: None }
    }
}

/// A browser.
pub(crate) struct Browser {
    router: Router,
    cookie: Option<String>,
}

/// What came back.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.to_vec()).unwrap()
    }

    /// The page, which has to be there, with all of these words.
    #[track_caller]
    pub(crate) fn says(&self, all: &[&str]) -> &Self {
        let text = self.text();
        for words in all {
            assert!(text.contains(words), "no {words} in {}\n{text}", self.status);
        }
        self
    }

    #[track_caller]
    pub(crate) fn says_nothing_of(&self, all: &[&str]) -> &Self {
        let text = self.text();
        for words in all {
            assert!(!text.contains(words), "{words} in {}\n{text}", self.status);
        }
        self
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    #[track_caller]
    pub(crate) fn leads_to(&self, place: &str) -> &Self {
        assert_eq!(self.status, 303, "{}", self.text());
        assert_eq!(self.headers[LOCATION], place);
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// What stands in an attribute of the first element after some words, in the part of the page that begins somewhere.
    pub(crate) fn after_in(&self, part: &str, words: &str, attribute: &str) -> String {
        let text = self.text();
        let text = text.split_once(part).unwrap_or_else(|| panic!("no {part} in\n{text}")).1;
        let rest = text.split_once(words).unwrap_or_else(|| panic!("no {words} in\n{text}")).1;
        let rest = rest.split_once(&format!("{attribute}=\"")).unwrap().1;
        rest.split_once('"').unwrap().0.to_owned()
    }

    /// The page without what differs between any two answers: its random numbers.
    pub(crate) fn settled(&self) -> (u16, String, Vec<String>) {
        let mut text = self.text();
        while let Some(at) = text.find("nonce=\"") {
            let end = text[at + 7..].find('"').unwrap();
            text.replace_range(at..at + 7 + end + 1, "");
        }
        let names = self.headers.keys().map(|name| name.as_str().to_owned()).collect();
        (self.status, text, names)
    }
}

impl Browser {
    pub(crate) async fn get(&self, path: &str) -> Page {
        self.ask(Method::GET, path, &[], None).await
    }

    /// Asks with headers of its own, from an address.
    pub(crate) async fn get_from(&self, path: &str, headers: &[(&str, &str)], peer: [u8; 4]) -> Page {
        self.ask(Method::GET, path, headers, Some((String::new(), peer))).await
    }

    /// Sends the form of a page.
    pub(crate) async fn post(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let (token, given) = self.form(page).await;
        // a stranger's form belongs to the session that came with its page
        let browser = Self { router: self.router.clone(), cookie: given.or(self.cookie.clone()) };
        browser.post_with(&token, path, fields).await
    }

    /// What a page's form carries unseen, and the session that came with it.
    pub(crate) async fn form(&self, page: &str) -> (String, Option<String>) {
        // the first form of a page is the one that signs out, which belongs to nobody but the person
        let page = self.get(page).await;
        let token = page.is(200).after_in("<main", "name=\"csrf\"", "value");
        let given = page.headers.get(SET_COOKIE).map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
        (token, given.map(str::to_owned))
    }

    /// Sends a form whose page was loaded before.
    pub(crate) async fn post_with(&self, token: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.append_pair("csrf", token).extend_pairs(fields);
        let headers = [(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        self.ask(Method::POST, path, &headers, Some((body.finish(), [127, 0, 0, 1]))).await
    }

    /// Sends what a page's script sends.
    pub(crate) async fn post_json(&self, page: &str, path: &str, body: serde_json::Value) -> Page {
        let (token, _) = self.form(page).await;
        let headers = [(CONTENT_TYPE.as_str(), "application/json"), ("x-csrf-token", &*token)];
        self.ask(Method::POST, path, &headers, Some((body.to_string(), [127, 0, 0, 1]))).await
    }

    /// Sends a file by the form of a page.
    pub(crate) async fn post_file(&self, page: &str, path: &str, contents: &[u8]) -> Page {
        const BOUNDARY: &str = "nobody-types-this";
        let (token, _) = self.form(page).await;
        let field = |name: &str, more: &str| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n")
        };
        let (token, file) = (format!("{}{token}\r\n", field("csrf", "")), field("file", "; filename=\"actuals\""));
        let end = format!("\r\n--{BOUNDARY}--\r\n");
        let body = [token.as_bytes(), file.as_bytes(), contents, end.as_bytes()].concat();
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send(Method::POST, path, &[(CONTENT_TYPE.as_str(), kind.as_str())], (body, [127, 0, 0, 1])).await
    }

    /// Sends the form of a page with files in its field `files`: name and contents.
    pub(crate) async fn post_files(
        &self,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Page {
        const BOUNDARY: &str = "nobody-types-this-either";
        let (token, _) = self.form(page).await;
        let mut body = Vec::new();
        for (name, value) in [("csrf", &*token)].iter().chain(fields) {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        for (name, contents) in files {
            let head =
                format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
            body.extend(head.into_bytes());
            body.extend(*contents);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send(Method::POST, path, &[(CONTENT_TYPE.as_str(), kind.as_str())], (body, [127, 0, 0, 1])).await
    }

    /// Sends a form that has a document beside its fields: what the file is called, and what is in it.
    pub(crate) async fn post_document(
        &self,
        page: &str,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
    ) -> Page {
        const BOUNDARY: &str = "nobody-types-this";
        let (token, _) = self.form(page).await;
        let part = |name: &str, more: &str| {
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n")
        };
        let mut body = Vec::new();
        for (name, value) in [("csrf", token.as_str())].iter().chain(fields) {
            body.extend_from_slice(format!("{}{value}\r\n", part(name, "")).as_bytes());
        }
        // where nobody chose one, browsers send a file without a name and without anything in it
        let (name, contents) = file.unwrap_or_default();
        body.extend_from_slice(part("file", &format!("; filename=\"{name}\"")).as_bytes());
        body.extend_from_slice(contents);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send(Method::POST, path, &[(CONTENT_TYPE.as_str(), kind.as_str())], (body, [127, 0, 0, 1])).await
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], sent: Option<(String, [u8; 4])>) -> Page {
        let (body, peer) = sent.unwrap_or_default();
        self.send(method, path, headers, (body.into_bytes(), peer)).await
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], sent: (Vec<u8>, [u8; 4])) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (body, peer) = sent;
        let mut request = request.body(Body::from(body)).unwrap();
        if peer != [0; 4] {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 40_000))));
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10_000_000).await.unwrap();
        Page { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }
}
