//! Which operating system account a private service runs as.
//!
//! PostgreSQL refuses to run as root, and nothing else here needs root either. Started as root, a
//! service runs as `postgres` (the distribution's package makes it) or `nobody`; otherwise as whoever
//! started Counterfoil.

use std::path::Path;
use std::process::Command;

use std::os::unix::process::CommandExt as _;

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use crate::ServiceError;

/// The account for a service's process and folder.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    name: String,
    switch_to: Option<(Uid, Gid)>,
}

impl Account {
    /// The account to use on this machine.
    pub(crate) fn for_services() -> Result<Self, ServiceError> {
        let own = geteuid();
        if !own.is_root() {
            return Ok(Self { name: format!("user {own}"), switch_to: None });
        }
        for name in ["postgres", "nobody"] {
            let found = User::from_name(name)
                .map_err(|errno| ServiceError::io(format!("looking up the account {name}"), errno))?;
            if let Some(user) = found {
                return Ok(Self { name: user.name, switch_to: Some((user.uid, user.gid)) });
            }
        }
        Err(ServiceError::NotFound {
            program: "an unprivileged account (postgres or nobody)",
            remedy: "start Counterfoil as an ordinary user instead of root",
        })
    }

    /// The account's name, for messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Makes the account the owner of a path.
    pub(crate) fn own(&self, path: &Path) -> Result<(), ServiceError> {
        match self.switch_to {
            None => Ok(()),
            Some((uid, gid)) => chown(path, Some(uid), Some(gid))
                .map_err(|errno| ServiceError::io(format!("giving {} to {}", path.display(), self.name), errno)),
        }
    }

    /// Has a command run as the account. With no supplementary groups of root's: the standard library
    /// drops them whenever root names another user.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Some((uid, gid)) = self.switch_to {
            command.uid(uid.as_raw()).gid(gid.as_raw());
        }
    }
}
