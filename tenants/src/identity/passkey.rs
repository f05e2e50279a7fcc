//! Passkeys: which a person has. What is in one is the protocol's own affair, which the pages speak; here it is kept as
//! it is.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{PasskeyId, PersonId};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::Identity;
use crate::error::{Error, Result};
use crate::schema::passkey;

/// A passkey.
#[derive(Debug, Clone, PartialEq)]
pub struct Passkey {
    /// Its id here.
    pub id: PasskeyId,
    /// Whose it is.
    pub person: PersonId,
    /// Its id in the protocol.
    pub credential_id: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// The protocol's own.
    pub stored: serde_json::Value,
    /// Since when.
    pub added_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

type Row = (Uuid, Uuid, Vec<u8>, String, serde_json::Value, DateTime<Utc>, Option<DateTime<Utc>>);
const COLUMNS: (
    passkey::id,
    passkey::person_id,
    passkey::credential_id,
    passkey::name,
    passkey::stored,
    passkey::added_at,
    passkey::last_used_at,
) = (
    passkey::id,
    passkey::person_id,
    passkey::credential_id,
    passkey::name,
    passkey::stored,
    passkey::added_at,
    passkey::last_used_at,
);

impl From<Row> for Passkey {
    fn from((id, person, credential_id, name, stored, added_at, last_used_at): Row) -> Self {
        let (id, person) = (PasskeyId::from_uuid(id), PersonId::from_uuid(person));
        Self { id, person, credential_id, name, stored, added_at, last_used_at }
    }
}

impl Identity {
    /// A person's passkeys, the oldest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn passkeys(&self, person: PersonId) -> Result<Vec<Passkey>> {
        self.read(async |conn: &mut AsyncPgConnection| {
            let rows: Vec<Row> = passkey::table
                .filter(passkey::person_id.eq(person.uuid()))
                .order(passkey::added_at)
                .select(COLUMNS)
                .load(conn)
                .await?;
            Ok(rows.into_iter().map(Passkey::from).collect())
        })
        .await
    }

    /// Keeps what a person's passkey has become by being used.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have no such, or have just taken it away; [`Error::Database`].
    pub async fn passkey_used(
        &self,
        at: DateTime<Utc>,
        person: PersonId,
        credential_id: &[u8],
        stored: &serde_json::Value,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| used(conn, person, credential_id, stored, at).await).await
    }
}

/// Whether somebody has one.
pub(crate) async fn has_one(conn: &mut AsyncPgConnection, person: PersonId) -> Result<bool> {
    let own = passkey::table.filter(passkey::person_id.eq(person.uuid()));
    Ok(diesel::select(diesel::dsl::exists(own)).get_result(conn).await?)
}

/// Adds one.
pub(crate) async fn add(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    credential_id: &[u8],
    (name, stored): (&str, &serde_json::Value),
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(passkey::table)
        .values((
            passkey::id.eq(Uuid::now_v7()),
            passkey::person_id.eq(person.uuid()),
            passkey::credential_id.eq(credential_id),
            passkey::name.eq(name),
            passkey::stored.eq(stored),
            passkey::added_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps what a person's passkey has become by being used: its counter.
pub(crate) async fn used(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    credential_id: &[u8],
    stored: &serde_json::Value,
    at: DateTime<Utc>,
) -> Result<()> {
    let own =
        passkey::table.filter(passkey::credential_id.eq(credential_id)).filter(passkey::person_id.eq(person.uuid()));
    let set = (passkey::stored.eq(stored), passkey::last_used_at.eq(at));
    if diesel::update(own).set(set).execute(conn).await? == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Takes one of a person's away; false where they have no such.
pub(crate) async fn remove(conn: &mut AsyncPgConnection, person: PersonId, id: PasskeyId) -> Result<bool> {
    let own = passkey::table.find(id.uuid()).filter(passkey::person_id.eq(person.uuid()));
    Ok(diesel::delete(own).execute(conn).await? == 1)
}

/// Takes all of a person's away.
pub(crate) async fn remove_all(conn: &mut AsyncPgConnection, person: PersonId) -> Result<()> {
    diesel::delete(passkey::table.filter(passkey::person_id.eq(person.uuid()))).execute(conn).await?;
    Ok(())
}
