//! `counterfoil rules explain LINE`: where a paid line came from. The rule that priced it is run again, by its digest, on the
//! bytes that it was told then; the arithmetic is shown, and whether it is to the penny what was paid.
//!
//! Exit code 0 when it is, 1 when it is not or cannot be computed, 2 when no line is named.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use counterfoil_core::disposition::{DisposedCharge, Disposition};
use counterfoil_core::language::Language;
use counterfoil_core::money::Rate;
use counterfoil_core::pricing::canonical;
use counterfoil_core::pricing::facts::{Day, Unit};
use counterfoil_core::pricing::words::{Tables, Words, arithmetic_of};
use counterfoil_tenants::Error;
use counterfoil_tenants::contract;
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::steps::recompute_line::{LineNamed, Recomputed, recompute_line};
use serde_json::{Value, json};

use super::acting;
use crate::commands::platform::Platform;

const EXAMPLES: &str = "\
Examples:
  counterfoil rules explain ent_0191f0a47c3e70008000000000000001      what a run posted once
  counterfoil rules explain cln_0191f0a47c3e70008000000000000002      everything posted for a claim's line
  counterfoil rules explain clm_0191f0a47c3e70008000000000000003/0    the first line of a claim
  counterfoil rules explain ass_0191f0a47c3e70008000000000000004/0 --save claims.jsonl
  counterfoil rules explain cln_0191f0a47c3e70008000000000000002 --language cy

