//! `counterfoil rules assess FILE --input CASE.json`: one claim through a component, with the arithmetic of each
//! charge and every reason in words.
//!
//! Exit code 0 when it is priced (and, if the case says what it must come to, comes to that), 1 when the rule has
//! a fault or the case comes to something else, 2 when a file cannot be read.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use counterfoil_core::language::Language;
use counterfoil_core::money::{Money, Rate};
use counterfoil_core::pricing::words::{MessageTable, Tables, Words, arithmetic};
use counterfoil_core::pricing::{Charge, ClaimFacts, Description, Fault, Priced, Pricer, Verdict};
use counterfoil_rules::case::Case;
use counterfoil_rules::packs;
use serde::Serialize;

use super::author;

const EXAMPLES: &str = "\
Examples:
  counterfoil rules assess ambridge.wasm --input cases/first-week.json
  counterfoil rules assess ambridge.wasm --input cases/first-week.json --json";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct AssessArgs {
    /// The component: a .wasm file that \u{2018}rules build\u{2019} wrote
    file: PathBuf,
    /// The claim: a case of a pack, or bare facts, as JSON
    #[arg(long, value_name = "CASE.json")]
    input: PathBuf,
    /// The language of reasons and arithmetic: en, or cy for Welsh
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: Language,
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    permitted: author::Permitted,
}

/// What there is to say about the claim.
#[derive(Debug, Serialize)]
struct Report {
    case: String,
    rule: String,
    digest: String,
    interface: String,
    engine: String,
    fuel: u64,
    charges: Vec<ChargeShown>,
    findings: Vec<FindingShown>,
    lines: Vec<LineShown>,
    /// Pence by verdict: payable, suspended, rejected, pending.
    totals: [(Verdict, i64); 4],
    /// How it differs from what the case expects.
    differences: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ChargeShown {
    #[serde(flatten)]
    charge: Charge,
    arithmetic: Option<String>,
    words: String,
}

#[derive(Debug, Serialize)]
struct FindingShown {
    line: Option<u32>,
    level: counterfoil_core::pricing::FindingLevel,
    code: String,
    words: String,
}

#[derive(Debug, Serialize)]
struct LineShown {
    line: u32,
    service: String,
    verdict: Verdict,
    words: String,
}

/// A fault, for programs.
#[derive(Debug, Serialize)]
struct FaultShown<'a> {
    code: &'static str,
    sentence: String,
    #[serde(flatten)]
    fault: &'a Fault,
}

