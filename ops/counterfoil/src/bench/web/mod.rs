//! `counterfoil bench web`: how many pages a provider is given in a second, beside a handler that only reads one row in
//! the same scope. Rounds go through all of them in turn, and each page is compared with the handler of its own round.

mod drive;
mod http;
mod site;
mod visitor;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use counterfoil_tenants::Config;
use counterfoil_web::Assets;
use serde::Serialize;

use self::drive::{Driven, drive};
use self::site::{Site, Size};
use super::run::progress;
use crate::commands::block_on;
use crate::database::Server;

/// Requests in each second for the page of a provider's claims, as design.md wants them at least, in percent of the
/// handler's.
const WANTED_PERCENT: u64 = 60;
/// What ninety-nine answers in a hundred may take there, in microseconds.
const WANTED_P99: u64 = 100_000;
/// Claims of one contract.
const CLAIMS_OF_CONTRACT: u32 = 100;
/// How often everything is measured.
const ROUNDS: usize = 5;
/// For how long each is asked before the first round, so that connections are open and statements prepared.
const WARMING: Duration = Duration::from_millis(700);

#[derive(Debug, Clone, Args)]
pub(crate) struct BenchWebArgs {
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
    /// Claims of the council; it has one contract for every hundred
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=10_000_000))]
    claims: u32,
    /// Providers that the contracts are shared out among; one of them is measured
    #[arg(long, default_value_t = 10)]
    providers: usize,
    /// Connections that ask at the same time
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    connections: u16,
    /// Seconds that each page is asked for in each round
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Only see that it works: 2,000 claims of one provider, one round, two seconds in all
    #[arg(long, conflicts_with_all = ["claims", "providers", "seconds"])]
    short: bool,
}

/// How it is measured.
#[derive(Debug, Clone, Copy)]
struct Plan {
    size: Size,
    connections: usize,
    rounds: usize,
    time: Duration,
    warming: Duration,
}

/// What the command prints.
#[derive(Debug, Serialize)]
struct Report {
    wanted_percent: u64,
    wanted_p99_microseconds: u64,
    processors: usize,
    claims: u32,
    contracts: usize,
    providers: usize,
    connections: usize,
    rounds: usize,
    milliseconds_each: u128,
    /// The handler first.
    measured: Vec<Measured>,
}

/// One page, or the handler that pages are compared with: medians of the rounds.
#[derive(Debug, Serialize)]
struct Measured {
    name: &'static str,
    path: String,
    bytes: usize,
    requests_per_second: u64,
    p50_microseconds: u64,
    p99_microseconds: u64,
    /// Requests in each second, in percent of the handler's in the same round.
    percent: u64,
}

/// Runs the benchmark. Reaching the figures or not is reported, never an error.
///
/// # Errors
/// When the database does not start, assets are missing, or a page answers otherwise than with itself.
pub(crate) fn run(args: &BenchWebArgs) -> anyhow::Result<ExitCode> {
    let (plan, json) = (Plan::of(args), args.json);
    block_on(async move {
        let assets = Assets::load(&Assets::folder())?;
        let server = Server::private(None).await?;
        let report = Report::of(server.config(), assets, plan).await?;
        let text = if json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text() };
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(ExitCode::SUCCESS)
    })
}

impl Plan {
    fn of(args: &BenchWebArgs) -> Self {
        let claims = if args.short { 2_000 } else { args.claims };
        let contracts = usize::try_from(claims / CLAIMS_OF_CONTRACT).unwrap_or_default().max(1);
        let whole = Self {
            size: Size { claims, contracts, providers: args.providers },
            connections: usize::from(args.connections),
            rounds: ROUNDS,
            time: Duration::from_secs(args.seconds),
            warming: WARMING,
        };
        if !args.short {
            return whole;
        }
        let size = Size { providers: 1, ..whole.size };
        Self { size, rounds: 1, time: Duration::from_millis(400), warming: Duration::from_millis(100), ..whole }
    }
}

