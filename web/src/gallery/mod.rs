//! The patterns that pages are made of, shown with invented contents, so that a browser can try them before any
//! page of the service does: the frame, forms, tables, faults, and what the script does when a session ends.
//!
//! Built for tests only. The test below serves it and lets `ops/browser/gallery` look at it in Chromium.

mod pages;
mod session;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::process::Command;
use tokio::sync::broadcast;

use crate::assets::Assets;
use crate::fault::Fault;
use crate::security::{self, Nonce};
use crate::shell::Shell;
use crate::templates::Templates;

/// What the gallery's pages share.
#[derive(Clone)]
struct Gallery {
    assets: Arc<Assets>,
    templates: Arc<Templates>,
    /// Tells open pages whose person is signed out.
    signed_out: broadcast::Sender<String>,
}

impl Gallery {
    fn new() -> Self {
        let assets = Assets::load(&Assets::folder()).expect("run ops/assets first");
        let templates = Templates::new(assets.templates(), &assets.base()).unwrap();
        Self { assets: Arc::new(assets), templates: Arc::new(templates), signed_out: broadcast::channel(8).0 }
    }

    fn page(&self, template: &str, shell: &Shell, page: impl Serialize) -> Response {
        Html(self.templates.render(template, shell, page).unwrap_or_else(|error| panic!("{error:#}"))).into_response()
    }

    /// A page of the gallery's own, whose template is given.
    fn sketch(&self, source: &str, shell: &Shell, page: impl Serialize) -> Response {
        Html(self.templates.render_source(source, shell, page)).into_response()
    }
}

fn router(gallery: Gallery) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/last-minutes", get(pages::last_minutes))
        .route("/form", get(pages::form).post(pages::refused))
        .route("/claims", get(pages::claims))
        .route("/nothing", get(pages::nothing))
        .route("/brand/{colour}", get(pages::brand))
        .route("/help", get(pages::help))
        .route("/contact", get(pages::contact))
        .route("/accessibility", get(pages::accessibility))
        .route("/fault/{status}", get(pages::fault))
        .route("/logo.svg", get(pages::logo))
        .route("/sign-in", get(session::sign_in).post(session::let_in))
        .route("/sign-out", post(session::sign_out))
        .route("/session/stay", post(session::stay))
        .route("/session/left", get(session::left))
        .route("/events", get(session::events))
        .route("/revoke/{name}", post(session::revoke))
        .route("/assets/{digest}/{name}", get(pages::asset))
        .fallback(async || Fault::NotFound)
        .layer(middleware::from_fn_with_state(gallery.clone(), surround))
        .with_state(gallery)
}

/// As `context` stands around the service's own pages.
async fn surround(State(gallery): State<Gallery>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::random().unwrap();
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    if let Some(fault) = response.extensions().get::<Fault>().cloned() {
        response = gallery.page("fault.html", &Shell::new(&nonce, ""), fault.words());
        *response.status_mut() = fault.status();
    }
    security::add_headers(response.headers_mut(), &nonce, false);
    response
}

fn browser_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/browser")
}

/// The machine's own Chromium, as `ops/lib.sh` finds it.
fn chromium() -> PathBuf {
    if let Some(path) = env::var_os("CHROMIUM") {
        return PathBuf::from(path);
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders)
        .flat_map(|folder| ["chromium", "google-chrome"].map(|name| folder.join(name)))
        .find(|path| path.is_file());
    found.expect("no Chromium here: ops/test installs it")
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_can_use_what_pages_are_made_of() {
    let playwright = browser_folder().join("node_modules/.bin/playwright");
    assert!(playwright.is_file(), "the packages of ops/browser are missing: ops/test installs them");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, router(Gallery::new())).into_future());

    let pictures = Assets::folder().with_file_name("browser").join("gallery");
    fs::create_dir_all(&pictures).unwrap();
    let outcome = Command::new(playwright)
        .args(["test", "--config", "gallery/playwright.config.js"])
        .current_dir(browser_folder())
        .env("COUNTERFOIL_URL", address)
        .env("COUNTERFOIL_PICTURES", &pictures)
        .env("CHROMIUM", chromium())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    server.abort();
    let said = [outcome.stdout, outcome.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    println!("{said}");
    assert!(outcome.status.success(), "{said}");
}
