//! A table as a file: CSV for an accounts package, XLSX for people. Nothing in either is a formula, whatever was typed:
//! a text that a spreadsheet would take for one is made text in CSV, and is a text by its type in XLSX.

use axum::response::Response;
use chrono::{Datelike as _, NaiveDate};
use counterfoil_core::money::Money;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};

use crate::download::attachment;
use crate::fault::Fault;

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// The name of the file, without its ending, and of the sheet.
    pub(crate) name: String,
    pub(crate) headings: Vec<&'static str>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Words(String),
    Money(Money),
    Day(NaiveDate),
    Count(i64),
    Nothing,
}

/// In which form a file is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    Xlsx,
}

impl Form {
    /// By the last part of an address.
    pub(crate) fn called(name: &str) -> Result<Self, Fault> {
        match name {
            "csv" => Ok(Self::Csv),
            "xlsx" => Ok(Self::Xlsx),
            _ => Err(Fault::NotFound),
        }
    }
}

impl Sheet {
    /// The file.
    pub(crate) fn file(&self, form: Form) -> Result<Response, Fault> {
        match form {
            Form::Csv => {
                let bytes = self.csv().map_err(|error| Fault::internal(&error))?;
                Ok(attachment(&format!("{}.csv", self.name), CSV, bytes))
            }
            Form::Xlsx => {
                let bytes = self.xlsx().map_err(|error| Fault::internal(&error))?;
                Ok(attachment(&format!("{}.xlsx", self.name), XLSX, bytes))
            }
        }
    }

    fn csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(&self.headings)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::plain))?;
        }
        writer.into_inner().map_err(|error| error.into_error().into())
    }

    fn xlsx(&self) -> Result<Vec<u8>, XlsxError> {
        let (mut book, bold) = (Workbook::new(), Format::new().set_bold());
        let (money, day) = (Format::new().set_num_format("0.00"), Format::new().set_num_format("dd/mm/yyyy"));
        let sheet = book.add_worksheet();
        let plain = |c: char| if c.is_alphanumeric() || c == ' ' { c } else { '-' };
        sheet.set_name(self.name.chars().map(plain).take(31).collect::<String>())?;
        sheet.set_freeze_panes(1, 0)?;
        for (column, heading) in (0_u16..).zip(&self.headings) {
            sheet.write_string_with_format(0, column, *heading, &bold)?;
            sheet.set_column_width(column, 18)?;
        }
        for (row, cells) in (1_u32..).zip(&self.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                match cell {
                    Cell::Words(words) => sheet.write_string(row, column, kept(words))?,
                    // a workbook has no other numbers: pounds and pence are read from their digits, never calculated
                    Cell::Money(sum) => match pounds(*sum).parse::<f64>() {
                        Ok(number) => sheet.write_number_with_format(row, column, number, &money)?,
                        Err(_) => sheet.write_string(row, column, pounds(*sum))?,
                    },
                    Cell::Day(date) => match excel(*date) {
                        Some(date) => sheet.write_datetime_with_format(row, column, &date, &day)?,
                        None => sheet.write_string(row, column, date.to_string())?,
                    },
                    Cell::Count(count) => match count.to_string().parse::<f64>() {
                        Ok(number) => sheet.write_number(row, column, number)?,
                        Err(_) => sheet.write_string(row, column, count.to_string())?,
                    },
                    Cell::Nothing => sheet,
                };
            }
        }
        book.save_to_buffer()
    }
}

impl Cell {
    pub(crate) fn words(words: impl Into<String>) -> Self {
        Self::Words(words.into())
    }

    /// For CSV.
    fn plain(&self) -> String {
        match self {
            Self::Words(words) => safe(words),
            Self::Money(sum) => pounds(*sum),
            Self::Day(day) => day.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Nothing => String::new(),
        }
    }
}

/// Pounds without a sign or commas, as accounts packages read them.
fn pounds(sum: Money) -> String {
    let pence = sum.pence().unsigned_abs();
    let sign = if sum.is_negative() { "-" } else { "" };
    format!("{sign}{}.{:02}", pence / 100, pence % 100)
}

/// Text that a spreadsheet cannot take for a formula, also where it trims what stands before it.
fn safe(text: &str) -> String {
    let first = text.trim_start_matches(|c: char| c.is_whitespace() || c.is_control()).chars().next();
    let begins = text.chars().next();
    if matches!(first, Some('=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'))
        || matches!(begins, Some('\t' | '\r' | '\n'))
    {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// What a cell of a workbook holds at most.
fn kept(words: &str) -> String {
    words.chars().take(32_767).collect()
}

fn excel(date: NaiveDate) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok()?;
    ExcelDateTime::from_ymd(year, u8::try_from(date.month()).ok()?, u8::try_from(date.day()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Sheet {
        let words = ["=1+1", " =1+1", "\t=1", "+44", "-1", "@cmd", "\u{ff1d}1", "fine", "a=b"];
        Sheet {
            name: "payments".to_owned(),
            headings: vec!["Words", "Sum", "Day", "Count"],
            rows: words
                .iter()
                .map(|words| {
                    vec![
                        Cell::words(*words),
                        Cell::Money(Money::from_pence(-123_405)),
                        Cell::Day(NaiveDate::from_ymd_opt(2024, 12, 31).unwrap()),
                        Cell::Count(7),
                    ]
                })
                .collect(),
        }
    }

    #[test]
    fn nothing_that_was_typed_becomes_a_formula() {
        let csv = String::from_utf8(hostile().csv().unwrap()).unwrap();
        let first: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(first, ["'=1+1", "' =1+1", "'\t=1", "'+44", "'-1", "'@cmd", "'\u{ff1d}1", "fine", "a=b"]);
        assert!(csv.starts_with("Words,Sum,Day,Count\r\n'=1+1,-1234.05,2024-12-31,7\r\n"));
        let book = hostile().xlsx().unwrap();
        assert!(book.starts_with(b"PK"));
        // formulas have an element of their own, which no sheet has; the archive's members are looked at by the story
        assert!(!book.windows(3).any(|window| window == b"<f>"));
    }
}
