//! An export of a ledger, a thousand records at a time and in a transaction each, so that neither memory nor a connection
//! is held by whoever takes long to read it. Its lines are those of [`counterfoil_core::audit_chain`].

use chrono::{DateTime, Utc};
use counterfoil_core::audit_chain::{Header, Ledger, sealed_line, unsealed_line};
use counterfoil_core::event::Action;
use counterfoil_core::ids::PersonId;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use super::chain::{BATCH, Chain, Reach};
use super::platform::PlatformRecord;
use super::record::Record;
use super::store::{self, Written};
use crate::error::{Error, Result};
use crate::identity::Identity;
use crate::schema::council;
use crate::scope::{CouncilScope, Mode, Origin, Tx};

/// An export that is being read.
pub struct Export {
    chain: Chain,
    header: Header,
    next: Next,
}

/// What comes next.
enum Next {
    Header,
    /// Sealed records after this one.
    Sealed(u64),
    /// Records that are not sealed, after this place.
    Unsealed(Written),
    End,
}

impl Export {
    /// Exports a council's records: that it was exported is recorded first, everything is sealed, and both are in it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn of_council(scope: &CouncilScope, at: DateTime<Utc>) -> Result<Self> {
        scope
            .transaction(at, async |tx: &mut Tx<'_>| {
                let record = Record::of(Action::ExportAudit, tx.tenant());
                tx.audited(record).await.map(drop)
            })
            .await?;
        let chain = Chain::of_council(scope);
        chain.seal(Reach::Recent, at).await?;
        Self::unrecorded(&chain, at).await
    }

    /// Exports the platform's records, likewise, for an operator or for whoever runs the command.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn of_platform(
        identity: &Identity,
        at: DateTime<Utc>,
        by: Option<PersonId>,
        origin: &Origin,
    ) -> Result<Self> {
        let record = PlatformRecord::on(Action::ExportAudit, at, "platform").from(origin);
        identity.record(&by.map_or(record.clone(), |person| record.by(person))).await?;
        let chain = Chain::of_platform(identity);
        chain.seal(Reach::Recent, at).await?;
        Self::unrecorded(&chain, at).await
    }

    /// What is read to verify it on the spot leaves no trace, and takes everything as it is.
    pub(super) async fn unrecorded(chain: &Chain, at: DateTime<Utc>) -> Result<Self> {
        let ledger = chain.ledger();
        let (name, head) = chain
            .transaction(Mode::Read, async |conn: &mut AsyncPgConnection| {
                let name = match ledger {
                    Ledger::Platform => "The platform".to_owned(),
                    Ledger::Council(id) => {
                        council::table.filter(council::id.eq(id.uuid())).select(council::name).first(conn).await?
                    }
                };
                Ok((name, store::head(conn, ledger).await?.and_then(|row| row.head())))
            })
            .await?;
        Ok(Self { chain: chain.clone(), header: Header::new(ledger, &name, at, head), next: Next::Header })
    }

    /// Its first line.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The next lines, each with its end; none after the last.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next(&mut self) -> Result<Option<String>> {
        let last = self.header.head.map_or(0, |head| head.sequence);
        loop {
            match self.next {
                Next::Header => {
                    let unwritten = |error: serde_json::Error| Error::Unreadable { what: error.to_string() };
                    self.next = Next::Sealed(0);
                    return Ok(Some(self.header.line().map_err(unwritten)? + "\n"));
                }
                Next::Sealed(after) => match self.sealed(after, last).await? {
                    Some(text) => return Ok(Some(text)),
                    None => self.next = Next::Unsealed(Written::before(0)),
                },
                Next::Unsealed(after) => match self.unsealed(after, last).await? {
                    Some(text) => return Ok(Some(text)),
                    None => self.next = Next::End,
                },
                Next::End => return Ok(None),
            }
        }
    }

    async fn sealed(&mut self, after: u64, last: u64) -> Result<Option<String>> {
        let ledger = self.chain.ledger();
        let rows = self
            .chain
            .transaction(Mode::Read, async |conn: &mut AsyncPgConnection| {
                store::sealed_after(conn, ledger, after, last, BATCH).await
            })
            .await?;
        let Some((end, _)) = rows.last() else { return Ok(None) };
        self.next = Next::Sealed(end.sequence);
        Ok(Some(lines(rows.iter().map(|(place, record)| sealed_line(*place, record.as_deref())))))
    }

    /// Records without a place among those that this export has as sealed; later places are of no matter to it.
    async fn unsealed(&mut self, after: Written, last: u64) -> Result<Option<String>> {
        let ledger = self.chain.ledger();
        let mut found = Vec::new();
        let mut after = Some(after);
        while let (Some(place), true) = (after, found.is_empty()) {
            (after, found) = self
                .chain
                .transaction(Mode::Read, async |conn: &mut AsyncPgConnection| {
                    let written = store::written_after(conn, ledger, place, BATCH).await?;
                    let ids: Vec<Uuid> = written.iter().map(|written| written.id).collect();
                    let places = store::places(conn, ledger, &ids).await?;
                    let sealed = |id: &Uuid| places.get(id).is_some_and(|place| *place <= last);
                    let ids: Vec<Uuid> = ids.into_iter().filter(|id| !sealed(id)).collect();
                    let mut records = store::records(conn, ledger, &ids).await?;
                    let found: Vec<String> = ids.iter().filter_map(|id| records.remove(id)).collect();
                    Ok((written.last().copied(), found))
                })
                .await?;
        }
        self.next = after.map_or(Next::End, Next::Unsealed);
        Ok((!found.is_empty()).then(|| lines(found.iter().map(|record| unsealed_line(record)))))
    }
}

/// Records that somebody takes a council's records with them as a table, for people to read; it proves nothing.
///
/// # Errors
/// [`Error::Database`].
pub async fn table_exported(scope: &CouncilScope, at: DateTime<Utc>) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let record = Record::of(Action::ExportAudit, tx.tenant()).detail(json!({ "format": "csv" }));
            tx.audited(record).await.map(drop)
        })
        .await
}

fn lines(each: impl Iterator<Item = String>) -> String {
    each.fold(String::new(), |mut text, line| {
        text.push_str(&line);
        text.push('\n');
        text
    })
}
