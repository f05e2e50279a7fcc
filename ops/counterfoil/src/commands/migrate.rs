//! `counterfoil migrate`: brings the database up to date and says what was done.

use std::io::Write as _;
use std::process::ExitCode;

use counterfoil_tenants::migrate::migrate;

use crate::database::Server;

/// Runs the command.
///
/// # Errors
/// Where the database cannot be reached or started, or refuses a migration.
pub(crate) async fn run() -> anyhow::Result<ExitCode> {
    let server = Server::from_environment().await?;
    let ran = migrate(server.config()).await?;
    let mut out = std::io::stdout().lock();
    for name in &ran {
        writeln!(out, "ran {name}")?;
    }
    writeln!(out, "The database is up to date.")?;
    Ok(ExitCode::SUCCESS)
}
