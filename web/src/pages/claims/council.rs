//! `/councils/{council}/claims`: what providers claim from a council, for its finance staff.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::claim::{self, Claims, Wanted};
use counterfoil_tenants::invoice;
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::shown::{ClaimShown, InvoiceLink};
use super::table::{self, ALL, Row};
use crate::access::{AtCouncil, Finance, Permit, Staff};
use crate::fault::Fault;
use crate::table::{TableQuery, TableShown};

#[derive(Serialize)]
struct Page {
    heading: String,
    table: TableShown,
    claims: Vec<Row>,
    with_provider: bool,
    /// Where the invoices of providers are.
    invoices: String,
    empty: &'static str,
}

fn home(pass: &AtCouncil) -> String {
    format!("/councils/{}/claims", pass.council.slug)
}

/// The claims that an address asks for. A provider or contract that is not the council's has none.
async fn listed(tx: &mut Tx<'_>, query: &TableQuery) -> counterfoil_tenants::Result<Claims> {
    let contract = match query.filter("contract") {
        Some(reference) => match claim::contract_called(tx, reference).await? {
            Some(contract) => Some(contract),
            None => return Ok(Claims::default()),
        },
        None => None,
    };
    let organisations = match query.filter("provider") {
        Some(name) => Some(claim::providers_called(tx, name).await?),
        None => None,
    };
    claim::list(tx, &Wanted { organisations, ..table::wanted(query, contract) }).await
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Finance>>) -> Result<Response, Fault> {
    let today = local_time(visit.now).date();
    let asked = TableQuery::parse(&ALL, &visit.path, visit.query.as_deref());
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| {
            let vocabulary = claim::vocabulary_of(tx, today).await?;
            let mut query = asked.clone();
            table::offer_states(&mut query, vocabulary);
            let claims = listed(tx, &query).await?;
            Ok((query, claims, vocabulary))
        })
        .await;
    let (query, claims, vocabulary) = read.map_err(|error| Fault::of(&error))?;
    let home = home(&pass);
    let page = Page {
        heading: "Claims".to_owned(),
        table: query.shown(&table::window(&query, &claims)),
        claims: claims.rows.into_iter().map(|row| Row::of(row, &home, vocabulary, visit.now)).collect(),
        with_provider: true,
        invoices: format!("/councils/{}/invoices", pass.council.slug),
        empty: "There are no claims yet. They are made from service lines at the start of each week.",
    };
    visit.page("claims/list.html", &pass.shell(&visit).await?, page)
}

/// The page of a claim.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Finance>>,
    Path((_, claim)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let id = claim.parse().map_err(|_| Fault::NotFound)?;
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| Ok((claim::seen(tx, id).await?, invoice::of_claim(tx, &[id]).await?)))
        .await;
    let (seen, mut invoices) = read.map_err(|error| Fault::of(&error))?;
    let mut page = ClaimShown::of(&seen, visit.app.words(), home(&pass));
    let slug = &pass.council.slug;
    page.invoice = invoices
        .pop()
        .map(|(_, of)| InvoiceLink { href: format!("/councils/{slug}/invoices/{}", of.id), number: of.number });
    visit.page("claims/claim.html", &pass.shell(&visit).await?, page)
}
