//! `counterfoil rules trial COMPONENT --beside OTHER CLAIMS...`: claims priced by one component beside another, without a
//! server: what would change, in pence, by contract and line.
//!
//! Claims are files: cases, or what `rules explain --save` wrote, one claim a file or one a line. Exit code 0 whatever
//! changes, 1 when the component has a fault where the other has none, 2 when a file cannot be read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;
use counterfoil_core::money::Money;
use counterfoil_core::pricing::{Answer, ClaimFacts, Fault, Pricer as _, RuleDigest, Verdict};
use counterfoil_rules::RuleEngine;
use counterfoil_rules::case::Case;
use serde_json::Value;

use super::author;

const EXAMPLES: &str = "\
Examples:
  counterfoil rules trial new.wasm --beside old.wasm claims.jsonl
  counterfoil rules trial new.wasm --beside old.wasm cases/*.json

A claim is a case, or {\"contract\": \"C000012\", \"facts\": {...}} as \u{2018}rules explain --save\u{2019} writes it. A .jsonl \
file holds one a line.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct TrialArgs {
    /// The component that is tried
    file: PathBuf,
    /// The component that it is compared with: the one in force
    #[arg(long, value_name = "COMPONENT")]
    beside: PathBuf,
    /// Files with claims
    #[arg(required = true)]
    claims: Vec<PathBuf>,
    #[command(flatten)]
    permitted: author::Permitted,
}

/// A claim to be tried.
pub(super) struct Tried {
    /// The contract, or what else the claim is called.
    contract: String,
    facts: ClaimFacts,
}

pub(crate) fn run(args: &TrialArgs) -> anyhow::Result<ExitCode> {
    let (Some(component), Some(beside)) = (author::read(&args.file)?, author::read(&args.beside)?) else {
        return Ok(ExitCode::from(2));
    };
    let mut claims = Vec::new();
    for path in &args.claims {
        let Some(bytes) = author::read(path)? else {
            return Ok(ExitCode::from(2));
        };
        match read(path, &String::from_utf8_lossy(&bytes)) {
            Ok(read) => claims.extend(read),
            Err(cause) => {
                writeln!(std::io::stderr(), "{}: {cause:#}", path.display())?;
                return Ok(ExitCode::from(2));
            }
        }
    }
    let engine = author::isolated(args.permitted)?;
    let load = |path: &Path, bytes: &[u8]| {
        engine.load_uploaded(bytes).map_err(|fault| anyhow::anyhow!("{}: {fault}", path.display()))
    };
    let rules = (load(&args.beside, &beside)?, load(&args.file, &component)?);
    let report = Report::of(&engine, &rules, &claims);
    std::io::stdout().write_all(report.text()?.as_bytes())?;
    Ok(if report.new_faults() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The claims that a file holds.
fn read(path: &Path, text: &str) -> anyhow::Result<Vec<Tried>> {
    let called = path.file_stem().unwrap_or_default().to_string_lossy();
    if path.extension().is_none_or(|ending| ending != "jsonl") {
        return Ok(vec![one(text, &called)?]);
    }
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let claims: anyhow::Result<Vec<Tried>> =
        lines.map(|(number, line)| one(line, &called).with_context(|| format!("line {number}"))).collect();
    claims.and_then(|claims| {
        ensure!(!claims.is_empty(), "it holds no claim");
        Ok(claims)
    })
}

fn one(text: &str, called: &str) -> anyhow::Result<Tried> {
    let mut written: Value = serde_json::from_str(text).context("it is not JSON")?;
    let mut contract = None;
    if let Some(fields) = written.as_object_mut() {
        // what an export says beside the facts is no part of a case
        contract = fields.remove("contract").and_then(|contract| contract.as_str().map(str::to_owned));
        for beside in ["claim", "line", "component"] {
            fields.remove(beside);
        }
        if fields.contains_key("facts") {
            fields.entry("name").or_insert_with(|| called.into());
        }
    }
    let case = Case::from_json(&written.to_string()).map_err(|fault| match fault {
        Fault::NotARule { sentence } => anyhow::anyhow!(sentence),
        other => anyhow::anyhow!("{other}"),
    })?;
    Ok(Tried { contract: contract.unwrap_or_else(|| called.to_owned()), facts: case.facts })
}

/// What a line comes to by both: pence by verdict.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sums {
    payable: i64,
    held: i64,
}

/// A line of a contract: what it comes to by the component in force and by the one that is tried.
#[derive(Default)]
struct Line {
    service: String,
    was: Sums,
    is: Sums,
}

/// What came of all claims.
struct Report {
    claims: usize,
    lines: BTreeMap<(String, u32), Line>,
    /// Claims that only the new one cannot price, with its words.
    faults: Vec<(String, String)>,
    /// Claims that neither can price.
    without: usize,
    fuel: (u64, u64),
}

impl Report {
    fn of(engine: &RuleEngine, (old, new): &(RuleDigest, RuleDigest), claims: &[Tried]) -> Self {
        let mut report =
            Self { claims: claims.len(), lines: BTreeMap::new(), faults: Vec::new(), without: 0, fuel: (0, 0) };
        for claim in claims {
            match (engine.assess(old, &claim.facts), engine.assess(new, &claim.facts)) {
                (Ok(was), Ok(is)) => {
                    report.fuel.0 += was.fuel;
                    report.fuel.1 += is.fuel;
                    report.add(claim, Some(&was.answer), Some(&is.answer));
                }
                (Ok(was), Err(fault)) => {
                    report.faults.push((claim.contract.clone(), fault.to_string()));
                    report.add(claim, Some(&was.answer), None);
                }
                (Err(_), Ok(is)) => report.add(claim, None, Some(&is.answer)),
                (Err(_), Err(_)) => report.without += 1,
            }
        }
        report
    }

    fn add(&mut self, claim: &Tried, was: Option<&Answer>, is: Option<&Answer>) {
        for facts in &claim.facts.lines {
            let line = self.lines.entry((claim.contract.clone(), facts.line)).or_default();
            line.service.clone_from(&facts.service);
            for (sums, answer) in [(&mut line.was, was), (&mut line.is, is)] {
                let (payable, held) = answer.map_or((0, 0), |answer| comes_to(answer, facts.line));
                sums.payable += payable;
                sums.held += held;
            }
        }
    }

    fn new_faults(&self) -> usize {
        self.faults.len()
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        let money = Money::from_pence;
        let mut changed = 0_usize;
        for ((contract, number), line) in &self.lines {
            if line.was == line.is {
                continue;
            }
            changed += 1;
            write!(
                text,
                "{contract} line {number} {}: {} -> {}",
                line.service,
                money(line.was.payable),
                money(line.is.payable)
            )?;
            write!(text, " ({})", signed(line.is.payable - line.was.payable))?;
            if line.was.held != line.is.held {
                write!(text, ", held for an officer {} -> {}", money(line.was.held), money(line.is.held))?;
            }
            writeln!(text)?;
        }
        for (contract, fault) in &self.faults {
            writeln!(text, "{contract}: {fault}")?;
        }
        let total = |of: fn(&Line) -> i64| self.lines.values().map(of).sum::<i64>();
        let (was, is) = (total(|line| line.was.payable), total(|line| line.is.payable));
        writeln!(
            text,
            "{} claims, {} lines, of which {changed} change: payable {} -> {} ({}); {} new faults, {} claims that neither prices; \
             fuel {} -> {}",
            self.claims,
            self.lines.len(),
            money(was),
            money(is),
            signed(is - was),
            self.faults.len(),
            self.without,
            self.fuel.0,
            self.fuel.1
        )?;
        Ok(text)
    }
}

/// Payable, and suspended, of a line. Lines that the rule holds back are held whole.
fn comes_to(answer: &Answer, line: u32) -> (i64, i64) {
    let of_line = answer.verdicts.iter().find(|verdict| verdict.line == line).map(|verdict| verdict.verdict);
    let (mut payable, mut held) = (0, 0);
    for charge in answer.charges.iter().filter(|charge| charge.line == line) {
        match (charge.verdict, of_line.unwrap_or(Verdict::Payable)) {
            (Verdict::Payable, Verdict::Payable) => payable += charge.pence,
            (Verdict::Suspended, _) | (Verdict::Payable, Verdict::Suspended) => held += charge.pence,
            _ => {}
        }
    }
    (payable, held)
}

fn signed(pence: i64) -> String {
    let money = Money::from_pence(pence);
    if pence > 0 { format!("+{money}") } else { money.to_string() }
}
