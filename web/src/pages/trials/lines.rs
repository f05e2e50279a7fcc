//! The lines of a trial that would come to something else; and its contracts and lines as files.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::language::Language;
use counterfoil_core::pricing::words::{Said, Words};
use counterfoil_tenants::rule_trial::{self, ContractTried, LineFilter, LineTried, MOST_LINES, Trial};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::{claim, explanation};
use serde::Serialize;

use super::one::{CONTRACTS, wanted};
use super::{called, find, home};
use crate::access::{AtCouncil, Managing, Permit, Staff, Visit};
use crate::export::{Cell, Form, Sheet};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec, Window};

static LINES: TableSpec = TableSpec {
    row: ("line", "lines"),
    filters: &[
        Filter {
            name: "show",
            label: "Show",
            kind: FilterKind::Choice(&[
                ("more", "More payable"),
                ("less", "Less payable"),
                ("suspended", "Newly suspended"),
                ("released", "No longer suspended"),
                ("failed", "The version failed"),
            ]),
        },
        Filter { name: "contract", label: "Contract reference", kind: FilterKind::Words },
    ],
    columns: &[
        Column::plain("line", "Line and days"),
        Column::plain("person", "Person"),
        Column::plain("contract", "Contract"),
        Column::plain("before", "Payable as assessed").numeric(),
        Column::plain("now", "Payable in the trial").numeric(),
        Column::plain("difference", "Difference").numeric(),
        Column::plain("suspended-before", "Suspended as assessed").numeric(),
        Column::plain("suspended-now", "Suspended in the trial").numeric(),
        Column::plain("why", "Why"),
    ],
    sorted: ("", Direction::Ascending),
    page_size: 50,
    kept: &[],
};

#[derive(Serialize)]
struct Page {
    version: String,
    back: String,
    here: String,
    asked: String,
    table: TableShown,
    lines: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    href: String,
    reference: String,
    days: String,
    person: String,
    contract: String,
    before: String,
    now: String,
    difference: String,
    suspended_before: String,
    suspended_now: String,
    why: Option<Said>,
}

/// The lines that an address asks for: a page, or all of them. A contract that is not the council's has none.
async fn listed(
    visit: &Visit,
    pass: &AtCouncil,
    (trial, path): (&Trial, &str),
    whole: bool,
) -> Result<(TableQuery, Vec<LineTried>, Window), Fault> {
    let query = TableQuery::parse(&LINES, path, visit.query.as_deref());
    let filter = match query.filter("show") {
        Some("more") => LineFilter::More,
        Some("less") => LineFilter::Less,
        Some("suspended") => LineFilter::NewlySuspended,
        Some("released") => LineFilter::NoLongerSuspended,
        Some("failed") => LineFilter::Failed,
        _ => LineFilter::All,
    };
    let read = pass.scope.read(async |tx: &mut Tx<'_>| {
        let mut contract = None;
        if let Some(reference) = query.filter("contract") {
            contract = claim::contract_called(tx, reference).await?;
            if contract.is_none() {
                return Ok((0, Vec::new()));
            }
        }
        let of = (filter, contract);
        if whole {
            return rule_trial::lines(tx, trial.id, of, (0, i64::from(MOST_LINES))).await;
        }
        let limit = i64::from(LINES.page_size);
        let (counted, rows) = rule_trial::lines(tx, trial.id, of, (query.offset(), limit)).await?;
        if rows.is_empty() && counted > 0 {
            // beyond the end: the page that is the last one instead
            let window = query.window(counted.unsigned_abs());
            return rule_trial::lines(tx, trial.id, of, (window.offset, limit)).await;
        }
        Ok((counted, rows))
    });
    let (counted, rows) = read.await.map_err(|error| Fault::of(&error))?;
    let window = query.window(counted.unsigned_abs());
    Ok((query, rows, window))
}

/// The page.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, digest, trial)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let trial = find(&pass, &digest, &trial).await?;
    let back = format!("{}/{}", home(&pass, &digest), trial.id);
    let here = format!("{back}/lines");
    let (query, rows, window) = listed(&visit, &pass, (&trial, &here), false).await?;
    let claims = format!("/councils/{}/claims", pass.council.slug);
    let words = words(&visit, &pass).await?;
    let page = Page {
        version: called(&trial),
        asked: visit.query.as_deref().map(|query| format!("?{query}")).unwrap_or_default(),
        table: query.shown(&window),
        lines: rows.iter().map(|line| row(line, &claims, &words)).collect(),
        back,
        here,
    };
    visit.page("trials/lines.html", &pass.shell(&visit).await?, page)
}

