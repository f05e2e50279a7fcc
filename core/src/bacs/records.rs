//! The records of a Standard 18 file, field by field, at their published positions.
//!
//! Pure layout: everything that comes here has been checked and fits its field.

use chrono::{Datelike, NaiveDate};

/// The most that an amount field of eleven digits holds, in pence.
pub(super) const MOST_PENCE: i64 = 99_999_999_999;
/// The most records that the trailer's counts of seven digits hold.
pub(super) const MOST_ITEMS: u32 = 9_999_999;
/// The room for a name or a reference.
pub(super) const TEXT_WIDTH: usize = 18;

const LABEL: usize = 80;
const DATA: usize = 100;
/// Records to a block of 2,000 characters, as HDR2 states.
const RECORDS_IN_BLOCK: u32 = 20;

/// A record under construction: fields are appended, and the rest is blank.
struct Record {
    text: String,
    width: usize,
}

impl Record {
    fn label(name: &str) -> Self {
        Self { text: name.to_owned(), width: LABEL }
    }

    /// A field with something in it, blanks after.
    fn put(mut self, width: usize, value: &str) -> Self {
        self.text.push_str(&format!("{value:<width$}"));
        self
    }

    /// A field of digits, zeros in front.
    fn digits(mut self, width: usize, value: impl Into<u64>) -> Self {
        self.text.push_str(&format!("{:0>width$}", value.into()));
        self
    }

    fn blank(self, width: usize) -> Self {
        self.put(width, "")
    }

    fn finish(self) -> String {
        let width = self.width;
        format!("{:<width$}", self.text)
    }
}

/// What labels repeat about a submission.
pub(super) struct Labels<'a> {
    pub(super) sun: &'a str,
    pub(super) serial: u32,
    pub(super) submitted: NaiveDate,
    pub(super) processing: NaiveDate,
}

impl Labels<'_> {
    /// Volume header: serial at 5-10, owner (the service user number) at 42-47, standard level 1 at 80.
    pub(super) fn volume(&self) -> String {
        let owner = Record::label("VOL1").digits(6, self.serial).blank(31).put(6, self.sun);
        owner.blank(32).put(1, "1").finish()
    }

    /// File header: identifier `A`, number, `S`, `1`, number at 5-21, serial at 22-27, section and sequence
    /// `0001` at 28-35, created at 42-47, expires (the day after processing) at 48-53, block count of zeros at 55-60.
    pub(super) fn file_header(&self) -> String {
        self.file_label("HDR1", 0)
    }

    /// End of file: as the file header, with the number of blocks.
    pub(super) fn file_trailer(&self, items: u32) -> String {
        let records = items + 1;
        self.file_label("EOF1", records.div_ceil(RECORDS_IN_BLOCK))
    }

    fn file_label(&self, name: &str, blocks: u32) -> String {
        Record::label(name)
            .put(1, "A")
            .put(6, self.sun)
            .put(1, "S")
            .blank(2)
            .put(1, "1")
            .put(6, self.sun)
            .digits(6, self.serial)
            .put(8, "00010001")
            .blank(6)
            .put(6, &day_of_year(self.submitted))
            .put(6, &day_of_year(self.processing.succ_opt().unwrap_or(self.processing)))
            .blank(1)
            .digits(6, blocks)
            .finish()
    }

    /// User header: processing day at 5-10, receiving party `999999` at 11-20, currency and country of
    /// zeros at 21-28, work code `1 DAILY` at 29-37, file number `001` at 38-40.
    pub(super) fn user_header(&self) -> String {
        Record::label("UHL1")
            .put(6, &day_of_year(self.processing))
            .put(10, "999999")
            .put(2, "00")
            .put(6, "000000")
            .put(9, "1 DAILY")
            .put(3, "001")
            .finish()
    }
}

/// Second file header or trailer: fixed records (`F`), blocks of 2,000, records of 100, buffer offset `00` at 51-52.
pub(super) fn format_label(name: &str) -> String {
    Record::label(name).put(1, "F").put(5, "02000").put(5, "00100").blank(35).put(2, "00").finish()
}

/// User trailer: debit and credit sums at 5-17 and 18-30, debit and credit counts at 31-37 and 38-44.
pub(super) fn user_trailer(pence: u64, items: u32) -> String {
    Record::label("UTL1").digits(13, pence).digits(13, pence).digits(7, 1_u32).digits(7, items).finish()
}

/// An account: sort code and number, digits only.
pub(super) struct Account {
    pub(super) sort_code: String,
    pub(super) number: String,
}

/// One data record of 100 characters.
pub(super) struct Payment<'a> {
    pub(super) to: &'a Account,
    /// 99 for a credit, 17 for the contra record's debit.
    pub(super) code: &'static str,
    pub(super) from: &'a Account,
    pub(super) pence: u64,
    pub(super) payer: &'a str,
    pub(super) reference: &'a str,
    pub(super) payee: &'a str,
}

impl Payment<'_> {
    /// Destination at 1-14, its type 0 at 15, transaction code at 16-17, origin at 18-31, free at 32-35, pence at
    /// 36-46, payer's name at 47-64, reference at 65-82, payee's name at 83-100.
    pub(super) fn record(&self) -> String {
        Record { text: String::with_capacity(DATA), width: DATA }
            .put(6, &self.to.sort_code)
            .put(8, &self.to.number)
            .put(1, "0")
            .put(2, self.code)
            .put(6, &self.from.sort_code)
            .put(8, &self.from.number)
            .blank(4)
            .digits(11, self.pence)
            .put(TEXT_WIDTH, self.payer)
            .put(TEXT_WIDTH, self.reference)
            .put(TEXT_WIDTH, self.payee)
            .finish()
    }
}

/// A blank, the year in two digits, and the day of the year in three.
fn day_of_year(date: NaiveDate) -> String {
    format!(" {:02}{:03}", date.year().rem_euclid(100), date.ordinal())
}
