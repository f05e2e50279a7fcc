//! Signing in: first factor, then second. Every answer to a stranger is the same whether an address has a login or not,
//! and costs the same; a try is counted before anything is compared.
//!
//! Nobody is signed in here: the pages keep the session, these steps say who somebody is.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Europe::London;
use counterfoil_core::event::Action;
use counterfoil_core::ids::PersonId;
use diesel::sql_types::{Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use serde_json::json;
use uuid::Uuid;

use super::guess::{self, What};
use super::link::{self, LinkKind, Token};
use super::{Asked, Identity, browser, code, letter, passkey, password, person, recovery};
use crate::audit::{PlatformRecord, platform};
use crate::error::{Error, Result};
use crate::schema::person as people;
use crate::vault::MasterKey;

/// A login that has not been used for more than so many days sleeps until its owner returns.
pub const DORMANT_AFTER_DAYS: i64 = 90;

/// Why somebody does not get in, in words that say the same of every address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Wrong address, wrong password, wrong code: which, is not said.
    Wrong,
    /// Too many tries, and how long until the next one.
    TooMany(TimeDelta),
}

/// What comes after a right password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The second factor.
    SecondFactor,
    /// Setting one up.
    Enrol,
    /// Coming back by e-mail first: the login sleeps. A letter is on its way.
    Return,
}

/// A right password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstFactor {
    /// Whose it is.
    pub person: PersonId,
    /// What comes next.
    pub next: Next,
}

/// What a second factor is.
#[derive(Debug, Clone, Copy)]
pub enum Factor<'a> {
    /// A code of a generator.
    Code(&'a str),
    /// A recovery code.
    Recovery(&'a str),
}

/// Whether a login sleeps: by days of the calendar in London, so that the ninetieth day still enters, whatever the hour.
#[must_use]
pub fn is_dormant(last_seen: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let day = |instant: DateTime<Utc>| -> NaiveDate { instant.with_timezone(&London).date_naive() };
    (day(now) - day(last_seen)).num_days() > DORMANT_AFTER_DAYS
}

/// A login, or the address that somebody typed and that nobody has.
#[derive(QueryableByName)]
struct Login {
    /// The address as the database compares it: one bucket of tries each.
    #[diesel(sql_type = Text)]
    typed: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    password_hash: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    password_set_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_seen: Option<DateTime<Utc>>,
}

impl Login {
    fn person(&self) -> Option<PersonId> {
        self.id.map(PersonId::from_uuid)
    }
}

/// One row, whether somebody has the address or not.
async fn login_with_email(conn: &mut AsyncPgConnection, email: &str) -> Result<Login> {
    let query = "SELECT t.typed, p.id, p.password_hash, p.password_set_at, \
        COALESCE(p.last_seen_at, p.created_at) AS last_seen \
        FROM (SELECT lower($1) AS typed) t LEFT JOIN person p ON lower(p.email) = t.typed";
    Ok(sql_query(query).bind::<Text, _>(person::typed_address(email)).get_result(conn).await?)
}

async fn login_of(conn: &mut AsyncPgConnection, person: PersonId) -> Result<Login> {
    let query = "SELECT lower(email) AS typed, id, password_hash, password_set_at, \
        COALESCE(last_seen_at, created_at) AS last_seen FROM person WHERE id = $1";
    Ok(sql_query(query).bind::<SqlUuid, _>(person.uuid()).get_result(conn).await?)
}

/// Where a try is counted: from a browser in which the person has signed in before, or from elsewhere.
async fn known<'a>(
    conn: &mut AsyncPgConnection,
    person: Option<PersonId>,
    browser: Option<&'a Token>,
    at: DateTime<Utc>,
) -> Result<Option<&'a Token>> {
    let Some(token) = browser else { return Ok(None) };
    // asked for an address that nobody has as well, so that both cost the same
    let person = person.unwrap_or_else(|| PersonId::from_uuid(Uuid::nil()));
    Ok(browser::is_known(conn, person, token, at).await?.then_some(token))
}

