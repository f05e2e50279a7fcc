//! `counterfoil serve`: the pages and the health checks, until it is told to stop.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_PUBLIC_URL` | the address by which people reach the service; without it, `http://localhost` and the port |
//! | `COUNTERFOIL_TRUSTED_PROXIES` | how many proxies of our own write into `X-Forwarded-For`; none unless it says so |
//! | `COUNTERFOIL_ANCHOR` | see `counterfoil_tenants::audit` |
//! | `REDIS_URL`, `COUNTERFOIL_REPLICAS` | see `counterfoil_web::events` |

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use counterfoil_tenants::audit::AnchorFolder;
use counterfoil_tenants::migrate::migrate;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_tenants::{Config, Connections};
use counterfoil_web::events::Backplane;
use counterfoil_web::{App, Assets, Service};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::database::Server;
use crate::means;

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
/// Where the database, Redis, the assets or the address cannot be had.
pub(crate) async fn run(args: &ServeArgs) -> anyhow::Result<ExitCode> {
    let server = Server::from_environment().await?;
    if server.is_private() {
        // Nobody else could.
        migrate(server.config()).await?;
    }
    let master_key = Arc::new(means::master_key_of_environment()?);
    let listener =
        TcpListener::bind(args.address).await.with_context(|| format!("{} cannot be listened on", args.address))?;
    listen(listener, Assets::load(&Assets::folder())?, server.config(), master_key).await?;
    Ok(ExitCode::SUCCESS)
}

/// Serves on a listener, prints the address, and ends in order at SIGINT or SIGTERM.
///
/// # Errors
/// Where Redis or the assets cannot be had, or serving fails.
pub(crate) async fn listen(
    listener: TcpListener,
    assets: Assets,
    config: &Config,
    master_key: Arc<MasterKey>,
) -> anyhow::Result<()> {
    let backplane = Backplane::from_env().await?;
    tracing::info!("{}", backplane.describe());
    let events = backplane.events.clone();
    let public_address = public_address(listener.local_addr()?)?;
    let service = Service {
        config: config.clone(),
        connections: Connections::new(config)?,
        master_key,
        sessions: backplane.sessions,
        events: backplane.events,
        public_address: public_address.clone(),
        trusted_proxies: trusted_proxies()?,
        anchor: AnchorFolder::from_env()?,
    };
    let app = App::new(assets, service)?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    writeln!(std::io::stdout(), "Serving on {}", public_address.as_str().trim_end_matches('/'))?;
    counterfoil_web::serve(listener, app, async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        tracing::info!("stopping");
        // streams would never end by themselves
        events.close();
    })
    .await?;
    Ok(())
}

/// What people type. Browsers allow passkeys at `localhost`, and at no address of numbers.
fn public_address(listening: SocketAddr) -> anyhow::Result<Url> {
    let text = std::env::var("COUNTERFOIL_PUBLIC_URL").ok().filter(|text| !text.trim().is_empty());
    let text = text.unwrap_or_else(|| format!("http://localhost:{}", listening.port()));
    let url =
        Url::parse(text.trim()).context("COUNTERFOIL_PUBLIC_URL is not an address such as https://pay.example")?;
    anyhow::ensure!(
        matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && url.path() == "/",
        "COUNTERFOIL_PUBLIC_URL has to be an address such as https://pay.example, without a path"
    );
    Ok(url)
}

fn trusted_proxies() -> anyhow::Result<usize> {
    match std::env::var("COUNTERFOIL_TRUSTED_PROXIES") {
        Ok(text) if !text.trim().is_empty() => {
            text.trim().parse().context("COUNTERFOIL_TRUSTED_PROXIES has to be a whole number, 0 or more")
        }
        _ => Ok(0),
    }
}
