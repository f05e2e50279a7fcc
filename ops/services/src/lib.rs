//! The services Counterfoil needs around it, started privately on the machine at hand.
//!
//! Owns: finding, starting, stopping, killing and restarting a PostgreSQL, a Redis and an SMTP sink
//! of our own. Stands before everything else: the demo and the tests start here, hand the
//! addresses on, and the rest of the program cannot tell these services from hosted ones.
//!
//! Everything but the sink is synchronous: starting a database happens once, before a runtime has
//! work to do, and `Drop` has to be able to stop it.

mod account;
mod error;
mod folder;
mod postgres;
mod redis;
mod smtp_sink;
mod supervise;

pub use error::ServiceError;
pub use postgres::{Binaries, PgServer, PostgresOptions, PrivatePostgres, SUPERUSER};
pub use redis::PrivateRedis;
pub use smtp_sink::{ReceivedMail, Refusal, SmtpSink};

/// Environment variable with the PostgreSQL that a whole test run shares, as the superuser's URL.
pub const TEST_PG_VARIABLE: &str = "COUNTERFOIL_TEST_PG";

/// Environment variable with the Redis that a whole test run shares; absent where none is installed.
pub const TEST_REDIS_VARIABLE: &str = "COUNTERFOIL_TEST_REDIS";
