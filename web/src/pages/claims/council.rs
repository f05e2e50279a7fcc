//! `/councils/{council}/claims`: what providers claim from a council, for its finance staff.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::ClaimId;
use counterfoil_tenants::claim::{self, Claims, Wanted};
use counterfoil_tenants::invoice;
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::talk;
use serde::Serialize;

use super::shown::{ClaimShown, InvoiceLink};
use super::table::{self, ALL, Row};
use crate::access::{AtCouncil, Finance, Permit, Staff, Visit, may_talk};
use crate::fault::Fault;
use crate::form::FormShown;
use crate::pages::talk::claim::TalkShown;
use crate::shell::Banner;
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
    page(&visit, &pass, &claim, FormShown::empty()).await
}

/// A claim's page, with what both sides say about it.
#[derive(Serialize)]
struct ClaimPage {
    #[serde(flatten)]
    claim: ClaimShown,
    here: String,
    /// None for a person who is paid directly, and has no login.
    talk: Option<TalkShown>,
    /// A message that is being written.
    form: FormShown,
}

/// The same with a message that comes back.
pub(in crate::pages) async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    claim: &str,
    form: FormShown,
) -> Result<Response, Fault> {
    let id: ClaimId = claim.parse().map_err(|_| Fault::NotFound)?;
    let read = pass
        .scope
        .read(async |tx: &mut Tx<'_>| {
            Ok((claim::seen(tx, id).await?, talk::seen(tx, id).await?, invoice::of_claim(tx, &[id]).await?))
        })
        .await;
    let (seen, said, mut invoices) = read.map_err(|error| Fault::of(&error))?;
    let mut claim = ClaimShown::of(&seen, &visit.words(&seen.words.explaining), home(pass));
    let slug = &pass.council.slug;
    claim.invoice = invoices
        .pop()
        .map(|(_, of)| InvoiceLink { href: format!("/councils/{slug}/invoices/{}", of.id), number: of.number });
    let page = ClaimPage {
        claim,
        here: format!("{}/{id}", home(pass)),
        talk: seen.claim.organisation_id.map(|_| TalkShown::of_council(&said, pass, id)),
        form,
    };
    let mut shell = pass.shell(visit).await?;
    if visit.asked_for("done").as_deref() == Some("said") {
        shell = shell.banner(Banner::success("Your message is sent").text("The provider is told by email."));
    }
    // whoever only looks on has read nothing for the council
    if said.unread > 0 && may_talk(pass) {
        talk::mark_read(&pass.scope, visit.now, id, said.newest).await.map_err(|error| Fault::of(&error))?;
    }
    visit.page("claims/claim.html", &shell, page)
}
