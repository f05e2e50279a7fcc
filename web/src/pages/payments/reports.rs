//! `.../payments/pending` and `.../payments/reports`: what will be paid and when, and what was, each as a table and as a
//! file with all of its rows.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::{ClaimState, Vocabulary};
use counterfoil_core::ids::{OrganisationId, TenantId};
use counterfoil_tenants::payments::{self, AGES, Slice, WeeksWanted};
use counterfoil_tenants::scope::{Provider, Tx};
use counterfoil_tenants::{Result as Answer, claim};
use serde::Serialize;

use super::home;
use crate::access::{ForOrganisationAt, Permit, ProviderAt, Visit};
use crate::export::{Cell, Form, Sheet};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec};

/// Rows of a page.
const PAGE: i64 = 50;

/// Rows of a file, at most.
const MOST: i64 = 100_000;

/// One of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Report {
    Pending,
    Commissioned,
    Payments,
    Ageing,
    Late,
}

impl Report {
    const ALL: [Self; 5] = [Self::Pending, Self::Commissioned, Self::Payments, Self::Ageing, Self::Late];

    /// In addresses.
    const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Commissioned => "commissioned-v-actuals",
            Self::Payments => "payments",
            Self::Ageing => "ageing",
            Self::Late => "late-payment",
        }
    }

    fn called(name: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|report| report.name() == name).ok_or(Fault::NotFound)
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Pending => "Pending payments",
            Self::Commissioned => "Commissioned v actuals",
            Self::Payments => "Payments",
            Self::Ageing => "Ageing of what is unpaid",
            Self::Late => "Late payment",
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Pending => {
                "What is confirmed or paid by the plan, and not paid yet, with the run that pays it. Balances brought forward are not in it."
            }
            Self::Commissioned => "Week by week of each contract: what the council planned and what was claimed.",
            Self::Payments => "What was paid, with the balances that each payment took up and left.",
            Self::Ageing => "What is not paid yet, by contract and by days since the end of care.",
            Self::Late => "What a later run pays, or paid, than the one in which it fell due.",
        }
    }

    /// Headings, and whether the column has numbers.
    const fn columns(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Pending => &[
                ("In the bank", false),
                ("Contract", false),
                ("Person", false),
                ("Care from", false),
                ("Care to", false),
                ("State", false),
                ("Run", false),
                ("Finalised", false),
                ("Payable", true),
            ],
            Self::Commissioned => &[
                ("Care from", false),
                ("Care to", false),
                ("Contract", false),
                ("Service", false),
                ("People", true),
                ("Commissioned", true),
                ("Actual", true),
                ("Difference", true),
                ("Payable", true),
                ("Suspended", true),
            ],
            Self::Payments => &[
                ("Remittance", false),
                ("Paid to", false),
                ("Made", false),
                ("In the bank", false),
                ("Brought forward", true),
                ("Entries", true),
                ("Carried forward", true),
                ("Paid", true),
            ],
            Self::Ageing => &[
                ("Days since care", false),
                ("Contract", false),
                ("Open", true),
                ("Confirmed", true),
                ("Claimed", true),
                ("Payable", true),
                ("Suspended", true),
            ],
            Self::Late => &[
                ("Care from", false),
                ("Care to", false),
                ("Contract", false),
                ("Person", false),
                ("State", false),
                ("Due in the bank", false),
                ("In the bank", false),
                ("Days late", true),
                ("Why", false),
                ("Payable", true),
            ],
        }
    }
}

static ROWS: TableSpec = TableSpec {
    row: ("row", "rows"),
    filters: &[],
    columns: &[Column::plain("row", "Row")],
    sorted: ("row", Direction::Ascending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
struct Index {
    home: String,
    reports: Vec<(String, &'static str, &'static str)>,
}

#[derive(Serialize)]
struct Page {
    back: String,
    files: String,
    title: &'static str,
    about: &'static str,
    table: TableShown,
    headings: &'static [(&'static str, bool)],
    rows: Vec<Vec<String>>,
}

/// All of them.
pub(crate) async fn index(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    let home = home(&pass);
    let entry = |report: Report| (address(&home, report), report.title(), report.about());
    let page = Index { reports: Report::ALL.into_iter().map(entry).collect(), home };
    visit.page("payments/reports.html", &pass.shell(&visit).await?, page)
}

fn address(home: &str, report: Report) -> String {
    match report {
        Report::Pending => format!("{home}/pending"),
        other => format!("{home}/reports/{}", other.name()),
    }
}

/// What is on its way.
pub(crate) async fn pending(Permit { visit, pass }: Permit<ProviderAt>) -> Result<Response, Fault> {
    page(&visit, &pass, Report::Pending).await
}

/// One of them as a table.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, report)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    page(&visit, &pass, Report::called(&report)?).await
}

async fn page(visit: &Visit, pass: &ForOrganisationAt, report: Report) -> Result<Response, Fault> {
    let query = TableQuery::parse(&ROWS, &visit.path, visit.query.as_deref());
    let slice = Slice { offset: query.offset(), limit: PAGE };
    let (rows, total) = read(visit, pass, report, slice).await?;
    let shown = |cell: Cell| match cell {
        Cell::Words(words) => words,
        Cell::Money(sum) => sum.to_string(),
        Cell::Day(day) => london::day(day),
        Cell::Count(count) => count.to_string(),
        Cell::Nothing => "\u{2013}".to_owned(),
    };
    let home = home(pass);
    let page = Page {
        back: format!("{home}/reports"),
        files: format!("{home}/reports/{}", report.name()),
        title: report.title(),
        about: report.about(),
        table: query.shown(&query.window(total.unsigned_abs())),
        headings: report.columns(),
        rows: rows.into_iter().map(|row| row.into_iter().map(shown).collect()).collect(),
    };
    visit.page("payments/report.html", &pass.shell(visit).await?, page)
}

