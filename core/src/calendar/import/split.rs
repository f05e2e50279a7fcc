//! Text into rows and cells, keeping every row as it was published.
//!
//! Stands first in an import; knows separators and nothing of what the columns mean, save to tell a heading
//! from a title.

use super::columns::headings_named;
use super::date::day_and_time;
use super::{ImportError, RawRow, Table};

/// What stands between the cells of a row.
#[derive(Clone, Copy)]
enum Separator {
    /// One character, with quotes as in CSV.
    Quoted(u8),
    /// Bars, also at both ends, as in text tables.
    Bars,
    /// Two spaces and more.
    Spaces,
}

/// The most likely first: where two separate a text equally well, the earlier one is meant.
const SEPARATORS: [Separator; 5] =
    [Separator::Quoted(b'\t'), Separator::Bars, Separator::Quoted(b';'), Separator::Quoted(b','), Separator::Spaces];

/// A pay period has five dates.
const DATES: usize = 5;

pub(super) fn table(text: &str) -> Result<Table, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    let mut best: Option<((usize, usize), Vec<RawRow>)> = None;
    for separator in SEPARATORS {
        let rows = rows(text, separator);
        let dated = rows.iter().filter(|row| dates_in(row) >= DATES).count();
        let wide = rows.iter().filter(|row| row.cells.len() >= DATES).count();
        if wide > 0 && best.as_ref().is_none_or(|(score, _)| (dated, wide) > *score) {
            best = Some(((dated, wide), rows));
        }
    }
    let (_, rows) = best.ok_or(ImportError::NotATable)?;
    headed(rows)
}

/// Finds the headings: the last row before the first dates that names at least three columns. What stands
/// above them, as a title, is kept apart.
fn headed(mut rows: Vec<RawRow>) -> Result<Table, ImportError> {
    let first_dates = rows.iter().position(|row| dates_in(row) * 2 > DATES).unwrap_or(rows.len());
    let heading = rows.iter().take(first_dates).rposition(|row| headings_named(&row.cells) >= 3);
    let heading = heading.or_else(|| rows.iter().take(first_dates).position(|row| row.cells.len() >= DATES));
    let (above, heading, rows) = match heading {
        Some(at) => {
            let below = rows.split_off(at + 1);
            (rows.drain(..at).collect(), rows.pop(), below)
        }
        None => (Vec::new(), None, rows),
    };
    if rows.is_empty() {
        return Err(ImportError::NoRows);
    }
    let (headings, heading_text) = heading.map(|row| (row.cells, row.text)).unwrap_or_default();
    Ok(Table { above, headings, heading_text, rows })
}

fn dates_in(row: &RawRow) -> usize {
    row.cells.iter().filter(|cell| day_and_time(cell).is_ok()).count()
}

fn rows(text: &str, separator: Separator) -> Vec<RawRow> {
    let mut rows = match separator {
        Separator::Quoted(character) => quoted(text, character),
        Separator::Bars => lines(text, |line| line.trim().trim_matches('|').split('|').map(tidy).collect()),
        Separator::Spaces => lines(text, |line| {
            let columns = line.trim().replace('\t', "  ");
            columns.split("  ").map(tidy).filter(|cell| !cell.is_empty()).collect()
        }),
    };
    // the rule beneath the headings of a text table holds nothing
    rows.retain(|row| row.text.chars().any(char::is_alphanumeric));
    rows
}

fn tidy(cell: &str) -> String {
    cell.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}').to_owned()
}

fn lines(text: &str, cells: impl Fn(&str) -> Vec<String>) -> Vec<RawRow> {
    (1..).zip(text.lines()).map(|(row, line)| RawRow { row, text: line.to_owned(), cells: cells(line) }).collect()
}

/// Rows with quoted cells, which may run over several lines.
fn quoted(text: &str, separator: u8) -> Vec<RawRow> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let (mut from, mut line) = (0, 1_u32);
    // the reader is given valid UTF-8 and takes rows of any width, so it has nothing to object to
    while let Ok(true) = reader.read_record(&mut record) {
        let to = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let raw = text.get(from..to).unwrap_or_default();
        let published = raw.trim_start_matches(['\r', '\n']);
        line += newlines(&raw[..raw.len() - published.len()]);
        let cells = record.iter().map(tidy).collect();
        rows.push(RawRow { row: line, text: published.trim_end_matches(['\r', '\n']).to_owned(), cells });
        line += newlines(published);
        from = to;
    }
    rows
}

fn newlines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX)
}
