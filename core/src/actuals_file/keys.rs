//! What each row is about: which contract, person, line and week. What it says of them is read once its claim is found.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::columns::{Column, Columns};
use super::fault::FileFault;
use super::open::OpenClaim;
use super::reader::Reader;
use super::words::reference_key;
use super::{Row, Table, Wrong};

/// The claim period that a row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first day, where the table has it.
    pub starts: Option<NaiveDate>,
    /// Its last day, where the table has it.
    pub ends: Option<NaiveDate>,
}

impl Period {
    /// Whether a claim is for it, as far as it is named.
    pub(super) fn is_of(self, claim: &OpenClaim) -> bool {
        self.starts.is_none_or(|starts| starts == claim.starts) && self.ends.is_none_or(|ends| ends == claim.ends)
    }
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Which of the table's rows, from 0.
    pub index: usize,
    /// The contract as it was typed.
    pub contract: String,
    /// The person as it was typed.
    pub person: String,
    /// The line as it was typed.
    pub line: String,
    /// The claim period.
    pub period: Period,
    /// Which statement the row was written from.
    pub saved: Option<u32>,
}

/// A table whose rows say what they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// Which column is which.
    pub columns: Columns,
    /// The rows that say so.
    pub keys: Vec<Keys>,
    /// Rows that do not, with what is wrong.
    pub loose: Vec<(usize, Vec<Wrong>)>,
}

impl Keyed {
    /// Reads what each row is about.
    ///
    /// # Errors
    /// [`FileFault`] for a table that is not read at all.
    pub fn of(table: &Table) -> Result<Self, FileFault> {
        let columns = Columns::of(table)?;
        let (mut keys, mut loose) = (Vec::with_capacity(table.rows.len()), Vec::new());
        for (index, row) in table.rows.iter().enumerate().skip(1) {
            match keys_of(&columns, index, row) {
                Ok(read) => keys.push(read),
                Err(wrong) => loose.push((index, wrong)),
            }
        }
        Ok(Self { columns, keys, loose })
    }

    /// The contracts that the rows name, as typed and without leading noughts' difference.
    #[must_use]
    pub fn contracts(&self) -> BTreeSet<String> {
        self.keys.iter().map(|keys| reference_key(&keys.contract)).collect()
    }

    /// The first and last day that the rows name as the beginning or end of a claim period.
    #[must_use]
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let days = || self.keys.iter().flat_map(|keys| [keys.period.starts, keys.period.ends]).flatten();
        Some((days().min()?, days().max()?))
    }
}

fn keys_of(columns: &Columns, index: usize, row: &Row) -> Result<Keys, Vec<Wrong>> {
    let mut read = Reader::new(columns, row);
    let named = |read: &mut Reader<'_>, column: Column, cure: &str| {
        let text = columns.cell(row, column).text();
        if text.is_empty() {
            read.refuse(column, (format!("The {} is missing.", said(column)), cure.to_owned()));
        }
        text
    };
    let copy = "Copy it from the file that you can download.";
    let contract = named(&mut read, Column::Contract, copy);
    let person = named(&mut read, Column::Person, "Write the council\u{2019}s reference for the person, never a name.");
    let line = named(&mut read, Column::Line, copy);
    let day = |read: &mut Reader<'_>, column: Column| {
        columns.has(column).then(|| columns.cell(row, column).day()).and_then(|day| read.kept(column, day))
    };
    let period = Period { starts: day(&mut read, Column::Starts), ends: day(&mut read, Column::Ends) };
    let saved = read.optional(Column::Saved, |cell| cell.count("the saved version", u32::MAX));
    if read.wrong.is_empty() { Ok(Keys { index, contract, person, line, period, saved }) } else { Err(read.wrong) }
}

fn said(column: Column) -> &'static str {
    match column {
        Column::Contract => "contract",
        Column::Person => "person\u{2019}s reference",
        _ => "CPLI number",
    }
}
