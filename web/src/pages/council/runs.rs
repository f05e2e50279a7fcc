//! `/councils/{council}/runs`: the council's payment runs, the latest bank date first.

use axum::response::Response;
use counterfoil_core::run::RunState;
use counterfoil_tenants::overview::{self, RunSeen};
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::home;
use crate::access::{AtCouncil, Finance, Permit, Staff, Visit};
use crate::fault::Fault;
use crate::london;
use crate::table::{Column, Direction, Filter, FilterKind, TableQuery, TableShown, TableSpec};

const STATES: &[(&str, &str)] = &[
    ("open", RunState::Open.words()),
    ("finalised", RunState::Finalised.words()),
    ("approved", RunState::Approved.words()),
    ("issued", RunState::FileIssued.words()),
    ("sent", RunState::Sent.words()),
    ("settled", RunState::Settled.words()),
    ("unknown", RunState::Unknown.words()),
];

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

static RUNS: TableSpec = TableSpec {
    row: ("payment run", "payment runs"),
    filters: &[
        Filter { name: "schedule", label: "Schedule", kind: FilterKind::Offered },
        Filter { name: "state", label: "State", kind: FilterKind::Choice(STATES) },
    ],
    columns: COLUMNS,
    sorted: ("bank", Direction::Descending),
    page_size: 50,
    kept: &[],
};

/// The same without filters, for the front page.
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

/// All of them.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Finance>>) -> Result<Response, Fault> {
    let runs = all(&pass).await?;
    let mut query = TableQuery::parse(&RUNS, &visit.path, visit.query.as_deref());
    let mut schedules: Vec<String> = runs.iter().map(|run| run.schedule.0.clone()).collect();
    schedules.sort();
    schedules.dedup();
    query.offer("schedule", schedules.into_iter().map(|name| (name.clone(), name)).collect());
    let state = query.filter("state").and_then(|code| STATES.iter().find(|(known, _)| *known == code));
    let wanted: Vec<&RunSeen> = runs
        .iter()
        .filter(|run| query.filter("schedule").is_none_or(|name| run.schedule.0 == name))
        .filter(|run| state.is_none_or(|(_, words)| run.state.words() == *words))
        .collect();
    let (window, rows) = query.cut(&wanted);
    let rows = rows.iter().map(|run| Row::of(run)).collect();
    let page = Runs { home: home(&pass), table: query.shown(&window), rows, more: false };
    visit.page("council/runs.html", &pass.shell(&visit).await?, page)
}

async fn all(pass: &AtCouncil) -> Result<Vec<RunSeen>, Fault> {
    let read = pass.scope.read(async |tx: &mut Tx<'_>| overview::runs(tx).await).await;
    read.map_err(|error| Fault::of(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_can_be_filtered_by() {
        let words: Vec<&str> = STATES.iter().map(|(_, words)| *words).collect();
        assert_eq!(words, RunState::ALL.map(RunState::words));
    }
}
