//! `counterfoil serve`: the pages and the health checks, until it is told to stop.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use counterfoil_tenants::Config;
use counterfoil_tenants::migrate::{is_current, migrate};
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
    let source = Arc::new(Database {
        config: server.config().clone(),
    });
    let listener = TcpListener::bind(args.address)
        .await
        .with_context(|| format!("{} cannot be listened on", args.address))?;
    listen(listener, source).await?;
    Ok(ExitCode::SUCCESS)
}

/// Serves on a listener, prints the address, and ends in order at SIGINT or SIGTERM.
///
/// # Errors
/// Where the assets cannot be read or serving fails.
pub(crate) async fn listen(
    listener: TcpListener,
    source: Arc<dyn RunsSource>,
) -> anyhow::Result<()> {
    let app = App::new(Assets::load(&Assets::folder())?, source)?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    writeln!(
        std::io::stdout(),
        "Serving on http://{}",
        listener.local_addr()?
    )?;
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
struct Database {
    config: Config,
}

impl RunsSource for Database {
    fn runs(&self) -> Answer<'_, Result<Vec<RunRow>, SourceError>> {
        // Reading every council's runs is not part of `counterfoil-tenants` yet: the page says that there are none.
        Box::pin(async { Ok(Vec::new()) })
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
