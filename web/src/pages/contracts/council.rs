//! `/councils/{council}/contracts`: the same pages for the council's staff, commissioning and procurement among them, with
//! every provider's contracts.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::care;
use counterfoil_tenants::scope::Tx;

use super::beside::{Found, Of};
use super::{Links, contract, line, list};
use crate::access::{Member, Permit, Staff};
use crate::fault::Fault;
use crate::table::TableQuery;

/// The table.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Member>>) -> Result<Response, Fault> {
    let today = local_time(visit.now).date();
    let asked = TableQuery::parse(&list::ALL_CONTRACTS, &visit.path, visit.query.as_deref());
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        let mut query = asked.clone();
        let services = care::services(tx).await?;
        query.offer("service", services.into_iter().map(|service| (service.clone(), service)).collect());
        let mut wanted = list::wanted(&query, today);
        let total = care::count(tx, &wanted).await?;
        let window = query.window(total.unsigned_abs());
        wanted.offset = window.offset;
        let rows = care::list(tx, &wanted).await?;
        let lines = match &wanted.reference {
            Some(reference) => care::found(tx, reference).await?,
            None => Vec::new(),
        };
        Ok((query, (window, rows, lines)))
    });
    let (query, found) = read.await.map_err(|error| Fault::of(&error))?;
    let page = list::Page::of("Contracts".to_owned(), (&query, found), &Links::of_council(&pass), today);
    visit.page("contracts/list.html", &pass.shell(&visit).await?, page)
}

/// One contract.
pub(crate) async fn show_contract(
    Permit { visit, pass }: Permit<Staff<Member>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let query = contract::query(&visit);
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        let seen = care::contract(tx, id).await?;
        let window = query.window(seen.lines.unsigned_abs());
        let lines = care::lines(tx, id, (window.offset, window.limit)).await?;
        Ok(((seen, window, lines), Found::of_council(tx, Of::Contract(id)).await?))
    });
    let (found, beside) = read.await.map_err(|error| Fault::of(&error))?;
    let page = contract::Page::of(&query, found, beside, &Links::of_council(&pass), visit.now);
    visit.page("contracts/contract.html", &pass.shell(&visit).await?, page)
}

/// One service line.
pub(crate) async fn show_line(
    Permit { visit, pass }: Permit<Staff<Member>>,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let when = (local_time(visit.now).date(), visit.now);
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        Ok((care::line(tx, id, when).await?, Found::of_council(tx, Of::Line(id)).await?))
    });
    let (seen, beside) = read.await.map_err(|error| Fault::of(&error))?;
    let page = line::Page::of(&seen, &beside, &Links::of_council(&pass), when);
    visit.page("contracts/line.html", &pass.shell(&visit).await?, page)
}
