//! The link to Redis: one connection shared by all requests, which mends itself, and on which nobody waits
//! longer than two seconds.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::io::tcp::TcpSettings;
use redis::{Client, IntoConnectionInfo as _, RedisError, RedisResult};
use url::Url;

/// The longest that one question may take, attempts to connect included.
pub(crate) const LIMIT: Duration = Duration::from_secs(2);

/// What a question that found no connection waits for before it asks again, and how often it does.
const PAUSE: Duration = Duration::from_millis(50);
const RETRIES: u32 = 3;

/// Redis itself answers within a millisecond; these leave room for a second attempt within [`LIMIT`].
const CONNECT_LIMIT: Duration = Duration::from_millis(800);
const ANSWER_LIMIT: Duration = Duration::from_millis(1500);

/// How long the other side of a network may be silent before the kernel drops the connection. Without it
/// a connection to a machine that went away would be kept for a quarter of an hour.
const SILENCE_LIMIT: Duration = Duration::from_secs(5);

/// How many questions may wait in line on the connection before those that follow wait outside.
const LINE: usize = 1024;

/// What the names of all keys and channels begin with.
pub(crate) const PREFIX: &str = "counterfoil:";

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The address makes no sense to a Redis client.
    #[error("REDIS_URL is not the address of a Redis (redis://host:6379 or redis+unix:///path/of/socket)")]
    Address(#[source] RedisError),
    /// Nothing answers there, or it refuses.
    #[error("the Redis that REDIS_URL names ({at}) does not answer")]
    Unreachable {
        /// The address without its password.
        at: String,
        /// What the client says.
        #[source]
        source: RedisError,
    },
}

/// Whether a question whose answer was lost on the way may be asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Asking twice does what asking once does.
    Harmless,
    /// It may have been carried out: only asked again if it cannot have reached Redis.
    Never,
}

/// The link.
#[derive(Clone)]
pub(crate) struct Link {
    manager: ConnectionManager,
    client: Client,
    prefix: Arc<str>,
    at: Arc<str>,
}

impl Link {
    /// Opens it, and makes sure that Redis answers.
    pub(crate) async fn open(url: &str, prefix: &str) -> Result<Self, LinkError> {
        let settings = TcpSettings::default().set_nodelay(true).set_user_timeout(SILENCE_LIMIT);
        let info = url.into_connection_info().map_err(LinkError::Address)?.set_tcp_settings(settings);
        let client = Client::open(info).map_err(LinkError::Address)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_LIMIT))
            .set_response_timeout(Some(ANSWER_LIMIT))
            .set_min_delay(PAUSE)
            .set_number_of_retries(1)
            .set_pipeline_buffer_size(LINE);
        let at = without_password(url);
        let manager = ConnectionManager::new_with_config(client.clone(), config)
            .await
            .map_err(|source| LinkError::Unreachable { at: at.clone(), source })?;
        Ok(Self { manager, client, prefix: prefix.into(), at: at.into() })
    }

    /// Where Redis is, without the password.
    pub(crate) fn at(&self) -> &str {
        &self.at
    }

    /// The full name of a key or channel.
    pub(crate) fn name(&self, rest: &str) -> String {
        format!("{}{rest}", self.prefix)
    }

    /// What to say when a connection of one's own cannot be made.
    pub(crate) fn unreachable(&self, source: RedisError) -> LinkError {
        LinkError::Unreachable { at: self.at.to_string(), source }
    }

    /// For connections that do nothing but listen.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Asks Redis.
    pub(crate) async fn ask<T, F>(
        &self,
        repeat: Repeat,
        question: impl Fn(ConnectionManager) -> F,
    ) -> Result<T, RedisError>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let attempts = async {
            let mut retries = 0;
            loop {
                let answer = question(self.manager.clone()).await;
                match answer {
                    Err(error) if retries < RETRIES && may_ask_again(&error, repeat) => {
                        retries += 1;
                        tokio::time::sleep(PAUSE).await;
                    }
                    answer => return answer,
                }
            }
        };
        tokio::time::timeout(LIMIT, attempts)
            .await
            .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
    }
}

fn may_ask_again(error: &RedisError, repeat: Repeat) -> bool {
    error.is_connection_refusal() || (repeat == Repeat::Harmless && error.is_connection_dropped())
}

fn without_password(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return "an address that cannot be read".to_owned();
    };
    // The query of a socket's address may hold the password too. An address without a host has neither.
    url.set_query(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_shows_no_password() {
        assert_eq!(without_password("redis://app:secret@cache:6379/2"), "redis://cache:6379/2");
        assert_eq!(without_password("redis+unix:///run/redis.sock?pass=secret&db=1"), "redis+unix:///run/redis.sock");
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_told_from_a_redis_that_is_away() {
        let none = Link::open("postgresql://localhost/", PREFIX).await.err().unwrap();
        assert!(matches!(none, LinkError::Address(_)), "{none}");
        let away = Link::open("redis+unix:///nowhere/redis.sock", PREFIX).await.err().unwrap();
        assert_eq!(
            away.to_string(),
            "the Redis that REDIS_URL names (redis+unix:///nowhere/redis.sock) does not answer"
        );
    }
}
