//! Why a table is not read at all.

use super::{MOST_COLUMNS, MOST_ROWS};

/// Why a table is not read at all, as one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Nothing in it.
    #[error("The file is empty. Download the file of this contract and start from that.")]
    Empty,
    /// Only headings.
    #[error("The file has headings and no rows below them. Add a row for each line or visit, then upload it again.")]
    NoRows,
    /// Too many rows.
    #[error("The file has more than {} rows. Split it into several files.", MOST_ROWS)]
    TooManyRows,
    /// Too many columns.
    #[error("The file has more than {} columns. Delete the columns that are not needed.", MOST_COLUMNS)]
    TooManyColumns,
    /// A column that says who somebody is.
    #[error(
        "The column \u{2018}{heading}\u{2019} in cell {place} would tell us who people are. Delete that column and upload the file again: people are shown by the council\u{2019}s reference alone, and nothing of this file was kept."
    )]
    Names {
        /// Its heading.
        heading: String,
        /// Where.
        place: String,
    },
    /// Two columns with one meaning.
    #[error(
        "The columns \u{2018}{first}\u{2019} and \u{2018}{second}\u{2019} (cells {place}) mean the same. Delete one of them."
    )]
    Twice {
        /// The one heading.
        first: String,
        /// The other.
        second: String,
        /// Where both are.
        place: String,
    },
    /// Columns that have to be there.
    #[error(
        "The file has no column headed {missing}. The first row must hold the headings, as in the file that you can download."
    )]
    Missing {
        /// Their headings.
        missing: String,
    },
    /// Cells beneath no heading.
    #[error("Cell {place} stands in a column without a heading. Give the column a heading in row {row}, or clear it.")]
    NoHeading {
        /// The first such cell.
        place: String,
        /// The row of headings.
        row: u32,
    },
}
