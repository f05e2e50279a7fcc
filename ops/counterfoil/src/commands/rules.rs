//! `counterfoil rules ...`: what the author of a council's rule does with it before a council sees it, what a council's
//! administrators do with it then, and where a paid line came from.
//!
//! `new`, `build`, `check`, `test`, `assess` and `trial` need no server; `upload`, `approve`, `activate` and `explain` work on
//! the database. `compile-worker` is this program's own other half, started for each compilation.

mod acting;
mod activate;
mod approve;
mod assess;
mod author;
mod build;
mod check;
mod explain;
mod language;
pub(crate) mod native;
mod new;
mod test;
mod toolchain;
mod trial;
mod upload;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use counterfoil_rules::Class;
use counterfoil_rules::compile::worker;

use super::block_on;

/// What can be done with rules.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// Begin a rule in a new folder, with the SDK beside it
    New(new::NewArgs),
    /// Build a rule, or a rule pack of the repository, into its component
    Build(build::BuildArgs),
    /// Check a component as an upload is checked
    Check(check::CheckArgs),
    /// Run the cases of a folder through a component
    Test(test::TestArgs),
    /// Price one claim by a component and show the arithmetic
    Assess(assess::AssessArgs),
    /// Price claims by one component beside another and show what would change
    Trial(trial::TrialArgs),
    /// Upload a component to a council, as one of its administrators
    Upload(upload::UploadArgs),
    /// Approve an uploaded version, as another administrator
    Approve(approve::ApproveArgs),
    /// Switch an approved version on from a day
    Activate(activate::ActivateArgs),
    /// Compute a paid line again from what is stored, and show the arithmetic
    Explain(explain::ExplainArgs),
    /// Compile a component from standard input to standard output, under limits
    #[command(hide = true)]
    CompileWorker {
        /// Stack of the guest's calls, in bytes
        stack_bytes: usize,
        /// The class of the rule
        class: Class,
    },
}

/// Runs the command.
///
/// # Errors
/// When something the command needs is missing or cannot be written. A rule's fault is an answer: it is said on
/// standard error, and the exit code is 1.
pub(crate) fn run(args: RulesArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        RulesCommand::New(args) => new::run(&args),
        RulesCommand::Build(args) => build::run(&args),
        RulesCommand::Check(args) => check::run(&args),
        RulesCommand::Test(args) => test::run(&args),
        RulesCommand::Assess(args) => assess::run(&args),
        RulesCommand::Trial(args) => trial::run(&args),
        RulesCommand::Upload(args) => block_on(upload::run(args)),
        RulesCommand::Approve(args) => block_on(approve::run(args)),
        RulesCommand::Activate(args) => block_on(activate::run(args)),
        RulesCommand::Explain(args) => block_on(explain::run(args)),
        RulesCommand::CompileWorker { stack_bytes, class } => Ok(worker::serve(stack_bytes, class)),
    }
}
