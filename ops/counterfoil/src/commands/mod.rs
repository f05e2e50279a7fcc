//! The commands, a file each. Each has a `run` that gives the exit code, or the error to be told.

pub(crate) mod calendar;
pub(crate) mod demo;
pub(crate) mod migrate;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod worker;

use std::process::ExitCode;

use anyhow::Context as _;

/// Runs a command that waits for others: the database, the network.
pub(crate) fn block_on(command: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?
        .block_on(command)
}
