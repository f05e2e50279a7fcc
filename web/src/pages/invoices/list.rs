//! A provider's invoices, the newest first, with where each stands; and the same as a file.

use axum::response::Response;
use counterfoil_core::invoice::{Difference, InvoiceState};
use counterfoil_tenants::invoice::{self, Listed};
use counterfoil_tenants::scope::{Provider, Tx};
use serde::Serialize;

use super::home;
use crate::access::{ForOrganisationAt, Permit, ProviderAt, Visit};
use crate::export::{Cell, Form, Sheet};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

/// In the order of an invoice's way.
const STATES: &[(&str, &str)] = &[
    ("submitted", InvoiceState::Submitted.words()),
    ("suspended", InvoiceState::Suspended.words()),
    ("returned", InvoiceState::Returned.words()),
    ("locked", InvoiceState::Locked.words()),
    ("paid", InvoiceState::Paid.words()),
    ("withdrawn", InvoiceState::Withdrawn.words()),
];

static INVOICES: TableSpec = TableSpec {
    row: ("invoice", "invoices"),
    filters: &[
        Filter { name: "find", label: "Number or contract", kind: FilterKind::Words },
        Filter { name: "state", label: "State", kind: FilterKind::Choice(STATES) },
    ],
    columns: COLUMNS,
    sorted: ("received", Direction::Descending),
    page_size: 50,
    kept: &[],
};

const COLUMNS: &[Column] = &[
    Column::sorted("number", "Number"),
    Column::sorted("dated", "Dated"),
    Column::sorted("received", "Received"),
    Column::plain("contract", "Contract"),
    Column::plain("care", "Care"),
    Column::sorted("invoiced", "Invoiced").numeric(),
    Column::sorted("priced", "Council\u{2019}s price").numeric(),
    Column::plain("state", "State"),
];

/// The same for the council, which finds them by provider as well.
pub(super) static ALL: TableSpec = TableSpec {
    row: ("invoice", "invoices"),
    filters: &[
        Filter { name: "find", label: "Number, contract or provider", kind: FilterKind::Words },
        Filter { name: "state", label: "State", kind: FilterKind::Choice(STATES) },
    ],
    columns: COLUMNS,
    sorted: ("received", Direction::Descending),
    page_size: 50,
    kept: &[],
};

/// The page, of either side.
#[derive(Serialize)]
pub(super) struct Page {
    pub(super) home: String,
    /// Whether the council takes invoices now.
    pub(super) allowed: bool,
    /// Whether it is the council that looks.
    pub(super) is_council: bool,
    pub(super) table: TableShown,
    pub(super) invoices: Vec<Row>,
    /// The file with the same filters.
    pub(super) csv: String,
}

/// An invoice as a row.
#[derive(Serialize)]
pub(super) struct Row {
    href: String,
    number: String,
    provider: String,
    dated: String,
    received: String,
    contract: String,
    care: String,
    invoiced: String,
    priced: String,
    differs: bool,
    state: &'static str,
    colour: &'static str,
}

impl Row {
    pub(super) fn of(listed: &Listed, home: &str) -> Self {
        Self {
            href: format!("{home}/{}", listed.id),
            number: listed.number.clone(),
            provider: listed.provider.clone(),
            dated: london::day(listed.dated),
            received: london::moment(listed.submitted_at),
            contract: listed.contract.1.clone(),
            care: london::span(listed.care.0, listed.care.1),
            invoiced: listed.expected.to_string(),
            priced: listed.priced.to_string(),
            differs: !Difference { expected: listed.expected, priced: listed.priced }.is_none(),
            state: listed.state.words(),
            colour: colour(listed.state),
        }
    }
}

/// The colour of a state's tag.
pub(super) const fn colour(state: InvoiceState) -> &'static str {
    match state {
        InvoiceState::Submitted => "blue",
        InvoiceState::Suspended => "orange",
        InvoiceState::Returned => "yellow",
        InvoiceState::Locked => "turquoise",
        InvoiceState::Paid => "green",
        InvoiceState::Withdrawn => "grey",
    }
}

/// Those that an address asks for, in its order.
pub(super) fn wanted(all: Vec<Listed>, query: &TableQuery) -> Vec<Listed> {
    let mut wanted: Vec<Listed> = all
        .into_iter()
        .filter(|one| {
            let named = query.filter("find").is_none_or(|find| {
                let find = find.to_lowercase();
                [&one.number, &one.contract.1, &one.provider].iter().any(|text| text.to_lowercase().contains(&find))
            });
            named && query.filter("state").is_none_or(|state| one.state.word() == state)
        })
        .collect();
    let (column, direction) = query.sort();
    match column {
        "number" => wanted.sort_by(|one, other| one.number.cmp(&other.number)),
        "dated" => wanted.sort_by_key(|one| one.dated),
        "invoiced" => wanted.sort_by_key(|one| one.expected),
        "priced" => wanted.sort_by_key(|one| one.priced),
        _ => wanted.sort_by_key(|one| one.submitted_at),
    }
    if direction == Direction::Descending {
        wanted.reverse();
    }
    wanted
}

/// Where the file of what is shown is.
pub(super) fn csv_of(visit: &Visit) -> String {
    let query = visit.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}/csv{query}", visit.path)
}

/// As a file.
pub(super) fn sheet(name: String, wanted: &[Listed]) -> Sheet {
    let headings = vec![
        "Number",
        "Invoice date",
        "Received",
        "Provider",
        "Contract",
        "Care from",
        "Care to",
        "Invoiced",
        "Council\u{2019}s price",
        "State",
    ];
    let row = |one: &Listed| {
        vec![
            Cell::words(&one.number),
            Cell::Day(one.dated),
            Cell::Words(london::moment(one.submitted_at)),
            Cell::words(&one.provider),
            Cell::words(&one.contract.1),
            Cell::Day(one.care.0),
            Cell::Day(one.care.1),
            Cell::Money(one.expected),
            Cell::Money(one.priced),
            Cell::words(one.state.words()),
        ]
    };
    Sheet { name, headings, rows: wanted.iter().map(row).collect() }
}

async fn read(pass: &ForOrganisationAt) -> Result<(Vec<Listed>, bool), Fault> {
    let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| {
        Ok((invoice::list_own(tx, council, organisation).await?, invoice::allowed_own(tx, council).await?))
    });
    read.await.map_err(|error| Fault::of(&error))
}

/// The table.
pub(crate) async fn show(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let (all, allowed) = read(&pass).await?;
    let query = TableQuery::parse(&INVOICES, &visit.path, visit.query.as_deref());
    let wanted = wanted(all, &query);
    let (window, rows) = query.cut(&wanted);
    let home = home(&pass);
    let page = Page {
        allowed,
        is_council: false,
        table: query.shown(&window),
        invoices: rows.iter().map(|one| Row::of(one, &home)).collect(),
        csv: csv_of(&visit),
        home,
    };
    visit.page("invoices/list.html", &pass.shell(&visit).await?, page)
}

/// The file.
pub(crate) async fn csv(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let (all, _) = read(&pass).await?;
    let query = TableQuery::parse(&INVOICES, &visit.path, visit.query.as_deref());
    sheet(format!("invoices-{}", pass.council.slug), &wanted(all, &query)).file(Form::Csv)
}
