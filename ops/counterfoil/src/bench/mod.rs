//! `counterfoil bench`: measures, and prints ratios within one run beside the figures to reach. Times are reported, never
//! asserted by a test.

mod county;
pub(crate) mod file;
pub(crate) mod rules;
pub(crate) mod run;
mod store;
mod trial;
pub(crate) mod web;
mod week;

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
    /// A county's week from its plan to its payment file, and storing a run's results
    Run(run::BenchRunArgs),
    /// A county's month of claims tried with a rule, beside assessing them alone
    Trial(trial::BenchTrialArgs),
    /// A file of 100,000 visits, read, checked and compared, beside a bare reading of it
    File(file::BenchFileArgs),
    /// Pages of a provider at so many connections, beside a handler that only reads one row
    Web(web::BenchWebArgs),
}

/// Runs the command.
///
/// # Errors
/// Where what is measured fails.
pub(crate) fn run(args: &BenchArgs) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Rules(args) => rules::run(args),
        What::Run(args) => run::run(args),
        What::Trial(args) => trial::run(args),
        What::File(args) => file::run(args),
        What::Web(args) => web::run(args),
    }
}
