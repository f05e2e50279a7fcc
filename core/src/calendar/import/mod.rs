//! Published tables of pay periods, pasted or as CSV, read without losing anything.
//!
//! Stands before [`super::Schedule`], which keeps the periods, and [`super::check()`], which says what is unusual
//! about them. In three steps: [`read`] splits the text and keeps it; [`Table::mapping`] says which column is
//! which, by the headings and by the values; a person agrees to a mapping and [`Table::import`] makes the periods.

mod columns;
mod date;
mod split;
mod values;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use super::clock::deadline;
use super::{Origin, PayPeriod, PeriodDates};
pub use columns::{Column, Mapping, Proposal};
pub(crate) use date::day as day_of;

/// A published table as it was read: headings and rows of text, nothing interpreted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What stands above the headings, such as a title.
    pub above: Vec<RawRow>,
    /// The headings, as published; empty where the text had none.
    pub headings: Vec<String>,
    /// The heading row, as published.
    pub heading_text: String,
    /// The rows beneath.
    pub rows: Vec<RawRow>,
}

/// One row of a published table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawRow {
    /// The line of the text that the row starts on, the first line being 1.
    pub row: u32,
    /// The row as it was published, unchanged but for the line's end.
    pub text: String,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

/// What an import made of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The mapping that was used.
    pub mapping: Mapping,
    /// A period for each row that could be read, numbered by date.
    pub periods: Vec<PayPeriod>,
    /// The rows that could not be read, each with its text.
    pub unread: Vec<UnreadRow>,
}

/// A row that could not be read, and how to put it right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadRow {
    /// The line of the text that the row starts on, the first line being 1.
    pub row: u32,
    /// The row as it was published.
    pub text: String,
    /// The heading of the column that could not be read.
    pub column: String,
    /// What the cell says; empty when the row is too short.
    pub found: String,
    /// What is wrong and what to write instead.
    pub sentence: String,
}

/// Why a text is not a table of pay periods.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Nothing but blank lines.
    #[error("there is nothing to read; paste the table with its headings, or give a CSV file")]
    Empty,
    /// No row has five cells.
    #[error(
        "no line has the five dates of a pay period; separate the columns by commas or tabs, one pay period a line"
    )]
    NotATable,
    /// Headings without rows.
    #[error("the table has headings but no rows; add one row for each pay period")]
    NoRows,
    /// Headings that name no column, and values that do not tell either.
    #[error(
        "the column \u{2018}{missing}\u{2019} was not found among the headings ({headings}); name it so, or say which column it is"
    )]
    MissingColumn {
        /// The wording that was looked for.
        missing: String,
        /// What there was.
        headings: String,
    },
    /// A mapping that does not fit the table.
    #[error(
        "the mapping names column {column}, but the table has {columns}; give each of the five dates another column of the table"
    )]
    Mapping {
        /// The column, the first being 1.
        column: usize,
        /// How many there are.
        columns: usize,
    },
}

/// Splits pasted text or CSV into a table, keeping every row's text.
///
/// Columns may be separated by commas, semicolons, tabs, bars, or two and more spaces.
///
/// # Errors
/// [`ImportError`] when the text is no table of five columns and more.
pub fn read(text: &str) -> Result<Table, ImportError> {
    split::table(text)
}

/// Reads a table and makes its periods by a mapping that a person agreed to, or by its headings when `None`.
/// `time` is until when amendments are in time on the cut-off day, where the table gives no time.
///
/// # Errors
/// [`ImportError`] when the text is no table or the mapping does not fit it.
pub fn import(text: &str, mapping: Option<&Mapping>, time: NaiveTime) -> Result<Import, ImportError> {
    let table = read(text)?;
    match mapping {
        Some(agreed) => table.import(agreed, time),
        None => table.import(&Mapping::by_headings(&table)?, time),
    }
}

impl Table {
    /// Which column is which: by the headings, with another mapping proposed where the values contradict them.
    ///
    /// # Errors
    /// [`ImportError::MissingColumn`] when neither headings nor values tell.
    pub fn mapping(&self) -> Result<Proposal, ImportError> {
        columns::propose(self)
    }

    /// The periods of the table's rows by an agreed mapping. Rows that cannot be read are kept as such.
    ///
    /// # Errors
    /// [`ImportError::Mapping`] when the mapping does not fit the table.
    pub fn import(&self, mapping: &Mapping, time: NaiveTime) -> Result<Import, ImportError> {
        mapping.fits(self)?;
        let (mut periods, mut unread) = (Vec::new(), Vec::new());
        for row in &self.rows {
            match self.period(row, mapping, time) {
                Ok(period) => periods.push(period),
                Err(problem) => unread.push(problem),
            }
        }
        if mapping.number.is_none() {
            number_by_date(&mut periods);
        }
        Ok(Import { mapping: mapping.clone(), periods, unread })
    }

    fn period(&self, row: &RawRow, mapping: &Mapping, time: NaiveTime) -> Result<PayPeriod, UnreadRow> {
        let day = |column| self.day(row, mapping, column);
        let (closes, closes_at) = self.cut_off(row, mapping)?;
        let dates = PeriodDates {
            starts: day(Column::Starts)?,
            ends: day(Column::Ends)?,
            cut_off: deadline(closes, closes_at.unwrap_or(time)),
            finalisation: day(Column::Finalisation)?,
            bank_date: day(Column::BankDate)?,
        };
        let number = self.number(row, mapping)?;
        Ok(PayPeriod { number, dates, origin: Origin::Imported { row: row.row, text: row.text.clone() } })
    }

    fn day(&self, row: &RawRow, mapping: &Mapping, column: Column) -> Result<NaiveDate, UnreadRow> {
        let index = mapping.index(column);
        let cell = row.cells.get(index).map_or("", String::as_str);
        date::day(cell).map_err(|problem| self.unread(row, index, problem))
    }

    fn cut_off(&self, row: &RawRow, mapping: &Mapping) -> Result<(NaiveDate, Option<NaiveTime>), UnreadRow> {
        let index = mapping.index(Column::CutOff);
        let cell = row.cells.get(index).map_or("", String::as_str);
        date::day_and_time(cell).map_err(|problem| self.unread(row, index, problem))
    }

    fn number(&self, row: &RawRow, mapping: &Mapping) -> Result<i32, UnreadRow> {
        let Some(index) = mapping.number else {
            return Ok(0);
        };
        let cell = row.cells.get(index).map_or("", String::as_str);
        cell.parse().map_err(|_| self.unread(row, index, "is not a number; write the period's number, as 1".to_owned()))
    }

    fn unread(&self, row: &RawRow, index: usize, problem: String) -> UnreadRow {
        let found = row.cells.get(index).cloned().unwrap_or_default();
        let column = self.headings.get(index).cloned().unwrap_or_else(|| format!("column {}", index + 1));
        let said = if found.is_empty() { "is empty".to_owned() } else { format!("reads \u{2018}{found}\u{2019}") };
        let sentence = format!("Row {}, \u{2018}{column}\u{2019} {said}: it {problem}.", row.row);
        UnreadRow { row: row.row, text: row.text.clone(), column, found, sentence }
    }
}

/// Numbers periods 1, 2, 3 in the order of their dates, leaving them in the order of their rows.
fn number_by_date(periods: &mut [PayPeriod]) {
    let mut order: Vec<&mut PayPeriod> = periods.iter_mut().collect();
    order.sort_by_key(|period| (period.dates, period.origin.row()));
    for (number, period) in (1..).zip(order) {
        period.number = number;
    }
}
