//! The Redis that tests use: one for the whole run where `ops/test` started it, else one of this test
//! process's own.

use std::sync::OnceLock;

use counterfoil_services::{PrivateRedis, TEST_REDIS_VARIABLE};

/// The URL of the Redis. Tests that share it keep apart by the prefix of their keys, and never flush it.
///
/// # Panics
/// Where no Redis can be started; the message says what to install.
pub fn redis() -> &'static str {
    static SERVER: OnceLock<(String, Option<PrivateRedis>)> = OnceLock::new();
    &SERVER.get_or_init(find_or_start).0
}

fn find_or_start() -> (String, Option<PrivateRedis>) {
    if let Ok(url) = std::env::var(TEST_REDIS_VARIABLE) {
        return (url, None);
    }
    let own = PrivateRedis::start().unwrap_or_else(|error| panic!("{error}"));
    (own.url(), Some(own))
}
