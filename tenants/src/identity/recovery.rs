//! Recovery codes: ten, each good once in the place of a second factor. Digests only are kept.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::PersonId;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::schema::recovery_code;

/// How many somebody is given.
pub const HOW_MANY: usize = 10;
/// Letters and digits that are not taken for one another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789#";

/// What was typed, as it was given out: small letters, no blanks or hyphens.
fn plain(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Codes carry 49 bits, and a person's name keeps one list of digests from serving for everybody.
fn digest(person: PersonId, typed: &str) -> Vec<u8> {
    Sha256::digest(format!("{person}\n{}", plain(typed)).as_bytes()).to_vec()
}

/// A new code: two groups of five.
fn new_code() -> Result<String> {
    let mut code = String::with_capacity(11);
    while code.len() < 11 {
        let mut byte = [0; 1];
        getrandom::fill(&mut byte).map_err(Error::refused)?;
        // 31 letters: the last place of the alphabet is drawn again, so that none is likelier than another
        let letter = ALPHABET[usize::from(byte[0] & 31)];
        if letter == b'#' {
            continue;
        }
        if code.len() == 5 {
            code.push('-');
        }
        code.push(char::from(letter));
    }
    Ok(code)
}

/// Gives a person new codes; the old ones are no longer good. They are shown once.
pub(crate) async fn renew(conn: &mut AsyncPgConnection, person: PersonId, at: DateTime<Utc>) -> Result<Vec<String>> {
    remove(conn, person).await?;
    let codes = (0..HOW_MANY).map(|_| new_code()).collect::<Result<Vec<_>>>()?;
    let rows: Vec<_> = codes
        .iter()
        .map(|code| {
            (
                recovery_code::person_id.eq(person.uuid()),
                recovery_code::digest.eq(digest(person, code)),
                recovery_code::made_at.eq(at),
            )
        })
        .collect();
    diesel::insert_into(recovery_code::table).values(rows).execute(conn).await?;
    Ok(codes)
}

/// Uses a code up, if it is one and was not used.
pub(crate) async fn take(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    typed: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let unused =
        recovery_code::table.find((person.uuid(), digest(person, typed))).filter(recovery_code::used_at.is_null());
    Ok(diesel::update(unused).set(recovery_code::used_at.eq(at)).execute(conn).await? == 1)
}

/// How many are left.
pub(crate) async fn left(conn: &mut AsyncPgConnection, person: PersonId) -> Result<i64> {
    Ok(recovery_code::table
        .filter(recovery_code::person_id.eq(person.uuid()))
        .filter(recovery_code::used_at.is_null())
        .count()
        .get_result(conn)
        .await?)
}

/// Takes them away.
pub(crate) async fn remove(conn: &mut AsyncPgConnection, person: PersonId) -> Result<()> {
    diesel::delete(recovery_code::table.filter(recovery_code::person_id.eq(person.uuid()))).execute(conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_is_two_groups_of_five_and_read_however_it_is_typed() {
        let code = new_code().unwrap();
        assert_eq!((code.len(), code.find('-')), (11, Some(5)), "{code}");
        let person = PersonId::from_uuid(uuid::Uuid::from_u128(7));
        assert_eq!(digest(person, &code), digest(person, &code.to_uppercase().replace('-', " ")));
        assert_ne!(digest(person, &code), digest(PersonId::from_uuid(uuid::Uuid::from_u128(8)), &code));
    }
}
