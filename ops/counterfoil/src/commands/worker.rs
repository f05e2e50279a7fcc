//! `counterfoil worker`: does the jobs of the queue, seals the audit and sends letters, until it is told to stop. Any number
//! may run beside one another.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use chrono::TimeDelta;
use clap::Args;
use counterfoil_tenants::Connections;
use counterfoil_tenants::identity::Identity;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::caretaker;
use crate::database::Server;
use crate::letters::Letters;
use crate::means;
use crate::post::Post;
use crate::public_address;
use crate::sealer::Sealer;
use crate::worker::Worker;

/// How to work.
#[derive(Debug, Args)]
pub(crate) struct WorkerArgs {
    /// Folder for e-mails as .eml files where SMTP_URL is not set
    #[arg(long, default_value = "counterfoil-mail")]
    mail: PathBuf,
    /// End when nothing is due any more
    #[arg(long)]
    once: bool,
    /// Seconds for which a job is lent; when its worker is killed, another takes it over after them
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    lease: u32,
}

/// Runs the command.
///
/// # Errors
/// Where the database or the rules cannot be had.
pub(crate) async fn run(args: &WorkerArgs) -> anyhow::Result<ExitCode> {
    let server = Server::from_environment().await?;
    let loaded = means::load(means::master_key_of_environment()?)?;
    let post = Arc::new(Post::from_environment(&args.mail, BTreeMap::new())?);
    tracing::info!(mail = post.describe(), "working");
    let connections = Connections::new(server.config())?;
    let sealer = Sealer::from_environment(&connections)?;
    let beside = connections.clone();
    let public_address = public_address::from_environment()?;
    if public_address.is_none() {
        // a link has to lead to the pages, and the worker cannot know where they are
        tracing::info!("COUNTERFOIL_PUBLIC_URL is not set: letters are left to whoever serves the pages");
    }
    let pages = public_address.as_ref().map(|address| address.as_str().trim_end_matches('/').to_owned());
    let letters =
        public_address.map(|address| Letters::from_environment(Identity::new(&connections), post.clone(), &address));
    let worker = Worker {
        name: format!("worker-{}", uuid::Uuid::now_v7().simple()),
        connections,
        means: loaded.means,
        post,
        pages,
        lease: TimeDelta::seconds(args.lease.into()),
    };
    if args.once {
        while worker.one(chrono::Utc::now()).await?.is_some() {}
        if let Some(letters) = &letters {
            while letters.one(chrono::Utc::now()).await?.is_some() {}
        }
        return Ok(ExitCode::SUCCESS);
    }
    let stop = CancellationToken::new();
    let (mut interrupted, mut terminated) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stopping = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
        stopping.cancel();
    });
    let sending = async {
        if let Some(letters) = &letters {
            letters.until(stop.clone()).await;
        }
    };
    let taking_care = caretaker::until(&beside, stop.clone());
    tokio::join!(worker.until(stop.clone()), sealer.until(stop.clone()), taking_care, sending);
    Ok(ExitCode::SUCCESS)
}
