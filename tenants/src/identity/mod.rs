//! Platform tables: councils, organisations, people, what they sign in with, and who may act for whom. The only way
//! from a person to a scope: what a person may do is read here each time ([`Access`]), and never believed from a
//! request.
//!
//! One file a subject: [`council`], [`organisation`], [`person`], [`membership`] say who there is; [`password`],
//! [`code`], [`recovery`], [`passkey`] what they sign in with; `guess` how often somebody may guess, and `browser` from
//! where; [`link`] and [`letter`] what goes out by e-mail; [`sign_in`] and [`login`] put them in order. [`staff`],
//! [`people`] and [`linking`] are what administrators do, [`operator`] what operators of the platform do, each after
//! `acting` has asked once more whether they may; [`provider_access`] is what a council sees of its providers, [`brand`]
//! what everybody sees of a council, [`sign_on`] how its staff sign in elsewhere, `turn_away` whom it did not let in.

pub mod access;
mod acting;
pub mod brand;
mod browser;
pub mod code;
pub mod council;
mod feed;
mod guess;
pub mod invite;
pub mod letter;
pub mod link;
pub mod linking;
pub mod login;
pub mod membership;
pub mod operator;
pub mod organisation;
pub mod passkey;
pub mod password;
pub mod people;
pub mod person;
pub mod provider_access;
pub mod recovery;
pub mod sign_in;
pub mod sign_on;
pub mod staff;
mod turn_away;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::PersonId;
use diesel_async::AsyncPgConnection;

use crate::connections::{Connections, Role};
use crate::error::{Error, Result};
use crate::scope::{End, Mode, Origin, Settings, Work, in_transaction};

use access::Readings;
pub use access::{Access, CouncilAccess, OrganisationAccess};
pub use council::{Council, Nation};
pub use membership::{CouncilRole, OrganisationRole};

/// The platform's own tables.
#[derive(Clone)]
pub struct Identity {
    connections: Connections,
    readings: Readings,
}

/// Who asks for something, when, and from where: what the record of it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who; nobody before they have signed in, and for the service itself.
    pub by: Option<PersonId>,
    /// When.
    pub at: DateTime<Utc>,
    /// From where, and in which request or command.
    pub origin: Origin,
}

impl Asked {
    /// By the service itself: a command of whoever operates it.
    #[must_use]
    pub fn by_service(at: DateTime<Utc>) -> Self {
        Self { by: None, at, origin: Origin::default() }
    }
}

impl Identity {
    /// On a database.
    #[must_use]
    pub fn new(connections: &Connections) -> Self {
        Self { connections: connections.clone(), readings: Readings::default() }
    }

    pub(crate) const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Reads the platform's tables: one snapshot.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'r> Work<&'r mut AsyncPgConnection, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        in_transaction(
            &self.connections,
            Role::Identity,
            Mode::Read,
            &Settings::default(),
            async |conn: &mut AsyncPgConnection| Ok((work(conn).await?, End::Audited)),
        )
        .await
    }

    /// Asks one question of the platform's tables: one statement is a snapshot by itself and needs no transaction around
    /// it, whose beginning and end every page would wait for.
    pub(crate) async fn ask<T, F>(&self, question: F) -> Result<T>
    where
        F: for<'r> Work<&'r mut AsyncPgConnection, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        let mut pooled = self.connections.get(Role::Identity).await?;
        question(&mut pooled).await
    }

    /// Works on the platform's tables, for nobody in particular.
    pub(crate) async fn transaction<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'r> Work<&'r mut AsyncPgConnection, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        self.transaction_with(&Settings::default(), work).await
    }

    /// The same, with a council and a person for the records of a council's audit.
    pub(crate) async fn transaction_with<T, F>(&self, settings: &Settings, work: F) -> Result<T>
    where
        F: for<'r> Work<&'r mut AsyncPgConnection, Result<T>, Done: Send> + Send + Sync,
        T: Send,
    {
        let work = async |conn: &mut AsyncPgConnection| {
            let done = work(&mut *conn).await?;
            access::advance(conn).await?;
            Ok((done, End::Audited))
        };
        let transaction = in_transaction(&self.connections, Role::Identity, Mode::Write, settings, work);
        let (outcome, wrote_letters) = letter::noting(transaction).await;
        if wrote_letters && outcome.is_ok() {
            self.connections.letters().notify_one();
        }
        outcome
    }
}

/// A unique key that is taken, in words; any other error as it is.
pub(crate) fn taken(error: Error, words: &str) -> Error {
    if error.constraint().is_some() { Error::Conflict(words.to_owned()) } else { error }
}
