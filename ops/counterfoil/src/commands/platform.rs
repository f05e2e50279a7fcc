//! What the commands of whoever operates the platform share: the database, up to date, and the words about letters.

use anyhow::ensure;
use counterfoil_tenants::Connections;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::identity::invite::Invited;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::migrate::{is_current, migrate};

use crate::database::Server;

/// The platform's tables. A private server stops when this is dropped.
pub(crate) struct Platform {
    _server: Server,
    pub(crate) identity: Identity,
    /// For what is a council's own.
    pub(crate) connections: Connections,
}

impl Platform {
    /// Opens the database that the environment names, or the private one.
    ///
    /// # Errors
    /// Where it cannot be reached or is not up to date.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let server = Server::from_environment().await?;
        if server.is_private() {
            // Nobody else could.
            migrate(server.config()).await?;
        }
        ensure!(is_current(server.config()).await?, "the database is not up to date: run `counterfoil migrate` first");
        let connections = Connections::new(server.config())?;
        Ok(Self { _server: server, identity: Identity::new(&connections), connections })
    }
}

/// What goes out to somebody who was invited, and what they do then.
pub(crate) fn told(invited: Invited, email: &str) -> String {
    let sent = "goes out by e-mail when `counterfoil serve` or `counterfoil worker` runs";
    if invited.letter == LetterKind::Joined {
        format!("There is a login of {email} already, with which they sign in; word of it {sent}.")
    } else {
        format!(
            "The invitation to {email} {sent}. Its link is good for 7 days: they choose a password there and set up a \
             second factor."
        )
    }
}
