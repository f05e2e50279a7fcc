//! `counterfoil council ...`: takes councils on, lists, suspends and resumes them, as operators do on their page.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::Utc;
use clap::{Args, Subcommand};
use counterfoil_core::calendar::clock;
use counterfoil_tenants::identity::operator::NewCouncil;
use counterfoil_tenants::identity::{Asked, Council, Identity, Nation};

use super::platform::{Platform, told};
use crate::means;

/// What can be done with councils.
#[derive(Debug, Args)]
pub(crate) struct CouncilArgs {
    #[command(subcommand)]
    command: CouncilCommand,
}

#[derive(Debug, Subcommand)]
enum CouncilCommand {
    /// Take a council on, and invite its first administrator; needs COUNTERFOIL_MASTER_KEY
    Add(AddArgs),
    /// List the councils with how much they use the platform
    List,
    /// Let nobody act for a council any more; its jobs go on
    Suspend(SuspendArgs),
    /// Let people act for a suspended council again
    Resume(ResumeArgs),
}

#[derive(Debug, Args)]
struct AddArgs {
    /// Its name in addresses: lower-case letters, digits and hyphens
    #[arg(long)]
    slug: String,
    /// Its full name
    #[arg(long)]
    name: String,
    /// Its country: england, wales, scotland or northern-ireland
    #[arg(long, value_parser = nation)]
    nation: Nation,
    /// Its colour, as #rrggbb
    #[arg(long)]
    colour: String,
    /// Where its first administrator is invited
    #[arg(long, value_name = "EMAIL")]
    administrator: String,
    /// Their name
    #[arg(long, value_name = "NAME")]
    administrator_name: String,
    /// Ask for passwords that keep to the published rule too: a capital, a letter, two digits
    #[arg(long)]
    published_password_rule: bool,
}

#[derive(Debug, Args)]
struct SuspendArgs {
    /// The council, as it is named in addresses
    slug: String,
    /// Why, for the council's record
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
struct ResumeArgs {
    /// The council, as it is named in addresses
    slug: String,
}

fn nation(word: &str) -> Result<Nation, String> {
    let of = |nation: &Nation| nation.name().to_lowercase().replace(' ', "-");
    let found = Nation::ALL.into_iter().find(|nation| of(nation) == word);
    found.ok_or_else(|| format!("one of {}", Nation::ALL.map(|nation| of(&nation)).join(", ")))
}

/// Runs the command.
///
/// # Errors
/// Where the database refuses, in words for whoever ran it.
pub(crate) async fn run(args: CouncilArgs) -> anyhow::Result<ExitCode> {
    match args.command {
        CouncilCommand::Add(args) => add(args).await,
        CouncilCommand::List => list().await,
        CouncilCommand::Suspend(args) => suspend(&args).await,
        CouncilCommand::Resume(args) => resume(&args).await,
    }?;
    Ok(ExitCode::SUCCESS)
}

async fn add(args: AddArgs) -> anyhow::Result<()> {
    let key = means::master_key_of_environment()?;
    let platform = Platform::open().await?;
    let new = NewCouncil {
        slug: args.slug,
        name: args.name,
        nation: args.nation,
        colour: args.colour,
        administrator_email: args.administrator,
        administrator_name: args.administrator_name,
        published_password_rule: args.published_password_rule,
    };
    let made = platform.identity.onboard_council(&key, &Asked::by_service(Utc::now()), &new).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} is taken on as \u{2018}{}\u{2019}.", new.name.trim(), new.slug.trim())?;
    writeln!(out, "{}", told(made.administrator, new.administrator_email.trim()))?;
    writeln!(out, "Next its administrator enters calendars, rates and rules, and invites staff and providers.")?;
    Ok(())
}

async fn list() -> anyhow::Result<()> {
    let platform = Platform::open().await?;
    let usage = platform.identity.usage().await?;
    let mut out = std::io::stdout().lock();
    if usage.is_empty() {
        writeln!(out, "There is no council yet: `counterfoil council add --help` says how to take one on.")?;
        return Ok(());
    }
    let width = usage.iter().map(|council| council.slug.len()).max().unwrap_or_default();
    for council in usage {
        let day = |at| clock::local_time(at).date().format("%-d %B %Y");
        let state = match (council.suspended_at, council.last_seen_at) {
            (Some(at), _) => format!("suspended on {}", day(at)),
            (None, Some(at)) => format!("last used on {}", day(at)),
            (None, None) => "not used yet".to_owned(),
        };
        writeln!(
            out,
            "{:width$}  {}; staff {}, organisations {} with {} people; {state}",
            council.slug, council.name, council.staff, council.organisations, council.provider_people
        )?;
    }
    Ok(())
}

async fn suspend(args: &SuspendArgs) -> anyhow::Result<()> {
    let platform = Platform::open().await?;
    let council = called(&platform.identity, &args.slug).await?;
    platform.identity.suspend_council(&Asked::by_service(Utc::now()), council.id, &args.reason).await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} is suspended: its pages are gone for everybody, and its jobs go on.", council.name)?;
    writeln!(out, "`counterfoil council resume {}` brings it back as it was.", council.slug)?;
    Ok(())
}

async fn resume(args: &ResumeArgs) -> anyhow::Result<()> {
    let platform = Platform::open().await?;
    let council = called(&platform.identity, &args.slug).await?;
    platform.identity.resume_council(&Asked::by_service(Utc::now()), council.id).await?;
    writeln!(std::io::stdout(), "{} is in use again, with the people it had.", council.name)?;
    Ok(())
}

async fn called(identity: &Identity, slug: &str) -> anyhow::Result<Council> {
    let found = identity.council_called(slug).await?;
    found.with_context(|| format!("there is no council \u{2018}{slug}\u{2019}: `counterfoil council list` names them"))
}
