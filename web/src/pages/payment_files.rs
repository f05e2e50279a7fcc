//! `/councils/{council}/payment-files/{file}`: the file that instructs the bank, byte for byte as it was issued. It names
//! accounts, so that only officers have it.

use axum::extract::Path;
use axum::response::Response;
use counterfoil_tenants::payment_file;
use counterfoil_tenants::profile::PaymentFormat;

use crate::access::{Officer, Permit, Staff};
use crate::download::attachment;
use crate::fault::Fault;

/// The file.
pub(crate) async fn download(
    Permit { visit, pass }: Permit<Staff<Officer>>,
    Path((slug, file)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let id = file.parse().map_err(|_| Fault::NotFound)?;
    let found = payment_file::download(&pass.scope, visit.now, id).await;
    let found = found.map_err(|error| Fault::of(&error))?;
    let (media_type, ending) = match found.format {
        PaymentFormat::Bacs => ("text/plain; charset=us-ascii", "txt"),
        PaymentFormat::Pain001 => ("application/xml", "xml"),
        PaymentFormat::ApFile => ("text/csv; charset=utf-8", "csv"),
    };
    Ok(attachment(&format!("{slug}-payments-{}.{ending}", found.serial), media_type, found.bytes))
}
