//! The cells of one row by their columns, and what is wrong with them.

use std::collections::BTreeMap;

use super::cell::{Refusal, short};
use super::columns::{Column, Columns};
use super::{LONGEST_COMMENT, Row, Wrong};

/// Reads the cells of one row and keeps what is wrong with them.
pub(super) struct Reader<'t> {
    columns: &'t Columns,
    row: &'t Row,
    pub(super) wrong: Vec<Wrong>,
}

impl<'t> Reader<'t> {
    pub(super) const fn new(columns: &'t Columns, row: &'t Row) -> Self {
        Self { columns, row, wrong: Vec::new() }
    }

    pub(super) fn refuse(&mut self, column: Column, (reason, cure): Refusal) {
        self.wrong.push(Wrong { place: self.columns.place(self.row, column), reason, cure });
    }

    pub(super) fn kept<T>(&mut self, column: Column, read: Result<T, Refusal>) -> Option<T> {
        read.map_err(|refusal| self.refuse(column, refusal)).ok()
    }

    pub(super) fn required<T>(
        &mut self,
        column: Column,
        read: impl Fn(&super::Cell) -> Result<T, Refusal>,
    ) -> Option<T> {
        self.kept(column, read(self.columns.cell(self.row, column)))
    }

    pub(super) fn optional<T>(
        &mut self,
        column: Column,
        read: impl Fn(&super::Cell) -> Result<T, Refusal>,
    ) -> Option<T> {
        let cell = self.columns.cell(self.row, column);
        if cell.is_empty() { None } else { self.kept(column, read(cell)) }
    }

    pub(super) fn text(&self, column: Column) -> String {
        self.columns.cell(self.row, column).text()
    }

    pub(super) fn comment(&mut self) -> String {
        let comment = self.text(Column::Comment);
        let letters = comment.chars().count();
        if letters > LONGEST_COMMENT {
            self.refuse(
                Column::Comment,
                (format!("The comment has {letters} letters."), format!("Shorten it to {LONGEST_COMMENT}.")),
            );
        }
        comment
    }

    /// A reason by its code or by its words.
    pub(super) fn reason(&mut self, reasons: &BTreeMap<String, String>) -> String {
        let typed = self.text(Column::Reason);
        if typed.is_empty() || reasons.contains_key(&typed) {
            return typed;
        }
        let lowered = typed.to_lowercase();
        let named = reasons.iter().find(|(code, words)| **code == lowered || words.to_lowercase() == lowered);
        if let Some((code, _)) = named {
            return code.clone();
        }
        let known: Vec<&str> = reasons.keys().map(String::as_str).collect();
        let cure = if known.is_empty() {
            "Clear the cell: this council has no reasons.".to_owned()
        } else {
            format!("Write one of its reasons: {}.", known.join(", "))
        };
        let reason = format!("\u{2018}{}\u{2019} is not one of this council\u{2019}s reasons.", short(&typed));
        self.refuse(Column::Reason, (reason, cure));
        String::new()
    }
}

/// What is said where frustrated care has no reason.
pub(super) fn reason_missing(reasons: &BTreeMap<String, String>) -> Refusal {
    let known: Vec<&str> = reasons.keys().map(String::as_str).collect();
    let cure = match known.as_slice() {
        [] => "Ask the council for its reasons.".to_owned(),
        _ => format!("Write one of the council\u{2019}s reasons: {}.", known.join(", ")),
    };
    ("Frustrated care needs a reason.".to_owned(), cure)
}
