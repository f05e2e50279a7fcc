//! One request: who asks, from where, and when; and the frame of the page that answers.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts as _};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use counterfoil_core::language::Language;
use counterfoil_core::pricing::words::Words;
use counterfoil_tenants::explanation::Explaining;
use counterfoil_tenants::identity::link::Token;
use counterfoil_tenants::identity::{Access, Asked};
use counterfoil_tenants::scope::Origin;
use serde::Serialize;
use url::form_urlencoded;

use crate::cookie;
use crate::fault::Fault;
use crate::kept::{KeptPage, Own, Stamp};
use crate::security::Nonce;
use crate::server::App;
use crate::session::{ABSOLUTE_LIMIT, IDLE_LIMIT, Login, SessionHandle, Stage};
use crate::shell::{SessionTimes, Shell};

/// Whom forms belong to that are about nothing but the person: signing out, staying signed in.
const ACCOUNT: &str = "account";

/// The id of a request, which the log and the audit keep.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// One request.
pub(crate) struct Visit {
    pub(crate) app: App,
    pub(crate) session: SessionHandle,
    /// Who is signed in, at least by half.
    pub(crate) login: Option<Login>,
    /// What they may do.
    pub(crate) access: Option<Access>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) origin: Origin,
    /// The browser's own token, where it has one.
    pub(crate) browser: Option<Token>,
    /// What the browser says that it is.
    pub(crate) agent: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    nonce: Nonce,
    is_get: bool,
    wants_json: bool,
}

