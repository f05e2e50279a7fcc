//! Where the database is, and one pool of connections for each role. Nothing here hands a connection out: the way
//! to one is a [scope](crate::scope).
//!
//! | variable | meaning |
//! | --- | --- |
//! | `DATABASE_URL` | `postgresql://owner:password@host:5432/database`; the owner runs the migrations only |
//! | `DATABASE_ROLE_PASSWORD` | the password of the four roles; none on a private socket, which needs none |
//! | `DATABASE_POOL_SIZE` | connections for each role and process, 16 unless it says otherwise |

use std::sync::Arc;

use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use tokio::sync::Notify;

use crate::error::{Error, Result};

/// A role that the service connects as. None of them owns anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// All rows of one council.
    Council,
    /// The rows of the organisations that a person acts for, over all councils.
    Provider,
    /// Who may sign in as what: platform tables only.
    Identity,
    /// Picks the next job: platform tables only.
    Dispatcher,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Council, Self::Provider, Self::Identity, Self::Dispatcher];

    /// Its name on the server.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Council => "counterfoil_council",
            Self::Provider => "counterfoil_provider",
            Self::Identity => "counterfoil_identity",
            Self::Dispatcher => "counterfoil_dispatcher",
        }
    }
}

/// Which database, and how many connections.
#[derive(Clone)]
pub struct Config {
    /// URL with the owner's name and password.
    url: String,
    /// Password of the four roles; none where the server asks for none.
    role_password: Option<String>,
    /// Connections for each role.
    pool_size: usize,
}

impl Config {
    /// The database that a URL leads to; the user in it owns the tables and runs the migrations.
    ///
    /// # Errors
    /// [`Error::Refused`] when it is no URL.
    pub fn new(url: &str) -> Result<Self> {
        if !(url.starts_with("postgresql://") || url.starts_with("postgres://")) {
            return Err(Error::Refused("DATABASE_URL has to start with \u{2018}postgresql://\u{2019}.".to_owned()));
        }
        Ok(Self { url: url.to_owned(), role_password: None, pool_size: 16 })
    }

    /// From the variables of the module's table; none where `DATABASE_URL` is not set.
    ///
    /// # Errors
    /// [`Error::Refused`] when one of them cannot be read.
    pub fn from_env() -> Result<Option<Self>> {
        let Ok(url) = std::env::var("DATABASE_URL") else {
            return Ok(None);
        };
        let mut config = Self::new(&url)?;
        config.role_password = std::env::var("DATABASE_ROLE_PASSWORD").ok();
        if let Ok(size) = std::env::var("DATABASE_POOL_SIZE") {
            let bad = |_| Error::Refused("DATABASE_POOL_SIZE has to be a number from 1 to 1000.".to_owned());
            config.pool_size = size.parse().map_err(bad)?;
        }
        Ok(Some(config))
    }

    /// With this many connections for each role.
    #[must_use]
    pub const fn pool_size(mut self, size: usize) -> Self {
        self.pool_size = size;
        self
    }

    /// The owner's URL.
    pub(crate) fn owner_url(&self) -> &str {
        &self.url
    }

    /// The password of the four roles.
    pub(crate) fn role_password(&self) -> Option<&str> {
        self.role_password.as_deref()
    }

    /// The URL with a role in the owner's place.
    fn url_of(&self, role: Role) -> String {
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("postgresql", &self.url));
        let authority_ends = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(authority_ends);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        let password = self.role_password.as_deref().map(|word| format!(":{}", escaped(word))).unwrap_or_default();
        format!("{scheme}://{}{password}@{host}{tail}", role.name())
    }
}

/// Percent-encodes everything but the characters that a URL leaves alone everywhere.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut url, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
        url
    })
}

/// A pool for each role. Cheap to clone; scopes are made from it.
#[derive(Clone)]
pub struct Connections {
    pools: Arc<[Pool<AsyncPgConnection>; 4]>,
    letters: Arc<Notify>,
}

impl Connections {
    /// Makes the pools; the first connection is opened when it is needed.
    ///
    /// # Errors
    /// [`Error::Unreachable`] when a pool cannot be made.
    pub fn new(config: &Config) -> Result<Self> {
        let pool = |role| {
            let mut settings = ManagerConfig::default();
            // An open transaction or a closed socket is noticed without asking the server; a connection that
            // breaks later fails the step that uses it, which its job tries again.
            settings.recycling_method = RecyclingMethod::Fast;
            let manager =
                AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(config.url_of(role), settings);
            Pool::builder(manager)
                .max_size(config.pool_size)
                .build()
                .map_err(|error| Error::Unreachable(Box::new(error)))
        };
        let [council, provider, identity, dispatcher] = Role::ALL;
        let pools = [pool(council)?, pool(provider)?, pool(identity)?, pool(dispatcher)?];
        Ok(Self { pools: Arc::new(pools), letters: Arc::default() })
    }

    /// Wakes whoever sends the platform's letters in this process.
    pub(crate) fn letters(&self) -> &Notify {
        &self.letters
    }

    /// A connection as a role; for scopes alone.
    pub(crate) async fn get(&self, role: Role) -> Result<Object<AsyncPgConnection>> {
        let [council, provider, identity, dispatcher] = &*self.pools;
        let pool = match role {
            Role::Council => council,
            Role::Provider => provider,
            Role::Identity => identity,
            Role::Dispatcher => dispatcher,
        };
        pool.get().await.map_err(|error| Error::Unreachable(Box::new(error)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_role_takes_the_owners_place_in_the_url() {
        let mut config = Config::new("postgresql://owner:pa@ss@db.example:5432/counterfoil?sslmode=prefer").unwrap();
        config.role_password = Some("s/1".to_owned());
        assert_eq!(
            config.url_of(Role::Provider),
            "postgresql://counterfoil_provider:s%2F1@db.example:5432/counterfoil?sslmode=prefer"
        );
        let socket = Config::new("postgresql://postgres@%2Ftmp%2Fpg/counterfoil").unwrap();
        assert_eq!(socket.url_of(Role::Council), "postgresql://counterfoil_council@%2Ftmp%2Fpg/counterfoil");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        assert!(Config::new("host=localhost").is_err());
    }
}