pub(crate) fn run(args: &AssessArgs) -> anyhow::Result<ExitCode> {
    let Some(component) = author::read(&args.file)? else {
        return Ok(ExitCode::from(2));
    };
    let Some(json) = author::read(&args.input)? else {
        return Ok(ExitCode::from(2));
    };
    let json = String::from_utf8_lossy(&json);
    let case = match Case::from_json(&json) {
        Ok(case) => case,
        Err(fault) => {
            writeln!(std::io::stderr(), "{}: {}", args.input.display(), reading(&fault))?;
            return Ok(ExitCode::from(2));
        }
    };
    match Report::of(&component, &case, args.permitted, args.language) {
        Ok(report) => {
            let text = if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.text()? };
            std::io::stdout().write_all(text.as_bytes())?;
            Ok(if report.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Err(fault) => {
            if args.json {
                let shown = FaultShown { code: fault.code(), sentence: fault.to_string(), fault: &fault };
                writeln!(std::io::stdout(), "{}", serde_json::to_string_pretty(&shown)?)?;
            }
            writeln!(std::io::stderr(), "{}: {fault}", args.file.display())?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What is wrong with a case, without the words about rules.
fn reading(fault: &Fault) -> String {
    match fault {
        Fault::NotARule { sentence } => sentence.clone(),
        other => other.to_string(),
    }
}

impl Report {
    fn of(component: &[u8], case: &Case, permitted: author::Permitted, language: Language) -> Result<Self, Fault> {
        let engine = author::isolated(permitted)?;
        let rule = engine.load(component)?;
        let description = engine.describe(&rule)?;
        let priced = engine.assess(&rule, &case.facts)?;
        let words = messages(&description, language);
        let rule = format!("{} {}", description.name, description.version);
        Ok(Self::made(case, rule, &priced, &words))
    }

    fn made(case: &Case, rule: String, priced: &Priced, words: &Words) -> Self {
        let charges = priced.answer.charges.iter().map(|charge| ChargeShown {
            charge: charge.clone(),
            arithmetic: shown(&case.facts, charge, words.language()),
            words: words.sentence(&charge.reason).words,
        });
        let findings = priced.answer.findings.iter().map(|finding| FindingShown {
            line: finding.line,
            level: finding.level,
            code: finding.reason.code.clone(),
            words: words.sentence(&finding.reason).words,
        });
        let lines = priced.answer.verdicts.iter().map(|verdict| LineShown {
            line: verdict.line,
            service: case
                .facts
                .lines
                .iter()
                .find(|line| line.line == verdict.line)
                .map_or_else(String::new, |line| line.service.clone()),
            verdict: verdict.verdict,
            words: words.sentence(&verdict.reason).words,
        });
        let sum = |verdict: Verdict| -> i64 {
            priced.answer.charges.iter().filter(|charge| charge.verdict == verdict).map(|charge| charge.pence).sum()
        };
        Self {
            case: case.name.clone(),
            rule,
            digest: priced.digest.0.clone(),
            interface: priced.interface.clone(),
            engine: priced.engine.clone(),
            fuel: priced.fuel,
            charges: charges.collect(),
            findings: findings.collect(),
            lines: lines.collect(),
            totals: [Verdict::Payable, Verdict::Suspended, Verdict::Rejected, Verdict::Pending].map(|v| (v, sum(v))),
            differences: case.differences(&priced.answer),
        }
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        if !self.case.is_empty() {
            writeln!(text, "{}\n", self.case)?;
        }
        for line in &self.lines {
            writeln!(text, "line {}  {}: {}  {}", line.line, line.service, named(line.verdict), line.words)?;
            for charge in self.charges.iter().filter(|charge| charge.charge.line == line.line) {
                let sum = charge.arithmetic.clone().unwrap_or_else(|| Money::ZERO.to_string());
                writeln!(text, "  {:<9} {sum}  {}", named(charge.charge.verdict), charge.words)?;
            }
        }
        for finding in &self.findings {
            let line = finding.line.map_or_else(|| "claim".to_owned(), |line| format!("line {line}"));
            writeln!(text, "finding ({line}): {}", finding.words)?;
        }
        let totals: Vec<String> = self
            .totals
            .iter()
            .map(|(verdict, pence)| format!("{} {}", named(*verdict), Money::from_pence(*pence)))
            .collect();
        writeln!(text, "\n{}", totals.join(", "))?;
        writeln!(
            text,
            "rule {} ({}), interface {}, {}, {} units of fuel",
            self.rule, self.digest, self.interface, self.engine, self.fuel
        )?;
        for difference in &self.differences {
            writeln!(text, "not as the case expects: {difference}")?;
        }
        Ok(text)
    }
}

/// The arithmetic of a charge, with the rate that its row has.
fn shown(facts: &ClaimFacts, charge: &Charge, language: Language) -> Option<String> {
    let line = facts.lines.iter().find(|line| line.line == charge.line)?;
    let row = line.rates.iter().find(|row| Some(row.row) == charge.row)?;
    arithmetic(charge, row.unit, Rate::from_ten_thousandths(row.rate), language)
}

/// The words that the rule brings, over those of the pack that it says it is; a rule of somebody else's may use the same
/// codes as `standard`.
fn messages(description: &Description, language: Language) -> Words {
    let table = |pack: &packs::Pack| pack.words().unwrap_or_default();
    let pack = packs::ALL.iter().find(|pack| pack.name == description.name).map(table).unwrap_or_default();
    let brought = description.wordings.iter().filter_map(|wording| {
        let language = wording.language.parse().ok()?;
        let reasons = [(wording.code.clone(), wording.sentence.clone())].into();
        Some(Tables::of(language, MessageTable { reasons, ..MessageTable::default() }))
    });
    let brought = brought.fold(Tables::default(), Tables::overlaid_with);
    Words::of(language, [&table(&packs::standard()), &pack, &brought])
}

const fn named(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Payable => "payable",
        Verdict::Suspended => "suspended",
        Verdict::Rejected => "rejected",
        Verdict::Pending => "pending",
    }
}
