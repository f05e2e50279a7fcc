//! What `counterfoil bench web` compares pages with: a handler that does as little as one with a database can. No session,
//! no gate, no template, and nothing around it; one row is read in a scope that was opened once. Beside the pages the same
//! row is read by whoever is signed in, which tells what is the gates' share. No service attaches either.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Html;
use axum::routing::get;
use counterfoil_core::ids::{ClaimId, OrganisationId, TenantId};
use counterfoil_tenants::claim;
use counterfoil_tenants::scope::{Provider, ProviderScope, Tx};
use tokio::net::TcpListener;

use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::pages::claims::provider::list_made;
use crate::{App, routes, server};

/// The only address that [`bench_router`] answers at.
pub const ROW: &str = "/row";

/// Whose rows are read, and which.
struct Rows {
    scope: ProviderScope,
    council: TenantId,
    claims: Vec<ClaimId>,
    next: AtomicUsize,
}

/// One route, [`ROW`]: reads one of the claims, each time the next one, and answers with the first day of its care.
pub fn bench_router(scope: ProviderScope, council: TenantId, claims: Vec<ClaimId>) -> Router {
    let rows = Rows { scope, council, claims, next: AtomicUsize::new(0) };
    Router::new().route(ROW, get(row)).with_state(Arc::new(rows))
}

/// Serves the pages, and beside them [`signed_in_row`] and [`claims_made_anew`], until `stop` is done.
///
/// # Errors
/// Where listening fails.
pub async fn serve_with_row(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let table = routes::table()
        .get("/organisations/{organisation}/councils/{council}/row/{claim}", row_behind_gates)
        .get("/organisations/{organisation}/councils/{council}/claims-anew", claims_anew);
    server::listen(listener, server::around(table, app), stop).await
}

/// Where a provider's claim is read as one row, by whoever is signed in.
#[must_use]
pub fn signed_in_row(organisation: OrganisationId, council: &str, claim: ClaimId) -> String {
    format!("/organisations/{organisation}/councils/{council}/row/{claim}")
}

/// Where a provider's claims are made anew each time, as they are when something has changed.
#[must_use]
pub fn claims_made_anew(organisation: OrganisationId, council: &str) -> String {
    format!("/organisations/{organisation}/councils/{council}/claims-anew")
}

async fn claims_anew(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Html<String>, Fault> {
    list_made(&visit, &pass).await.map(Html)
}

async fn row_behind_gates(
    Permit { pass, .. }: Permit<ProviderAt>,
    Path((_, _, claim)): Path<(String, String, String)>,
) -> Result<String, Fault> {
    let id = claim.parse().map_err(|_| Fault::NotFound)?;
    let council = pass.council.id;
    let scope = &pass.provider.scope;
    let read = scope.read(async |tx: &mut Tx<'_, Provider>| claim::find_of_provider(tx, council, id).await).await;
    Ok(read.map_err(|error| Fault::of(&error))?.starts.to_string())
}

/// Serves it until `stop` is done.
///
/// # Errors
/// Where listening fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn row(State(rows): State<Arc<Rows>>) -> Result<String, Fault> {
    let next = rows.next.fetch_add(1, Ordering::Relaxed) % rows.claims.len().max(1);
    let id = *rows.claims.get(next).ok_or(Fault::NotFound)?;
    let read =
        rows.scope.read(async |tx: &mut Tx<'_, Provider>| claim::find_of_provider(tx, rows.council, id).await).await;
    Ok(read.map_err(|error| Fault::of(&error))?.starts.to_string())
}
