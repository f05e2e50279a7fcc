//! The sealer: goes round all ledgers every few seconds, chains the audit records that were committed, and writes the end
//! of each chain into the anchor's folder. Runs beside `serve` and `worker`, any number of times.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_ANCHOR` | see `counterfoil_tenants::audit`'s anchor |

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use counterfoil_core::audit_chain::{Head, Ledger};
use counterfoil_tenants::audit::{AnchorFolder, Appended, Chain, Pace, Reach};
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::{Connections, failpoint};
use tokio_util::sync::CancellationToken;

/// How long between two rounds.
const PAUSE: Duration = Duration::from_secs(5);

/// How often every record is looked at, and not only those of late.
const SWEEP: Duration = Duration::from_secs(24 * 60 * 60);

/// Seals and anchors every ledger.
pub(crate) struct Sealer {
    connections: Connections,
    anchor: Option<AnchorFolder>,
}

/// A ledger with its council's name and slug, for people to read.
pub(crate) struct Named {
    pub(crate) chain: Chain,
    pub(crate) slug: String,
    pub(crate) name: String,
}

/// What a round did to a ledger.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    /// How many records it sealed.
    pub(crate) sealed: u64,
    /// The end of the chain.
    pub(crate) head: Option<Head>,
    /// What became of its anchor; none without a folder, or where nothing is sealed.
    pub(crate) anchored: Option<Appended>,
}

impl Sealer {
    /// With the folder that the environment names for the anchor, if any.
    ///
    /// # Errors
    /// When the environment names something else.
    pub(crate) fn from_environment(connections: &Connections) -> anyhow::Result<Self> {
        Ok(Self::new(connections, AnchorFolder::from_env()?))
    }

    /// With a folder for the anchor, or without.
    pub(crate) fn new(connections: &Connections, anchor: Option<AnchorFolder>) -> Self {
        Self { connections: connections.clone(), anchor }
    }

    /// Every ledger: the platform's and each council's.
    ///
    /// # Errors
    /// When the councils cannot be read.
    pub(crate) async fn ledgers(connections: &Connections) -> anyhow::Result<Vec<Named>> {
        let identity = Identity::new(connections);
        let councils = identity.councils().await.context("the councils cannot be read")?;
        let platform = Named {
            chain: Chain::of_platform(&identity),
            slug: "platform".to_owned(),
            name: "The platform".to_owned(),
        };
        let council = |council: counterfoil_tenants::identity::Council| Named {
            chain: Chain::of_council(&CouncilScope::system(connections, council.id, "seal-audit")),
            slug: council.slug,
            name: council.name,
        };
        Ok(std::iter::once(platform).chain(councils.into_iter().map(council)).collect())
    }

    /// Seals a ledger, and anchors its end.
    ///
    /// # Errors
    /// When the database or the anchor's folder cannot be written; what is sealed stays sealed, and is anchored the next
    /// time.
    pub(crate) async fn once(&self, chain: &Chain, reach: Reach, pace: Pace) -> anyhow::Result<Done> {
        let now = Utc::now();
        let sealed = chain.seal(reach, now).await.context("the audit cannot be sealed")?;
        failpoint::hit("audit-sealed");
        let anchored = match (&self.anchor, sealed.head) {
            (Some(folder), Some(head)) => Some(anchor(folder, chain, head, now, pace).await?),
            _ => None,
        };
        Ok(Done { sealed: sealed.records, head: sealed.head, anchored })
    }

    /// Goes round until it is told to stop; what it is sealing then it finishes.
    pub(crate) async fn until(&self, stop: CancellationToken) {
        match &self.anchor {
            Some(folder) => tracing::info!(folder = %folder.path().display(), "the audit is sealed and anchored"),
            None => tracing::warn!(
                "COUNTERFOIL_ANCHOR is not set: the audit is sealed, but its end is kept nowhere outside the database. \
                 Whoever can rewrite the database can rewrite the audit, and nobody would notice. Name a folder on \
                 another machine, or one that only grows."
            ),
        }
        let mut rounds = Rounds::default();
        while !stop.is_cancelled() {
            if let Err(error) = self.round(&mut rounds, &stop).await {
                tracing::warn!(error = format!("{error:#}"), "the audit is not sealed");
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
        }
    }

    async fn round(&self, rounds: &mut Rounds, stop: &CancellationToken) -> anyhow::Result<()> {
        for ledger in Self::ledgers(&self.connections).await? {
            if stop.is_cancelled() {
                break;
            }
            let (name, chain) = (ledger.chain.ledger(), &ledger.chain);
            match self.once(chain, rounds.reach(name), Pace::Unhurried).await {
                Ok(done) => rounds.tell(name, &done),
                // the others are sealed all the same
                Err(error) => tracing::warn!(ledger = %name, error = format!("{error:#}"), "a ledger is not sealed"),
            }
        }
        Ok(())
    }
}

/// What is remembered from round to round.
#[derive(Default)]
struct Rounds {
    swept: HashMap<Ledger, Instant>,
    /// Ledgers whose anchor was seen to be ahead, so that it is told once and not every few seconds.
    ahead: HashSet<Ledger>,
}

impl Rounds {
    fn reach(&mut self, ledger: Ledger) -> Reach {
        let now = Instant::now();
        match self.swept.get(&ledger) {
            Some(swept) if now.duration_since(*swept) < SWEEP => Reach::Recent,
            _ => {
                self.swept.insert(ledger, now);
                Reach::All
            }
        }
    }

    fn tell(&mut self, ledger: Ledger, done: &Done) {
        if done.sealed > 0 {
            tracing::debug!(%ledger, records = done.sealed, "sealed");
        }
        match done.anchored {
            Some(Appended::Ahead(known)) if self.ahead.insert(ledger) => {
                tracing::error!(%ledger, known = known.sequence, "{}", ahead_of(done));
            }
            Some(Appended::Ahead(_) | Appended::TooSoon) | None => {}
            Some(Appended::Added | Appended::Known) => {
                self.ahead.remove(&ledger);
            }
        }
    }
}

/// What it means that the anchor knows more than the database.
pub(crate) fn ahead_of(done: &Done) -> String {
    let last = done.head.map_or(0, |head| head.sequence);
    format!(
        "the audit ends at record {last} with another digest than was anchored: records were changed or lost, or an \
         older copy of the database was restored; \u{2018}counterfoil audit verify\u{2019} tells which"
    )
}

async fn anchor(
    folder: &AnchorFolder,
    chain: &Chain,
    head: Head,
    now: DateTime<Utc>,
    pace: Pace,
) -> anyhow::Result<Appended> {
    let ledger = chain.ledger();
    let append = async |head| {
        let appended = folder.append(ledger, head, now, pace).await;
        appended.with_context(|| format!("{} cannot be written", folder.file(ledger).display()))
    };
    match append(head).await? {
        // another process may have sealed more and anchored it meanwhile
        Appended::Ahead(_) => append(chain.head().await?.unwrap_or(head)).await,
        appended => Ok(appended),
    }
}
