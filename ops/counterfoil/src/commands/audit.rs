//! `counterfoil audit ...`: exports, verifies, seals and anchors the record of who did what.
//!
//! Verifying a file needs nothing but the file and the anchor. Exit code 0 when everything is as it was sealed, 1 with a
//! sentence for each fault, 2 when something cannot be read.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use chrono::Utc;
use clap::{Args, Subcommand};
use counterfoil_core::audit_chain::{Anchors, Header, Verdict, Verifier};
use counterfoil_core::event::Action;
use counterfoil_tenants::Connections;
use counterfoil_tenants::audit::{AnchorFolder, Appended, Export, Pace, PlatformRecord, Reach};
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::scope::{CouncilScope, Origin};

use crate::database::Server;
use crate::sealer::{Done, Named, Sealer, ahead_of};

/// What can be done with the audit.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Write a ledger's records to a file that anybody can verify
    Export(ExportArgs),
    /// Say what is not as it was sealed, in an export or in the database
    Verify(VerifyArgs),
    /// Seal what is committed, of every ledger
    Seal,
    /// Seal every ledger, and write the ends of the chains to the folder that COUNTERFOIL_ANCHOR names
    Anchor,
}

#[derive(Debug, Args)]
struct ExportArgs {
    #[command(flatten)]
    whose: Whose,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The council, as it is named in addresses
    council: Option<String>,
    /// What happened to logins and to the platform itself
    #[arg(long)]
    platform: bool,
}

impl Whose {
    /// The slug by which the ledger goes.
    fn slug(&self) -> &str {
        self.council.as_deref().unwrap_or("platform")
    }
}

#[derive(Debug, Args)]
struct VerifyArgs {
    /// An export, or a council as it is named in addresses: then what the database holds now
    #[arg(required_unless_present = "platform", conflicts_with = "platform")]
    target: Option<String>,
    /// What the database holds of logins and of the platform itself
    #[arg(long, conflicts_with = "anchor")]
    platform: bool,
    /// The anchor's file; for a council, the folder that COUNTERFOIL_ANCHOR names has it
    #[arg(long, value_name = "FILE")]
    anchor: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the answer cannot be printed. What cannot be read is an answer: it is said on standard error, and the exit code
/// is 2.
pub(crate) async fn run(args: AuditArgs) -> anyhow::Result<ExitCode> {
    let outcome = match args.command {
        AuditCommand::Export(args) => export(&args).await,
        AuditCommand::Verify(args) => verify(&args).await,
        AuditCommand::Seal => seal().await,
        AuditCommand::Anchor => anchor().await,
    };
    outcome.or_else(|error| {
        writeln!(std::io::stderr(), "counterfoil: {error:#}")?;
        Ok(ExitCode::from(2))
    })
}

/// The database, and all ledgers in it. The server stops when it is dropped.
struct Ledgers {
    _server: Server,
    connections: Connections,
    all: Vec<Named>,
}

impl Ledgers {
    async fn open() -> anyhow::Result<Self> {
        let server = Server::from_environment().await?;
        let connections = Connections::new(server.config())?;
        let all = Sealer::ledgers(&connections).await?;
        Ok(Self { _server: server, connections, all })
    }

