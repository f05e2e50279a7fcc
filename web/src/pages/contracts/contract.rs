//! One contract: who is paid, when and by what, its people and their service lines.

use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::plan::{LineVersion, version_for};
use counterfoil_core::pricing::facts::Recording;
use counterfoil_tenants::care::{self, ContractSeen, LineListed};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::beside::{Beside, Found, Of};
use super::{Links, words};
use crate::access::{Permit, ProviderAt, Visit};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec, Window};

static LINES: TableSpec = TableSpec {
    row: ("service line", "service lines"),
    filters: &[],
    columns: &[
        Column::plain("person", "Person"),
        Column::plain("line", "Service line"),
        Column::plain("order", "Purchase order"),
        Column::plain("service", "Service level"),
        Column::plain("plan", "Plan"),
        Column::plain("valid", "Valid"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
pub(super) struct Page {
    reference: String,
    service: String,
    /// Keys and values of the summary.
    facts: Vec<(&'static str, String)>,
    attributes: Vec<(String, String)>,
    people: i64,
    table: TableShown,
    lines: Vec<Line>,
    contracts: String,
    claims: Option<String>,
    ask: Option<String>,
    non_delivery: Option<String>,
    calendar: Option<String>,
    beside: Beside,
}

#[derive(Serialize)]
struct Line {
    href: String,
    person: String,
    reference: String,
    order: Option<String>,
    service: String,
    plan: String,
    valid: String,
    state: &'static str,
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, contract)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let id = contract.parse().map_err(|_| Fault::NotFound)?;
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let query = query(&visit);
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let seen = care::contract_own(tx, council, organisation, id).await?;
        let window = query.window(seen.lines.unsigned_abs());
        let lines = care::lines_own(tx, council, organisation, id, (window.offset, window.limit)).await?;
        let beside = Found::own(tx, (council, organisation), Of::Contract(id)).await?;
        Ok(((seen, window, lines), beside))
    });
    let (found, beside) = read.await.map_err(|error| Fault::of(&error))?;
    let page = Page::of(&query, found, beside, &Links::of_provider(&pass), visit.now);
    visit.page("contracts/contract.html", &pass.shell(&visit).await?, page)
}

/// What an address asks of a contract's lines.
pub(super) fn query(visit: &Visit) -> TableQuery {
    TableQuery::parse(&LINES, &visit.path, visit.query.as_deref())
}

impl Page {
    /// A contract with a page of its lines, for either side.
    pub(super) fn of(
        query: &TableQuery,
        (seen, window, lines): (ContractSeen, Window, Vec<LineListed>),
        beside: Found,
        links: &Links,
        now: DateTime<Utc>,
    ) -> Self {
        let id = seen.contract.id;
        Self {
            facts: facts(&seen),
            // its kind stands among the facts already
            attributes: seen.contract.attributes.iter().filter(|own| own.key != "kind").map(words::attribute).collect(),
            people: seen.people,
            table: query.shown(&window),
            lines: lines.into_iter().map(|line| Line::of(line, links, now)).collect(),
            contracts: links.contracts(),
            claims: links.sees_claims.then(|| format!("{}/claims?contract={id}", links.home)),
            ask: links.own(format!("queries/new?contract={id}")),
            non_delivery: (seen.contract.recording != Recording::None)
                .then(|| links.own(format!("claims/non-delivery?contract={id}")))
                .flatten(),
            calendar: links.own(format!("calendars/{}", seen.contract.schedule_id)),
            beside: Beside::of(&beside, links, (Of::Contract(id), seen.contract.organisation_id.is_some())),
            reference: seen.contract.reference,
            service: seen.contract.service_type,
        }
    }
}

fn facts(seen: &ContractSeen) -> Vec<(&'static str, String)> {
    let contract = &seen.contract;
    let (payee, supplier) = &seen.payee;
    vec![
        ("Kind of service", contract.service_type.clone()),
        ("Kind of contract", words::kind(contract.kind).to_owned()),
        ("Valid", words::validity(contract.valid_from, contract.valid_to)),
        ("Paid to", format!("{payee}, supplier number {supplier}")),
        ("Recording", words::recording(contract.recording).to_owned()),
        ("Payment terms", words::terms(contract.terms).to_owned()),
        ("One claim covers", words::claim_period(contract.claim_period).to_owned()),
        ("Gross or net", words::gross(contract.gross).to_owned()),
        ("Schedule", seen.schedule.clone()),
    ]
}

impl Line {
    fn of(listed: LineListed, links: &Links, now: DateTime<Utc>) -> Self {
        let today = local_time(now).date();
        let current = version_for(&listed.versions, today, now);
        let newest = listed.versions.iter().max_by_key(|version| (version.recorded_at, version.version));
        let shown = current.or(newest);
        let state = match (current, newest) {
            (Some(_), _) => "Current",
            (None, Some(newest)) if newest.from > today => "Starts later",
            (None, Some(_)) => "Ended",
            (None, None) => "Not planned yet",
        };
        let service = |version: &LineVersion| match version.tier.as_str() {
            "" => version.service.clone(),
            tier => format!("{}, {}", version.service, words::tier(tier)),
        };
        Self {
            href: format!("{}/lines/{}", links.contracts(), listed.id),
            person: listed.person,
            reference: listed.reference,
            order: listed.purchase_order,
            service: shown.map(service).unwrap_or_default(),
            plan: shown.map(|version| words::plan(&version.plan, version.unit)).unwrap_or_default(),
            valid: newest.map(|newest| since(&listed.versions, newest)).unwrap_or_default(),
            state,
        }
    }
}

/// From the first day of the first version to the last day of the newest.
fn since(versions: &[LineVersion], newest: &LineVersion) -> String {
    let first = versions.iter().map(|version| version.from).min().unwrap_or(newest.from);
    match newest.to {
        Some(to) => london::span(first, to),
        None => format!("Since {}", london::day(first)),
    }
}
