//! `counterfoil bench`: measures, and prints ratios within one run beside the figures to reach. Times are reported, never
//! asserted by a test.

pub(crate) mod rules;

use std::process::ExitCode;

use clap::{Args, Subcommand};

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Pricing: a fresh instance a claim, beside the same rule called natively
    Rules(rules::BenchRulesArgs),
}

/// Runs the command.
///
/// # Errors
/// Where what is measured fails.
pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Rules(args) => rules::run(args),
    }
}
