//! How far a request for payments is: live where the browser can, and on each reload.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_tenants::payments::{self, RequestSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;
use uuid::Uuid;

use super::home;
use crate::access::{ForOrganisationAt, Permit, ProviderAt};
use crate::fault::Fault;
use crate::london;
use crate::pages::events;

/// What sort of work events tell of.
pub(super) const KIND: &str = "payment-request";

#[derive(Serialize)]
struct Page {
    back: String,
    here: String,
    up_to: String,
    requested_at: String,
    done: usize,
    of: usize,
    claims: i64,
    contracts: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    reference: String,
    href: String,
    claims: Option<i64>,
}

async fn read(pass: &ForOrganisationAt, request: &str) -> Result<(Uuid, RequestSeen), Fault> {
    let batch = request.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| payments::request_seen(tx, council, organisation, batch).await)
        .await;
    Ok((batch, read.map_err(|error| Fault::of(&error))?))
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, request)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let (_, seen) = read(&pass, &request).await?;
    let back = home(&pass);
    let page = Page {
        here: format!("{back}/request/{request}"),
        up_to: london::day(seen.up_to),
        requested_at: london::moment(seen.requested_at),
        done: seen.contracts.iter().filter(|(.., claims)| claims.is_some()).count(),
        of: seen.contracts.len(),
        claims: seen.contracts.iter().filter_map(|(.., claims)| *claims).sum(),
        contracts: seen
            .contracts
            .into_iter()
            .map(|(id, reference, claims)| Row { href: format!("{back}?contract={id}"), reference, claims })
            .collect(),
        back,
    };
    visit.page("payments/progress.html", &pass.shell(&visit).await?, page)
}

/// What the page listens to.
pub(crate) async fn stream(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, request)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let (batch, _) = read(&pass, &request).await?;
    let council = pass.council.id;
    let shows = events::progress(council, KIND, batch);
    Ok(events::open(&visit, &pass.provider.me, Some(council), shows))
}