A claim's reference stands in its page's address. The database is the one that DATABASE_URL names. --save keeps what the rule was told, for \u{2018}rules trial\u{2019}.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ExplainArgs {
    /// What was paid (ent_...), a claim's line (cln_...), or a claim or assessment with the line's number (clm_.../0, ass_.../0)
    line: String,
    /// The council, as it is named in addresses; else every one is looked through
    #[arg(long, value_name = "SLUG")]
    council: Option<String>,
    /// The language of reasons and arithmetic: en, or cy for Welsh, whether the council offers it or not
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    language: Language,
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
    /// Add what the rule was told to this file, one claim a line
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

pub(crate) async fn run(args: ExplainArgs) -> anyhow::Result<ExitCode> {
    let named: LineNamed = match args.line.parse() {
        Ok(named) => named,
        Err(wrong) => {
            writeln!(std::io::stderr(), "{wrong}")?;
            return Ok(ExitCode::from(2));
        }
    };
    let platform = Platform::open().await?;
    let means = acting::means()?;
    let councils = platform.identity.usage().await?;
    let wanted = |slug: &str| args.council.as_deref().is_none_or(|wanted| wanted == slug);
    let mut asked = false;
    for council in councils.iter().filter(|council| wanted(&council.slug)) {
        asked = true;
        let scope = CouncilScope::system(&platform.connections, council.tenant, "rules-explain");
        match recompute_line(&scope, &means, named).await {
            Ok(lines) => return tell(&args, &scope, (&lines, &means.words)).await,
            Err(Error::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    match (asked, &args.council) {
        (false, Some(slug)) => {
            bail!("there is no council \u{2018}{slug}\u{2019}: `counterfoil council list` names them")
        }
        (_, Some(slug)) => bail!("{slug} has no line {}", args.line),
        (_, None) => bail!("no council here has a line {}", args.line),
    }
}

async fn tell(
    args: &ExplainArgs,
    scope: &CouncilScope,
    (lines, service): (&[Recomputed], &Tables),
) -> anyhow::Result<ExitCode> {
    let mut shown = Vec::new();
    let mut out = Vec::new();
    for line in lines {
        let contract = line.claim.contract_id;
        let contract = scope.read(async |tx: &mut Tx<'_>| contract::find(tx, contract).await).await?.reference;
        let words = line.explaining.words_in(service, args.language);
        if args.json {
            shown.push(as_json(&contract, line, &words)?);
        } else {
            say(&mut out, &contract, (line, &words))?;
        }
        if let Some(path) = &args.save {
            save(path, &contract, line)?;
        }
    }
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&shown)?)?;
    }
    std::io::stdout().write_all(&out)?;
    let same = lines.iter().all(|line| line.differences.is_empty());
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn say(out: &mut Vec<u8>, contract: &str, (line, words): (&Recomputed, &Words)) -> anyhow::Result<()> {
    let day = |day: chrono::NaiveDate| day.format("%-d %B %Y");
    let row = &line.assessment;
    writeln!(
        out,
        "{contract}, line {}, {}: {} to {}",
        line.number,
        line.facts.service,
        day(line.claim.starts),
        day(line.claim.ends)
    )?;
    match &line.entry {
        Some(entry) if entry.sequence == 1 => {
            writeln!(out, "  posted {} by {} ({})", entry.pence, entry.run_id, entry.id)?
        }
        Some(entry) => writeln!(
            out,
            "  posted {} by {} ({}): worth {} then, of which {} had been posted before",
            entry.pence, entry.run_id, entry.id, entry.entitlement_pence, entry.posted_before_pence
        )?,
        None => writeln!(out, "  not posted by any run so far")?,
    }
    for charge in &line.again {
        let said = words.of_charge(charge);
        let sum = sum(charge, line, said.language);
        writeln!(out, "  {:<9} {sum}  {}", named(charge.disposition), said.words)?;
    }
    writeln!(out, "  rule {} {}, {}", row.pack, row.pack_version, row.component_digest)?;
    writeln!(out, "  told {} bytes, {} ({}); interface {}", row.input.len(), row.input_digest, row.id, row.interface)?;
    writeln!(out, "  {}, {} units of fuel then, {} now", row.engine, row.fuel, line.fuel)?;
    if line.differences.is_empty() {
        let what = if line.entry.is_some() { "what was paid" } else { "what is stored" };
        writeln!(out, "  computed again: {}, to the penny {what}", line.payable()?)?;
    }
    for difference in &line.differences {
        writeln!(out, "  NOT THE SAME: {difference}")?;
    }
    Ok(())
}

fn sum(charge: &DisposedCharge, line: &Recomputed, language: Language) -> String {
    arithmetic_of(charge, unit_of(charge, line), language).unwrap_or_else(|| charge.amount.to_string())
}

/// The unit of the rate-card row that a charge was priced by.
fn unit_of(charge: &DisposedCharge, line: &Recomputed) -> Unit {
    let day = Day::of(charge.from);
    let rate = charge.rate.map(Rate::raw);
    let holds = |row: &&counterfoil_core::pricing::facts::RateRow| {
        Some(row.rate) == rate && row.from <= day && row.to.is_none_or(|to| day <= to)
    };
    line.facts.rates.iter().find(holds).map_or(line.facts.unit, |row| row.unit)
}

const fn named(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Payable => "payable",
        Disposition::Suspended => "suspended",
        Disposition::Rejected => "rejected",
        Disposition::Pending => "pending",
    }
}

fn as_json(contract: &str, line: &Recomputed, words: &Words) -> anyhow::Result<Value> {
    let charges = line.again.iter().map(|charge| {
        let said = words.of_charge(charge);
        let arithmetic = sum(charge, line, said.language);
        json!({ "charge": charge, "arithmetic": arithmetic, "words": said.words, "language": said.language })
    });
    Ok(json!({
        "contract": contract,
        "claim": line.claim.id.to_string(),
        "line": line.number,
        "service": line.facts.service,
        "from": line.claim.starts,
        "to": line.claim.ends,
        "posted_pence": line.entry.as_ref().map(|entry| entry.pence.pence()),
        "entitlement_pence": line.entry.as_ref().map(|entry| entry.entitlement_pence.pence()),
        "run": line.entry.as_ref().map(|entry| entry.run_id.to_string()),
        "assessment": line.assessment.id.to_string(),
        "component": line.assessment.component_digest,
        "input": line.assessment.input_digest,
        "engine": line.assessment.engine,
        "fuel": { "then": line.assessment.fuel, "now": line.fuel },
        "charges": charges.collect::<Vec<_>>(),
        "payable_pence": line.payable()?.pence(),
        "same": line.differences.is_empty(),
        "differences": line.differences,
    }))
}

/// One more claim at the end of the file, in the form that `rules trial` reads.
fn save(path: &std::path::Path, contract: &str, line: &Recomputed) -> anyhow::Result<()> {
    let facts = canonical::read(&line.assessment.input)?;
    let claim = json!({
        "contract": contract,
        "claim": line.claim.id.to_string(),
        "line": line.number,
        "component": line.assessment.component_digest,
        "facts": facts,
    });
    let cannot = || format!("{} cannot be written", path.display());
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).with_context(cannot)?;
    writeln!(file, "{claim}").with_context(cannot)
}
