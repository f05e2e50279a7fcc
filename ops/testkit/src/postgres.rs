//! The PostgreSQL that tests use: one for the whole run where `ops/test` started it, else one of this
//! test process's own.

use std::sync::OnceLock;

use counterfoil_services::{PgServer, PostgresOptions, PrivatePostgres, TEST_PG_VARIABLE};

/// The server to make databases on, as the role `postgres`.
///
/// `COUNTERFOIL_TEST_PG` names it by URL: `counterfoil-test-services` sets that for all tests of a run.
/// Where it is not set, the first call in a process starts a private server, which the end of the process
/// stops. It does not wait for the disk: tests lose nothing when it is killed, only when the machine is.
///
/// # Panics
/// Where no PostgreSQL can be started; the message says what to install.
pub fn pg() -> &'static PgServer {
    static SERVER: OnceLock<(PgServer, Option<PrivatePostgres>)> = OnceLock::new();
    &SERVER.get_or_init(find_or_start).0
}

fn find_or_start() -> (PgServer, Option<PrivatePostgres>) {
    if let Ok(url) = std::env::var(TEST_PG_VARIABLE) {
        let server =
            PgServer::of_url(&url).unwrap_or_else(|| panic!("{TEST_PG_VARIABLE} has to be a postgresql:// URL"));
        return (server, None);
    }
    let options = PostgresOptions { durable: false, ..PostgresOptions::default() };
    let own = PrivatePostgres::start(options).unwrap_or_else(|error| panic!("{error}"));
    (own.server(), Some(own))
}
