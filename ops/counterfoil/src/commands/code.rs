//! `counterfoil code KEY`: what an authenticator app would show now for a key. For trying the demo without a telephone.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use clap::Args;
use totp_rs::{Builder, Secret};

/// For which key.
#[derive(Debug, Args)]
pub(crate) struct CodeArgs {
    /// The key, as the page that sets up an app shows it
    key: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// Where the key is none.
pub(crate) fn run(args: &CodeArgs) -> anyhow::Result<ExitCode> {
    let key = args.key.concat().to_uppercase();
    let secret = Secret::try_from_base32(key).map_err(|_| anyhow::anyhow!("that is no key of an authenticator app"))?;
    let totp = Builder::new().with_secret(secret).with_account_name("demo").build();
    let totp = totp.map_err(|error| anyhow::anyhow!("that key cannot be used: {error:?}"))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
    writeln!(std::io::stdout(), "{}", totp.generate(now))?;
    Ok(ExitCode::SUCCESS)
}
