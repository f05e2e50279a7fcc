//! `counterfoil rules check COMPONENT`: what a council's upload goes through, on this machine: read, compiled in a process of
//! its own under limits, asked what it is.
//!
//! Exit code 0 when it could be uploaded, 1 with the sentence of its refusal, 2 when the file cannot be read.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use counterfoil_core::pricing::{CheckedRule, Pricer as _, UnitOfPricing};
use counterfoil_rules::abi::frozen;
use serde_json::{Value, json};

use super::author;

const EXAMPLES: &str = "\
Examples:
  counterfoil rules check                           the component in this folder
  counterfoil rules check ambridge-home-care.wasm
  counterfoil rules check ambridge-home-care.wasm --json";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    /// The component; else the one in this folder
    file: Option<PathBuf>,
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    permitted: author::Permitted,
}

pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let path = author::component(args.file.as_deref())?;
    let Some(component) = author::read(&path)? else {
        return Ok(ExitCode::from(2));
    };
    let mut out = std::io::stdout().lock();
    match author::isolated(args.permitted).and_then(|engine| engine.check_uploaded(&component, &[])) {
        Ok(checked) => {
            if args.json {
                writeln!(out, "{}", serde_json::to_string_pretty(&as_json(&checked, component.len()))?)?;
            } else {
                say(&mut out, &checked, component.len())?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(fault) => {
            if args.json {
                let shown = json!({ "usable": false, "code": fault.code(), "sentence": fault.to_string() });
                writeln!(out, "{}", serde_json::to_string_pretty(&shown)?)?;
            }
            writeln!(std::io::stderr(), "{}: {fault}", path.display())?;
            Ok(ExitCode::FAILURE)
        }
    }
}

fn say(out: &mut impl std::io::Write, checked: &CheckedRule, bytes: usize) -> std::io::Result<()> {
    let description = &checked.description;
    if is_draft(checked) {
        writeln!(
            out,
            "{} {} can be tried, and not uploaded: the version of the interface that it speaks is a draft.",
            description.name, description.version
        )?;
    } else {
        writeln!(out, "{} {} can be uploaded.", description.name, description.version)?;
    }
    writeln!(out, "  digest     {}", checked.digest.0)?;
    writeln!(out, "  size       {bytes} bytes")?;
    writeln!(out, "  interface  {}", checked.interface)?;
    let covers = if description.covers.is_empty() { "every service".to_owned() } else { description.covers.join(", ") };
    writeln!(out, "  covers     {covers}")?;
    let unit = match description.unit {
        UnitOfPricing::Line => "each line on its own",
        UnitOfPricing::Claim => "the whole claim at once",
    };
    writeln!(out, "  prices     {unit}")?;
    writeln!(out, "  looks back {} days", description.look_back_days)?;
    let settings = settings(checked);
    writeln!(out, "  settings   {}", if settings.is_empty() { "none".to_owned() } else { settings.join(", ") })
}

/// Whether it speaks a version of the interface that may still change.
fn is_draft(checked: &CheckedRule) -> bool {
    !frozen().any(|version| version == checked.interface)
}

/// The names of its settings, as its schema has them.
fn settings(checked: &CheckedRule) -> Vec<String> {
    let schema: Value = serde_json::from_str(&checked.description.settings_schema).unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default()
}

fn as_json(checked: &CheckedRule, bytes: usize) -> Value {
    json!({
        "usable": !is_draft(checked),
        "digest": checked.digest.0,
        "bytes": bytes,
        "interface": checked.interface,
        "description": checked.description,
    })
}
