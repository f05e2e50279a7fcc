//! Bank details of payees and of the council itself: append-only versions, encrypted with the council's own key. They
//! are opened for the payment file and for nothing else.

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::bacs::Originator;
use counterfoil_core::ids::{PayeeId, PersonId, TenantId};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::schema::{council_key, originator, payee_bank};
use crate::scope::{Audited, Tx};
use crate::vault::{CouncilKey, MasterKey, Sealed};

/// An account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankDetails {
    /// Six digits.
    pub sort_code: String,
    /// Eight digits.
    pub account: String,
    /// The name that the account is held in.
    pub name: String,
}

impl std::fmt::Debug for BankDetails {
    /// Never in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BankDetails(..)")
    }
}

record! {
    /// The council's key, encrypted.
    pub struct KeyRow in council_key {
        /// 1 for the first.
        pub version: u32,
        /// Of its encryption.
        pub nonce: Vec<u8>,
        /// Itself, encrypted.
        pub wrapped: Vec<u8>,
        /// When it was made.
        pub created_at: DateTime<Utc>,
    }
}

record! {
    /// A version of a payee's bank details, encrypted.
    pub struct PayeeBankRow in payee_bank {
        /// Whose.
        pub payee_id: PayeeId,
        /// 1 for the first.
        pub version: u32,
        /// Which of the council's keys.
        pub key_version: u32,
        /// Of the encryption.
        pub nonce: Vec<u8>,
        /// The details, encrypted.
        pub details: Vec<u8>,
        /// When they were changed.
        pub changed_at: DateTime<Utc>,
        /// By whom.
        pub changed_by: Actor,
    }
}

record! {
    /// A version of the account that the council pays from, encrypted.
    pub struct OriginatorRow in originator {
        /// 1 for the first.
        pub version: u32,
        /// The six digits under which the council sends.
        pub service_user_number: String,
        /// Which of the council's keys.
        pub key_version: u32,
        /// Of the encryption.
        pub nonce: Vec<u8>,
        /// The details, encrypted.
        pub details: Vec<u8>,
        /// When they were changed.
        pub changed_at: DateTime<Utc>,
        /// By whom.
        pub changed_by: Actor,
    }
}

/// Makes the council's first key where it has none.
///
/// # Errors
/// [`Error::Database`].
pub async fn ensure_key(audited: &mut Audited<'_, '_>, master: &MasterKey) -> Result<()> {
    if newest_key(audited).await?.is_some() {
        return Ok(());
    }
    let sealed = master.wrap(&CouncilKey::generate(), &key_place(audited.tenant(), 1))?;
    let row = KeyRow { version: 1, nonce: sealed.nonce, wrapped: sealed.bytes, created_at: audited.at() };
    insert!(audited, council_key, [row]);
    Ok(())
}

/// Gives a payee other bank details, as their next version. A run that was approved with the ones before has to be
/// approved again.
///
/// # Errors
/// [`Error::Refused`] before the council has a key; [`Error::Database`] with the constraint where somebody else was
/// there first.
pub async fn set_payee(
    audited: &mut Audited<'_, '_>,
    master: &MasterKey,
    payee: PayeeId,
    details: &BankDetails,
) -> Result<u32> {
    set_payees(audited, master, &[(payee, details.clone())]).await?;
    Ok(versions(audited, &[payee]).await?.pop().map_or(1, |row| row.version))
}

/// The same for many payees, each at most once.
///
/// # Errors
/// As [`set_payee`].
pub async fn set_payees(
    audited: &mut Audited<'_, '_>,
    master: &MasterKey,
    payees: &[(PayeeId, BankDetails)],
) -> Result<()> {
    let tenant = audited.tenant();
    let (key_version, key) = key(audited, master, None).await?;
    let ids: Vec<PayeeId> = payees.iter().map(|(payee, _)| *payee).collect();
    let before = versions(audited, &ids).await?;
    let mut rows = Vec::with_capacity(payees.len());
    for (payee_id, details) in payees {
        let version = 1 + before.iter().find(|row| row.payee_id == *payee_id).map_or(0, |row| row.version);
        let sealed = key.seal(&bytes_of(details)?, &payee_place(tenant, *payee_id, version))?;
        rows.push(PayeeBankRow {
            payee_id: *payee_id,
            version,
            key_version,
            nonce: sealed.nonce,
            details: sealed.bytes,
            changed_at: audited.at(),
            changed_by: audited.actor(),
        });
    }
    insert!(audited, payee_bank, rows);
    Ok(())
}

/// Gives the council another account to pay from, as its next version.
///
/// # Errors
/// As [`set_payee`].
pub async fn set_originator(audited: &mut Audited<'_, '_>, master: &MasterKey, new: &Originator) -> Result<()> {
    let tenant = audited.tenant();
    let (key_version, key) = key(audited, master, None).await?;
    let version = 1 + newest_originator(audited).await?.map_or(0, |row| row.version);
    let details =
        BankDetails { sort_code: new.sort_code.clone(), account: new.account.clone(), name: new.name.clone() };
    let sealed = key.seal(&bytes_of(&details)?, &originator_place(tenant, version))?;
    let row = OriginatorRow {
        version,
        service_user_number: new.sun.clone(),
        key_version,
        nonce: sealed.nonce,
        details: sealed.bytes,
        changed_at: audited.at(),
        changed_by: audited.actor(),
    };
    insert!(audited, originator, [row]);
    Ok(())
}