/// The council's words, for whoever asks.
async fn words(visit: &Visit, pass: &AtCouncil) -> Result<Words, Fault> {
    let today = local_time(visit.now).date();
    let read = pass.scope.read(async |tx: &mut Tx<'_>| explanation::on(tx, today).await);
    Ok(visit.words(&read.await.map_err(|error| Fault::of(&error))?))
}

fn row(line: &LineTried, claims: &str, words: &Words) -> Row {
    Row {
        href: format!("{claims}/{}", line.claim),
        reference: line.reference.clone(),
        days: london::span(line.days.0, line.days.1),
        person: line.person.clone(),
        contract: line.contract.clone(),
        before: line.payable.0.to_string(),
        now: line.payable.1.to_string(),
        difference: line.difference().to_string(),
        suspended_before: line.suspended.0.to_string(),
        suspended_now: line.suspended.1.to_string(),
        why: why(line, words),
    }
}

/// Why something would be suspended that was not, or why the version failed.
fn why(line: &LineTried, words: &Words) -> Option<Said> {
    match (&line.fault, &line.reason) {
        (Some(fault), _) => Some(Said { words: format!("Failed: {fault}"), language: Language::English }),
        (None, reason) => reason.as_ref().map(|reason| words.sentence(reason)),
    }
}

/// The contracts or lines of a trial as a file, as the page's filters have them.
pub(crate) async fn file(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, digest, trial, report, form)): Path<(String, String, String, String, String)>,
) -> Result<Response, Fault> {
    let form = Form::called(&form)?;
    let trial = find(&pass, &digest, &trial).await?;
    match report.as_str() {
        "contracts" => {
            let query = TableQuery::parse(&CONTRACTS, &visit.path, visit.query.as_deref());
            let read = pass.scope.read(async |tx: &mut Tx<'_>| rule_trial::by_contract(tx, trial.id).await);
            let contracts = read.await.map_err(|error| Fault::of(&error))?;
            contracts_sheet(&wanted(&query, contracts)).file(form)
        }
        "lines" => {
            let (_, rows, _) = listed(&visit, &pass, (&trial, &visit.path), true).await?;
            lines_sheet(&rows, &words(&visit, &pass).await?).file(form)
        }
        _ => Err(Fault::NotFound),
    }
}

fn contracts_sheet(contracts: &[ContractTried]) -> Sheet {
    let row = |tried: &ContractTried| {
        let sums = &tried.sums;
        vec![
            Cell::words(tried.reference.clone()),
            Cell::words(tried.payee.clone()),
            Cell::Count(sums.claims),
            Cell::Count(sums.lines),
            Cell::Count(sums.differing),
            Cell::Money(sums.payable.0),
            Cell::Money(sums.payable.1),
            Cell::Money(sums.difference()),
            Cell::Money(sums.suspended.0),
            Cell::Money(sums.suspended.1),
            Cell::Count(sums.newly_suspended),
            Cell::Count(sums.faulted),
            Cell::Count(sums.left_out),
            Cell::Count(sums.fuel.0),
            Cell::Count(sums.fuel.1),
        ]
    };
    Sheet {
        name: "trial-contracts".to_owned(),
        headings: vec![
            "Contract",
            "Payee",
            "Claims",
            "Lines",
            "Lines that differ",
            "Payable as assessed",
            "Payable in the trial",
            "Difference",
            "Suspended as assessed",
            "Suspended in the trial",
            "Newly suspended lines",
            "Claims that failed",
            "Claims not tried",
            "Fuel as assessed",
            "Fuel in the trial",
        ],
        rows: contracts.iter().map(row).collect(),
    }
}

fn lines_sheet(lines: &[LineTried], words: &Words) -> Sheet {
    let row = |line: &LineTried| {
        vec![
            Cell::words(line.contract.clone()),
            Cell::words(line.person.clone()),
            Cell::words(line.reference.clone()),
            Cell::Day(line.days.0),
            Cell::Day(line.days.1),
            Cell::words(line.claim.to_string()),
            Cell::Money(line.payable.0),
            Cell::Money(line.payable.1),
            Cell::Money(line.difference()),
            Cell::Money(line.suspended.0),
            Cell::Money(line.suspended.1),
            Cell::words(why(line, words).map(|said| said.words).unwrap_or_default()),
        ]
    };
    Sheet {
        name: "trial-lines".to_owned(),
        headings: vec![
            "Contract",
            "Person",
            "Line",
            "From",
            "To",
            "Claim",
            "Payable as assessed",
            "Payable in the trial",
            "Difference",
            "Suspended as assessed",
            "Suspended in the trial",
            "Why",
        ],
        rows: lines.iter().map(row).collect(),
    }
}