impl Visit {
    /// Reads everything about a request that decides who may see what.
    pub(super) async fn of(parts: &mut Parts, app: &App, is_activity: bool) -> Result<Self, Fault> {
        let session = SessionHandle::from_request_parts(parts, app).await?;
        let now = app.now();
        let login = if is_activity { session.touch(now).await } else { session.login(now).await };
        let (login, access) = match login.map_err(|error| Fault::away(&error))? {
            Some(login) => access_of(app, &session, login).await?,
            None => (None, None),
        };
        let address = client(parts, app.trusted_proxies());
        let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let nonce = parts.extensions.get::<Nonce>().cloned().ok_or(Fault::Internal)?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Ok(Self {
            app: app.clone(),
            session,
            login,
            access,
            now,
            origin: Origin::new(&id, address),
            browser: cookie::browser(&parts.headers),
            agent: agent.chars().take(200).collect(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            nonce,
            is_get: parts.method == Method::GET || parts.method == Method::HEAD,
            wants_json: wants_json(&parts.headers) || parts.uri.path().starts_with("/api/"),
        })
    }

    /// Who asks, for the steps.
    pub(crate) fn asked(&self) -> Asked {
        let full = self.login.as_ref().filter(|login| login.stage == Stage::Full);
        Asked { by: full.map(|login| login.person), at: self.now, origin: self.origin.clone() }
    }

    /// The id of the request.
    pub(crate) fn request_id(&self) -> &str {
        self.origin.request_id.as_deref().unwrap_or_default()
    }

    /// The client's address, in words.
    pub(crate) fn address(&self) -> String {
        self.origin.address.map(|address| address.to_canonical().to_string()).unwrap_or_default()
    }

    /// One value of the address's query.
    pub(crate) fn asked_for(&self, name: &str) -> Option<String> {
        let query = self.query.as_deref().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The language in which whoever asks reads explanations, where they have chosen one.
    pub(crate) fn language(&self) -> Option<Language> {
        self.access.as_ref().and_then(Access::language)
    }

    /// The words in which a council explains something to whoever asks.
    pub(crate) fn words(&self, council: &Explaining) -> Words {
        council.words_for(self.app.words(), self.language())
    }

    /// Whom a page's forms belong to: a form of one council is no good for another.
    pub(crate) fn form_scope(&self) -> String {
        form_scope(&self.path)
    }

    /// The frame of the page, before what the gate knows is put into it.
    pub(crate) async fn shell(&self) -> Result<Shell, Fault> {
        let [csrf, account] = self.tokens().await?;
        let mut shell = Shell::new(&self.nonce, self.path.clone()).csrf(csrf).account_csrf(account);
        if let (Some(times), Some(access)) = (self.times(), &self.access) {
            shell = shell.person(access.name()).times(times).listening();
        }
        Ok(shell)
    }

    /// What the page's own forms send back, and what the account's do.
    async fn tokens(&self) -> Result<[String; 2], Fault> {
        self.session.csrf_of([&self.form_scope(), ACCOUNT]).await.map_err(|error| Fault::away(&error))
    }

    /// How long the session lasts, of whoever is wholly signed in.
    fn times(&self) -> Option<SessionTimes> {
        let login = self.login.as_ref().filter(|login| login.stage == Stage::Full)?;
        Some(times(login, self.now))
    }

    /// A page.
    pub(crate) fn page(&self, template: &str, shell: &Shell, page: impl Serialize) -> Result<Response, Fault> {
        Ok(Html(self.html(template, shell, page)?).into_response())
    }

    /// The text of a page.
    pub(crate) fn html(&self, template: &str, shell: &Shell, page: impl Serialize) -> Result<String, Fault> {
        self.app.templates().render(template, shell, page).map_err(|error| Fault::internal(&error))
    }

    /// A page whose text [`html`](Self::html) makes: as it was made before for this person at this address, if nothing
    /// that they may do or see has changed since. For pages that show nothing but what councils hold for the person's
    /// organisations, what the person may do, and the time to the minute.
    pub(crate) async fn kept(&self, make: impl Future<Output = Result<String, Fault>>) -> Result<Response, Fault> {
        let Some(access) = &self.access else { return Ok(Html(make.await?).into_response()) };
        let own = Own::new(&self.nonce, self.tokens().await?, self.times());
        let address = self.query.as_ref().map_or_else(|| self.path.clone(), |query| format!("{}?{query}", self.path));
        let (pages, place) = (self.app.kept_pages(), (access.person(), address));
        let stamp = Stamp::new(access.stated(), access.shown(), self.now);
        let found = pages.find(&place, &stamp);
        self.app.metrics().kept(found.is_some());
        if let Some(page) = found {
            return Ok(Html(page.with(&own)).into_response());
        }
        let html = make.await?;
        pages.keep(place, stamp, KeptPage::of(&html, &own));
        Ok(Html(html).into_response())
    }

    /// Where whoever is not signed in has to go first, and comes back from.
    pub(super) fn to_sign_in(&self) -> Response {
        if self.wants_json {
            return Fault::SignedOut.into_response();
        }
        let mut to = "/sign-in".to_owned();
        if self.is_get && self.path != "/" {
            let query = self.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
            let next = format!("{}{query}", self.path);
            let asked: String = form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
            to = format!("/sign-in?{asked}");
        }
        Redirect::to(&to).into_response()
    }

    /// Where whoever is half signed in goes on. A program cannot, and is told that it is not signed in.
    pub(super) fn to_rest_of_sign_in(&self, path: &str) -> Response {
        if self.wants_json { Fault::SignedOut.into_response() } else { Redirect::to(path).into_response() }
    }
}

/// Who a login is, unless it was ended meanwhile or its person is gone.
async fn access_of(app: &App, session: &SessionHandle, login: Login) -> Result<(Option<Login>, Option<Access>), Fault> {
    let access = app.identity().access(login.person).await.map_err(|error| Fault::of(&error))?;
    let ended = |access: &Access| access.sessions_after().is_some_and(|after| login.began < after);
    match access {
        Some(access) if !ended(&access) => {
            let access = match login.confined_to {
                Some(tenant) => access.confined_to(tenant),
                None => access,
            };
            Ok((Some(login), Some(access)))
        }
        _ => {
            session.end().await.map_err(|error| Fault::away(&error))?;
            Ok((None, None))
        }
    }
}

fn times(login: &Login, now: DateTime<Utc>) -> SessionTimes {
    let seconds = |left: chrono::TimeDelta| u64::try_from(left.num_seconds()).unwrap_or_default();
    SessionTimes::new(seconds(login.seen + IDLE_LIMIT - now), seconds(login.began + ABSOLUTE_LIMIT - now))
}

/// The address that a request came from. Proxies of our own write it into a header, the nearest one last; what stands
/// before theirs anybody can have written.
fn client(parts: &Parts, trusted: usize) -> Option<IpAddr> {
    let direct = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    if trusted == 0 {
        return direct;
    }
    let forwarded = parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let nth = addresses.len().checked_sub(trusted).and_then(|index| addresses.get(index));
    nth.and_then(|address| address.parse().ok()).or(direct)
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accept.split(',').next().is_some_and(|first| first.trim().starts_with("application/json"))
}

/// The council or organisation that a path is about, or else the person's own account.
pub(super) fn form_scope(path: &str) -> String {
    let mut parts = path.trim_start_matches('/').splitn(3, '/');
    match (parts.next(), parts.next()) {
        (Some(kind @ ("councils" | "organisations")), Some(name)) => format!("{kind}/{name}"),
        (Some("operator"), _) => "operator".to_owned(),
        _ => ACCOUNT.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_belongs_to_the_council_or_organisation_of_its_page() {
        assert_eq!(form_scope("/councils/bradford/staff/invite"), "councils/bradford");
        assert_eq!(form_scope("/councils/bradford"), "councils/bradford");
        assert_eq!(form_scope("/organisations/org_1/people"), "organisations/org_1");
        assert_eq!(form_scope("/account/password"), "account");
        assert_eq!(form_scope("/"), "account");
    }

    #[test]
    fn what_a_client_writes_about_its_address_is_believed_only_from_our_own_proxies() {
        let request = axum::http::Request::get("/").header("x-forwarded-for", "203.0.113.9, 198.51.100.7");
        let (mut parts, ()) = request.body(()).unwrap_or_default().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4_000))));
        let seen = |trusted| client(&parts, trusted).map(|address| address.to_string());
        assert_eq!(seen(0).as_deref(), Some("127.0.0.1"));
        assert_eq!(seen(1).as_deref(), Some("198.51.100.7"));
        assert_eq!(seen(2).as_deref(), Some("203.0.113.9"));
        assert_eq!(seen(3).as_deref(), Some("127.0.0.1"));
    }
}
