//! The table of contracts, and what a search by reference finds under them.

use axum::response::Response;
use chrono::NaiveDate;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::care::{self, ContractListed, LineFound, Standing, Wanted};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::{Links, words};
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::london;
use crate::pages::notices::{self, NoticeShown};
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec, Window};

const PAGE: u32 = 50;

const REFERENCE: Filter = Filter { name: "reference", label: "Reference", kind: FilterKind::Words };
const SERVICE: Filter = Filter { name: "service", label: "Kind of service", kind: FilterKind::Offered };
const STATE: Filter =
    Filter { name: "state", label: "State", kind: FilterKind::Choice(&[("current", "Current"), ("ended", "Ended")]) };

static CONTRACTS: TableSpec = spec(&[REFERENCE, SERVICE, STATE]);
/// The same with what a council has to tell its providers apart by.
pub(super) static ALL_CONTRACTS: TableSpec =
    spec(&[REFERENCE, Filter { name: "payee", label: "Provider", kind: FilterKind::Words }, SERVICE, STATE]);

const COLUMNS: &[Column] = &[
    Column::sorted("reference", "Contract"),
    Column::sorted("service", "Service"),
    Column::plain("payee", "Paid to"),
    Column::plain("schedule", "Schedule"),
    Column::plain("recording", "Recorded"),
    Column::plain("people", "People").numeric(),
    Column::plain("lines", "Service lines").numeric(),
    Column::plain("valid", "Valid"),
];

const fn spec(filters: &'static [Filter]) -> TableSpec {
    TableSpec {
        row: ("contract", "contracts"),
        filters,
        columns: COLUMNS,
        sorted: ("reference", Direction::Ascending),
        page_size: PAGE,
        kept: &[],
    }
}

/// A page of contracts, and the lines that a search means by themselves.
pub(super) type Found = (Window, Vec<ContractListed>, Vec<LineFound>);

#[derive(Serialize)]
pub(super) struct Page {
    heading: String,
    table: TableShown,
    contracts: Vec<Row>,
    /// What was searched for, with the lines that it means.
    searched: Option<String>,
    lines: Vec<Line>,
    notices: Vec<NoticeShown>,
    documents: String,
    adjustments: String,
    /// Where care without an order is reported; for a provider.
    report: Option<String>,
    /// Where the council's guidance is, with the council's name; for a provider.
    guidance: Option<(String, String)>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    reference: String,
    service: String,
    kind: &'static str,
    payee: String,
    schedule: String,
    recording: &'static str,
    people: i64,
    lines: i64,
    valid: String,
    has_ended: bool,
}

#[derive(Serialize)]
struct Line {
    href: String,
    reference: String,
    order: Option<String>,
    person: String,
    contract: String,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let today = local_time(visit.now).date();
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let asked = TableQuery::parse(&CONTRACTS, &visit.path, visit.query.as_deref());
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        let mut query = asked.clone();
        let services = care::services_own(tx, council, organisation).await?;
        query.offer("service", services.into_iter().map(|service| (service.clone(), service)).collect());
        let mut wanted = wanted(&query, today);
        let total = care::count_own(tx, council, organisation, &wanted).await?;
        let window = query.window(total.unsigned_abs());
        wanted.offset = window.offset;
        let rows = care::list_own(tx, council, organisation, &wanted).await?;
        let lines = match &wanted.reference {
            Some(reference) => care::found_own(tx, council, organisation, reference).await?,
            None => Vec::new(),
        };
        let notices = notices::holding(tx, &[council], today).await?;
        Ok((query, (window, rows, lines), notices))
    });
    let (query, found, notices) = read.await.map_err(|error| Fault::of(&error))?;
    let heading = format!("Contracts with {}", pass.council.name);
    let page = Page {
        notices,
        report: Some(format!("{}/queries/new?about=no_order", pass.home())),
        guidance: Some((format!("{}/guidance", pass.home()), pass.council.name.clone())),
        ..Page::of(heading, (&query, found), &Links::of_provider(&pass), today)
    };
    visit.page("contracts/list.html", &pass.shell(&visit).await?, page)
}

/// What an address asks for.
pub(super) fn wanted(query: &TableQuery, today: NaiveDate) -> Wanted {
    let (column, direction) = query.sort();
    Wanted {
        reference: query.filter("reference").map(str::to_owned),
        payee: query.filter("payee").map(str::to_owned),
        service: query.filter("service").map(str::to_owned),
        standing: match query.filter("state") {
            Some("current") => Standing::Current,
            Some("ended") => Standing::Ended,
            _ => Standing::All,
        },
        today,
        by_service: column == "service",
        descending: direction == Direction::Descending,
        offset: 0,
        limit: i64::from(PAGE),
    }
}

impl Page {
    /// What was found, for either side.
    pub(super) fn of(
        heading: String,
        (query, (window, rows, lines)): (&TableQuery, Found),
        links: &Links,
        today: NaiveDate,
    ) -> Self {
        Self {
            heading,
            table: query.shown(&window),
            contracts: rows.into_iter().map(|row| Row::of(row, links, today)).collect(),
            searched: query.filter("reference").map(str::to_owned),
            lines: lines.into_iter().map(|line| Line::of(line, links)).collect(),
            notices: Vec::new(),
            documents: format!("{}/documents", links.home),
            adjustments: format!("{}/adjustments", links.home),
            report: None,
            guidance: None,
        }
    }
}

impl Row {
    fn of(listed: ContractListed, links: &Links, today: NaiveDate) -> Self {
        let (from, to) = listed.valid;
        Self {
            href: format!("{}/{}", links.contracts(), listed.id),
            reference: listed.reference,
            service: listed.service_type,
            kind: words::kind(listed.kind),
            payee: listed.payee,
            schedule: listed.schedule,
            recording: words::recording(listed.recording),
            people: listed.people,
            lines: listed.lines,
            valid: match to {
                Some(to) => london::span(from, to),
                None => format!("Since {}", london::day(from)),
            },
            has_ended: to.is_some_and(|to| to < today),
        }
    }
}

impl Line {
    fn of(found: LineFound, links: &Links) -> Self {
        Self {
            href: format!("{}/lines/{}", links.contracts(), found.id),
            reference: found.reference,
            order: found.purchase_order,
            person: found.person,
            contract: found.contract,
        }
    }
}
