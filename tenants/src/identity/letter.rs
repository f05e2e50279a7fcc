//! What the platform itself writes to people: invitations, links, and news about their own login. A letter is enqueued
//! in the transaction that makes it true and sent afterwards; [`Identity::next_letter`] lends the next one.

use std::cell::Cell;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{LetterId, LinkId, PersonId};
use diesel::sql_types::{Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::Identity;
use crate::error::{Error, Result};
use crate::record::{Kept as _, kept_words};
use crate::schema::letter;

/// How often sending is tried before a letter is given up.
pub const MOST_ATTEMPTS: i32 = 8;

/// What a letter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// Somebody has made a login for you: choose a password.
    Invitation,
    /// Choose a new password.
    ResetPassword,
    /// Set up a new second factor.
    LostFactor,
    /// Come back after more than ninety days.
    Return,
    /// Sign in while somebody else is guessing at your password.
    Unlock,
    /// Somebody asked for a new password for an address that has no login with one: it signs in through its council.
    NoPassword,
    /// You may now act for a council or an organisation.
    Joined,
    /// You may no longer act for a council or an organisation.
    Removed,
    /// A council would like to work with your organisation.
    OrganisationInvited,
    /// Your password was changed.
    PasswordChanged,
    /// Your second factor was changed, or a recovery code was used.
    FactorChanged,
}

kept_words!(LetterKind);

impl LetterKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Invitation,
        Self::ResetPassword,
        Self::LostFactor,
        Self::Return,
        Self::Unlock,
        Self::NoPassword,
        Self::Joined,
        Self::Removed,
        Self::OrganisationInvited,
        Self::PasswordChanged,
        Self::FactorChanged,
    ];
}

/// A letter that is being sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    /// Its id.
    pub id: LetterId,
    /// The address that it goes to.
    pub email: String,
    /// Whose it is.
    pub name: String,
    /// What it says.
    pub kind: LetterKind,
    /// The link that it brings.
    pub link: Option<LinkId>,
    /// Names that the words need.
    pub context: serde_json::Value,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// Until when the link that it brings is good.
    pub good_until: Option<DateTime<Utc>>,
    /// When it was written.
    pub made_at: DateTime<Utc>,
}

/// A letter that was given up, for whoever operates the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostLetter {
    /// Its id.
    pub id: LetterId,
    /// Whom it was for.
    pub email: String,
    /// What it says.
    pub kind: LetterKind,
    /// When it was written.
    pub made_at: DateTime<Utc>,
    /// What the mail server said.
    pub last_error: Option<String>,
}

/// Enqueues a letter.
pub(crate) async fn write(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    kind: LetterKind,
    link: Option<LinkId>,
    context: &serde_json::Value,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(letter::table)
        .values((
            letter::id.eq(Uuid::now_v7()),
            letter::person_id.eq(person.uuid()),
            letter::kind.eq(kind.raw()),
            letter::link_id.eq(link.map(LinkId::uuid)),
            letter::context.eq(context),
            letter::send_at.eq(at),
            letter::made_at.eq(at),
        ))
        .execute(conn)
        .await?;
    written();
    Ok(())
}

/// Enqueues many letters, each to a person of its own.
pub(crate) async fn write_all(
    conn: &mut AsyncPgConnection,
    letters: &[(PersonId, LetterKind, Option<LinkId>, serde_json::Value)],
    at: DateTime<Utc>,
) -> Result<()> {
    for batch in letters.chunks(1_000) {
        let rows: Vec<_> = batch
            .iter()
            .map(|(person, kind, link, context)| {
                (
                    letter::id.eq(Uuid::now_v7()),
                    letter::person_id.eq(person.uuid()),
                    letter::kind.eq(kind.raw()),
                    letter::link_id.eq(link.map(LinkId::uuid)),
                    letter::context.eq(context),
                    letter::send_at.eq(at),
                    letter::made_at.eq(at),
                )
            })
            .collect();
        diesel::insert_into(letter::table).values(rows).execute(conn).await?;
    }
    written();
    Ok(())
}

tokio::task_local! {
    /// Whether the transaction that is under way writes a letter.
    static WRITTEN: Cell<bool>;
}

/// A letter was written; whoever sends them is woken once that is committed.
pub(super) fn written() {
    // outside a transaction of the platform there is nobody to wake, and letters are looked for every second
    let _ = WRITTEN.try_with(|written| written.set(true));
}

/// Whether a transaction wrote letters, with what came of it.
pub(super) async fn noting<T>(transaction: impl Future<Output = T>) -> (T, bool) {
    let noted = async { (transaction.await, WRITTEN.with(Cell::get)) };
    WRITTEN.scope(Cell::new(false), noted).await
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    link_id: Option<Uuid>,
    #[diesel(sql_type = Jsonb)]
    context: serde_json::Value,
    #[diesel(sql_type = Integer)]
    attempts: i32,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    good_until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Timestamptz)]
    made_at: DateTime<Utc>,
}

