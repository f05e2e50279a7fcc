//! `counterfoil serve`: the pages and the health checks, and beside them the letters that the pages write, until it is told
//! to stop.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_PUBLIC_URL` | see `public_address` |
//! | `SMTP_URL`, `COUNTERFOIL_SENDER` | see `post` and `letters` |
//! | `COUNTERFOIL_TRUSTED_PROXIES` | how many proxies of our own write into `X-Forwarded-For`; none unless it says so |
//! | `COUNTERFOIL_METRICS_TOKEN` | who may read `/metrics`; without it, whoever asks from this machine, unless a proxy stands before us |
//! | `COUNTERFOIL_ANCHOR` | see `counterfoil_tenants::audit` |
//! | `REDIS_URL`, `COUNTERFOIL_REPLICAS` | see `counterfoil_web::events` |

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use counterfoil_documents::RemittancePdf;
use counterfoil_tenants::audit::AnchorFolder;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::migrate::migrate;
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::{Config, Connections};
use counterfoil_web::events::Backplane;
use counterfoil_web::{App, Assets, METRICS_TOKEN_VARIABLE, Service};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::caretaker;
use crate::database::Server;
use crate::letters::Letters;
use crate::means;
use crate::post::Post;
use crate::public_address;
use crate::sealer::Sealer;

/// Where to serve.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "COUNTERFOIL_ADDR", default_value = "127.0.0.1:8080")]
    address: SocketAddr,
    /// Folder for e-mails as .eml files where SMTP_URL is not set
    #[arg(long, default_value = "counterfoil-mail")]
    mail: PathBuf,
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
    let means = means::load(means::master_key_of_environment()?)?.means;
    let listener =
        TcpListener::bind(args.address).await.with_context(|| format!("{} cannot be listened on", args.address))?;
    let post = Arc::new(Post::from_environment(&args.mail, BTreeMap::new())?);
    tracing::info!(mail = post.describe(), "serving");
    listen(listener, Assets::load(&Assets::folder())?, server.config(), means, post).await?;
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
    means: Means,
    post: Arc<Post>,
) -> anyhow::Result<()> {
    listen_as(listener, assets, config, (means, post), |app| app).await
}

/// The same with an app that is made up otherwise.
///
/// # Errors
/// As [`listen`].
pub(crate) async fn listen_as(
    listener: TcpListener,
    assets: Assets,
    config: &Config,
    (means, post): (Means, Arc<Post>),
    make_up: impl FnOnce(App) -> App,
) -> anyhow::Result<()> {
    let backplane = Backplane::from_env().await?;
    tracing::info!("{}", backplane.describe());
    let events = backplane.events.clone();
    let public_address = match public_address::from_environment()? {
        Some(address) => address,
        None => public_address::on_this_machine(listener.local_addr()?.port())?,
    };
    let connections = Connections::new(config)?;
    let letters = Letters::from_environment(Identity::new(&connections), post, &public_address);
    let sealer = Sealer::from_environment(&connections)?;
    let beside = connections.clone();
    let service = Service {
        config: config.clone(),
        connections,
        means,
        sessions: backplane.sessions,
        events: backplane.events,
        public_address: public_address.clone(),
        trusted_proxies: trusted_proxies()?,
        anchor: AnchorFolder::from_env()?,
    };
    let mut app = App::new(assets, service)?.with_printer(Arc::new(RemittancePdf::new()?));
    if let Some(token) = std::env::var(METRICS_TOKEN_VARIABLE).ok().filter(|token| !token.trim().is_empty()) {
        app = app.with_metrics_token(token.trim());
    }
    let app = make_up(app);
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    writeln!(std::io::stdout(), "Serving on {}", public_address.as_str().trim_end_matches('/'))?;
    let stop = CancellationToken::new();
    let sending = tokio::spawn({
        let stop = stop.clone();
        async move {
            let taking_care = caretaker::until(&beside, stop.clone());
            tokio::join!(letters.until(stop.clone()), sealer.until(stop.clone()), taking_care)
        }
    });
    let served = counterfoil_web::serve(listener, app, async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        tracing::info!("stopping");
        // streams would never end by themselves
        events.close();
    })
    .await;
    stop.cancel();
    sending.await.context("what runs beside the pages stopped short")?;
    Ok(served?)
}

fn trusted_proxies() -> anyhow::Result<usize> {
    match std::env::var("COUNTERFOIL_TRUSTED_PROXIES") {
        Ok(text) if !text.trim().is_empty() => {
            text.trim().parse().context("COUNTERFOIL_TRUSTED_PROXIES has to be a whole number, 0 or more")
        }
        _ => Ok(0),
    }
}
