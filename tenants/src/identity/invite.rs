//! Whoever is invited to a staff: found by their address or made, and told by a letter. Somebody who has a login is told
//! that they have joined; anybody else is sent a link for choosing a password.

use chrono::{DateTime, Utc};
use counterfoil_core::ids::PersonId;
use diesel::{ExpressionMethods as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::Value;
use uuid::Uuid;

use super::letter::{self, LetterKind};
use super::link::{self, LinkKind};
use super::person;
use crate::error::{Error, Result};
use crate::schema;

/// The longest name of a person.
const LONGEST_NAME: usize = 120;

/// Whoever was invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invited {
    /// Who it is.
    pub person: PersonId,
    /// What goes out to them: [`LetterKind::Joined`] where they have a login, else [`LetterKind::Invitation`].
    pub letter: LetterKind,
}

/// A name as it is kept: in one line, without blanks around it.
///
/// # Errors
/// [`Error::Refused`] in words that say what is missing.
pub(crate) fn name(typed: &str) -> Result<String> {
    one_line(typed, LONGEST_NAME, "a name")
        .and_then(|name| if name.is_empty() { Err(Error::Refused("Enter a name".to_owned())) } else { Ok(name) })
}

/// Text in one line, without blanks around it, with at most so many characters.
pub(crate) fn one_line(typed: &str, longest: usize, what: &str) -> Result<String> {
    let typed = typed.trim();
    if typed.chars().any(char::is_control) {
        return Err(Error::Refused(format!("Enter {what} in one line, without tabs or line breaks")));
    }
    if typed.chars().count() > longest {
        return Err(Error::Refused(format!("Enter {what} of {longest} characters or fewer")));
    }
    Ok(typed.to_owned())
}

/// Whoever has an address, who is made where nobody has it yet. A name that is known stays.
pub(crate) async fn find_or_make(
    conn: &mut AsyncPgConnection,
    email: &str,
    name: &str,
    at: DateTime<Utc>,
) -> Result<PersonId> {
    diesel::insert_into(schema::person::table)
        .values((
            schema::person::id.eq(Uuid::now_v7()),
            schema::person::email.eq(email),
            schema::person::name.eq(name),
            schema::person::created_at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    person::with_email(conn, email).await?.ok_or(Error::NotFound)
}

/// Writes to somebody who has been given access, with the names that the words need.
pub(crate) async fn welcome(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    context: &Value,
    at: DateTime<Utc>,
) -> Result<Invited> {
    let letter = if has_password(conn, person).await? {
        letter::write(conn, person, LetterKind::Joined, None, context, at).await?;
        LetterKind::Joined
    } else {
        link::send(conn, person, LinkKind::Invitation, context, at).await?;
        LetterKind::Invitation
    };
    Ok(Invited { person, letter })
}

/// Sends the invitation of somebody who has not chosen a password yet once more.
///
/// # Errors
/// [`Error::Refused`] for anybody else.
pub(crate) async fn again(
    conn: &mut AsyncPgConnection,
    person: PersonId,
    context: &Value,
    at: DateTime<Utc>,
) -> Result<()> {
    if has_password(conn, person).await? {
        let words = "They have chosen a password already. They can ask for a new one on the sign-in page.";
        return Err(Error::Refused(words.to_owned()));
    }
    link::send(conn, person, LinkKind::Invitation, context, at).await?;
    Ok(())
}

/// The name of whoever asks, for the letter; none for the service itself.
pub(crate) async fn inviter(conn: &mut AsyncPgConnection, by: Option<PersonId>) -> Result<Option<String>> {
    let Some(by) = by else { return Ok(None) };
    let known = schema::person::table.find(by.uuid()).select(schema::person::name);
    Ok(Some(known.first(conn).await?))
}

async fn has_password(conn: &mut AsyncPgConnection, person: PersonId) -> Result<bool> {
    let known = schema::person::table.find(person.uuid()).select(schema::person::password_hash.is_not_null());
    Ok(known.first(conn).await?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_stands_in_one_line() {
        assert_eq!(name("  Ann O\u{2019}Neill ").unwrap(), "Ann O\u{2019}Neill");
        for wrong in ["", "   ", "Ann\nSmith", "Ann\tSmith", &"a".repeat(121)] {
            assert!(name(wrong).is_err(), "{wrong:?}");
        }
    }
}
