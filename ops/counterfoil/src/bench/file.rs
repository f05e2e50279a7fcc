//! `counterfoil bench file`: a provider's file of 100,000 visits as CSV, read, checked cell by cell and compared with its
//! claims, as the page of an upload does before anything is saved; beside a bare reading of the same bytes.
//!
//! The claims are at hand: what the database takes to give them is not in these figures.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use chrono::{Days, NaiveDate};
use clap::Args;
use counterfoil_core::actuals_file::{Keyed, OpenClaim, OpenLine, Outcome, Preview, compare, written};
use counterfoil_core::claim::{Basis, ClaimState};
use counterfoil_core::ids::ClaimId;
use counterfoil_core::plan::PlannedCare;
use counterfoil_core::pricing::facts::{Day, PlannedVisit, Recording, Span, Unit};
use counterfoil_web::spreadsheet;
use serde::Serialize;
use uuid::Uuid;

/// Seconds in which 100,000 visits are to be previewed, as design.md wants.
const WANTED_SECONDS: u64 = 20;
/// Lines of a claim.
const LINES: u32 = 10;
/// Visits of a line.
const VISITS: u32 = 4;
/// Of so many visits, one was shorter than planned.
const ONE_OF: usize = 100;

#[derive(Debug, Args)]
pub(crate) struct BenchFileArgs {
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
    /// 4,000 visits once, to see that it works
    #[arg(long)]
    short: bool,
    /// How many rounds; medians are shown
    #[arg(long, default_value_t = 3)]
    rounds: u32,
}

#[derive(Debug, Serialize)]
struct Report {
    wanted_seconds: u64,
    visits: usize,
    claims: usize,
    bytes: usize,
    changed: usize,
    /// Reading the bytes into records and nothing else.
    bare_ms: u128,
    /// Reading the file into a table.
    read_ms: u128,
    /// Reading, checking and comparing it.
    preview_ms: u128,
    rows_per_second: u128,
    /// Preview by bare, in tenths.
    ratio_tenths: u128,
}

/// Runs the benchmark. Reaching the figure or not is reported, never an error.
///
/// # Errors
/// When the file is not what was written.
pub(crate) fn run(args: &BenchFileArgs) -> anyhow::Result<ExitCode> {
    let (claims, rounds) = if args.short { (100, 1) } else { (2_500, args.rounds.max(1)) };
    let report = Report::of(claims, rounds)?;
    let text = if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text() };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

impl Report {
    fn of(count: u32, rounds: u32) -> anyhow::Result<Self> {
        let starts = NaiveDate::from_ymd_opt(2024, 12, 14).context("a day")?;
        let claims: Vec<OpenClaim> = (0..count).map(|number| claim(number, starts)).collect();
        let (file, visits) = file(&claims)?;
        let reasons = BTreeMap::from([("hospital".to_owned(), "In hospital".to_owned())]);
        let today = starts + Days::new(9);
        let (mut bare, mut read, mut whole, mut changed) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for _ in 0..rounds {
            let (took, rows) = timed(|| records(&file))?;
            ensure!(rows == visits + 1, "{rows} records");
            bare.push(took);
            let begun = Instant::now();
            let (_, table) = spreadsheet::read(&file)?;
            read.push(begun.elapsed());
            let keyed = Keyed::of(&table)?;
            let said = compare(&table, &keyed, &claims, &reasons, today);
            whole.push(begun.elapsed());
            check(&said, &claims, visits)?;
            changed = said.count(Outcome::New);
        }
        let (bare, read, whole) = (median(bare), median(read), median(whole));
        let nanos = |time: Duration| time.as_nanos().max(1);
        Ok(Self {
            wanted_seconds: WANTED_SECONDS,
            visits,
            claims: claims.len(),
            bytes: file.len(),
            changed,
            bare_ms: bare.as_millis(),
            read_ms: read.as_millis(),
            preview_ms: whole.as_millis(),
            rows_per_second: visits as u128 * 1_000_000_000 / nanos(whole),
            ratio_tenths: nanos(whole) * 10 / nanos(bare),
        })
    }

