//! `counterfoil rules ...`: what the author of a council's rule does with it before a council sees it.
//!
//! `build` makes a pack of the repository into a component, `assess` prices one claim by a component and says how it
//! came to each sum. `compile-worker` is this program's own other half, started for each compilation.

mod assess;
mod build;
pub(crate) mod native;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use counterfoil_rules::compile::worker;

/// What can be done with rules.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Build a rule pack of the repository into its component
    Build(build::BuildArgs),
    /// Price one claim by a component and show the arithmetic
    Assess(assess::AssessArgs),
    /// Compile a component from standard input to standard output, under limits
    #[command(hide = true)]
    CompileWorker {
        /// Stack of the guest's calls, in bytes
        stack_bytes: usize,
    },
}

/// Runs the command.
///
/// # Errors
/// When something the command needs is missing or cannot be written. A rule's fault is an answer: it is said on
/// standard error, and the exit code is 1.
pub(crate) fn run(args: &RulesArgs) -> anyhow::Result<ExitCode> {
    match &args.command {
        RulesCommand::Build(args) => build::run(args),
        RulesCommand::Assess(args) => assess::run(args),
        RulesCommand::CompileWorker { stack_bytes } => Ok(worker::serve(*stack_bytes)),
    }
}
