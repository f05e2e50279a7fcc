//! The commands, a file each. Each has a `run` that gives the exit code, or the error to be told.

pub(crate) mod audit;
pub(crate) mod calendar;
pub(crate) mod code;
pub(crate) mod council;
pub(crate) mod demo;
pub(crate) mod migrate;
pub(crate) mod operator;
mod platform;
pub(crate) mod routes;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod worker;

use anyhow::Context as _;

/// Runs a command that waits for others: the database, the network. It runs as a task beside the connections that it
/// waits for, on one of the runtime's own threads: from outside, each query would wake two threads.
pub(crate) fn block_on<T: Send + 'static>(
    command: impl Future<Output = anyhow::Result<T>> + Send + 'static,
) -> anyhow::Result<T> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime cannot be started")?;
    runtime.block_on(async { tokio::spawn(command).await.context("the command stopped short")? })
}
