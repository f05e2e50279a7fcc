//! `/organisations/{organisation}/councils/{council}/remittances`: what a provider was paid and for what, as it was sent.
//! Only for whoever sees all contracts, since a payment is for all of a site's; for anybody else there is no such page.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_tenants::remittance::{self, Remittance, RemittanceSeen};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use crate::access::{ForOrganisationAt, Permit, ProviderAt};
use crate::download::attachment;
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec};

static REMITTANCES: TableSpec = TableSpec {
    row: ("remittance", "remittances"),
    filters: &[],
    columns: &[
        Column::plain("number", "Number"),
        Column::plain("payee", "Paid to"),
        Column::plain("made", "Made"),
        Column::plain("pays", "Paid").numeric(),
        Column::plain("files", "Files"),
    ],
    sorted: ("made", Direction::Descending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    table: TableShown,
    remittances: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    number: String,
    payee: String,
    made: String,
    pays: String,
}

fn whole(pass: &ForOrganisationAt) -> Result<(), Fault> {
    let organisation = pass.provider.organisation.id;
    if pass.provider.scope.sees_whole(organisation) { Ok(()) } else { Err(Fault::NotFound) }
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    whole(&pass)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let query = TableQuery::parse(&REMITTANCES, &visit.path, visit.query.as_deref());
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let (rows, total) = remittance::list_own(tx, council, organisation, (query.offset(), 50)).await?;
            let window = query.window(total.unsigned_abs());
            if window.offset == query.offset() {
                return Ok((rows, window));
            }
            // beyond the end
            let (rows, _) = remittance::list_own(tx, council, organisation, (window.offset, window.limit)).await?;
            Ok((rows, window))
        })
        .await;
    let (rows, window) = read.map_err(|error| Fault::of(&error))?;
    let row = |seen: RemittanceSeen| Row {
        href: format!("{}/{}", visit.path, seen.number),
        number: seen.number,
        payee: seen.payee,
        made: london::day(counterfoil_core::calendar::clock::local_time(seen.made_at).date()),
        pays: seen.pays.to_string(),
    };
    let page = Page { table: query.shown(&window), remittances: rows.into_iter().map(row).collect() };
    visit.page("remittances.html", &pass.shell(&visit).await?, page)
}

async fn found(pass: &ForOrganisationAt, number: &str) -> Result<Remittance, Fault> {
    whole(pass)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| remittance::find_own(tx, council, organisation, number).await);
    read.await.map_err(|error| Fault::of(&error))
}

/// For a spreadsheet or an accounts package.
pub(crate) async fn csv(
    Permit { pass, .. }: Permit<ProviderAt>,
    Path((_, _, number)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let found = found(&pass, &number).await?;
    Ok(attachment(&format!("{}.csv", found.number), "text/csv; charset=utf-8", found.csv))
}

/// For reading and printing.
pub(crate) async fn html(
    Permit { pass, .. }: Permit<ProviderAt>,
    Path((_, _, number)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let found = found(&pass, &number).await?;
    Ok(attachment(&format!("{}.html", found.number), "text/html; charset=utf-8", found.html))
}
