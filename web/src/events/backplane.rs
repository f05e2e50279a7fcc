//! What replicas share, put together as the environment says: sessions and events, in Redis or in this
//! process alone.

use crate::session::Sessions;

use super::channel::Events;
use super::link::{Link, LinkError, PREFIX};

/// The variable with the address of the Redis that replicas share.
pub const REDIS_VARIABLE: &str = "REDIS_URL";

/// The variable that says how many replicas of the service run; 1 where it is not set.
pub const REPLICAS_VARIABLE: &str = "COUNTERFOIL_REPLICAS";

/// Why the service cannot start so.
#[derive(Debug, thiserror::Error)]
pub enum BackplaneError {
    /// One of several replicas, with nothing that it could share with the others.
    #[error(
        "{REPLICAS_VARIABLE} says that this is one of several replicas, and replicas share sessions and events \
         through Redis: set {REDIS_VARIABLE} to its address, or {REPLICAS_VARIABLE} to 1"
    )]
    Alone,
    /// Not a number of replicas.
    #[error("{REPLICAS_VARIABLE} has to be a whole number from 1, and is \u{2018}{0}\u{2019}")]
    Replicas(String),
    /// No Redis there.
    #[error(transparent)]
    Link(#[from] LinkError),
}

/// Sessions and events. Sessions that are ended say so through the events.
#[derive(Clone)]
pub struct Backplane {
    /// The sessions.
    pub sessions: Sessions,
    /// The events.
    pub events: Events,
}

impl Backplane {
    /// As `REDIS_URL` and `COUNTERFOIL_REPLICAS` say.
    ///
    /// # Errors
    /// As [`open`](Self::open), and where the number of replicas is none.
    pub async fn from_env() -> Result<Self, BackplaneError> {
        let (redis_url, replicas) = read(|variable| std::env::var(variable).ok())?;
        Self::open(redis_url.as_deref(), replicas).await
    }

    /// In the Redis at `redis_url`, or else in this process only, which will not do where it is one of
    /// several `replicas`.
    ///
    /// # Errors
    /// Where it would have to share without Redis, or the Redis does not answer.
    pub async fn open(redis_url: Option<&str>, replicas: bool) -> Result<Self, BackplaneError> {
        let (sessions, events) = match redis_url {
            Some(url) => {
                let link = Link::open(url, PREFIX).await?;
                (Sessions::over(link.clone()), Events::over(link).await?)
            }
            None if replicas => return Err(BackplaneError::Alone),
            None => (Sessions::memory(), Events::local()),
        };
        Ok(Self { sessions: sessions.announcing(events.clone()), events })
    }

    /// Where sessions and events are, for the log at start.
    #[must_use]
    pub fn describe(&self) -> String {
        let (sessions, events) = (self.sessions.describe(), self.events.describe());
        match (sessions.strip_prefix("sessions: "), events.strip_prefix("events: ")) {
            (Some(there), Some(same)) if there == same => format!("sessions and events: {there}"),
            _ => format!("{sessions}; {events}"),
        }
    }
}

fn read(variable: impl Fn(&str) -> Option<String>) -> Result<(Option<String>, bool), BackplaneError> {
    // Deployment files leave variables empty that they do not use.
    let read = |name| variable(name).filter(|value| !value.trim().is_empty());
    let replicas = match read(REPLICAS_VARIABLE) {
        None => 1,
        Some(text) => match text.trim().parse::<u32>() {
            Ok(number) if number >= 1 => number,
            _ => return Err(BackplaneError::Replicas(text)),
        },
    };
    Ok((read(REDIS_VARIABLE), replicas > 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(redis: &str, replicas: &str) -> Result<(Option<String>, bool), BackplaneError> {
        read(|name| Some(if name == REDIS_VARIABLE { redis } else { replicas }.to_owned()))
    }

    #[test]
    fn the_environment_says_whether_there_are_others() {
        assert_eq!(read(|_| None).unwrap(), (None, false));
        assert_eq!(setting("", "").unwrap(), (None, false));
        assert_eq!(setting("", "1").unwrap(), (None, false));
        assert_eq!(setting("redis://cache", "2").unwrap(), (Some("redis://cache".to_owned()), true));
        for wrong in ["0", "-1", "two", "1.5"] {
            let told = setting("", wrong).unwrap_err().to_string();
            assert_eq!(
                told,
                format!("COUNTERFOIL_REPLICAS has to be a whole number from 1, and is \u{2018}{wrong}\u{2019}")
            );
        }
    }

    #[tokio::test]
    async fn one_of_several_replicas_does_not_start_without_redis() {
        let told = Backplane::open(None, true).await.err().unwrap().to_string();
        assert_eq!(
            told,
            "COUNTERFOIL_REPLICAS says that this is one of several replicas, and replicas share sessions and \
             events through Redis: set REDIS_URL to its address, or COUNTERFOIL_REPLICAS to 1"
        );
    }

    #[tokio::test]
    async fn a_process_alone_says_that_it_is() {
        let alone = Backplane::open(None, false).await.unwrap();
        assert_eq!(alone.describe(), "sessions and events: in this process only, since REDIS_URL is not set");
    }
}
