//! A council's newest payment runs, for its front page. All of them are [`runs`](crate::pages::runs).

use counterfoil_core::run::RunState;
use counterfoil_tenants::overview::{self, RunSeen};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::home;
use crate::access::{AtCouncil, Visit};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec};

static RUNS: TableSpec = TableSpec {
    row: ("payment run", "payment runs"),
    filters: &[],
    columns: &[
        Column::plain("schedule", "Schedule"),
        Column::plain("period", "Period"),
        Column::plain("state", "State"),
        Column::plain("claims", "Claims").numeric(),
        Column::plain("paid", "Paid").numeric(),
        Column::plain("suspended", "Suspended").numeric(),
        Column::plain("bank", "In the bank"),
        Column::plain("file", "Payment file"),
    ],
    sorted: ("bank", Direction::Descending),
    page_size: 50,
    kept: &[],
};

/// The newest runs, with what stands around them.
#[derive(Serialize)]
pub(super) struct Newest {
    table: TableShown,
    rows: Vec<Row>,
    /// Whether there are more than these.
    more: bool,
}

#[derive(Serialize)]
struct Row {
    href: String,
    schedule: String,
    period: String,
    state: &'static str,
    colour: &'static str,
    claims: i64,
    paid: String,
    suspended: String,
    bank: String,
    file: Option<u32>,
}

impl Row {
    fn of(run: &RunSeen, home: &str) -> Self {
        Self {
            href: format!("{home}/runs/{}", run.id),
            schedule: run.schedule.0.clone(),
            period: london::span(run.period.0, run.period.1),
            state: run.state.words(),
            colour: colour(run.state),
            claims: run.claims,
            paid: run.pays.to_string(),
            suspended: run.suspended.to_string(),
            bank: london::day(run.bank_date),
            file: run.file,
        }
    }
}

/// The colour of the tag: grey is done, yellow waits for somebody, red needs looking at.
const fn colour(state: RunState) -> &'static str {
    match state {
        RunState::Open | RunState::Sent => "blue",
        RunState::Finalised | RunState::Approved | RunState::FileIssued => "yellow",
        RunState::Settled => "grey",
        RunState::Unknown => "red",
    }
}

/// At most so many of them, the latest bank date first.
pub(super) async fn newest(visit: &Visit, pass: &AtCouncil, most: usize) -> Result<Newest, Fault> {
    let runs = pass.scope.read(async |tx: &mut Tx<'_>| overview::runs(tx).await).await;
    let runs = runs.map_err(|error| Fault::of(&error))?;
    let shown = runs.get(..most).unwrap_or(&runs);
    let query = TableQuery::parse(&RUNS, &visit.path, None);
    let (window, rows) = query.cut(shown);
    let home = home(pass);
    Ok(Newest {
        table: query.shown(&window),
        rows: rows.iter().map(|run| Row::of(run, &home)).collect(),
        more: runs.len() > most,
    })
}
