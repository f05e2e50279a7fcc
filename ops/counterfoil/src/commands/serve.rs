//! `counterfoil serve`: the pages and the health checks, until it is told to stop.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::migrate::{is_current, migrate};
use counterfoil_tenants::overview::{self, RunSeen};
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::{Config, Connections};
use counterfoil_web::{Answer, App, Assets, NotReady, RunRow, RunsSource, SourceError};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::database::Server;

/// Where to serve.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "COUNTERFOIL_ADDR", default_value = "127.0.0.1:8080")]
    address: SocketAddr,
}

/// Runs the command.
///
/// # Errors
/// Where the database, the assets or the address cannot be had.
pub(crate) async fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let server = Server::from_environment().await?;
    if server.is_private() {
        // Nobody else could.
        migrate(server.config()).await?;
    }
    let source = Arc::new(Database::new(server.config())?);
    let listener =
        TcpListener::bind(args.address).await.with_context(|| format!("{} cannot be listened on", args.address))?;
    listen(listener, Assets::load(&Assets::folder())?, source).await?;
    Ok(ExitCode::SUCCESS)
}

/// Serves on a listener, prints the address, and ends in order at SIGINT or SIGTERM.
///
/// # Errors
/// Where the assets cannot be read or serving fails.
pub(crate) async fn listen(listener: TcpListener, assets: Assets, source: Arc<dyn RunsSource>) -> anyhow::Result<()> {
    let app = App::new(assets, source)?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    writeln!(std::io::stdout(), "Serving on http://{}", listener.local_addr()?)?;
    counterfoil_web::serve(listener, app, async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        tracing::info!("stopping");
    })
    .await?;
    Ok(())
}

/// What the pages ask of the database.
pub(crate) struct Database {
    config: Config,
    connections: Connections,
}

impl Database {
    /// Over a database.
    ///
    /// # Errors
    /// Where its pools cannot be made.
    pub(crate) fn new(config: &Config) -> anyhow::Result<Self> {
        Ok(Self { config: config.clone(), connections: Connections::new(config)? })
    }

    async fn all_runs(&self) -> counterfoil_tenants::Result<Vec<RunRow>> {
        let mut rows = Vec::new();
        for council in Identity::new(&self.connections).councils().await? {
            let scope = CouncilScope::system(&self.connections, council.id, "front-page");
            let runs = scope.read(async |tx: &mut Tx<'_>| overview::runs(tx).await).await?;
            rows.extend(runs.into_iter().map(|run| row(&council.name, run)));
        }
        Ok(rows)
    }
}

fn row(council: &str, run: RunSeen) -> RunRow {
    RunRow {
        council: council.to_owned(),
        schedule: run.schedule.1,
        period_start: run.period.0,
        period_end: run.period.1,
        state: run.state.words().to_owned(),
        claims: run.claims.unsigned_abs(),
        paid: run.pays,
        suspended: run.suspended,
        bank_date: Some(run.bank_date),
        files: run.file.map(|serial| format!("Payment file {serial}")).into_iter().collect(),
    }
}

impl RunsSource for Database {
    fn runs(&self) -> Answer<'_, Result<Vec<RunRow>, SourceError>> {
        Box::pin(async { self.all_runs().await.map_err(|error| SourceError(format!("{error:?}"))) })
    }

    fn ready(&self) -> Answer<'_, Result<(), NotReady>> {
        Box::pin(async {
            match is_current(&self.config).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(NotReady::NotMigrated),
                Err(error) => {
                    tracing::warn!(%error, "the database was asked whether it is up to date");
                    Err(NotReady::Unreachable)
                }
            }
        })
    }
}
