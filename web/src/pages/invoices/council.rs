//! `/councils/{council}/invoices`: what providers invoiced, for the council's finance staff. What is decided is decided on the
//! claims.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::claim;
use counterfoil_tenants::invoice::{self, Listed};
use counterfoil_tenants::scope::Tx;

use super::list::{ALL, Page, Row, csv_of, sheet, wanted};
use super::one;
use crate::access::{AtCouncil, Finance, Permit, Staff};
use crate::export::Form;
use crate::fault::Fault;
use crate::form::FormShown;
use crate::table::TableQuery;

fn home(pass: &AtCouncil) -> String {
    format!("/councils/{}/invoices", pass.council.slug)
}

async fn read(pass: &AtCouncil) -> Result<(Vec<Listed>, bool), Fault> {
    let read =
        pass.scope.read(async |tx: &mut Tx<'_>| Ok((invoice::list(tx).await?, invoice::allowed(tx).await?))).await;
    read.map_err(|error| Fault::of(&error))
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<Staff<Finance>>) -> Result<Response, Fault> {
    let (all, allowed) = read(&pass).await?;
    let query = TableQuery::parse(&ALL, &visit.path, visit.query.as_deref());
    let wanted = wanted(all, &query);
    let (window, rows) = query.cut(&wanted);
    let home = home(&pass);
    let page = Page {
        allowed,
        is_council: true,
        table: query.shown(&window),
        invoices: rows.iter().map(|one| Row::of(one, &home)).collect(),
        csv: csv_of(&visit),
        home,
    };
    visit.page("invoices/list.html", &pass.shell(&visit).await?, page)
}

/// The file.
pub(crate) async fn csv(Permit { visit, pass }: Permit<Staff<Finance>>) -> Result<Response, Fault> {
    let (all, _) = read(&pass).await?;
    let query = TableQuery::parse(&ALL, &visit.path, visit.query.as_deref());
    sheet("provider-invoices".to_owned(), &wanted(all, &query)).file(Form::Csv)
}

/// One of them.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Finance>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let today = local_time(visit.now).date();
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| Ok((invoice::find(tx, id).await?, claim::vocabulary_of(tx, today).await?)))
        .await;
    let (seen, vocabulary) = read.map_err(|error| Fault::of(&error))?;
    let claims = format!("/councils/{}/claims", pass.council.slug);
    let page = one::Page::of(&seen, (&home(&pass), &claims), (vocabulary, true), FormShown::empty());
    visit.page("invoices/invoice.html", &pass.shell(&visit).await?, page)
}