impl Identity {
    /// Lends the next letter that is due, for a minute at first and for twice as long each time; whoever sends it says
    /// so, else it is due again. A letter that has been tried [`MOST_ATTEMPTS`] times is given up, also where whoever
    /// tried last never said what came of it. Letters for which somebody waits at a page come before those that a council
    /// sends by the thousand.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn next_letter(&self, now: DateTime<Utc>) -> Result<Option<Letter>> {
        let row: Option<Row> = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                sql_query(
                    "UPDATE letter SET state = 2, last_error = COALESCE(last_error, 'nobody said what came of it') \
                     WHERE state = 0 AND send_at <= $1 AND attempts >= $2",
                )
                .bind::<Timestamptz, _>(now)
                .bind::<Integer, _>(MOST_ATTEMPTS)
                .execute(conn)
                .await?;
                Ok(sql_query(
                    "UPDATE letter l SET attempts = l.attempts + 1, send_at = $1 + interval '1 minute' * power(2, l.attempts) \
                     FROM person p WHERE p.id = l.person_id AND l.id = (SELECT id FROM letter WHERE state = 0 \
                        AND send_at <= $1 AND attempts < $2 \
                        ORDER BY kind IN ('invitation', 'joined', 'removed', 'organisation_invited'), send_at \
                        LIMIT 1 FOR UPDATE SKIP LOCKED) \
                     RETURNING l.id, p.email, p.name, l.kind, l.link_id, l.context, l.attempts, l.made_at, \
                        (SELECT expires_at FROM access_link k WHERE k.id = l.link_id) AS good_until",
                )
                .bind::<Timestamptz, _>(now)
                .bind::<Integer, _>(MOST_ATTEMPTS)
                .get_result(conn)
                .await
                .optional()?)
            })
            .await?;
        row.map(|row| {
            Ok(Letter {
                id: LetterId::from_uuid(row.id),
                email: row.email,
                name: row.name,
                kind: LetterKind::of(row.kind).map_err(|what| Error::Unreadable { what })?,
                link: row.link_id.map(LinkId::from_uuid),
                context: row.context,
                attempt: row.attempts,
                good_until: row.good_until,
                made_at: row.made_at,
            })
        })
        .transpose()
    }

    /// Waits until this process has written a letter; at once where it has since somebody last waited. Other processes
    /// write letters too.
    pub async fn letter_written(&self) {
        self.connections().letters().notified().await;
    }

    /// A letter has left.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn letter_sent(&self, id: LetterId, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            diesel::update(letter::table.find(id.uuid()))
                .set((letter::state.eq(1_i16), letter::sent_at.eq(at), letter::last_error.eq(None::<String>)))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }

    /// A letter did not leave: it is due again later, or given up where it never will or was tried often enough. Whoever
    /// says so after their loan has ended, and another has taken the letter, changes nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn letter_failed(&self, letter: &Letter, said: &str, lasting: bool) -> Result<()> {
        let state = if lasting || letter.attempt >= MOST_ATTEMPTS { 2_i16 } else { 0 };
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let still_lent = letter::state.eq(0_i16).and(letter::attempts.eq(letter.attempt));
            diesel::update(letter::table.find(letter.id.uuid()).filter(still_lent))
                .set((letter::state.eq(state), letter::last_error.eq(said)))
                .execute(conn)
                .await?;
            Ok(())
        })
        .await
    }

    /// Takes letters that were written up to an instant for read: those of the demo's people, who have opened their logins
    /// already.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn letters_read(&self, until: DateTime<Utc>) -> Result<usize> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let waiting = letter::table.filter(letter::state.eq(0_i16)).filter(letter::made_at.le(until));
            Ok(diesel::update(waiting).set((letter::state.eq(1_i16), letter::sent_at.eq(until))).execute(conn).await?)
        })
        .await
    }

    /// Letters that were given up, the newest first, at most so many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn lost_letters(&self, most: i64) -> Result<Vec<LostLetter>> {
        type Row = (Uuid, Uuid, String, DateTime<Utc>, Option<String>);
        self.read(async |conn: &mut AsyncPgConnection| {
            let rows: Vec<Row> = letter::table
                .filter(letter::state.eq(2_i16))
                .order(letter::made_at.desc())
                .limit(most)
                .select((letter::id, letter::person_id, letter::kind, letter::made_at, letter::last_error))
                .load(conn)
                .await?;
            let mut lost = Vec::with_capacity(rows.len());
            for (id, person, kind, made_at, last_error) in rows {
                let email =
                    crate::schema::person::table.find(person).select(crate::schema::person::email).first(conn).await?;
                let kind = LetterKind::of(kind).map_err(|what| Error::Unreadable { what })?;
                lost.push(LostLetter { id: LetterId::from_uuid(id), email, kind, made_at, last_error });
            }
            Ok(lost)
        })
        .await
    }

    /// Tries a letter again that was given up.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it was not.
    pub async fn send_letter_again(&self, id: LetterId, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let lost = letter::table.find(id.uuid()).filter(letter::state.eq(2_i16));
            let found = diesel::update(lost)
                .set((letter::state.eq(0_i16), letter::attempts.eq(0), letter::send_at.eq(at)))
                .execute(conn)
                .await?;
            if found == 1 { Ok(()) } else { Err(Error::NotFound) }
        })
        .await
    }
}
