//! Links by e-mail: good for one thing, once, and for a while. The token is made at the moment of sending and only its
//! digest is kept, so that neither the database nor a backup of it opens anything.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::ids::{LinkId, PersonId};
use diesel::sql_types::{Bytea, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::Identity;
use super::letter::{self, LetterKind};
use super::person;
use crate::error::{Error, Result};
use crate::record::{Kept as _, kept_words};
use crate::schema::access_link;

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Choosing the first password.
    Invitation,
    /// Choosing a new password.
    Password,
    /// Setting up a new second factor, with the password beside it.
    SecondFactor,
    /// Coming back after more than ninety days, with the second factor beside it.
    Return,
    /// Signing in from a browser that is not known while somebody else is guessing.
    Unlock,
}

kept_words!(LinkKind);

impl LinkKind {
    /// For how long it is good.
    #[must_use]
    pub const fn lasts(self) -> TimeDelta {
        match self {
            Self::Invitation => TimeDelta::days(7),
            Self::Password | Self::SecondFactor | Self::Return | Self::Unlock => TimeDelta::hours(1),
        }
    }

    /// The letter that brings it.
    const fn letter(self) -> LetterKind {
        match self {
            Self::Invitation => LetterKind::Invitation,
            Self::Password => LetterKind::ResetPassword,
            Self::SecondFactor => LetterKind::LostFactor,
            Self::Return => LetterKind::Return,
            Self::Unlock => LetterKind::Unlock,
        }
    }
}

/// What is in the address of a link: 160 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one, from the operating system's randomness.
    ///
    /// # Errors
    /// [`Error::Refused`] where the system has none to give.
    pub fn new() -> Result<Self> {
        let mut bytes = [0; 20];
        getrandom::fill(&mut bytes).map_err(Error::refused)?;
        Ok(Self(hex::encode(bytes)))
    }

    /// As it stood in an address; anything may be in it.
    #[must_use]
    pub fn typed(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As it is written into an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

/// A link that is good.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// Whom it was sent to.
    pub person: PersonId,
    /// What it is good for.
    pub kind: LinkKind,
    /// What its mail said of where it comes from.
    pub context: serde_json::Value,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    person_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Jsonb)]
    context: serde_json::Value,
}

impl Row {
    fn link(self) -> Result<Link> {
        let kind = LinkKind::of(self.kind).map_err(|what| Error::Unreadable { what })?;
        Ok(Link {
            id: LinkId::from_uuid(self.id),
            person: PersonId::from_uuid(self.person_id),
            kind,
            context: self.context,
        })
    }
}

/// Makes a link and the letter that brings it; older links of the kind are no longer good. Without a context it has that
/// of the last one of its kind: who asks for another invitation is still told who invites them.
pub(crate) async fn send(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    kind: LinkKind,
    context: &serde_json::Value,
    at: DateTime<Utc>,
) -> Result<LinkId> {
    send_if_known(conn, Some(person), kind, context, at).await?.ok_or(Error::NotFound)
}

/// The same for somebody whom nobody may know: then nothing is sent, by the same statements.
pub(crate) async fn send_if_known(
    conn: &mut AsyncPgConnection,
    person: Option<PersonId>,
    kind: LinkKind,
    context: &serde_json::Value,
    at: DateTime<Utc>,
) -> Result<Option<LinkId>> {
    let person = person.unwrap_or_else(|| PersonId::from_uuid(Uuid::nil()));
    // of two that are asked for at once, one is the older one
    person::lock(conn, person).await?;
    let id = LinkId::from_uuid(Uuid::now_v7());
    let sent = sql_query(
        "WITH last AS (SELECT context FROM access_link WHERE person_id = $2 AND kind = $3 AND $4 = '{}' \
             ORDER BY made_at DESC LIMIT 1), \
         older AS (UPDATE access_link SET withdrawn_at = $5 WHERE person_id = $2 AND kind = $3 \
             AND used_at IS NULL AND withdrawn_at IS NULL), \
         made AS (INSERT INTO access_link (id, person_id, kind, context, made_at, expires_at) \
             SELECT $1, p.id, $3, COALESCE((SELECT context FROM last), $4), $5, $6 FROM person p WHERE p.id = $2 \
             RETURNING id, person_id, context) \
         INSERT INTO letter (id, person_id, kind, link_id, context, send_at, made_at) \
             SELECT $7, made.person_id, $8, made.id, made.context, $5, $5 FROM made",
    )
    .bind::<SqlUuid, _>(id.uuid())
    .bind::<SqlUuid, _>(person.uuid())
    .bind::<Text, _>(kind.raw())
    .bind::<Jsonb, _>(context)
    .bind::<Timestamptz, _>(at)
    .bind::<Timestamptz, _>(at + kind.lasts())
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Text, _>(kind.letter().raw())
    .execute(conn)
    .await?;
    letter::written();
    Ok((sent == 1).then_some(id))
}

