//! The routes, what they share, and listening.

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::middleware;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

use crate::assets::Assets;
use crate::fault::Fault;
use crate::source::RunsSource;
use crate::templates::Templates;
use crate::{context, health, pages};

/// What every handler has at hand.
#[derive(Clone)]
pub struct App {
    shared: Arc<Shared>,
    https: bool,
}

struct Shared {
    assets: Assets,
    templates: Templates,
    source: Arc<dyn RunsSource>,
}

impl App {
    /// Puts the parts together.
    ///
    /// # Errors
    /// Where one of our own templates does not parse.
    pub fn new(assets: Assets, source: Arc<dyn RunsSource>) -> Result<Self, minijinja::Error> {
        let templates = Templates::new(assets.templates(), &assets.base())?;
        Ok(Self { shared: Arc::new(Shared { assets, templates, source }), https: false })
    }

    /// Says whether people reach the service by https: browsers are then told to use nothing else.
    #[must_use]
    pub fn over_https(self, https: bool) -> Self {
        Self { https, ..self }
    }

    pub(crate) fn https(&self) -> bool {
        self.https
    }

    pub(crate) fn templates(&self) -> &Templates {
        &self.shared.templates
    }

    pub(crate) fn source(&self) -> &dyn RunsSource {
        self.shared.source.as_ref()
    }
}

/// All routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(pages::front::show))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
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
    axum::serve(listener, router(app)).with_graceful_shutdown(stop).await
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
