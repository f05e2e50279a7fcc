//! `/councils/{council}/rules/{digest}/component`: the component itself, byte for byte as it was uploaded or came with the
//! service. That it was taken is recorded.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_tenants::steps::upload_rule::download_rule;

use super::found;
use super::shown::short;
use crate::access::{Managing, Permit, Staff};
use crate::download::attachment;
use crate::fault::Fault;

/// The file.
pub(crate) async fn download(
    Permit { visit, pass }: Permit<Staff<Managing>>,
    Path((_, digest)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let (_, seen) = found(&visit, &pass, &digest).await?;
    let bytes = download_rule(&pass.scope, visit.app.means(), visit.now, &digest).await;
    let bytes = bytes.map_err(|error| Fault::of(&error))?;
    let name = format!("{}-{}-{}.wasm", seen.name, seen.version, short(&digest));
    Ok(attachment(&name, "application/wasm", bytes))
}