/// Puts all of a person's links out of use.
pub(crate) async fn withdraw_all(conn: &mut AsyncPgConnection, person: PersonId, at: DateTime<Utc>) -> Result<()> {
    let good = access_link::table.filter(
        access_link::person_id
            .eq(person.uuid())
            .and(access_link::used_at.is_null())
            .and(access_link::withdrawn_at.is_null()),
    );
    diesel::update(good).set(access_link::withdrawn_at.eq(at)).execute(conn).await?;
    Ok(())
}

/// Invites many people, as [`send`] does one, and leaves the letters to whoever calls. Older invitations are no longer
/// good, those of people who are not to have a new one either: they have a password.
pub(crate) async fn invite_all(
    conn: &mut AsyncPgConnection,
    everybody: &[PersonId],
    to_invite: &[(PersonId, serde_json::Value)],
    at: DateTime<Utc>,
) -> Result<Vec<LinkId>> {
    let kind = LinkKind::Invitation;
    let older = access_link::table.filter(
        access_link::person_id
            .eq_any(everybody.iter().map(|person| person.uuid()))
            .and(access_link::kind.eq(kind.raw()))
            .and(access_link::used_at.is_null())
            .and(access_link::withdrawn_at.is_null()),
    );
    diesel::update(older).set(access_link::withdrawn_at.eq(at)).execute(conn).await?;
    let mut links = Vec::with_capacity(to_invite.len());
    for batch in to_invite.chunks(1_000) {
        let ids: Vec<LinkId> = batch.iter().map(|_| LinkId::from_uuid(Uuid::now_v7())).collect();
        let rows: Vec<_> = batch
            .iter()
            .zip(&ids)
            .map(|((person, context), id)| {
                (
                    access_link::id.eq(id.uuid()),
                    access_link::person_id.eq(person.uuid()),
                    access_link::kind.eq(kind.raw()),
                    access_link::context.eq(context),
                    access_link::made_at.eq(at),
                    access_link::expires_at.eq(at + kind.lasts()),
                )
            })
            .collect();
        diesel::insert_into(access_link::table).values(rows).execute(conn).await?;
        links.extend(ids);
    }
    Ok(links)
}

/// Uses a link up; none where it is not good any more, or of another kind.
pub(crate) async fn take(
    conn: &mut AsyncPgConnection,
    token: &Token,
    kind: LinkKind,
    at: DateTime<Utc>,
) -> Result<Option<Link>> {
    let row: Option<Row> = sql_query(
        "UPDATE access_link SET used_at = $3 WHERE digest = $1 AND kind = $2 AND used_at IS NULL \
         AND withdrawn_at IS NULL AND expires_at > $3 RETURNING id, person_id, kind, context",
    )
    .bind::<Bytea, _>(token.digest())
    .bind::<Text, _>(kind.raw())
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await
    .optional()?;
    row.map(Row::link).transpose()
}

impl Identity {
    /// The link of a token, while it is good. Looking at it does not use it up: mail programs open links by themselves.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn link(&self, token: &Token, at: DateTime<Utc>) -> Result<Option<Link>> {
        self.read(async |conn: &mut AsyncPgConnection| {
            let row: Option<Row> = sql_query(
                "SELECT id, person_id, kind, context FROM access_link WHERE digest = $1 AND used_at IS NULL \
                 AND withdrawn_at IS NULL AND expires_at > $2",
            )
            .bind::<Bytea, _>(token.digest())
            .bind::<Timestamptz, _>(at)
            .get_result(conn)
            .await
            .optional()?;
            row.map(Row::link).transpose()
        })
        .await
    }

    /// Gives a link its token, at the moment of sending; a token that it had before is no longer good. None where the
    /// link is not good any more, and nothing needs to be sent.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn arm_link(&self, id: LinkId, at: DateTime<Utc>) -> Result<Option<Token>> {
        let token = Token::new()?;
        let digest = token.digest();
        let armed = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                let good = access_link::table.filter(
                    access_link::id
                        .eq(id.uuid())
                        .and(access_link::used_at.is_null())
                        .and(access_link::withdrawn_at.is_null())
                        .and(access_link::expires_at.gt(at)),
                );
                Ok(diesel::update(good).set(access_link::digest.eq(&digest)).execute(conn).await?)
            })
            .await?;
        Ok((armed == 1).then_some(token))
    }
}
