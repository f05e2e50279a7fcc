//! `counterfoil-test-services COMMAND...`: runs a command with the services that tests share.
//!
//! Starts one private PostgreSQL (without waiting for the disk; see `PostgresOptions::durable`) and, where
//! installed, one private Redis; sets `COUNTERFOIL_TEST_PG` and `COUNTERFOIL_TEST_REDIS`; stops both when
//! the command has ended, and ends with its exit code (128 + the signal's number where one killed it).
//! A PostgreSQL that the environment names already is used instead of starting another.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitCode};

use counterfoil_services::{
    PostgresOptions, PrivatePostgres, PrivateRedis, SUPERUSER, ServiceError, TEST_PG_VARIABLE, TEST_REDIS_VARIABLE,
};

fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let Some(program) = words.next() else {
        eprintln!("Say what to run: counterfoil-test-services COMMAND...");
        return ExitCode::from(2);
    };
    let mut command = Command::new(program);
    command.args(words);
    match run(command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run(mut command: Command) -> Result<ExitCode, ServiceError> {
    let postgres = match std::env::var_os(TEST_PG_VARIABLE) {
        Some(_) => None,
        None => {
            let options = PostgresOptions { durable: false, ..PostgresOptions::default() };
            Some(PrivatePostgres::start(options)?)
        }
    };
    if let Some(postgres) = &postgres {
        command.env(TEST_PG_VARIABLE, postgres.url(SUPERUSER, "postgres"));
    }
    let redis = match PrivateRedis::binary() {
        Some(_) => Some(PrivateRedis::start()?),
        None => None,
    };
    if let Some(redis) = &redis {
        command.env(TEST_REDIS_VARIABLE, redis.url());
    }
    let status = command
        .status()
        .map_err(|source| ServiceError::Io { doing: format!("running {}", command.get_program().display()), source })?;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
}
