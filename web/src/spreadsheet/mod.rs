//! Spreadsheets that people send and take away: CSV and XLSX into a [`Table`], and tables into either.
//!
//! Stands between an upload and [`actuals_file`](counterfoil_core::actuals_file), which says what the cells mean. A file is
//! a stranger's until it is read: `archive` looks into every part of an XLSX before anything parses it, and what is out of
//! measure, or would be computed, is refused with one sentence that says what to do. Everything here is work for a blocking
//! thread: [`read`] and [`xlsx()`] block.

mod archive;
mod delimited;
mod text;
mod workbook;
mod write;

use counterfoil_core::actuals_file::Table;

pub(crate) use write::MARK;
pub use write::{csv, xlsx};

/// The largest upload, in bytes.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;

/// Media type of CSV.
pub const CSV: &str = "text/csv; charset=utf-8";
/// Media type of XLSX.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Why a file is not read, as one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetFault {
    /// Nothing was chosen, or it has no bytes.
    #[error("Select a file.")]
    Empty,
    /// Too large.
    #[error("The file is larger than 20MB. Split it into several files.")]
    TooLarge,
    /// Older Excel, or one with a password.
    #[error(
        "This is an older Excel file, or one with a password. Save it as \u{2018}Excel workbook (.xlsx)\u{2019} without a password and upload that."
    )]
    OldExcel,
    /// No spreadsheet that we know.
    #[error(
        "The file cannot be read. Save it as \u{2018}Excel workbook (.xlsx)\u{2019} or \u{2018}CSV UTF-8\u{2019} and upload that."
    )]
    Unreadable,
    /// More in the archive than a spreadsheet has.
    #[error(
        "The workbook holds more than a table of actuals can. Copy its cells into a new workbook, paste them as values, and upload that."
    )]
    TooMuchInside,
    /// What the archive says of itself is not so.
    #[error(
        "The workbook says that it is smaller than it is, so it was not opened. Save it again from Excel and upload that."
    )]
    Lying,
    /// An entity or a document type.
    #[error(
        "The workbook refers to something outside of itself, so it was not opened. Save it again from Excel and upload that."
    )]
    Entities,
    /// Macros.
    #[error(
        "The workbook holds macros. Save it as \u{2018}Excel workbook (.xlsx)\u{2019}, which has none, and upload that."
    )]
    Macros,
    /// Too many rows.
    #[error("The file has more rows than can be read at once. Split it into several files of at most 150,000 rows.")]
    TooManyRows,
    /// Too many columns.
    #[error("The file has more than 60 columns. Delete the columns that are not needed and upload it again.")]
    TooManyColumns,
    /// A formula.
    #[error("Cell {0} holds a formula. Copy the cells and paste them as values, then upload the file again.")]
    Formula(String),
    /// An error of the spreadsheet's.
    #[error("Cell {0} shows an error of the spreadsheet. Write its value and upload the file again.")]
    CellError(String),
    /// Zero bytes between the letters of a part.
    #[error(
        "The workbook holds characters that cannot be shown, so it was not opened. Save it again from Excel and upload that."
    )]
    ZeroBytes,
    /// A control character.
    #[error("Cell {0} holds a character that cannot be shown. Type the cell again and upload the file.")]
    Control(String),
    /// A character that turns the direction of writing.
    #[error("Cell {0} holds an invisible character that turns text around. Type the cell again and upload the file.")]
    Turning(String),
    /// Quotation marks that never end.
    #[error(
        "A cell that begins with a quotation mark in row {0} never ends. Add the other mark, or save the file from Excel again."
    )]
    Quotation(u32),
    /// A cell out of measure.
    #[error("Cell {0} holds more text than a cell can. Shorten it and upload the file again.")]
    LongCell(String),
}

/// Which kind of file it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Csv,
    /// A workbook.
    Xlsx,
}

/// Looks into a workbook that somebody else will open: every part of its archive, and that it is one.
///
/// # Errors
/// [`SheetFault`] for whatever is out of measure, or no workbook.
pub(crate) fn look_into(bytes: &[u8]) -> Result<(), SheetFault> {
    archive::inspect(bytes)?;
    archive::has_part(bytes, "xl/workbook.xml").then_some(()).ok_or(SheetFault::Unreadable)
}

/// Reads a file, whichever kind it is.
///
/// # Errors
/// [`SheetFault`].
pub fn read(bytes: &[u8]) -> Result<(Kind, Table), SheetFault> {
    if bytes.is_empty() {
        return Err(SheetFault::Empty);
    }
    if bytes.len() > MOST_BYTES {
        return Err(SheetFault::TooLarge);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        archive::inspect(bytes)?;
        return workbook::read(bytes).map(|table| (Kind::Xlsx, table));
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(SheetFault::OldExcel);
    }
    delimited::read(&text::decoded(bytes)?).map(|table| (Kind::Csv, table))
}