    fn text(&self) -> String {
        let seconds = |ms: u128| format!("{}.{:03} s", ms / 1_000, ms % 1_000);
        let reached = self.preview_ms < u128::from(self.wanted_seconds) * 1_000;
        format!(
            "{} visits of {} claims, {} bytes of CSV, {} claims with a change\n  \
               bare reading  {:>9}\n  \
               into a table  {:>9}\n  \
               previewed     {:>9}   {} rows/s, preview : bare {}.{}\n\
             wanted: under {} s ({})\n",
            self.visits,
            self.claims,
            self.bytes,
            self.changed,
            seconds(self.bare_ms),
            seconds(self.read_ms),
            seconds(self.preview_ms),
            self.rows_per_second,
            self.ratio_tenths / 10,
            self.ratio_tenths % 10,
            self.wanted_seconds,
            if reached { "reached" } else { "not reached" },
        )
    }
}

/// A person's week: ten lines of four visits each.
fn claim(number: u32, starts: NaiveDate) -> OpenClaim {
    let line = |place: u32| OpenLine {
        number: place,
        reference: format!("CPLI-{number:05}-{place:02}"),
        service: "External Domiciliary Care - Tiered".to_owned(),
        unit: Unit::Hour,
        planned: PlannedCare {
            visits: (0..VISITS)
                .map(|visit| PlannedVisit {
                    visit,
                    day: Day::of(starts + Days::new(u64::from(visit + place % 4))),
                    start: u16::try_from(480 + place * 30).unwrap_or_default(),
                    minutes: 30,
                    carers: 1,
                })
                .collect(),
            days: Vec::new(),
        },
        held: Some(Span { from: Day::of(starts), to: Day::of(starts + Days::new(6)) }),
        stated: None,
        covered: Vec::new(),
    };
    OpenClaim {
        id: ClaimId::from_uuid(Uuid::from_u128(u128::from(number) + 1)),
        version: 1,
        statement_version: 0,
        state: ClaimState::Generated,
        basis: Basis::ActualsAndConfirmation,
        starts,
        ends: starts + Days::new(6),
        contract: format!("C{:05}", number % 25),
        recording: Recording::Timetabled,
        person: format!("SS{number:06}"),
        lines: (0..LINES).map(line).collect(),
        payment_reference: String::new(),
        note: String::new(),
    }
}

/// The file as it is downloaded, with every hundredth visit a quarter of an hour shorter.
fn file(claims: &[OpenClaim]) -> anyhow::Result<(Vec<u8>, usize)> {
    let table = written(claims);
    let text = spreadsheet::csv(&table)?;
    let mut lines: Vec<String> = text.split("\r\n").map(str::to_owned).collect();
    for line in lines.iter_mut().skip(1).step_by(ONE_OF) {
        *line = line.replace(",30,1,Delivered,", ",15,1,Delivered,");
    }
    Ok((lines.join("\r\n").into_bytes(), table.len() - 1))
}

fn records(file: &[u8]) -> anyhow::Result<usize> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
    let (mut record, mut rows) = (csv::StringRecord::new(), 0);
    while reader.read_record(&mut record)? {
        rows += 1;
    }
    Ok(rows)
}

/// What is measured has to be right: every claim found, every change seen, nothing refused.
fn check(said: &Preview, claims: &[OpenClaim], visits: usize) -> anyhow::Result<()> {
    ensure!(said.loose.is_empty() && said.count(Outcome::Rejected) == 0, "rows were refused");
    ensure!(said.claims.len() == claims.len(), "claims were lost");
    let lines: usize = said.claims.iter().map(|claim| claim.changes.len()).sum();
    ensure!(lines == visits.div_ceil(ONE_OF), "{lines} lines changed");
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(Duration, T)> {
    let begun = Instant::now();
    let made = work()?;
    Ok((begun.elapsed(), made))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_form_reads_what_was_written_and_sees_every_change() {
        let report = Report::of(100, 1).unwrap();
        assert_eq!((report.visits, report.claims, report.changed), (4_000, 100, 40));
        assert!(report.text().contains("4000 visits of 100 claims"), "{}", report.text());
    }
}