impl Identity {
    /// The first factor.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Unreachable`]; a wrong password is a [`Refusal`].
    pub async fn first_factor(
        &self,
        asked: &Asked,
        email: &str,
        typed: &str,
        browser: Option<&Token>,
    ) -> Result<std::result::Result<FirstFactor, Refusal>> {
        let address = asked.origin.address;
        let counted = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                let login = login_with_email(conn, email).await?;
                let known = known(conn, login.person(), browser, asked.at).await?;
                // a known browser is not held to what its neighbours behind the same address do
                let strangers = [What::Address(address), What::LoginByStrangers(&login.typed)];
                let own = known.map(|token| [What::LoginByBrowser(&login.typed, token)]);
                let spent: Vec<What<'_>> = own.map_or_else(|| strangers.to_vec(), |own| own.to_vec());
                for what in &spent {
                    if let Err(wait) = guess::spend(conn, *what, asked.at).await? {
                        return Ok(Err(wait));
                    }
                }
                Ok(Ok((login, known.is_some())))
            })
            .await?;
        let (login, is_known) = match counted {
            Ok(counted) => counted,
            Err(wait) => return Ok(Err(Refusal::TooMany(wait))),
        };
        let line = if is_known { password::Line::Known } else { password::Line::Strangers };
        let right = password::matches(line, typed, login.password_hash.as_deref()).await?;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let Some(person) = login.person().filter(|_| right) else {
                refused(conn, asked, login.person(), "password").await?;
                return Ok(Err(Refusal::Wrong));
            };
            match browser.filter(|_| is_known) {
                Some(token) => guess::give_back(conn, What::LoginByBrowser(&login.typed, token)).await?,
                None => {
                    guess::give_back(conn, What::Address(address)).await?;
                    guess::give_back(conn, What::LoginByStrangers(&login.typed)).await?;
                }
            }
            Ok(Ok(FirstFactor { person, next: next(conn, asked, person, &login).await? }))
        })
        .await
    }

    /// The second factor of somebody whose first one was right.
    ///
    /// # Errors
    /// As [`first_factor`](Self::first_factor).
    pub async fn second_factor(
        &self,
        key: &MasterKey,
        asked: &Asked,
        person: PersonId,
        factor: Factor<'_>,
        browser: Option<&Token>,
    ) -> Result<std::result::Result<(), Refusal>> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let known = known(conn, Some(person), browser, asked.at).await?;
            let what = known.map_or(What::FactorByStrangers(person), |token| What::FactorByBrowser(person, token));
            check_factor(conn, key, asked, (person, factor), what).await
        })
        .await
    }

    /// Both factors were right: records it, and remembers the browser.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn signed_in(
        &self,
        asked: &Asked,
        person: PersonId,
        method: &'static str,
        browser: Option<&Token>,
    ) -> Result<()> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            seen(conn, person, asked.at).await?;
            if let Some(token) = browser {
                browser::remember(conn, person, token, asked.at).await?;
            }
            let record = PlatformRecord::by_themselves(Action::SignIn, asked.at, person);
            platform::write(conn, &record.detail(json!({ "method": method })).from(&asked.origin)).await
        })
        .await
    }

    /// A passkey was shown that its owner unlocked, which is both factors: whether the login sleeps. If so, a letter is on
    /// its way.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the person has no such passkey, or has just taken it away; [`Error::Database`].
    pub async fn passkey_shown(
        &self,
        asked: &Asked,
        person: PersonId,
        credential_id: &[u8],
        stored: &serde_json::Value,
    ) -> Result<Next> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            passkey::used(conn, person, credential_id, stored, asked.at).await?;
            let login = login_of(conn, person).await?;
            next(conn, asked, person, &login).await
        })
        .await
    }

    /// Sends whoever waits behind strangers' guessing a link to their mailbox. Answers the same for every address.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn send_unlock(&self, asked: &Asked, email: &str) -> Result<()> {
        self.letter_asked_for(asked, email, |_| LinkKind::Unlock).await
    }

    /// Sends a link for choosing a new password, where the address has a login. Answers the same for every address.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn send_password_link(&self, asked: &Asked, email: &str) -> Result<()> {
        // whoever never chose a password is invited anew
        let kind = |login: &Login| match (login.id, &login.password_hash) {
            (Some(_), None) => LinkKind::Invitation,
            _ => LinkKind::Password,
        };
        self.letter_asked_for(asked, email, kind).await
    }

    async fn letter_asked_for(
        &self,
        asked: &Asked,
        email: &str,
        kind: impl Fn(&Login) -> LinkKind + Send + Sync,
    ) -> Result<()> {
        let address = asked.origin.address;
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let login = login_with_email(conn, email).await?;
            // one limit for all of a page's letters, since whoever asks must not learn which of them it was
            let page = if kind(&login) == LinkKind::Unlock { LinkKind::Unlock } else { LinkKind::Password };
            for what in [What::LettersFrom(address), What::Letters(page, &login.typed)] {
                if guess::spend(conn, what, asked.at).await?.is_err() {
                    return Ok(());
                }
            }
            link::send_if_known(conn, login.person(), kind(&login), &json!({}), asked.at).await?;
            Ok(())
        })
        .await
    }

    /// Opens the way for a browser: the owner of the mailbox is at it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is not good any more.
    pub async fn unlock(&self, asked: &Asked, token: &Token, browser: &Token) -> Result<PersonId> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let link = link::take(conn, token, LinkKind::Unlock, asked.at).await?.ok_or(Error::NotFound)?;
            browser::remember(conn, link.person, browser, asked.at).await?;
            Ok(link.person)
        })
        .await
    }

    /// Brings a sleeping login back: the mailbox has opened the link, the second factor is beside it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is not good any more. With a wrong code the link stays good.
    pub async fn return_from_dormancy(
        &self,
        key: &MasterKey,
        asked: &Asked,
        token: &Token,
        factor: Factor<'_>,
    ) -> Result<std::result::Result<PersonId, Refusal>> {
        let link = self.link(token, asked.at).await?.filter(|link| link.kind == LinkKind::Return);
        let link = link.ok_or(Error::NotFound)?;
        let person = link.person;
        let checked = self
            .transaction(async |conn: &mut AsyncPgConnection| {
                check_factor(conn, key, asked, (person, factor), What::FactorByLink(person)).await
            })
            .await?;
        match checked {
            Ok(()) => self.back(asked, token).await.map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// The same for somebody who has shown a passkey.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is not good any more.
    pub async fn back(&self, asked: &Asked, token: &Token) -> Result<PersonId> {
        self.transaction(async |conn: &mut AsyncPgConnection| {
            let link = link::take(conn, token, LinkKind::Return, asked.at).await?.ok_or(Error::NotFound)?;
            seen(conn, link.person, asked.at).await?;
            let record = PlatformRecord::by_themselves(Action::ReturnFromDormancy, asked.at, link.person);
            platform::write(conn, &record.from(&asked.origin)).await?;
            Ok(link.person)
        })
        .await
    }

    /// Forgets limits that nobody has touched for a day.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_limits(&self, now: DateTime<Utc>) -> Result<usize> {
        self.transaction(async |conn: &mut AsyncPgConnection| guess::sweep(conn, now).await).await
    }
}

