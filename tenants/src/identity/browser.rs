//! Browsers in which somebody has signed in before. A browser keeps a token, the platform its digest: it has limits of its
//! own for guessing ([`guess`](super::guess)), and is no way in by itself.

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::ids::PersonId;
use diesel::{BoolExpressionMethods as _, ExpressionMethods as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use sha2::{Digest as _, Sha256};

use super::link::Token;
use crate::error::Result;
use crate::schema::known_browser;

/// For how long a browser is remembered after it was last used.
const REMEMBERED: TimeDelta = TimeDelta::days(180);

/// The digest says whose browser it is as well: two people at one computer have a row each.
fn digest(person: PersonId, token: &Token) -> Vec<u8> {
    Sha256::digest(format!("{person}\n{}", token.as_str()).as_bytes()).to_vec()
}

/// Whether somebody has signed in here before.
pub(crate) async fn is_known(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    token: &Token,
    at: DateTime<Utc>,
) -> Result<bool> {
    let known = known_browser::table
        .filter(known_browser::digest.eq(digest(person, token)))
        .filter(known_browser::person_id.eq(person.uuid()).and(known_browser::last_used_at.gt(at - REMEMBERED)));
    Ok(diesel::select(diesel::dsl::exists(known)).get_result(conn).await?)
}

/// Remembers a browser, or that it was used.
pub(crate) async fn remember(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    token: &Token,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(known_browser::table)
        .values((
            known_browser::digest.eq(digest(person, token)),
            known_browser::person_id.eq(person.uuid()),
            known_browser::since.eq(at),
            known_browser::last_used_at.eq(at),
        ))
        .on_conflict(known_browser::digest)
        .do_update()
        .set(known_browser::last_used_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets all browsers of a person.
pub(crate) async fn forget_all(conn: &mut AsyncPgConnection, person: PersonId) -> Result<()> {
    diesel::delete(known_browser::table.filter(known_browser::person_id.eq(person.uuid()))).execute(conn).await?;
    Ok(())
}
