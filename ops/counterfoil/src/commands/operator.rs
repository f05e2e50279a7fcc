//! `counterfoil operator ...`: who operates the platform. The first operator is made here; they make others on their page.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::Utc;
use clap::{Args, Subcommand};
use counterfoil_core::calendar::clock;
use counterfoil_tenants::identity::Asked;

use super::platform::{Platform, told};

/// What can be done with operators.
#[derive(Debug, Args)]
pub(crate) struct OperatorArgs {
    #[command(subcommand)]
    command: OperatorCommand,
}

#[derive(Debug, Subcommand)]
enum OperatorCommand {
    /// Make somebody an operator of the platform
    Add(AddArgs),
    /// List the operators
    List,
    /// Dismiss an operator; what they do for councils and organisations stays
    Remove(RemoveArgs),
}

#[derive(Debug, Args)]
struct AddArgs {
    /// Where they are invited
    email: String,
    /// Their name
    #[arg(long)]
    name: String,
}

#[derive(Debug, Args)]
struct RemoveArgs {
    /// The address that they sign in with
    email: String,
}

/// Runs the command.
///
/// # Errors
/// Where the database refuses, in words for whoever ran it.
pub(crate) async fn run(args: OperatorArgs) -> anyhow::Result<ExitCode> {
    let platform = Platform::open().await?;
    let (identity, asked) = (&platform.identity, Asked::by_service(Utc::now()));
    match args.command {
        OperatorCommand::Add(args) => {
            let invited = identity.appoint_operator(&asked, &args.email, &args.name).await?;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{} is an operator of the platform.", args.name.trim())?;
            writeln!(out, "{}", told(invited, args.email.trim()))?;
        }
        OperatorCommand::List => {
            let operators = identity.operators().await?;
            let mut out = std::io::stdout().lock();
            if operators.is_empty() {
                writeln!(out, "There is no operator yet: `counterfoil operator add EMAIL --name NAME` makes one.")?;
            }
            for operator in operators {
                let since = clock::local_time(operator.since).date().format("%-d %B %Y");
                writeln!(out, "{}  {}, since {since}", operator.email, operator.name)?;
            }
        }
        OperatorCommand::Remove(args) => {
            let operators = identity.operators().await?;
            let wanted = args.email.trim().to_lowercase();
            let found = operators.into_iter().find(|operator| operator.email.to_lowercase() == wanted);
            let operator = found.with_context(|| format!("{} is no operator", args.email.trim()))?;
            identity.dismiss_operator(&asked, operator.person).await?;
            writeln!(std::io::stdout(), "{} is no longer an operator of the platform.", operator.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
