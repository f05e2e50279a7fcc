//! `counterfoil rules activate RULE --from DATE`: an approved version prices what begins on a day or later. Without a day it
//! says from which it could.

use std::io::Write as _;
use std::process::ExitCode;

use chrono::{NaiveDate, Utc};
use clap::Args;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::rule::RuleActivation;
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::activate_rule::{activate_rule, choices, preview_activation};

use super::acting::{Acting, ActingArgs};

const EXAMPLES: &str = "\
Examples:
  counterfoil rules activate 9c9817b81781 --council ambridge --as bob@ambridge.example
      from which days it could be
  counterfoil rules activate 9c9817b81781 --council ambridge --as bob@ambridge.example --from 2026-04-04";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ActivateArgs {
    /// The version: its component, its digest, or the beginning of that
    rule: String,
    #[command(flatten)]
    acting: ActingArgs,
    /// The first day of a pay period, as 2026-04-04
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Why; needed to go back to a version that was in force before
    #[arg(long, default_value = "")]
    reason: String,
}

pub(crate) async fn run(args: ActivateArgs) -> anyhow::Result<ExitCode> {
    let acting = Acting::open(&args.acting, "activate").await?;
    let digest = acting.version(&args.rule).await?;
    let day = |day: NaiveDate| day.format("%A %-d %B %Y").to_string();
    let Some(from) = args.from else {
        let today = local_time(Utc::now()).date();
        let offered = acting.scope.read(async |tx: &mut Tx<'_>| choices(tx, today).await).await?;
        let mut out = std::io::stdout().lock();
        if offered.starts.is_empty() {
            writeln!(
                out,
                "The council\u{2019}s calendars have no pay period that begins from now on: import them first."
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "It can be switched on from:")?;
        for (starts, schedules) in offered.starts {
            writeln!(out, "  {starts}  {}  {}", day(starts), schedules.join(", "))?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let (scope, means, at) = (&acting.scope, &acting.means, Utc::now());
    let preview = preview_activation(scope, means, at, acting.who(), (&digest, from)).await?;
    activate_rule(scope, means, at, acting.who(), (&digest, from, args.reason.trim())).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{digest} prices what begins on {} or later.", day(from))?;
    let named = |row: &RuleActivation| format!("{} {} ({})", row.pack, row.version, row.component_digest);
    if let Some(row) = &preview.replaces {
        writeln!(out, "  instead of {}", named(row))?;
    }
    for (later, row) in &preview.undone {
        writeln!(out, "  and instead of {}, which was to price from {}", named(row), day(*later))?;
    }
    writeln!(
        out,
        "  {} claims are priced again when `counterfoil serve` or `counterfoil worker` runs",
        preview.claims
    )?;
    Ok(ExitCode::SUCCESS)
}
