//! Payment files: bytes, digest and serial number are stored before anything leaves. A run has at most one, so that no
//! two valid instructions exist.

use chrono::{DateTime, Utc};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{PaymentFileId, RunId};
use counterfoil_core::money::Money;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::audit::Record;
use crate::error::Result;
use crate::profile::PaymentFormat;
use crate::record::{insert, record};
use crate::schema::{file_serial, payment_file};
use crate::scope::{Audited, CouncilScope, Tx};

record! {
    /// A payment file.
    pub struct PaymentFile in payment_file {
        /// Its id.
        pub id: PaymentFileId,
        /// Of which run.
        pub run_id: RunId,
        /// The council's serial number, without gaps.
        pub serial: u32,
        /// Its format.
        pub format: PaymentFormat,
        /// Its bytes.
        pub bytes: Vec<u8>,
        /// SHA-256 of them, in lower-case hex.
        pub digest: String,
        /// How many payments it instructs.
        pub items: u32,
        /// Their sum.
        pub total_pence: Money,
        /// When it was issued.
        pub issued_at: DateTime<Utc>,
    }
}

/// Takes the council's next serial number. The row stays locked until the transaction ends, so that a number is only
/// used up by a file that is stored.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn next_serial(audited: &mut Audited<'_, '_>) -> Result<u32> {
    let tenant = audited.tenant().uuid();
    let serial: i32 = diesel::insert_into(file_serial::table)
        .values((file_serial::tenant_id.eq(tenant), file_serial::last.eq(1)))
        .on_conflict(file_serial::tenant_id)
        .do_update()
        .set(file_serial::last.eq(file_serial::last + 1))
        .returning(file_serial::last)
        .get_result(audited.conn())
        .await?;
    crate::record::Kept::of(serial).map_err(|what| crate::Error::Unreadable { what })
}

/// Stores a file.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database), with the constraint where the run has one already.
pub async fn add(audited: &mut Audited<'_, '_>, file: PaymentFile) -> Result<()> {
    insert!(audited, payment_file, [file]);
    Ok(())
}

/// The file of a run, if it was issued.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of_run(tx: &mut Tx<'_>, run: RunId) -> Result<Option<PaymentFile>> {
    let tenant = tx.tenant().uuid();
    Ok(payment_file::table
        .filter(payment_file::tenant_id.eq(tenant))
        .filter(payment_file::run_id.eq(run.uuid()))
        .select(PaymentFile::as_select())
        .first(tx.conn())
        .await
        .optional()?)
}

/// Hands a file to whoever asks for it. It names people's accounts, so that the audit keeps who had it.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn download(scope: &CouncilScope, at: DateTime<Utc>, id: PaymentFileId) -> Result<PaymentFile> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let found = find(tx, id).await?;
            let detail = serde_json::json!({ "serial": found.serial, "digest": found.digest });
            tx.audited(Record::of(Action::DownloadPaymentFile, id).detail(detail)).await?;
            Ok(found)
        })
        .await
}

/// One file, with its bytes.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn find(tx: &mut Tx<'_>, id: PaymentFileId) -> Result<PaymentFile> {
    let tenant = tx.tenant().uuid();
    Ok(payment_file::table
        .filter(payment_file::tenant_id.eq(tenant))
        .filter(payment_file::id.eq(id.uuid()))
        .select(PaymentFile::as_select())
        .first(tx.conn())
        .await?)
}
