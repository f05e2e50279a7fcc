//! What is logged, and in what form. Goes to standard error, so that a command's answer stays apart.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_LOG` | a filter, such as `info` or `warn,counterfoil_web=debug` |
//! | `COUNTERFOIL_LOG_FORMAT` | `text`, or `json` with one object a line |
//!
//! Every line of a request carries its `request_id`, every line of a job its `job_id`: both are fields of the span
//! that the work runs in.

use std::env;
use std::io::{IsTerminal as _, stderr};

use anyhow::{Context as _, bail};
use tracing_subscriber::EnvFilter;

/// Starts logging. `default` is the filter where the environment has none.
///
/// # Errors
/// Where one of the variables cannot be understood.
pub(crate) fn start(default: &str) -> anyhow::Result<()> {
    let filter = env::var("COUNTERFOIL_LOG").unwrap_or_else(|_| default.to_owned());
    let filter = EnvFilter::builder()
        .parse(&filter)
        .with_context(|| format!("COUNTERFOIL_LOG={filter:?} is not a filter such as `info`"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
    let started = match env::var("COUNTERFOIL_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().flatten_event(true).try_init(),
        Ok("text") | Err(_) => log.with_ansi(stderr().is_terminal()).try_init(),
        Ok(other) => bail!("COUNTERFOIL_LOG_FORMAT={other:?} has to be `text` or `json`"),
    };
    started.map_err(anyhow::Error::msg).context("logging cannot be started")
}
