//! The rows that were not taken, as a file to mend and to send again: as they were sent, with three columns that say where,
//! what is wrong and what to do, and that are passed over when the file comes back.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::Response;
use counterfoil_core::actuals_file::{Columns, Mended, to_mend};
use counterfoil_tenants::claim;
use counterfoil_tenants::scope::{Provider, Tx};

use super::held::{Part, ToMend, Upload};
use super::{download, today};
use crate::access::{Permit, ProviderAt};
use crate::fault::Fault;
use crate::spreadsheet;

/// The file, of the kind that was sent.
pub(crate) async fn rejects(
    Permit { visit, pass }: Permit<ProviderAt>,
    Path((_, _, upload)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let (upload, _) = Upload::find(&visit, &pass, &upload).await?;
    let rows: ToMend = upload.look(Part::ToMend).await?.unwrap_or_default();
    let bytes = upload.look_bytes(Part::File).await?.ok_or(Fault::NotFound)?;
    let (council, day) = (pass.council.id, today(&visit));
    let read = pass.provider.scope.read(async |tx: &mut Tx<'_, Provider>| claim::reasons_own(tx, council, day).await);
    let reasons = read.await.map_err(|error| Fault::of(&error))?;
    super::upload::blocking(move || made(&bytes, rows, &reasons)).await?
}

fn made(bytes: &[u8], rows: ToMend, reasons: &BTreeMap<String, String>) -> Result<Response, Fault> {
    // it was read before, when it was sent
    let (kind, table) = spreadsheet::read(bytes).map_err(|fault| Fault::internal(&fault))?;
    let columns = Columns::of(&table).map_err(|fault| Fault::internal(&fault))?;
    let mut written = vec![Mended::headings(&columns)];
    for (index, wrong) in rows {
        if let Some(row) = table.rows.get(index) {
            written.push(to_mend(&columns, row, wrong).row());
        }
    }
    download::file("actuals-to-mend", kind, &written, reasons)
}
