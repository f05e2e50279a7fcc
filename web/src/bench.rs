//! What `counterfoil bench web` compares pages with: a handler that does as little as one with a database can. No session,
//! no gate, no template, and nothing around it; one row is read in a scope that was opened once. No service attaches it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use counterfoil_core::ids::{ClaimId, TenantId};
use counterfoil_tenants::claim;
use counterfoil_tenants::scope::{Provider, ProviderScope, Tx};
use tokio::net::TcpListener;

use crate::fault::Fault;

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
