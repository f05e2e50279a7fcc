//! The payment file of a run: BACS Standard 18.
//!
//! Stands near the end of a claim's flow: a run that was finalised and approved becomes one [`BacsSubmission`],
//! whose file is stored with its digest before anything leaves. The file depends on the submission alone, and
//! keeps the order of its items.
//!
//! The records, each line ended by CR LF: the labels VOL1, HDR1, HDR2 and UHL1 (80 characters), one data record
//! for each item and one contra record that takes their sum from the council's account (100 characters), the labels
//! EOF1, EOF2 and UTL1 (80). Data records come in 100 and 106 characters; the longer ones carry a processing day
//! each. A council submits its own run, for one day, and so uses the shorter ones, with that day in UHL1
//! (`1 DAILY`).
//!
//! Sort codes and account numbers are checked for their form only, not by the modulus tables of the banks.

mod charset;
mod error;
mod file;
mod records;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::money::Money;
pub use charset::{Respelling, respell};
pub use error::BacsError;

/// The account that pays, and who it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Originator {
    /// Service user number that BACS gave the council: six digits.
    pub sun: String,
    /// Sort code of the account that pays: six digits, hyphens and spaces allowed.
    pub sort_code: String,
    /// Number of the account that pays: eight digits.
    pub account: String,
    /// Name of the account that pays, as payees see it; shortened to 18 characters.
    pub name: String,
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacsItem {
    /// Name of the payee's account; shortened to 18 characters.
    pub payee_name: String,
    /// Sort code of the payee's account: six digits, hyphens and spaces allowed.
    pub sort_code: String,
    /// Number of the payee's account: eight digits.
    pub account: String,
    /// From £0.01 to £999,999,999.99.
    pub amount: Money,
    /// What the payee sees on the statement; shortened to 18 characters.
    pub reference: String,
}

/// What one payment file is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacsSubmission {
    /// Who pays.
    pub originator: Originator,
    /// Serial of the submission, 1 to 999,999; not used twice by one council.
    pub serial: u32,
    /// The day on which the file is submitted, its creation date.
    pub submitted: NaiveDate,
    /// BACS's processing day, the working day before the money is in the bank ([`processing_day`]).
    pub processing_date: NaiveDate,
    /// The payments, in the order in which they stand in the file.
    pub items: Vec<BacsItem>,
}

/// A finished payment file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BacsFile {
    /// The file, in ASCII.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub digest: String,
    /// How many payments, the contra record not counted.
    pub count: u32,
    /// Their sum.
    pub total: Money,
    /// Every name and reference that the file has to spell in another way, in the order of the file.
    pub respelled: Vec<Respelling>,
}

impl BacsSubmission {
    /// The payment file.
    ///
    /// # Errors
    /// [`BacsError`] when something cannot be paid or does not fit; nothing is left out silently.
    pub fn write(&self) -> Result<BacsFile, BacsError> {
        file::write(self)
    }
}

/// The processing day of a payment that is in the bank on `bank_date`: the last day before it on which BACS works.
#[must_use]
pub fn processing_day(bank_date: NaiveDate, holidays: &crate::calendar::BankHolidays) -> NaiveDate {
    holidays.bacs_days().add_working_days(bank_date, -1)
}
