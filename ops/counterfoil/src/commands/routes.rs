//! `counterfoil routes`: every page with who may see it, one a line as JSON. What the access matrix of the browser tests is
//! made from.

use std::io::Write as _;
use std::process::ExitCode;

use counterfoil_web::routes_seen;
use serde_json::json;

/// Runs the command.
///
/// # Errors
/// Where the list cannot be printed.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for route in routes_seen() {
        let gate = format!("{:?}", route.gate.kind);
        let line = json!({ "method": route.method, "path": route.path, "gate": gate, "roles": route.gate.roles });
        writeln!(out, "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}