/// The newest versions of the payees' bank details, still encrypted: which version, and who changed it when.
///
/// # Errors
/// [`Error::Database`].
pub async fn versions(tx: &mut Tx<'_>, payees: &[PayeeId]) -> Result<Vec<PayeeBankRow>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<_> = payees.iter().map(|id| id.uuid()).collect();
    Ok(payee_bank::table
        .filter(payee_bank::tenant_id.eq(tenant))
        .filter(payee_bank::payee_id.eq_any(ids))
        .distinct_on(payee_bank::payee_id)
        .order((payee_bank::payee_id, payee_bank::version.desc()))
        .select(PayeeBankRow::as_select())
        .load(tx.conn())
        .await?)
}

/// Whoever recorded the newest version of one of the payees' bank details: none of them may approve a run that pays to
/// it.
///
/// # Errors
/// [`Error::Database`].
pub async fn editors(tx: &mut Tx<'_>, payees: &[PayeeId]) -> Result<Vec<PersonId>> {
    let mut people: Vec<PersonId> =
        versions(tx, payees).await?.iter().filter_map(|row| row.changed_by.person()).collect();
    people.sort_unstable();
    people.dedup();
    Ok(people)
}

/// The payees' bank details in the open, with their version. For the payment file alone.
///
/// # Errors
/// [`Error::Unreadable`] when they cannot be decrypted.
pub async fn open_payees(
    tx: &mut Tx<'_>,
    master: &MasterKey,
    payees: &[PayeeId],
) -> Result<Vec<(PayeeId, u32, BankDetails)>> {
    let tenant = tx.tenant();
    let mut opened = Vec::with_capacity(payees.len());
    let mut keys: Vec<(u32, CouncilKey)> = Vec::new();
    for row in versions(tx, payees).await? {
        if !keys.iter().any(|(version, _)| *version == row.key_version) {
            keys.push(key(tx, master, Some(row.key_version)).await?);
        }
        let Some((_, key)) = keys.iter().find(|(version, _)| *version == row.key_version) else {
            continue;
        };
        let sealed = Sealed { nonce: row.nonce, bytes: row.details };
        let details = details_of(&key.open(&sealed, &payee_place(tenant, row.payee_id, row.version))?)?;
        opened.push((row.payee_id, row.version, details));
    }
    Ok(opened)
}

/// The account that the council pays from, in the open. For the payment file alone.
///
/// # Errors
/// [`Error::Refused`] when the council has none; [`Error::Unreadable`] when it cannot be decrypted.
pub async fn open_originator(tx: &mut Tx<'_>, master: &MasterKey) -> Result<Originator> {
    let tenant = tx.tenant();
    let row = newest_originator(tx).await?.ok_or_else(|| {
        Error::Refused(
            "The account that the council pays from is missing. An administrator has to enter it.".to_owned(),
        )
    })?;
    let (_, key) = key(tx, master, Some(row.key_version)).await?;
    let sealed = Sealed { nonce: row.nonce, bytes: row.details };
    let details = details_of(&key.open(&sealed, &originator_place(tenant, row.version))?)?;
    Ok(Originator {
        sun: row.service_user_number,
        sort_code: details.sort_code,
        account: details.account,
        name: details.name,
    })
}

async fn newest_originator(tx: &mut Tx<'_>) -> Result<Option<OriginatorRow>> {
    let tenant = tx.tenant().uuid();
    Ok(originator::table
        .filter(originator::tenant_id.eq(tenant))
        .order(originator::version.desc())
        .select(OriginatorRow::as_select())
        .first(tx.conn())
        .await
        .optional()?)
}

async fn newest_key(tx: &mut Tx<'_>) -> Result<Option<KeyRow>> {
    let tenant = tx.tenant().uuid();
    Ok(council_key::table
        .filter(council_key::tenant_id.eq(tenant))
        .order(council_key::version.desc())
        .select(KeyRow::as_select())
        .first(tx.conn())
        .await
        .optional()?)
}

/// The council's key of a version, or the newest.
async fn key(tx: &mut Tx<'_>, master: &MasterKey, version: Option<u32>) -> Result<(u32, CouncilKey)> {
    let tenant = tx.tenant();
    let row = match version {
        None => newest_key(tx).await?,
        Some(version) => council_key::table
            .filter(council_key::tenant_id.eq(tenant.uuid()))
            .filter(council_key::version.eq(crate::record::Kept::raw(version)))
            .select(KeyRow::as_select())
            .first(tx.conn())
            .await
            .optional()?,
    };
    let row = row.ok_or_else(|| Error::Refused("The council has no key for bank details yet.".to_owned()))?;
    let sealed = Sealed { nonce: row.nonce, bytes: row.wrapped };
    Ok((row.version, master.unwrap(&sealed, &key_place(tenant, row.version))?))
}

fn key_place(tenant: TenantId, version: u32) -> String {
    format!("{tenant} key {version}")
}

fn payee_place(tenant: TenantId, payee: PayeeId, version: u32) -> String {
    format!("{tenant} {payee} version {version}")
}

fn originator_place(tenant: TenantId, version: u32) -> String {
    format!("{tenant} originator version {version}")
}

fn bytes_of(details: &BankDetails) -> Result<Vec<u8>> {
    serde_json::to_vec(details).map_err(|error| Error::Unreadable { what: error.to_string() })
}

fn details_of(bytes: &[u8]) -> Result<BankDetails> {
    serde_json::from_slice(bytes).map_err(|_| Error::Unreadable { what: "bank details".to_owned() })
}