impl Report {
    async fn of(config: &Config, assets: Assets, plan: Plan) -> anyhow::Result<Self> {
        let site = Site::open(config, assets, plan.size).await?;
        let bar = progress("Pages");
        bar.set_length((site.places.len() * (plan.rounds + 1)) as u64);
        let mut driven: Vec<Vec<Driven>> = vec![Vec::new(); site.places.len()];
        for place in &site.places {
            drive(&place.target, plan.connections, plan.warming).await?;
            bar.inc(1);
        }
        for _ in 0..plan.rounds {
            for (place, driven) in site.places.iter().zip(&mut driven) {
                bar.set_message(place.name);
                driven.push(drive(&place.target, plan.connections, plan.time).await?);
                bar.inc(1);
            }
        }
        bar.finish_and_clear();
        let handler: Vec<u64> = driven.first().into_iter().flatten().map(|round| round.per_second).collect();
        let measured = site.places.iter().zip(&driven).map(|(place, rounds)| {
            let ratios = rounds.iter().zip(&handler).map(|(round, handler)| round.per_second * 100 / (*handler).max(1));
            Measured {
                name: place.name,
                path: place.path.clone(),
                bytes: rounds.first().map(|round| round.bytes).unwrap_or_default(),
                requests_per_second: median(rounds.iter().map(|round| round.per_second)),
                p50_microseconds: median(rounds.iter().map(|round| round.p50)),
                p99_microseconds: median(rounds.iter().map(|round| round.p99)),
                percent: median(ratios),
            }
        });
        Ok(Self {
            wanted_percent: WANTED_PERCENT,
            wanted_p99_microseconds: WANTED_P99,
            processors: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            claims: plan.size.claims,
            contracts: plan.size.contracts,
            providers: plan.size.providers,
            connections: plan.connections,
            rounds: plan.rounds,
            milliseconds_each: plan.time.as_millis(),
            measured: measured.collect(),
        })
    }

    fn text(&self) -> String {
        let of = |reached: bool| if reached { "reached" } else { "not reached" };
        let milliseconds = |microseconds: u64| format!("{}.{} ms", microseconds / 1_000, microseconds % 1_000 / 100);
        let mut text = format!(
            "{} claims under {} contracts, providers: {}; {} connections, {} processors; medians of {} rounds of {} ms\n",
            self.claims,
            self.contracts,
            self.providers,
            self.connections,
            self.processors,
            self.rounds,
            self.milliseconds_each
        );
        for page in &self.measured {
            text += &format!(
                "  {:<36} {:>7} requests/s {:>4} %   p50 {:>9}   p99 {:>9}   {:>7} bytes\n",
                page.name,
                page.requests_per_second,
                page.percent,
                milliseconds(page.p50_microseconds),
                milliseconds(page.p99_microseconds),
                page.bytes
            );
        }
        if let (Some(gated), Some(page)) = (self.measured.get(1), self.measured.get(2)) {
            text += &format!(
                "  {}: {} % of the same row, signed in; wanted at least {} % of the handler ({}), p99 under {} ({})\n",
                page.name,
                page.requests_per_second * 100 / gated.requests_per_second.max(1),
                self.wanted_percent,
                of(page.percent >= self.wanted_percent),
                milliseconds(self.wanted_p99_microseconds),
                of(page.p99_microseconds < self.wanted_p99_microseconds),
            );
        }
        text
    }
}

/// The value in the middle; of an even number the upper one of the two, and nought of none.
fn median(values: impl Iterator<Item = u64>) -> u64 {
    let mut sorted: Vec<u64> = values.collect();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use counterfoil_testkit::TestDatabase;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_provider_signs_in_and_is_given_pages_for_a_moment() {
        let db = TestDatabase::new().await;
        let plan = Plan {
            size: Size { claims: 1_000, contracts: 10, providers: 1 },
            connections: 3,
            rounds: 1,
            time: Duration::from_millis(50),
            warming: Duration::from_millis(1),
        };
        let report = Report::of(db.config(), Assets::load(&Assets::folder()).unwrap(), plan).await.unwrap();
        let [handler, gated, claims, paid, home, anew] = report.measured.as_slice() else { panic!("{report:?}") };
        let date = "2025-02-03".len();
        assert_eq!((handler.percent, handler.bytes, gated.bytes), (100, date, date));
        // what is kept is what would be made, but for the address that the links of its frame name
        assert!(anew.bytes.abs_diff(claims.bytes) < 1_000, "{report:?}");
        // fifty rows are many times the frame around them
        assert!(claims.bytes > 3 * home.bytes && paid.bytes > 3 * home.bytes, "{report:?}");
        assert!(report.measured.iter().all(|page| page.requests_per_second > 0 && page.p50_microseconds > 0));
        assert!(report.text().contains("wanted at least 60 % of the handler"));
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median([9, 1, 5].into_iter()), 5);
        assert_eq!(median([].into_iter()), 0);
    }
}
