//! `counterfoil rules approve RULE`: the second administrator lets an uploaded version be switched on.

use std::io::Write as _;
use std::process::ExitCode;

use chrono::Utc;
use clap::Args;
use counterfoil_tenants::steps::decide_rule::{Ruling, decide_rule};

use super::acting::{Acting, ActingArgs};

const EXAMPLES: &str = "\
Examples:
  counterfoil rules approve 9c9817b81781 --council ambridge --as bob@ambridge.example
  counterfoil rules approve ambridge.wasm --council ambridge --as bob@ambridge.example --comment \"Tried on March\"";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ApproveArgs {
    /// The version: its component, its digest, or the beginning of that
    rule: String,
    #[command(flatten)]
    acting: ActingArgs,
    /// What is to be remembered about the decision
    #[arg(long, default_value = "")]
    comment: String,
}

pub(crate) async fn run(args: ApproveArgs) -> anyhow::Result<ExitCode> {
    let acting = Acting::open(&args.acting, "approve").await?;
    let digest = acting.version(&args.rule).await?;
    let decided = (digest.as_str(), Ruling::Approve, args.comment.trim());
    decide_rule(&acting.scope, &acting.means, Utc::now(), acting.who(), decided).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{digest} is approved.")?;
    writeln!(
        out,
        "It prices nothing yet: counterfoil rules activate {} --from DATE, the first day of a pay period",
        digest.get(..12).unwrap_or(&digest)
    )?;
    Ok(ExitCode::SUCCESS)
}
