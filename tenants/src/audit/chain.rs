//! The chain of one ledger: sealing what has been committed, and where it ends. Records are chained after they are
//! committed, by one sealer at a time, so that whoever writes records never waits for another.

use chrono::{DateTime, Utc};
use counterfoil_core::audit_chain::{Anchors, Digest, Head, Ledger, Verdict, Verifier, digest};
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use super::export::Export;
use super::store::{self, Written};
use crate::connections::{Connections, Role};
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::scope::{CouncilScope, End, Mode, Settings, Tx, Work, in_transaction};

/// How many records are read, sealed or exported at a time.
pub(super) const BATCH: i64 = 1_000;

/// From how many records read again on it is worth while to keep that they are sealed.
const WORTH_SETTLING: u64 = 200;

/// A ledger's chain in the database. Cheap to clone.
#[derive(Clone)]
pub struct Chain {
    connections: Connections,
    ledger: Ledger,
}

/// How much a sealer looks through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What was written since everything was sealed last.
    Recent,
    /// Every record: what a restored copy of the database, with other numbers for its transactions, may have left out.
    All,
}

/// What came of sealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sealed {
    /// How many records were sealed.
    pub records: u64,
    /// The last that is sealed; none where nothing is.
    pub head: Option<Head>,
}

/// A ledger in figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// How many records there are.
    pub records: u64,
    /// How many of them are sealed.
    pub sealed: u64,
    /// How many are not yet.
    pub unsealed: u64,
    /// The last that is sealed; none where nothing is.
    pub head: Option<Head>,
    /// When that was sealed.
    pub sealed_at: Option<DateTime<Utc>>,
}

/// A council's ledger in figures.
///
/// # Errors
/// [`Error::Database`].
pub async fn status(tx: &mut Tx<'_>) -> Result<Status> {
    let ledger = Ledger::Council(tx.tenant());
    status_of(tx.conn(), ledger).await
}

async fn status_of(conn: &mut AsyncPgConnection, ledger: Ledger) -> Result<Status> {
    let row = store::head(conn, ledger).await?.unwrap_or(store::HeadRow::NEW);
    let records = store::count(conn, ledger).await?;
    let sealed = row.head().map_or(0, |head| head.sequence);
    Ok(Status { records, sealed, unsealed: records.saturating_sub(sealed), head: row.head(), sealed_at: row.sealed_at })
}

impl Chain {
    /// A council's.
    #[must_use]
    pub fn of_council(scope: &CouncilScope) -> Self {
        Self { connections: scope.connections().clone(), ledger: Ledger::Council(scope.tenant()) }
    }

    /// The platform's.
    #[must_use]
    pub fn of_platform(identity: &Identity) -> Self {
        Self { connections: identity.connections().clone(), ledger: Ledger::Platform }
    }

