//! What the demo came to: the table that is printed, the same figures as JSON, and the check that they add up.

use std::fmt::Write as _;

use anyhow::ensure;
use chrono::NaiveDate;
use counterfoil_core::ids::RunId;
use counterfoil_core::money::Money;
use counterfoil_tenants::overview::{self, RunSeen, Totals};
use counterfoil_tenants::remittance;
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::{Connections, payment_file};
use serde_json::json;

use super::outbox::Outbox;
use super::world::World;

/// A council's figures.
pub(crate) struct CouncilFigures {
    slug: &'static str,
    name: &'static str,
    totals: Totals,
    runs: Vec<RunSeen>,
    digests: Vec<(RunId, String)>,
}

/// Reads every council's figures, writes the remittance advices of its runs out, and checks that the figures add up.
///
/// # Errors
/// When they cannot be read or written, or do not add up.
pub(crate) async fn gather(
    connections: &Connections,
    world: &World,
    outbox: Option<&Outbox>,
) -> anyhow::Result<Vec<CouncilFigures>> {
    let mut all = Vec::with_capacity(world.councils.len());
    for council in &world.councils {
        let scope = CouncilScope::system(connections, council.id, "demo-report");
        let (totals, runs) =
            scope.read(async |tx: &mut Tx<'_>| Ok((overview::totals(tx).await?, overview::runs(tx).await?))).await?;
        let sum = Money::total([totals.paid, totals.payable, totals.suspended, totals.rejected, totals.pending])?;
        ensure!(sum == totals.claimed, "the figures of {} do not add up: {totals:?}", council.name);
        let mut digests = Vec::new();
        for run in &runs {
            let id = run.id;
            let (file, remittances) = scope
                .read(async |tx: &mut Tx<'_>| {
                    Ok((payment_file::of_run(tx, id).await?, remittance::of_run(tx, id).await?))
                })
                .await?;
            digests.extend(file.map(|file| (id, file.digest)));
            if let Some(outbox) = outbox {
                outbox.remittances(council.slug, &run.schedule.0, run.period.0, &remittances)?;
            }
        }
        all.push(CouncilFigures { slug: council.slug, name: council.name, totals, runs, digests });
    }
    Ok(all)
}

const COLUMNS: [&str; 11] = [
    "council",
    "claims",
    "lines",
    "claimed",
    "paid",
    "payable",
    "suspended",
    "rejected",
    "pending",
    "adjustments",
    "files",
];

/// The table, with a line of totals.
pub(crate) fn table(figures: &[CouncilFigures]) -> anyhow::Result<String> {
    let mut rows: Vec<[String; 11]> = vec![COLUMNS.map(str::to_owned)];
    rows.extend(figures.iter().map(|council| row(council.name, &council.totals)));
    rows.push(row("all councils", &sum(figures)?));
    let mut widths = [0; 11];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut table = String::new();
    for (index, row) in rows.iter().enumerate() {
        if index == 1 || index + 1 == rows.len() {
            let rule: usize = widths.iter().map(|width| width + 2).sum();
            writeln!(table, "{}", "-".repeat(rule - 2))?;
        }
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            if column == 0 {
                write!(table, "{cell:<width$}")?;
            } else {
                write!(table, "  {cell:>width$}")?;
            }
        }
        writeln!(table)?;
    }
    Ok(table)
}

fn row(name: &str, totals: &Totals) -> [String; 11] {
    [
        name.to_owned(),
        totals.claims.to_string(),
        totals.lines.to_string(),
        totals.claimed.to_string(),
        totals.paid.to_string(),
        totals.payable.to_string(),
        totals.suspended.to_string(),
        totals.rejected.to_string(),
        totals.pending.to_string(),
        totals.adjustments.to_string(),
        totals.files.to_string(),
    ]
}

fn sum(figures: &[CouncilFigures]) -> anyhow::Result<Totals> {
    let money = |of: fn(&Totals) -> Money| Money::total(figures.iter().map(|council| of(&council.totals)));
    let count = |of: fn(&Totals) -> i64| figures.iter().map(|council| of(&council.totals)).sum();
    Ok(Totals {
        claims: count(|totals| totals.claims),
        lines: count(|totals| totals.lines),
        faulted: count(|totals| totals.faulted),
        claimed: money(|totals| totals.claimed)?,
        paid: money(|totals| totals.paid)?,
        payable: money(|totals| totals.payable)?,
        suspended: money(|totals| totals.suspended)?,
        rejected: money(|totals| totals.rejected)?,
        pending: money(|totals| totals.pending)?,
        adjustments: money(|totals| totals.adjustments)?,
        files: count(|totals| totals.files),
    })
}

/// The same figures as JSON, amounts in whole pence.
pub(crate) fn json(figures: &[CouncilFigures]) -> anyhow::Result<serde_json::Value> {
    let councils: Vec<_> = figures
        .iter()
        .map(|council| {
            let mut value = totals(&council.totals);
            value["council"] = json!(council.slug);
            value["name"] = json!(council.name);
            value["runs"] = council.runs.iter().map(|seen| run(council, seen)).collect();
            value
        })
        .collect();
    Ok(json!({ "amounts": "whole pence", "councils": councils, "total": totals(&sum(figures)?) }))
}

fn totals(totals: &Totals) -> serde_json::Value {
    json!({
        "claims": totals.claims,
        "lines": totals.lines,
        "faulted": totals.faulted,
        "claimed": totals.claimed,
        "paid": totals.paid,
        "payable": totals.payable,
        "suspended": totals.suspended,
        "rejected": totals.rejected,
        "pending": totals.pending,
        "adjustments": totals.adjustments,
        "files": totals.files,
    })
}

fn run(council: &CouncilFigures, run: &RunSeen) -> serde_json::Value {
    let (starts, ends): (NaiveDate, NaiveDate) = run.period;
    json!({
        "schedule": run.schedule.0,
        "starts": starts,
        "ends": ends,
        "state": run.state,
        "bank_date": run.bank_date,
        "claims": run.claims,
        "entries": run.entries,
        "pays": run.pays,
        "adjustments": run.adjustments,
        "file": run.file,
        "digest": council.digests.iter().find(|(id, _)| *id == run.id).map(|(_, digest)| digest),
        "remittances": run.remittances,
    })
}
