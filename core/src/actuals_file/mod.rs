//! Actuals as a table: what a provider downloads, edits in a spreadsheet and sends back. One row is a service line of a
//! claim recorded as quantities, or a visit of a timetabled one; people stand in it by the council's reference, never by
//! name.
//!
//! Stands before [`statement`](crate::statement), which is what a row becomes. Reading bytes into a [`Table`] is the
//! pages' work, finding the claims that it names the database's; what the cells mean, how a table compares with what is
//! stored, and what is wrong with it, cell by cell, is decided here.
//!
//! A table that was written from claims ([`written`]) and is compared with them ([`compare`]) shows no change: both go
//! through the same rows.

mod cell;
mod columns;
mod compare;
mod fault;
mod keys;
mod open;
mod quantity;
mod reader;
mod visit;
mod words;
mod write;

pub use cell::{Cell, Place};
pub use columns::{Column, Columns};
pub use compare::{Compared, LineChange, Outcome, Preview, compare};
pub use fault::FileFault;
pub use keys::{Keyed, Keys, Period};
pub use open::{OpenClaim, OpenLine};
pub use words::{guarded, reference_key, unguarded};
pub use write::{Mended, Value, to_mend, written};

/// The most rows of a table, the headings aside: a county's week has 100,000 visits.
pub const MOST_ROWS: usize = 150_000;
/// The most columns. The table has 18.
pub const MOST_COLUMNS: usize = 60;
/// The longest comment, in letters.
pub const LONGEST_COMMENT: usize = 2_000;

/// A table as a file held it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its rows, the headings first; those without any cell are left out.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Its number in the file, from 1, as a spreadsheet counts.
    pub number: u32,
    /// Its cells, from the first column.
    pub cells: Vec<Cell>,
}

impl Row {
    /// One cell; an empty one where the row ends before it.
    #[must_use]
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Empty)
    }
}

/// What is wrong with one cell, or a row.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wrong {
    /// Where: `C7`, or `row 7`.
    pub place: String,
    /// What is wrong, as a sentence.
    pub reason: String,
    /// What to do, as a sentence.
    pub cure: String,
}
