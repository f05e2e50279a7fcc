//! `counterfoil bench rules`: what it costs to price a claim in a sandbox of its own.
//!
//! The same 20-line claim is priced on one core in a fresh instance (what the service does), in an instance that is
//! kept, and by the same rule compiled into this program; each includes the conversion of facts and answer and the
//! checks on it. Rounds alternate between the three, so that a noisy neighbour touches all of them; medians are shown.
//! The figures to reach are for lines recorded as quantities; timetabled lines of four visits each, as a county has them, are
//! shown beside it. `--peers` measures other engines instead, beside this service ([`peers`]).

mod beside;
mod claim;
mod peers;
mod time;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::ensure;
use clap::Args;
use counterfoil_core::pricing::{Pricer, RuleDigest, check};
use counterfoil_rule_sdk::Rule as _;
use counterfoil_rules::{Limits, RuleEngine, packs};
use counterfoil_rules_standard::Standard;
use serde::Serialize;

use self::beside::Beside;
use crate::commands::rules::native;
use time::{median, time};

/// Lines a second, as design.md wants them at least.
const WANTED_LINES: u64 = 300_000;
/// How many times the native time a fresh instance may take, in hundredths.
const WANTED_RATIO: u64 = 1_400;
/// How many claims a kept instance is given before it is replaced.
const CLAIMS_KEPT: u32 = 64;

#[derive(Debug, Args)]
pub(crate) struct BenchRulesArgs {
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
    /// How many rounds of each; medians are shown
    #[arg(long, default_value_t = 15)]
    rounds: u32,
    /// A component to measure beside them, in any language: by the rule of Norfolk, which is native too
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// Price the same claims by the same rule in Rhai, Lua, GoRules and Extism instead, beside ours; needs a program with
    /// the feature `peers`, called in the repository
    #[arg(long, conflicts_with = "component")]
    peers: bool,
}

/// Visits of each line of the timetabled claim: a county's 26,000 lines have 100,000 visits a week.
const VISITS: u32 = 4;

/// What the command prints.
#[derive(Debug, Serialize)]
struct Report {
    wanted_lines_per_second: u64,
    wanted_ratio_hundredths: u64,
    rounds: u32,
    engine: String,
    quantities: Measured,
    timetabled: Measured,
    #[serde(skip_serializing_if = "Option::is_none")]
    beside: Option<Beside>,
}

/// What was measured of one claim. Times are nanoseconds of processor time for one claim.
#[derive(Debug, Serialize)]
struct Measured {
    lines: u32,
    visits_per_line: u32,
    fresh_ns: u64,
    kept_ns: u64,
    native_ns: u64,
    /// The rule alone, natively: without conversion and checks.
    native_rule_ns: u64,
    lines_per_second: u64,
    /// Fresh by native, in hundredths.
    ratio_hundredths: u64,
    fuel: u64,
}

/// Runs the benchmark. Reaching the figures or not is reported, never an error.
///
/// # Errors
/// When the claim cannot be priced, or is priced differently by the component and natively.
pub(crate) fn run(args: &BenchRulesArgs) -> anyhow::Result<ExitCode> {
    if args.peers {
        return peers::run(args);
    }
    let report = Report::of(args)?;
    let text = if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text() };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

impl Report {
    fn of(args: &BenchRulesArgs) -> anyhow::Result<Self> {
        let engine = RuleEngine::new(Limits::default())?;
        let rule = engine.load(packs::standard().component)?;
        let rounds = args.rounds.max(1);
        Ok(Self {
            wanted_lines_per_second: WANTED_LINES,
            wanted_ratio_hundredths: WANTED_RATIO,
            rounds,
            engine: counterfoil_rules::engine::VERSION.to_owned(),
            quantities: measure(&engine, &rule, 0, rounds)?,
            timetabled: measure(&engine, &rule, VISITS, rounds)?,
            beside: args.component.as_deref().map(|path| Beside::of(path, rounds)).transpose()?,
        })
    }
}

fn measure(engine: &RuleEngine, rule: &RuleDigest, visits: u32, rounds: u32) -> anyhow::Result<Measured> {
    let facts = claim::of(visits);
    let priced = engine.assess(rule, &facts)?;
    ensure!(priced.answer == native::assess::<Standard>(&facts), "the component and the native rule disagree");
    let (mut kept, mut used) = (engine.keep_instance(rule)?, 0_u32);
    let as_sdk = native::facts(&facts);
    let mut times: [Vec<u64>; 4] = Default::default();
    for _ in 0..rounds {
        times[0].push(time(|| engine.assess(rule, &facts).map(|_| ()).map_err(Into::into))?);
        times[1].push(time(|| {
            // a component gives no memory back: it is made to be thrown away
            if used == CLAIMS_KEPT {
                (kept, used) = (engine.keep_instance(rule)?, 0);
            }
            used += 1;
            kept.assess(&facts).map(|_| ()).map_err(Into::into)
        })?);
        times[2].push(time(|| {
            let answer = native::assess::<Standard>(&facts);
            check(&facts, &answer).map_err(Into::into)
        })?);
        times[3].push(time(|| {
            std::hint::black_box(Standard::assess(&as_sdk));
            Ok(())
        })?);
    }
    let [fresh_ns, kept_ns, native_ns, native_rule_ns] = times.map(median);
    Ok(Measured {
        lines: claim::LINES,
        visits_per_line: visits,
        fresh_ns,
        kept_ns,
        native_ns,
        native_rule_ns,
        lines_per_second: u64::from(claim::LINES) * 1_000_000_000 / fresh_ns.max(1),
        ratio_hundredths: fresh_ns * 100 / native_ns.max(1),
        fuel: priced.fuel,
    })
}

fn micros(ns: u64) -> String {
    format!("{}.{} us", ns / 1_000, ns % 1_000 / 100)
}

impl Report {
    fn text(&self) -> String {
        let of = |reached: bool| if reached { "reached" } else { "not reached" };
        let measured = &self.quantities;
        format!(
            "medians of {} rounds, processor time of one core, {}\n\n{}\
             wanted: at least {} lines/s ({}), fresh at most {} x native ({})\n\n{}{}",
            self.rounds,
            self.engine,
            measured.text(),
            self.wanted_lines_per_second,
            of(measured.lines_per_second >= self.wanted_lines_per_second),
            self.wanted_ratio_hundredths / 100,
            of(measured.ratio_hundredths <= self.wanted_ratio_hundredths),
            self.timetabled.text(),
            self.beside.as_ref().map(Beside::text).unwrap_or_default(),
        )
    }
}

impl Measured {
    fn text(&self) -> String {
        let recorded = match self.visits_per_line {
            0 => "recorded as quantities".to_owned(),
            visits => format!("timetabled, {visits} visits each"),
        };
        format!(
            "{} lines, {recorded}\n  \
               fresh instance {:>10}   {} lines/s, {} units of fuel\n  \
               kept instance  {:>10}\n  \
               native         {:>10}   fresh : native {}.{:02}; the rule alone {}\n",
            self.lines,
            micros(self.fresh_ns),
            self.lines_per_second,
            self.fuel,
            micros(self.kept_ns),
            micros(self.native_ns),
            self.ratio_hundredths / 100,
            self.ratio_hundredths % 100,
            micros(self.native_rule_ns),
        )
    }
}
