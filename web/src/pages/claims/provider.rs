//! `/organisations/{organisation}/councils/{council}/claims`: what a provider claims from a council.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::ClaimId;
use counterfoil_tenants::claim::{self, Around, ClaimSeen, Claims, Declaration};
use counterfoil_tenants::invoice;
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::talk;
use serde::Serialize;

use super::hub::{self, Hub};
use super::shown::{ClaimShown, InvoiceLink};
use super::table::{self, OWN, Row};
use super::timesheet;
use crate::access::{ForOrganisationAt, Permit, ProviderAt, Visit};
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
    /// Where actuals of many claims can be sent as a file.
    actuals_file: String,
    /// Where care that was not delivered is stated for many people and days.
    non_delivery: String,
    /// Where a carer's timesheets are, for a carer.
    timesheets: Option<String>,
    empty: &'static str,
}

/// Where a provider's claims on a council are.
pub(super) fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/claims", pass.home())
}

/// What an address asks for, with the claims.
pub(in crate::pages) async fn listed(
    visit: &Visit,
    pass: &ForOrganisationAt,
) -> Result<(TableQuery, Claims, Around), Fault> {
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let asked = TableQuery::parse(&OWN, &visit.path, visit.query.as_deref());
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let around = claim::around_own(tx, council, organisation, today).await?;
            let mut query = asked.clone();
            let contract = table::offer_own(&mut query, &around);
            let claims = claim::list_own(tx, council, organisation, &table::wanted(&query, contract)).await?;
            Ok((query, claims, around))
        })
        .await;
    read.map_err(|error| Fault::of(&error))
}

/// The table.
pub(crate) async fn list(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    visit.kept(list_made(&visit, &pass)).await
}

/// The same made anew, whether it is kept or not.
pub(crate) async fn list_made(visit: &Visit, pass: &ForOrganisationAt) -> Result<String, Fault> {
    let (query, claims, around) = listed(visit, pass).await?;
    let vocabulary = around.vocabulary;
    let is_carer = around.contracts.iter().any(|(_, _, service)| timesheet::is_shared_lives(service));
    let home = home(pass);
    let page = Page {
        heading: format!("Claims on {}", pass.council.name),
        table: query.shown(&table::window(&query, &claims)),
        claims: claims.rows.into_iter().map(|row| Row::of(row, &home, vocabulary, visit.now)).collect(),
        with_provider: false,
        actuals_file: format!("{}/actuals-file", pass.home()),
        non_delivery: format!("{home}/non-delivery"),
        timesheets: is_carer.then(|| timesheet::home(pass)),
        empty: "There are no claims yet. The council makes them from its plan of care at the start of each week.",
    };
    visit.html("claims/list.html", &pass.shell(visit).await?, page)
}

/// One claim with what explains its sum.
pub(in crate::pages) async fn found(visit: &Visit, pass: &ForOrganisationAt, claim: &str) -> Result<ClaimShown, Fault> {
    let id = claim.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| claim::seen_own(tx, council, organisation, id).await);
    let seen = read.await.map_err(|error| Fault::of(&error))?;
    Ok(ClaimShown::of(&seen, &visit.words(&seen.words.explaining), home(pass)))
}

/// One claim, with what confirming it declares.
pub(super) async fn with_declaration(
    visit: &Visit,
    pass: &ForOrganisationAt,
    claim: &str,
) -> Result<(ClaimSeen, Declaration), Fault> {
    let id = claim.parse().map_err(|_| Fault::NotFound)?;
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let seen = claim::seen_own(tx, council, organisation, id).await?;
            let declaration = claim::declaration(tx, council, (seen.claim.schedule_id, today)).await?;
            Ok((seen, declaration))
        })
        .await;
    read.map_err(|error| Fault::of(&error))
}

/// The invoice by which a claim was confirmed as it stands, if it was by one.
async fn invoiced(pass: &ForOrganisationAt, claim: ClaimId) -> Result<Option<InvoiceLink>, Fault> {
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| invoice::of_claim_own(tx, council, organisation, &[claim]).await)
        .await;
    let found = read.map_err(|error| Fault::of(&error))?.pop();
    Ok(found.map(|(_, of)| InvoiceLink { href: format!("{}/invoices/{}", pass.home(), of.id), number: of.number }))
}

/// A claim's page, with what its provider can do.
#[derive(Serialize)]
struct ClaimPage {
    #[serde(flatten)]
    claim: ClaimShown,
    here: String,
    hub: Hub,
    /// The same for a telephone, where it fits.
    timesheet: Option<String>,
    talk: TalkShown,
    /// A message that is being written.
    form: FormShown,
}

/// The page of a claim.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, claim)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    page(&visit, &pass, &claim, FormShown::empty()).await
}

/// The same with a message that comes back.
pub(in crate::pages) async fn page(
    visit: &Visit,
    pass: &ForOrganisationAt,
    claim: &str,
    form: FormShown,
) -> Result<Response, Fault> {
    let id: ClaimId = claim.parse().map_err(|_| Fault::NotFound)?;
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let scope = &pass.provider.scope;
    let read = scope.read(async |tx: &mut Tx<'_, Provider>| {
        let seen = claim::seen_own(tx, council, organisation, id).await?;
        let declaration = claim::declaration(tx, council, (seen.claim.schedule_id, today)).await?;
        let said = talk::seen_own(tx, council, organisation, id).await?;
        Ok((seen, declaration, said))
    });
    let (seen, declaration, said) = read.await.map_err(|error| Fault::of(&error))?;
    let here = format!("{}/{id}", home(pass));
    let hub = Hub::of(&seen, &declaration, &here, visit.now);
    let timesheet = timesheet::fits_here(visit, pass, (seen.recording, &seen.contract.1)).await?;
    let timesheet = timesheet.then(|| format!("{}/{}", timesheet::home(pass), seen.claim.starts));
    let done = visit.asked_for("done").and_then(|what| match what.as_str() {
        "said" => Some(Banner::success("Your message is sent").text("The council is told by email.")),
        what => hub::banner(what, &seen),
    });
    let talk = TalkShown::of_provider(&said, pass, id);
    let mut claim = ClaimShown::of(&seen, &visit.words(&seen.words.explaining), home(pass));
    claim.invoice = invoiced(pass, seen.claim.id).await?;
    let page = ClaimPage { claim, here, hub, timesheet, talk, form };
    let shell = pass.shell(visit).await?;
    let shell = match done {
        Some(banner) => shell.banner(banner),
        None => shell,
    };
    if said.unread > 0 {
        let read = talk::mark_read_own(scope, visit.now, (council, organisation), id, said.newest).await;
        read.map_err(|error| Fault::of(&error))?;
    }
    visit.page("claims/claim.html", &shell, page)
}