    fn named(&self, slug: &str) -> anyhow::Result<&Named> {
        let found = self.all.iter().find(|ledger| ledger.slug == slug);
        found.with_context(|| format!("there is no council \u{2018}{slug}\u{2019}, nor a file of that name"))
    }
}

async fn export(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let ledgers = Ledgers::open().await?;
    let ledger = ledgers.named(args.whose.slug())?;
    let identity = Identity::new(&ledgers.connections);
    let council =
        identity.councils().await?.into_iter().find(|council| Some(&council.slug) == args.whose.council.as_ref());
    // a file that is there already is somebody's evidence
    let mut file = File::create_new(&args.out).with_context(|| args.out.display().to_string())?;
    let mut export = match council {
        Some(council) => {
            let scope = CouncilScope::system(&ledgers.connections, council.id, "audit-export");
            Export::of_council(&scope, Utc::now()).await?
        }
        None => Export::of_platform(&identity, Utc::now(), None, &Origin::default()).await?,
    };
    while let Some(lines) = export.next().await? {
        file.write_all(lines.as_bytes())?;
    }
    file.sync_all()?;
    let records = export.header().head.map_or(0, |head| head.sequence);
    writeln!(std::io::stdout(), "{}: {records} sealed records are in {}.", ledger.name, args.out.display())?;
    Ok(ExitCode::SUCCESS)
}

async fn verify(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    match &args.target {
        Some(target) if args.anchor.is_some() || Path::new(target).is_file() => {
            let (name, verdict) = verify_file(Path::new(target), args.anchor.as_deref())?;
            told(&name, &verdict, args.anchor.is_some())
        }
        target => {
            ensure!(args.anchor.is_none(), "--anchor goes with an export");
            let ledgers = Ledgers::open().await?;
            let ledger = ledgers.named(target.as_deref().unwrap_or("platform"))?;
            let folder = AnchorFolder::from_env()?;
            let anchors = match &folder {
                Some(folder) => {
                    let file = folder.file(ledger.chain.ledger());
                    let anchors = folder.read(ledger.chain.ledger()).await;
                    warned(anchors.with_context(|| file.display().to_string())?, &file)?
                }
                None => Anchors::default(),
            };
            let verdict = ledger.chain.verify(anchors, Utc::now()).await?;
            told(&ledger.name, &verdict, folder.is_some())
        }
    }
}

/// Verifies an export with nothing but the two files, a line at a time.
fn verify_file(export: &Path, anchor: Option<&Path>) -> anyhow::Result<(String, Verdict)> {
    let said = |path: &Path| path.display().to_string();
    let anchors = match anchor {
        Some(anchor) => {
            let text = std::fs::read_to_string(anchor).with_context(|| said(anchor))?;
            let anchors = warned(Anchors::read(&text), anchor)?;
            ensure!(anchors.newest().is_some(), "{}: it has no anchor", said(anchor));
            anchors
        }
        None => Anchors::default(),
    };
    // bytes that are no text are put in the place of others and found like any other change
    let mut lines = BufReader::new(File::open(export).with_context(|| said(export))?).split(b'\n');
    let Some(first) = lines.next() else { bail!("{}: it is empty", said(export)) };
    let first = first.with_context(|| said(export))?;
    let header = Header::read(&String::from_utf8_lossy(&first)).with_context(|| said(export))?;
    let name = header.name.clone();
    let mut verifier = Verifier::new(header, anchors).with_context(|| said(export))?;
    for line in lines {
        verifier.line(&String::from_utf8_lossy(&line.with_context(|| said(export))?));
    }
    Ok((name, verifier.finish()))
}

/// Tells of lines that cannot be read, which prove nothing either way.
fn warned(anchors: Anchors, file: &Path) -> anyhow::Result<Anchors> {
    for line in &anchors.unreadable {
        writeln!(std::io::stderr(), "{}: line {line} cannot be read and is passed over", file.display())?;
    }
    Ok(anchors)
}

/// Prints what came of verifying.
fn told(name: &str, verdict: &Verdict, anchored: bool) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for fault in &verdict.faults {
        writeln!(out, "{fault}")?;
    }
    let more = verdict.faults_found.saturating_sub(u64::try_from(verdict.faults.len())?);
    if more > 0 {
        writeln!(out, "And {more} more.")?;
    }
    let outcome = match verdict.faults_found {
        0 => "everything is as it was sealed".to_owned(),
        1 => "1 fault".to_owned(),
        faults => format!("{faults} faults"),
    };
    writeln!(out, "{name}: {} sealed records, {outcome}.", verdict.rows)?;
    if verdict.unsealed > 0 {
        writeln!(out, "Not sealed yet, so that nothing is proved of them: {}.", verdict.unsealed)?;
    }
    match verdict.anchored {
        Some(anchor) => {
            let at = anchor.at.format("%H:%M:%S UTC on %d/%m/%Y");
            writeln!(out, "Anchored outside the database up to record {}, at {at}.", anchor.sequence)?;
        }
        None if anchored => writeln!(out, "Nothing of it is anchored.")?,
        None => writeln!(
            out,
            "There is no anchor outside the database to compare with: a chain that was computed anew would not be noticed."
        )?,
    }
    Ok(if verdict.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn seal() -> anyhow::Result<ExitCode> {
    let ledgers = Ledgers::open().await?;
    let sealer = Sealer::new(&ledgers.connections, None);
    for ledger in &ledgers.all {
        let done = sealer.once(&ledger.chain, Reach::All, Pace::Now).await?;
        writeln!(std::io::stdout(), "{}: {} records sealed, {}", ledger.name, done.sealed, end(&done))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn anchor() -> anyhow::Result<ExitCode> {
    let Some(folder) = AnchorFolder::from_env()? else { bail!("COUNTERFOIL_ANCHOR is not set: it names the folder") };
    let ledgers = Ledgers::open().await?;
    let record = PlatformRecord::on(Action::AnchorAudit, Utc::now(), "platform");
    Identity::new(&ledgers.connections).record(&record).await?;
    let sealer = Sealer::new(&ledgers.connections, Some(folder));
    let mut faults = false;
    for ledger in &ledgers.all {
        let done = sealer.once(&ledger.chain, Reach::All, Pace::Now).await?;
        let anchored = match done.anchored {
            Some(Appended::Added) => "anchored".to_owned(),
            Some(Appended::Known | Appended::TooSoon) => "anchored before".to_owned(),
            Some(Appended::Ahead(_)) => {
                faults = true;
                ahead_of(&done)
            }
            None => "nothing to anchor".to_owned(),
        };
        writeln!(std::io::stdout(), "{}: {}, {anchored}", ledger.name, end(&done))?;
    }
    Ok(if faults { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn end(done: &Done) -> String {
    match done.head {
        Some(head) => format!("ends at record {} with digest {}", head.sequence, head.digest),
        None => "holds nothing sealed".to_owned(),
    }
}
