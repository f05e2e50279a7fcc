//! What the pages share, the routes with what stands around them, and listening.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use chrono::{DateTime, Utc};
use counterfoil_core::ids::TenantId;
use counterfoil_core::pricing::words::Tables;
use counterfoil_core::remittance::Printer;
use counterfoil_tenants::audit::AnchorFolder;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{Config, Connections};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use url::Url;

use crate::access::Visit;
use crate::assets::Assets;
use crate::events::Events;
use crate::fault::Fault;
use crate::kept::KeptPages;
use crate::metrics::Metrics;
use crate::passkey::{PasskeyError, Passkeys};
use crate::routes::Routes;
use crate::session::{self, Sessions, Transport};
use crate::sso::{SingleSignOn, SsoError};
use crate::templates::Templates;
use crate::{context, health, metrics, routes};

/// What the pages rest on.
pub struct Service {
    /// The database.
    pub config: Config,
    /// Its pools.
    pub connections: Connections,
    /// What steps need beside it: the engine that prices, bank holidays, words for reasons, and what opens secrets at rest.
    pub means: Means,
    /// Who is signed in.
    pub sessions: Sessions,
    /// What replicas tell one another.
    pub events: Events,
    /// The address by which people reach the service.
    pub public_address: Url,
    /// How many proxies of our own stand before it and write the client's address into `X-Forwarded-For`.
    pub trusted_proxies: usize,
    /// Where the ends of the audit's chains are kept outside the database; none where nobody has named a folder.
    pub anchor: Option<AnchorFolder>,
}

/// What every handler has at hand. Cheap to clone.
#[derive(Clone)]
pub struct App {
    shared: Arc<Shared>,
}

struct Shared {
    assets: Assets,
    templates: Templates,
    service: Service,
    identity: Identity,
    passkeys: Passkeys,
    single_sign_on: SingleSignOn,
    origin: String,
    kept_pages: KeptPages,
    metrics: Metrics,
    metrics_token: OnceLock<String>,
    printer: OnceLock<Arc<dyn Printer>>,
    clock: OnceLock<Clock>,
}

/// What tells the time.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Why the pages cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// One of our own templates does not parse.
    #[error("a template cannot be read")]
    Template(#[from] minijinja::Error),
    /// The public address is not one that passkeys work at.
    #[error("the public address is not one at which people can sign in")]
    Passkeys(#[from] PasskeyError),
    /// Single sign-on cannot be set up.
    #[error("single sign-on cannot be set up")]
    SingleSignOn(#[from] SsoError),
    /// The figures cannot be kept.
    #[error("figures for /metrics cannot be kept")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`AppError`].
    pub fn new(assets: Assets, service: Service) -> Result<Self, AppError> {
        let templates = Templates::new(assets.templates(), &assets.base())?;
        let identity = Identity::new(&service.connections);
        let passkeys = Passkeys::new(&service.public_address)?;
        let single_sign_on = SingleSignOn::new(&service.public_address)?;
        let origin = service.public_address.origin().ascii_serialization();
        let shared = Shared {
            assets,
            templates,
            service,
            identity,
            passkeys,
            single_sign_on,
            origin,
            kept_pages: KeptPages::default(),
            metrics: Metrics::new()?,
            metrics_token: OnceLock::new(),
            printer: OnceLock::new(),
            clock: OnceLock::new(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// With the token for which `/metrics` is shown; without one it is shown to whoever asks from the same machine. The
    /// first time counts.
    #[must_use]
    pub fn with_metrics_token(self, token: &str) -> Self {
        let _ = self.shared.metrics_token.set(token.to_owned());
        self
    }

    /// With what prints documents; without it there are none to be had. The first time counts.
    #[must_use]
    pub fn with_printer(self, printer: Arc<dyn Printer>) -> Self {
        let _ = self.shared.printer.set(printer);
        self
    }

    /// With a clock other than the machine's: what is played, and what is tested at an instant of its own. The first time
    /// counts.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        let _ = self.shared.clock.set(clock);
        self
    }

    /// The time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.shared.clock.get().map_or_else(Utc::now, |clock| clock())
    }

    pub(crate) fn printer(&self) -> Option<Arc<dyn Printer>> {
        self.shared.printer.get().cloned()
    }

    pub(crate) fn metrics_token(&self) -> Option<&str> {
        self.shared.metrics_token.get().map(String::as_str)
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// Words for reasons in every language: the service's own, and those of the rule packs.
    pub(crate) fn words(&self) -> &Tables {
        &self.means().words
    }

    pub(crate) fn means(&self) -> &Means {
        &self.shared.service.means
    }

    /// The council's scope in which the service prices for a provider, whose own cannot read rates.
    pub(crate) fn pricing(&self, council: TenantId, visit: &Visit) -> CouncilScope {
        let scope = CouncilScope::system(&self.shared.service.connections, council, "assess-claims");
        scope.with_origin(visit.request_id(), visit.origin.address)
    }

    pub(crate) fn https(&self) -> bool {
        self.public_address().scheme() == "https"
    }

    pub(crate) fn public_address(&self) -> &Url {
        &self.shared.service.public_address
    }

    pub(crate) fn is_own_origin(&self, origin: &str) -> bool {
        self.shared.origin == origin
    }

    pub(crate) fn trusted_proxies(&self) -> usize {
        self.shared.service.trusted_proxies
    }

    pub(crate) fn anchor(&self) -> Option<&AnchorFolder> {
        self.shared.service.anchor.as_ref()
    }

    pub(crate) fn templates(&self) -> &Templates {
        &self.shared.templates
    }

    pub(crate) fn kept_pages(&self) -> &KeptPages {
        &self.shared.kept_pages
    }

    pub(crate) fn config(&self) -> &Config {
        &self.shared.service.config
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.shared.identity
    }

    pub(crate) fn master_key(&self) -> &MasterKey {
        &self.means().master_key
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.shared.service.sessions
    }

    pub(crate) fn events(&self) -> &Events {
        &self.shared.service.events
    }

    pub(crate) fn passkeys(&self) -> &Passkeys {
        &self.shared.passkeys
    }

    pub(crate) fn single_sign_on(&self) -> &SingleSignOn {
        &self.shared.single_sign_on
    }
}

/// All routes: the pages of the table, and what has no person.
pub fn router(app: App) -> Router {
    around(routes::table(), app)
}

/// The pages of a table with what stands around them.
pub(crate) fn around(table: Routes, app: App) -> Router {
    let (pages, _) = table.into_parts();
    let transport = Transport::of(app.public_address().as_str());
    session::attach(pages, app.sessions().clone(), transport)
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .route("/assets/{digest}/{name}", get(asset))
        .fallback(|| async { Fault::NotFound })
        .method_not_allowed_fallback(|| async { Fault::WrongMethod })
        .layer(CatchPanicLayer::custom(context::panicked))
        .layer(middleware::from_fn_with_state(app.clone(), context::surround))
        .with_state(app)
}

/// Serves until `stop` is done, then lets the requests at hand finish.
///
/// # Errors
/// Where listening fails.
pub async fn serve(listener: TcpListener, app: App, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    listen(listener, router(app), stop).await
}

/// Serves a router whose handlers know the client's address.
pub(crate) async fn listen(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

async fn asset(State(app): State<App>, Path((digest, name)): Path<(String, String)>) -> Result<Response, Fault> {
    let (media_type, bytes) = app.shared.assets.file(&digest, &name).ok_or(Fault::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, media_type),
        // The address changes with the contents.
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}
