//! How often something may be guessed. Counted in PostgreSQL, so that an empty Redis lifts nothing, and before anything is
//! compared, so that a hundred guesses at once are a hundred guesses.
//!
//! Each limit is a bucket of tries that fills again with time. Whoever signs in from a browser that is known there has a
//! bucket of their own: a stranger's guessing uses up what is for strangers, and cannot lock the owner out. From a new
//! browser the owner gets in by a link to their mailbox ([`LinkKind::Unlock`](super::link::LinkKind)).

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::ids::PersonId;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bytea, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use sha2::{Digest as _, Sha256};

use super::link::{LinkKind, Token};
use crate::error::Result;
use crate::record::Kept as _;

/// How many tries there are, and how soon another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    /// Tries in a full bucket.
    tries: i64,
    /// Another one after so many seconds.
    every: i64,
}

/// Wrong tries of all kinds from one address on the net: an office has many people behind one.
pub(crate) const ADDRESS: Limit = Limit { tries: 40, every: 15 };
/// At one login, from browsers that are not known there.
pub(crate) const STRANGERS: Limit = Limit { tries: 10, every: 600 };
/// At one login, from one browser that is known there.
pub(crate) const KNOWN: Limit = Limit { tries: 10, every: 60 };
/// Letters of one kind to one mailbox.
pub(crate) const LETTERS: Limit = Limit { tries: 3, every: 1_200 };

/// What is counted.
#[derive(Clone, Copy)]
pub(crate) enum What<'a> {
    /// An address on the net; an IPv6 network counts as one.
    Address(Option<IpAddr>),
    /// Letters asked for from an address on the net: guessing there does not use them up.
    LettersFrom(Option<IpAddr>),
    /// First factors for what was typed as an e-mail address, from unknown browsers. As the database reads it, here and
    /// below: what it takes for one address has to be one bucket, and its small letters are not quite Rust's.
    LoginByStrangers(&'a str),
    /// First factors for what was typed as an e-mail address, from a known browser.
    LoginByBrowser(&'a str, &'a Token),
    /// Second factors of a person whose password was right, from unknown browsers.
    FactorByStrangers(PersonId),
    /// The same, from a known browser.
    FactorByBrowser(PersonId, &'a Token),
    /// Second factors of whoever has opened a link to their mailbox: who merely has the password cannot use them up.
    FactorByLink(PersonId),
    /// The password, asked for again of somebody who is signed in: nobody else can use these up, so that the owner can
    /// always choose a new one while somebody who has the old one is guessing at the second factor.
    PasswordAgain(PersonId),
    /// The password, of whoever has opened a link to their mailbox.
    PasswordByLink(PersonId),
    /// Letters of one kind to what was typed as an e-mail address, or to a person. Each kind by itself: who asks for
    /// links to new passwords in somebody else's name does not use up the links that let that person in.
    Letters(LinkKind, &'a str),
}

impl What<'_> {
    const fn limit(self) -> Limit {
        match self {
            Self::Address(_) | Self::LettersFrom(_) => ADDRESS,
            Self::LoginByStrangers(_) | Self::FactorByStrangers(_) => STRANGERS,
            Self::LoginByBrowser(..)
            | Self::FactorByBrowser(..)
            | Self::FactorByLink(_)
            | Self::PasswordAgain(_)
            | Self::PasswordByLink(_) => KNOWN,
            Self::Letters(..) => LETTERS,
        }
    }

    /// Only a digest is kept: the table tells nobody which addresses were tried.
    fn bucket(self) -> Vec<u8> {
        let (what, of, with) = match self {
            Self::Address(address) => ("address", network(address), String::new()),
            Self::LettersFrom(address) => ("letters from", network(address), String::new()),
            Self::LoginByStrangers(email) => ("login", email.to_owned(), String::new()),
            Self::LoginByBrowser(email, browser) => ("login", email.to_owned(), browser.as_str().to_owned()),
            Self::FactorByStrangers(person) => ("factor", person.to_string(), String::new()),
            Self::FactorByBrowser(person, browser) => ("factor", person.to_string(), browser.as_str().to_owned()),
            Self::FactorByLink(person) => ("factor by link", person.to_string(), String::new()),
            Self::PasswordAgain(person) => ("password again", person.to_string(), String::new()),
            Self::PasswordByLink(person) => ("password by link", person.to_string(), String::new()),
            Self::Letters(kind, whom) => ("letters", whom.to_owned(), kind.raw()),
        };
        Sha256::digest(format!("{what}\n{of}\n{with}").as_bytes()).to_vec()
    }
}

/// The part of an address that one customer of a network provider cannot change: all of IPv4, the first 64 bits of IPv6.
fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(v6)) => v6.segments().iter().take(4).map(|part| format!("{part:x}:")).collect(),
        Some(IpAddr::V4(v4)) => v4.to_string(),
        None => String::new(),
    }
}

/// Takes one try; none left is how long to wait for the next one.
pub(crate) async fn spend(
    conn: &mut AsyncPgConnection,
    what: What<'_>,
    at: DateTime<Utc>,
) -> Result<Result<(), TimeDelta>> {
    let limit = what.limit();
    let taken = sql_query(
        "INSERT INTO guess_limit AS g (bucket, tokens, counted_at) VALUES ($1, $2 - 1000, $4) \
         ON CONFLICT (bucket) DO UPDATE SET counted_at = GREATEST(g.counted_at, $4), tokens = LEAST($2, g.tokens + \
             GREATEST(0, EXTRACT(EPOCH FROM ($4 - g.counted_at)) * 1000 / $3)::bigint) - 1000 \
         WHERE LEAST($2, g.tokens + GREATEST(0, EXTRACT(EPOCH FROM ($4 - g.counted_at)) * 1000 / $3)::bigint) >= 1000",
    )
    .bind::<Bytea, _>(what.bucket())
    .bind::<BigInt, _>(limit.tries * 1_000)
    .bind::<BigInt, _>(limit.every)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(if taken == 1 { Ok(()) } else { Err(TimeDelta::seconds(limit.every)) })
}

/// Gives a try back: it was right.
pub(crate) async fn give_back(conn: &mut AsyncPgConnection, what: What<'_>) -> Result<()> {
    sql_query("UPDATE guess_limit SET tokens = LEAST($2, tokens + 1000) WHERE bucket = $1")
        .bind::<Bytea, _>(what.bucket())
        .bind::<BigInt, _>(what.limit().tries * 1_000)
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets buckets that are full again.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, at: DateTime<Utc>) -> Result<usize> {
    let full = at - TimeDelta::days(1);
    Ok(sql_query("DELETE FROM guess_limit WHERE counted_at < $1").bind::<Timestamptz, _>(full).execute(conn).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_customer_has_one_bucket_and_an_ipv4_address_one_of_its_own() {
        let bucket = |address: &str| What::Address(address.parse().ok()).bucket();
        assert_eq!(bucket("2001:db8:1:2::7"), bucket("2001:db8:1:2:ffff::1"));
        assert_ne!(bucket("2001:db8:1:2::7"), bucket("2001:db8:1:3::7"));
        assert_ne!(bucket("192.0.2.1"), bucket("192.0.2.2"));
        assert_eq!(bucket("::ffff:192.0.2.1"), bucket("192.0.2.1"));
    }

    #[test]
    fn a_full_bucket_is_full_again_within_the_day_after_which_it_is_forgotten() {
        for limit in [ADDRESS, STRANGERS, KNOWN, LETTERS] {
            assert!(limit.tries * limit.every <= 86_400);
        }
    }
}
