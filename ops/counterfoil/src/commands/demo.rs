//! `counterfoil demo`: loads five councils into a fresh database, plays what happens to them over some weeks of a
//! simulated clock, writes every file that comes of it, and serves the result.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::Utc;
use clap::Args;
use counterfoil_tenants::Connections;
use counterfoil_tenants::audit::{AnchorFolder, Pace, Reach};
use counterfoil_tenants::migrate::migrate;
use counterfoil_tenants::vault::MasterKey;
use counterfoil_web::{App, Assets};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::commands::serve;
use crate::database::Server;
use crate::demo::clock::FileClock;
use crate::demo::outbox::Outbox;
use crate::demo::play::{self, Play};
use crate::demo::seed::Seed;
use crate::demo::world::World;
use crate::demo::{SEED, agreed, invoices, load, logins, open, report, rules, talk, timeline, trials};
use crate::post::Post;
use crate::sealer::Sealer;
use crate::worker::{LEASE, Worker};
use crate::{means, public_address};

/// What to play, and what to do then.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// End when everything is played and written, instead of serving it
    #[arg(long)]
    once: bool,
    /// Folder for payment files, remittance advices, e-mails and summary.json
    #[arg(long, default_value = "counterfoil-demo")]
    out: PathBuf,
    /// Port to serve on; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Another seed makes other councils
    #[arg(long)]
    seed: Option<u64>,
    /// File with an instant, like 2024-12-22T17:59:00Z, that the demo goes by: it is played up to it, served at it, and goes
    /// on as the file is rewritten. Not with DATABASE_URL
    #[arg(long, conflicts_with = "once")]
    clock: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Where the database, a file or the address cannot be had, or something in the demo goes wrong.
pub(crate) async fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let seed = args.seed.map_or(SEED, Seed::new);
    let clock = args.clock.as_deref().map(FileClock::open).transpose()?.map(Arc::new);
    // what serving needs is asked for before the minutes of playing, not after
    let assets = if args.once { None } else { Some(Assets::load(&Assets::folder())?) };
    let outbox = Outbox::new(&args.out)?;
    let server = Server::fresh().await?;
    let shown = on(&server, args, (seed, clock), assets, &outbox).await;
    shown.map_err(|error| server.explain(error))
}

/// Runs the command on a database server.
async fn on(
    server: &Server,
    args: &DemoArgs,
    (seed, clock): (Seed, Option<Arc<FileClock>>),
    assets: Option<Assets>,
    outbox: &Outbox,
) -> anyhow::Result<ExitCode> {
    migrate(server.config()).await?;
    let connections = Connections::new(server.config())?;
    // nobody else knows the demo's database, so that nobody else needs the key
    let loaded = means::load(MasterKey::generate())?;

    let bar = progress("Councils");
    let world = World::generate(seed)?;
    let with = load::Means {
        connections: &connections,
        master_key: &loaded.means.master_key,
        packs: &loaded.packs,
        holidays: &loaded.means.holidays,
        seed,
    };
    load::world(&with, &world, &bar).await?;
    bar.finish_with_message("set up");

    let folders: BTreeMap<_, _> =
        world.councils.iter().map(|council| (council.id, format!("{}/e-mails", council.slug))).collect();
    let post = Arc::new(Post::from_environment(outbox.folder(), folders)?);
    println!("E-mails go {}.", post.describe());
    let master_key = loaded.means.master_key.clone();
    let worker = Worker {
        name: "demo".to_owned(),
        connections: connections.clone(),
        means: loaded.means.clone(),
        post: post.clone(),
        pages: None,
        lease: LEASE,
    };
    let events = timeline::of(&world, seed)?;
    let until = clock.as_ref().map(|clock| clock.now());
    let (played, coming) = events.split_at(events.partition_point(|event| until.is_none_or(|until| event.at <= until)));
    let bar = progress("Weeks");
    let playing = Play { worker: &worker, world: &world, seed, outbox };
    play::play(&playing, played, &bar).await?;
    bar.finish_with_message("played");
    seal(&connections, outbox).await?;

    let figures = report::gather(&connections, &world, Some(outbox)).await?;
    outbox.summary(&report::json(&figures)?)?;
    let now = until.unwrap_or_else(Utc::now);
    logins::open(&connections, &master_key, &world, (outbox, now)).await?;
    println!("\n{}", report::table(&figures)?);
    println!("Files are in {}.", outbox.folder().display());
    if let Some(url) = server.private_url() {
        println!("Other commands reach its database with DATABASE_URL={url}");
    }
    let Some(assets) = assets else { return Ok(ExitCode::SUCCESS) };
    if clock.is_none() {
        agreed::documents(&connections, &world, now).await?;
        open::weeks(&worker, &world, seed, now).await?;
        invoices::write(&worker, &world, now).await?;
        rules::upload(&connections, &loaded.means, &world, now).await?;
        trials::start(&connections, &worker.means, &world, now).await?;
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let listener = TcpListener::bind(address).await.with_context(|| format!("{address} cannot be listened on"))?;
    let Some(clock) = clock else {
        let pages = match public_address::from_environment()? {
            Some(address) => address,
            None => public_address::on_this_machine(listener.local_addr()?.port())?,
        };
        let worker = Worker { pages: Some(pages.as_str().trim_end_matches('/').to_owned()), ..worker };
        talk::say(&worker, &world, seed, now).await?;
        // whoever writes on the demo's pages has their mail sent, as in earnest
        let stop = CancellationToken::new();
        let working = tokio::spawn({
            let stop = stop.clone();
            async move { worker.until(stop).await }
        });
        serve::listen(listener, assets, server.config(), loaded.means, post).await?;
        stop.cancel();
        working.await.context("the demo's worker stopped short")?;
        return Ok(ExitCode::SUCCESS);
    };
    // here the clock's own worker does the jobs
    let shown = clock.clone();
    let by_the_clock = |app: App| app.with_clock(Arc::new(move || shown.now()));
    tokio::select! {
        served = serve::listen_as(listener, assets, server.config(), (loaded.means, post), by_the_clock) => served?,
        followed = play::follow(&playing, coming, &clock) => followed?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Seals what was played, and anchors it beside the demo's files where the environment names no other folder.
async fn seal(connections: &Connections, outbox: &Outbox) -> anyhow::Result<()> {
    let anchor = AnchorFolder::from_env()?.unwrap_or_else(|| AnchorFolder::new(outbox.folder().join("anchors")));
    let sealer = Sealer::new(connections, Some(anchor));
    for ledger in Sealer::ledgers(connections).await? {
        sealer.once(&ledger.chain, Reach::All, Pace::Now).await?;
    }
    Ok(())
}

fn progress(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:>10} [{bar:30}] {pos}/{len} {msg}");
    let bar = ProgressBar::new(0).with_prefix(what);
    match style {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}