    /// Whose records it seals.
    #[must_use]
    pub const fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// In figures.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn status(&self) -> Result<Status> {
        self.transaction(Mode::Read, async |conn: &mut AsyncPgConnection| status_of(conn, self.ledger).await).await
    }

    /// Where it ends; none where nothing is sealed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn head(&self) -> Result<Option<Head>> {
        self.transaction(Mode::Read, async |conn: &mut AsyncPgConnection| {
            Ok(store::head(conn, self.ledger).await?.and_then(|row| row.head()))
        })
        .await
    }

    /// Seals what is committed and not sealed. Any number may do so at once; a record whose transaction is still open is
    /// left to the next time.
    ///
    /// # Errors
    /// [`Error::Database`]; what was sealed before it stays.
    pub async fn seal(&self, reach: Reach, at: DateTime<Utc>) -> Result<Sealed> {
        let (start, first) = self
            .transaction(Mode::Write, async |conn: &mut AsyncPgConnection| {
                let start = Start::of(conn, self.ledger, reach).await?;
                let first = seal_batch(conn, self.ledger, Written::before(start.from), at).await?;
                Ok((start, first))
            })
            .await?;
        let (mut seen, mut records, mut next) = (first.seen, first.sealed, first.next);
        let mut head = first.head.or(start.head);
        while let Some(after) = next {
            let batch = self
                .transaction(Mode::Write, async |conn: &mut AsyncPgConnection| {
                    seal_batch(conn, self.ledger, after, at).await
                })
                .await?;
            seen += batch.seen;
            records += batch.sealed;
            head = batch.head.or(head);
            next = batch.next;
        }
        // everything below the oldest transaction that ran at the start was seen, now or before
        if start.counted_anew || records > 0 || seen >= WORTH_SETTLING {
            self.transaction(Mode::Write, async |conn: &mut AsyncPgConnection| {
                store::settle(conn, self.ledger, start.oldest_running).await
            })
            .await?;
        }
        Ok(Sealed { records, head })
    }

    /// Verifies every record against the chain and against what was anchored elsewhere, as the database has them now.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Refused`] for an anchor of another ledger.
    pub async fn verify(&self, anchors: Anchors, now: DateTime<Utc>) -> Result<Verdict> {
        let mut export = Export::unrecorded(self, now).await?;
        let mut verifier = Verifier::new(export.header().clone(), anchors).map_err(Error::refused)?;
        // the first line is the header
        let mut first = true;
        while let Some(text) = export.next().await? {
            text.lines().skip(usize::from(std::mem::take(&mut first))).for_each(|line| verifier.line(line));
        }
        Ok(verifier.finish())
    }

    /// A transaction about this ledger, as the role that its rows belong to.
    pub(super) async fn transaction<T, F>(&self, mode: Mode, work: F) -> Result<T>
    where
        F: for<'r> Work<&'r mut AsyncPgConnection, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        let (role, tenant) = match self.ledger {
            Ledger::Council(council) => (Role::Council, council.uuid().to_string()),
            Ledger::Platform => (Role::Identity, String::new()),
        };
        let settings = Settings { tenant, ..Settings::default() };
        // the chain is the one thing of a council that is written without a record: it would never come to an end
        in_transaction(&self.connections, role, mode, &settings, async |conn: &mut AsyncPgConnection| {
            store::walk_indexes(conn).await?;
            Ok((work(conn).await?, End::Audited))
        })
        .await
    }
}

/// From where to look.
struct Start {
    from: i64,
    oldest_running: i64,
    counted_anew: bool,
    head: Option<Head>,
}

impl Start {
    async fn of(conn: &mut AsyncPgConnection, ledger: Ledger, reach: Reach) -> Result<Self> {
        // asked before the records are: what commits in between is seen, and not settled
        let oldest_running = store::oldest_running(conn).await?;
        let row = store::head(conn, ledger).await?.unwrap_or(store::HeadRow::NEW);
        // a database that was restored from a dump counts its transactions from the start again
        let counted_anew = oldest_running < row.settled;
        let from = if counted_anew || reach == Reach::All { 0 } else { row.settled };
        Ok(Self { from, oldest_running, counted_anew, head: row.head() })
    }
}

/// What came of a batch.
struct Batch {
    seen: u64,
    sealed: u64,
    /// The end of the chain, where it moved.
    head: Option<Head>,
    /// Where to go on; none when there is nothing more.
    next: Option<Written>,
}

async fn seal_batch(conn: &mut AsyncPgConnection, ledger: Ledger, after: Written, at: DateTime<Utc>) -> Result<Batch> {
    let written = store::written_after(conn, ledger, after, BATCH).await?;
    let full = i64::try_from(written.len()).is_ok_and(|rows| rows == BATCH);
    let next = written.last().copied().filter(|_| full);
    let seen = count(written.len());
    let ids: Vec<Uuid> = written.iter().map(|written| written.id).collect();
    // mostly there is nothing to seal, and then nothing to lock
    if store::places(conn, ledger, &ids).await?.len() == ids.len() {
        return Ok(Batch { seen, sealed: 0, head: None, next });
    }
    let head = store::locked_head(conn, ledger).await?.head();
    // another sealer may have been at it before the lock
    let places = store::places(conn, ledger, &ids).await?;
    let ids: Vec<Uuid> = ids.into_iter().filter(|id| !places.contains_key(id)).collect();
    let records = store::records(conn, ledger, &ids).await?;
    let (mut sequence, mut previous) = head.map_or((0, Digest::GENESIS), |head| (head.sequence, head.digest));
    let mut links = Vec::with_capacity(ids.len());
    for (id, record) in ids.iter().filter_map(|id| records.get_key_value(id)) {
        sequence += 1;
        previous = digest(ledger, sequence, previous, record);
        links.push((*id, Head { sequence, digest: previous }));
    }
    let end = links.last().map(|(_, end)| *end);
    if let Some(end) = end {
        store::append(conn, ledger, &links).await?;
        store::move_head(conn, ledger, end, at).await?;
    }
    Ok(Batch { seen, sealed: count(links.len()), head: end, next })
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