/// One of them as a file.
pub(crate) async fn file(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, report, form)): Path<(String, String, String, String)>,
) -> Result<Response, Fault> {
    let (report, form) = (Report::called(&report)?, Form::called(&form)?);
    let (rows, _) = read(&visit, &pass, report, Slice { offset: 0, limit: MOST }).await?;
    let headings = report.columns().iter().map(|(heading, _)| *heading).collect();
    Sheet { name: report.name().to_owned(), headings, rows }.file(form)
}

type Rows = (Vec<Vec<Cell>>, i64);

async fn read(visit: &Visit, pass: &ForOrganisationAt, report: Report, slice: Slice) -> Result<Rows, Fault> {
    let today = local_time(visit.now).date();
    let place = (pass.council.id, pass.provider.organisation.id);
    let read = pass
        .provider
        .scope
        .read(async |tx: &mut Tx<'_, Provider>| {
            let vocabulary = claim::around_own(tx, place.0, place.1, today).await?.vocabulary;
            match report {
                Report::Pending => on_the_way(tx, place, slice, vocabulary).await,
                Report::Commissioned => commissioned(tx, place, slice).await,
                Report::Payments => made(tx, place, slice).await,
                Report::Ageing => {
                    let (rows, total) = payments::aged(tx, place.0, place.1, today, slice).await?;
                    Ok((rows.into_iter().map(aged).collect(), total))
                }
                Report::Late => late(tx, place, slice, vocabulary).await,
            }
        })
        .await;
    read.map_err(|error| Fault::of(&error))
}

type Place = (TenantId, OrganisationId);

async fn on_the_way(tx: &mut Tx<'_, Provider>, place: Place, slice: Slice, words: Vocabulary) -> Answer<Rows> {
    let (rows, total) = payments::pending(tx, place.0, place.1, slice).await?;
    let row = |one: payments::Pending| {
        let (schedule, first, last) = one.run;
        let state = match one.state {
            ClaimState::Generated | ClaimState::Stated => "Paid by the plan",
            other => words.state(other),
        };
        vec![
            Cell::Day(one.bank_date),
            Cell::Words(one.contract),
            Cell::Words(one.person),
            Cell::Day(one.care.0),
            Cell::Day(one.care.1),
            Cell::words(state),
            Cell::Words(format!("{schedule}, {}", london::span(first, last))),
            Cell::Day(one.finalisation),
            Cell::Money(one.payable),
        ]
    };
    Ok((rows.into_iter().map(row).collect(), total))
}

async fn commissioned(tx: &mut Tx<'_, Provider>, place: Place, slice: Slice) -> Answer<Rows> {
    let limit = u32::try_from(slice.limit).unwrap_or(u32::MAX);
    let wanted = WeeksWanted { offset: slice.offset, limit, ..WeeksWanted::default() };
    let weeks = payments::list(tx, place.0, place.1, &wanted).await?;
    let row = |week: payments::WeekListed| {
        let difference = week.sums.claimed.checked_sub(week.sums.planned).map_or(Cell::Nothing, Cell::Money);
        vec![
            Cell::Day(week.starts),
            Cell::Day(week.ends),
            Cell::Words(week.reference),
            Cell::Words(week.service),
            Cell::Count(week.claims),
            Cell::Money(week.sums.planned),
            Cell::Money(week.sums.claimed),
            difference,
            Cell::Money(week.sums.payable),
            Cell::Money(week.sums.suspended),
        ]
    };
    Ok((weeks.rows.into_iter().map(row).collect(), weeks.counted))
}

async fn made(tx: &mut Tx<'_, Provider>, place: Place, slice: Slice) -> Answer<Rows> {
    let (rows, total) = payments::paid(tx, place.0, place.1, slice).await?;
    let row = |one: payments::Made| {
        let mut cells = vec![
            Cell::Words(one.number),
            Cell::Words(one.payee),
            Cell::Day(local_time(one.made_at).date()),
            one.bank_date.map_or(Cell::Nothing, Cell::Day),
        ];
        cells.extend(one.sums.map(Cell::Money));
        cells
    };
    Ok((rows.into_iter().map(row).collect(), total))
}

fn aged(one: payments::Aged) -> Vec<Cell> {
    let next = AGES.iter().find(|from| **from > one.from_days);
    let days = match next {
        Some(next) => format!("{} to {}", one.from_days, next - 1),
        None => format!("{} or more", one.from_days),
    };
    vec![
        Cell::Words(days),
        Cell::Words(one.contract),
        Cell::Count(one.open),
        Cell::Count(one.confirmed),
        Cell::Money(one.claimed),
        Cell::Money(one.payable),
        Cell::Money(one.suspended),
    ]
}

async fn late(tx: &mut Tx<'_, Provider>, place: Place, slice: Slice, words: Vocabulary) -> Answer<Rows> {
    let (rows, total) = payments::late(tx, place.0, place.1, slice).await?;
    let row = |one: payments::Late| {
        let (due, paid) = one.bank_dates;
        vec![
            Cell::Day(one.care.0),
            Cell::Day(one.care.1),
            Cell::Words(one.contract),
            Cell::Words(one.person),
            Cell::words(words.state(one.state)),
            Cell::Day(due),
            Cell::Day(paid),
            Cell::Count((paid - due).num_days()),
            Cell::words(if one.confirmed_late { "Confirmed after the cut-off" } else { "Settled later" }),
            Cell::Money(one.payable),
        ]
    };
    Ok((rows.into_iter().map(row).collect(), total))
}
