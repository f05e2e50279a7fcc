//! `counterfoil`: the one program. Serves the pages, works off the jobs, migrates the database, plays the demo,
//! checks calendars and rules, measures itself.
//!
//! This file is the tree of commands; each command is a file of [`commands`]. The only place where rules, database,
//! pages and mail meet.

mod bench;
mod caretaker;
mod commands;
mod database;
mod demo;
mod letters;
mod means;
mod post;
mod public_address;
mod sealer;
mod telemetry;
mod worker;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use commands::{
    audit, calendar, code, council, demo as demo_command, migrate, operator, routes, rules, serve,
    worker as worker_command,
};

const ENDING: &str = "\
Exit codes:
  0  done; nothing found
  1  done, and something was found (calendar check, audit verify), or the command failed: standard error says why
  2  the command line or a file could not be understood, or something is missing that the message names

Environment:
  DATABASE_URL            PostgreSQL 15 or newer, as the owner of the database; unset: a private one is started
  DATABASE_ROLE_PASSWORD  password of the four roles that the service connects as
  DATABASE_POOL_SIZE      connections for each of them
  PGBIN                   folder with `postgres` and `initdb` for the private database
  COUNTERFOIL_DATA        folder of the private database
  COUNTERFOIL_ANCHOR      folder outside the database that keeps the ends of the audit's chains
  COUNTERFOIL_ADDR        address to serve on
  COUNTERFOIL_PUBLIC_URL  address by which people reach the service; unset: http://localhost and the port
  COUNTERFOIL_TRUSTED_PROXIES  how many proxies of our own write into X-Forwarded-For; unset: none
  COUNTERFOIL_SENDER      who letters are from; unset: Counterfoil <no-reply@counterfoil.example>
  SMTP_URL                mail server; unset: mail is written into a folder as .eml files
  COUNTERFOIL_REPLICAS    how many replicas of the service run; more than one need REDIS_URL
  COUNTERFOIL_MASTER_KEY  64 hexadecimal digits: what opens secrets at rest
  REDIS_URL               sessions and events of several replicas; unset: this process keeps them itself
  COUNTERFOIL_ASSETS      folder that ops/assets made
  COUNTERFOIL_INTERPRETED_RULES  `true`: take rules in TypeScript and Python, with their interpreters inside; unset: none
  COUNTERFOIL_WASM_RUST   folder that ops/wasm-target made, for `rules build` where rustup lacks its target
  COUNTERFOIL_LOG         what is logged, such as `info` or `warn,counterfoil=debug`
  COUNTERFOIL_LOG_FORMAT  `text` or `json`";

/// Counterfoil pays councils' care providers: calendars, claims, rules, runs and payment files
#[derive(Debug, Parser)]
#[command(name = "counterfoil", version, after_help = ENDING)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the pages
    Serve(serve::ServeArgs),
    /// Do the jobs of the queue
    Worker(worker_command::WorkerArgs),
    /// Bring the database up to date
    Migrate,
    /// Take councils on, list, suspend and resume them
    Council(council::CouncilArgs),
    /// Say who operates the platform
    Operator(operator::OperatorArgs),
    /// Play five councils' weeks on a fresh database, write every file, and serve the result
    Demo(demo_command::DemoArgs),
    /// List every page with who may see it
    Routes,
    /// Write, build, check and try rules; upload them and switch them on; explain what was paid
    Rules(rules::RulesArgs),
    /// Measure, as ratios within one run
    Bench(bench::BenchArgs),
    /// Show what an authenticator app would for a key: for the demo's logins
    Code(code::CodeArgs),
    /// Check published payment calendars
    Calendar(calendar::CalendarArgs),
    /// Export, verify, seal and anchor the record of who did what
    Audit(audit::AuditArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = telemetry::start(cli.command.default_filter()).and_then(|()| cli.command.run());
    outcome.unwrap_or_else(|error| {
        eprintln!("counterfoil: {error:#}");
        ExitCode::FAILURE
    })
}

impl Command {
    fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve(args) => commands::block_on(async move { serve::run(&args).await }),
            Self::Worker(args) => commands::block_on(async move { worker_command::run(&args).await }),
            Self::Migrate => commands::block_on(migrate::run()),
            Self::Council(args) => commands::block_on(council::run(args)),
            Self::Operator(args) => commands::block_on(operator::run(args)),
            Self::Demo(args) => commands::block_on(async move { demo_command::run(&args).await }),
            Self::Routes => routes::run(),
            Self::Rules(args) => rules::run(args),
            Self::Bench(args) => bench::run(&args),
            Self::Code(args) => code::run(&args),
            Self::Calendar(args) => calendar::run(&args),
            Self::Audit(args) => commands::block_on(audit::run(args)),
        }
    }

    /// What is logged where `COUNTERFOIL_LOG` does not say: a service tells what it does, a tool what went wrong.
    fn default_filter(&self) -> &'static str {
        match self {
            Self::Serve(_) | Self::Worker(_) => "info",
            Self::Migrate
            | Self::Council(_)
            | Self::Operator(_)
            | Self::Demo(_)
            | Self::Code(_)
            | Self::Calendar(_)
            | Self::Routes
            | Self::Rules(_)
            | Self::Bench(_)
            | Self::Audit(_) => "warn",
        }
    }
}
