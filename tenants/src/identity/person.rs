//! People who sign in.

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::PersonId;
use counterfoil_core::language::Language;
use diesel::sql_types::{Bool, Text, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;

use super::{Asked, Identity, taken};
use crate::audit::{PlatformRecord, platform};
use crate::error::{Error, Result};
use crate::schema::person;

/// The longest address that mail can be sent to (RFC 5321).
const LONGEST_EMAIL: usize = 254;

/// An e-mail address as it is kept: trimmed, with something on both sides of one `@` and no blanks.
///
/// # Errors
/// [`Error::Refused`] in words that say what an address looks like.
pub fn email(typed: &str) -> Result<String> {
    let typed = typed.trim();
    let refused = || Error::Refused("Enter an email address in the correct format, like name@example.com".to_owned());
    let (local, domain) = typed.split_once('@').ok_or_else(refused)?;
    let plain = |part: &str| !part.is_empty() && part.chars().all(|c| !c.is_whitespace() && !c.is_control());
    let dotted = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.') && !domain.contains("..");
    let odd = |c: char| "<>()[],;:\\\"".contains(c) || c == '@';
    if typed.len() > LONGEST_EMAIL
        || !plain(local)
        || !plain(domain)
        || !dotted
        || typed.chars().filter(|c| odd(*c)).count() > 1
    {
        return Err(refused());
    }
    Ok(typed.to_owned())
}

impl Identity {
    /// Takes a person on.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the address is taken.
    pub async fn add_person(&self, id: PersonId, email: &str, name: &str, at: DateTime<Utc>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| insert(conn, id, email, name, at).await)
            .await
            .map_err(|error| taken(error, "Somebody with that e-mail address is known already."))
    }

    /// Chooses the language in which somebody reads explanations where a council offers it; none: as each council usually
    /// does.
    ///
    /// # Errors
    /// [`Error::NotFound`] for nobody, [`Error::Database`].
    pub async fn choose_language(&self, asked: &Asked, person: PersonId, chosen: Option<Language>) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let own = person::table.find(person.uuid());
            let set = person::explanations.eq(chosen.map(Language::tag));
            if diesel::update(own).set(set).execute(conn).await? != 1 {
                return Err(Error::NotFound);
            }
            let record = PlatformRecord::by_themselves(Action::ChooseLanguage, asked.at, person);
            platform::write(conn, &record.detail(json!({ "language": chosen })).from(&asked.origin)).await
        })
        .await
    }

    /// Whoever signs in with an address, however it is typed.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn person_with_email(&self, email: &str) -> Result<Option<PersonId>> {
        self.transaction(async |conn: &mut AsyncPgConnection| with_email(conn, email).await).await
    }
}

pub(crate) async fn insert(
    conn: &mut AsyncPgConnection,
    id: PersonId,
    email: &str,
    name: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(person::table)
        .values((person::id.eq(id.uuid()), person::email.eq(email), person::name.eq(name), person::created_at.eq(at)))
        .execute(conn)
        .await?;
    Ok(())
}

/// What was typed as an address, in a form that can be asked for: anything may be in it.
pub(crate) fn typed_address(typed: &str) -> String {
    typed.trim().chars().filter(|c| !c.is_control()).take(LONGEST_EMAIL).collect()
}

/// Makes whoever else changes what this person signs in with wait for the end of the transaction.
pub(crate) async fn lock(conn: &mut AsyncPgConnection, person: PersonId) -> Result<()> {
    let query = diesel::sql_query("SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE");
    query.bind::<SqlUuid, _>(person.uuid()).execute(conn).await?;
    Ok(())
}

pub(crate) async fn with_email(conn: &mut AsyncPgConnection, email: &str) -> Result<Option<PersonId>> {
    let found: Option<uuid::Uuid> = person::table
        .filter(diesel::dsl::sql::<Bool>("lower(email) = lower(").bind::<Text, _>(email.trim()).sql(")"))
        .select(person::id)
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(PersonId::from_uuid))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_address_has_something_on_both_sides_of_one_at_sign() {
        assert_eq!(email("  Ann.Smith@Care.example ").unwrap(), "Ann.Smith@Care.example");
        for wrong in [
            "",
            "ann",
            "@care.example",
            "ann@",
            "ann@care",
            "a b@care.example",
            "a@b@care.example",
            "a@.care",
            "<a@care.example>",
            "a@care..example",
        ] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
        assert!(email(&format!("{}@care.example", "a".repeat(250))).is_err());
    }
}
