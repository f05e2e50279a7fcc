//! The newest payment runs of a council, as its front page shows them; `/councils/{council}/runs` has them all.

use counterfoil_core::run::RunState;
use counterfoil_tenants::overview::{self, RunSeen};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::home;
use crate::access::{AtCouncil, Visit};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, TableQuery, TableShown, TableSpec};

const COLUMNS: &[Column] = &[
    Column::plain("schedule", "Schedule"),
    Column::plain("period", "Period"),
    Column::plain("state", "State"),
    Column::plain("claims", "Claims").numeric(),
    Column::plain("paid", "Paid").numeric(),
    Column::plain("suspended", "Suspended").numeric(),
    Column::plain("bank", "In the bank"),
    Column::plain("file", "Payment file"),
];

/// Without filters.
static NEWEST: TableSpec = TableSpec {
    row: ("payment run", "payment runs"),
    filters: &[],
    columns: COLUMNS,
    sorted: ("bank", Direction::Descending),
    page_size: 50,
    kept: &[],
};

/// Some of the runs, with what stands around them.
#[derive(Serialize)]
pub(super) struct Runs {
    home: String,
    table: TableShown,
    rows: Vec<Row>,
    /// Whether there are more than these.
    more: bool,
}

#[derive(Serialize)]
struct Row {
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
    fn of(run: &RunSeen) -> Self {
        Self {
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
        RunState::Open => "blue",
        RunState::Finalised | RunState::Approved | RunState::FileIssued => "yellow",
        RunState::Sent => "light-blue",
        RunState::Settled => "grey",
        RunState::Unknown => "red",
    }
}

/// The newest of a council's runs.
pub(super) async fn newest(visit: &Visit, pass: &AtCouncil, most: usize) -> Result<Runs, Fault> {
    let runs = all(pass).await?;
    let query = TableQuery::parse(&NEWEST, &visit.path, None);
    let shown = runs.len().min(most);
    let window = query.window(u64::try_from(shown).unwrap_or(u64::MAX));
    Ok(Runs {
        home: home(pass),
        table: query.shown(&window),
        rows: runs.iter().take(most).map(Row::of).collect(),
        more: runs.len() > most,
    })
}

async fn all(pass: &AtCouncil) -> Result<Vec<RunSeen>, Fault> {
    let read = pass.scope.read(async |tx: &mut Tx<'_>| overview::runs(tx).await).await;
    read.map_err(|error| Fault::of(&error))
}
