//! The table of contracts, and what a search by reference finds under them.

use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::care::{self, ContractListed, LineFound, Standing, Wanted};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::words;
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::london;
use crate::pages::notices::{self, NoticeShown};
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

const PAGE: u32 = 50;

static CONTRACTS: TableSpec = TableSpec {
    row: ("contract", "contracts"),
    filters: &[
        Filter { name: "reference", label: "Reference", kind: FilterKind::Words },
        Filter { name: "service", label: "Kind of service", kind: FilterKind::Offered },
        Filter {
            name: "state",
            label: "State",
            kind: FilterKind::Choice(&[("current", "Current"), ("ended", "Ended")]),
        },
    ],
    columns: &[
        Column::sorted("reference", "Contract"),
        Column::sorted("service", "Service"),
        Column::plain("payee", "Paid to"),
        Column::plain("schedule", "Schedule"),
        Column::plain("recording", "Recorded"),
        Column::plain("people", "People").numeric(),
        Column::plain("lines", "Service lines").numeric(),
        Column::plain("valid", "Valid"),
    ],
    sorted: ("reference", Direction::Ascending),
    page_size: PAGE,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    council: String,
    table: TableShown,
    contracts: Vec<Row>,
    /// What was searched for, with the lines that it means.
    searched: Option<String>,
    lines: Vec<Line>,
    notices: Vec<NoticeShown>,
    home: String,
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
        let (column, direction) = query.sort();
        let mut wanted = Wanted {
            reference: query.filter("reference").map(str::to_owned),
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
        };
        let total = care::count_own(tx, council, organisation, &wanted).await?;
        let window = query.window(total.unsigned_abs());
        wanted.offset = window.offset;
        let rows = care::list_own(tx, council, organisation, &wanted).await?;
        let lines = match &wanted.reference {
            Some(reference) => care::found_own(tx, council, organisation, reference).await?,
            None => Vec::new(),
        };
        let notices = notices::holding(tx, &[council], today).await?;
        Ok((query, window, rows, lines, notices))
    });
    let (query, window, rows, lines, notices) = read.await.map_err(|error| Fault::of(&error))?;
    let home = pass.home();
    let page = Page {
        council: pass.council.name.clone(),
        table: query.shown(&window),
        contracts: rows.into_iter().map(|row| Row::of(row, &home, today)).collect(),
        searched: query.filter("reference").map(str::to_owned),
        lines: lines.into_iter().map(|line| Line::of(line, &home)).collect(),
        notices,
        home,
    };
    visit.page("contracts/list.html", &pass.shell(&visit).await?, page)
}

impl Row {
    fn of(listed: ContractListed, home: &str, today: chrono::NaiveDate) -> Self {
        let (from, to) = listed.valid;
        Self {
            href: format!("{home}/contracts/{}", listed.id),
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
    fn of(found: LineFound, home: &str) -> Self {
        Self {
            href: format!("{home}/contracts/lines/{}", found.id),
            reference: found.reference,
            order: found.purchase_order,
            person: found.person,
            contract: found.contract,
        }
    }
}