/// What comes after the first factor of a login.
async fn next(conn: &mut AsyncPgConnection, asked: &Asked, person: PersonId, login: &Login) -> Result<Next> {
    let enrolled = code::has_one(conn, person).await? || passkey::has_one(conn, person).await?;
    // whoever has no second factor yet has used their login by choosing a password, and comes back by choosing another:
    // a password that has lain about for so long sets up nothing
    let (last_used, kind) = if enrolled {
        (login.last_seen, LinkKind::Return)
    } else {
        (login.last_seen.max(login.password_set_at), LinkKind::Password)
    };
    if last_used.is_some_and(|last_used| is_dormant(last_used, asked.at)) {
        // who has the password cannot fill the mailbox with letters; the last one stays good
        if guess::spend(conn, What::Letters(LinkKind::Return, &login.typed), asked.at).await?.is_ok() {
            link::send(conn, person, kind, &json!({ "why": "dormant" }), asked.at).await?;
        }
        return Ok(Next::Return);
    }
    Ok(if enrolled { Next::SecondFactor } else { Next::Enrol })
}

pub(super) async fn seen(conn: &mut AsyncPgConnection, person: PersonId, at: DateTime<Utc>) -> Result<()> {
    diesel::update(people::table.find(person.uuid())).set(people::last_seen_at.eq(at)).execute(conn).await?;
    Ok(())
}

/// Takes a second factor, if it is right; tries are counted.
async fn check_factor(
    conn: &mut AsyncPgConnection,
    key: &MasterKey,
    asked: &Asked,
    (person, factor): (PersonId, Factor<'_>),
    counted: What<'_>,
) -> Result<std::result::Result<(), Refusal>> {
    if let Err(wait) = guess::spend(conn, counted, asked.at).await? {
        return Ok(Err(Refusal::TooMany(wait)));
    }
    let right = match factor {
        Factor::Code(typed) => code::take(conn, key, person, typed, asked.at).await?,
        Factor::Recovery(typed) => recovery::take(conn, person, typed, asked.at).await?,
    };
    if !right {
        refused(conn, asked, Some(person), "second factor").await?;
        return Ok(Err(Refusal::Wrong));
    }
    guess::give_back(conn, counted).await?;
    if matches!(factor, Factor::Recovery(_)) {
        let left = recovery::left(conn, person).await?;
        let context = json!({ "what": "recovery_code", "left": left });
        letter::write(conn, person, letter::LetterKind::FactorChanged, None, &context, asked.at).await?;
        let record = PlatformRecord::by_themselves(Action::UseRecoveryCode, asked.at, person);
        platform::write(conn, &record.detail(json!({ "left": left })).from(&asked.origin)).await?;
    }
    Ok(Ok(()))
}

/// Records a try that was wrong. What was typed as an address is not kept where nobody has it: it may well be a password.
async fn refused(
    conn: &mut AsyncPgConnection,
    asked: &Asked,
    person: Option<PersonId>,
    what: &'static str,
) -> Result<()> {
    let record = match person {
        Some(person) => PlatformRecord::of(Action::RefuseSignIn, asked.at, person).about(person),
        None => PlatformRecord::on(Action::RefuseSignIn, asked.at, "unknown address"),
    };
    platform::write(conn, &record.detail(json!({ "what": what })).from(&asked.origin)).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn the_ninetieth_day_enters_and_the_next_one_sleeps() {
        let last = Utc.with_ymd_and_hms(2025, 1, 1, 23, 59, 0).unwrap();
        // 1 April 2025 is the ninetieth day after; by London's clocks it ends at 23:00 UTC
        assert!(!is_dormant(last, Utc.with_ymd_and_hms(2025, 4, 1, 22, 59, 59).unwrap()));
        assert!(is_dormant(last, Utc.with_ymd_and_hms(2025, 4, 1, 23, 0, 0).unwrap()));
    }
}
