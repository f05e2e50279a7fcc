//! XLSX, cell by cell, after [`archive`](super::archive) has looked through it. Cells are read as they come and never laid
//! out as a grid: two cells at opposite corners would be one of seventeen thousand million.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};
use chrono::NaiveDate;
use counterfoil_core::actuals_file::{Cell, MOST_COLUMNS, MOST_ROWS, Place, Row, Table};
use rust_decimal::Decimal;

use super::{SheetFault, text};

/// The sheet that is read where a workbook has it; else the first.
pub(super) const SHEET: &str = "Actuals";

/// The most cells: those of the most rows and the table's columns, and as many that are empty.
const MOST_CELLS: usize = MOST_ROWS * 40;

/// Reads the workbook.
pub(super) fn read(bytes: &[u8]) -> Result<Table, SheetFault> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| SheetFault::Unreadable)?;
    let names = book.sheet_names();
    let sheet = names.iter().find(|name| *name == SHEET).or(names.first()).ok_or(SheetFault::Unreadable)?.clone();
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(|_| SheetFault::Unreadable)?;
    let mut rows: BTreeMap<u32, Vec<Cell>> = BTreeMap::new();
    let mut count = 0_usize;
    while let Some(read) = cells.next_cell_with_formula_metadata().map_err(|_| SheetFault::Unreadable)? {
        let (row, column) = read.pos;
        let place = Place { column: usize::try_from(column).unwrap_or(usize::MAX), row: row.saturating_add(1) };
        count += 1;
        if count > MOST_CELLS {
            return Err(SheetFault::TooManyRows);
        }
        if read.formula.is_some() {
            return Err(SheetFault::Formula(place.to_string()));
        }
        let cell = value(&read.value, place)?;
        if cell.is_empty() {
            continue;
        }
        if place.column >= MOST_COLUMNS {
            return Err(SheetFault::TooManyColumns);
        }
        let row = rows.entry(place.row).or_default();
        if row.len() <= place.column {
            row.resize(place.column + 1, Cell::Empty);
        }
        if let Some(kept) = row.get_mut(place.column) {
            *kept = cell;
        }
        if rows.len() > MOST_ROWS + 1 {
            return Err(SheetFault::TooManyRows);
        }
    }
    Ok(Table { rows: rows.into_iter().map(|(number, cells)| Row { number, cells }).collect() })
}

fn value(read: &DataRef<'_>, place: Place) -> Result<Cell, SheetFault> {
    let words = |words: &str| -> Result<Cell, SheetFault> {
        text::check(words, place)?;
        Ok(if words.is_empty() { Cell::Empty } else { Cell::Text(words.to_owned()) })
    };
    match read {
        DataRef::Empty => Ok(Cell::Empty),
        DataRef::String(text) => words(text),
        DataRef::SharedString(text) => words(text),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => words(text),
        DataRef::Bool(true) => words("yes"),
        DataRef::Bool(false) => words("no"),
        DataRef::Int(number) => Ok(Cell::Number((*number).into())),
        DataRef::Float(number) => number_of(*number).map_or_else(|| words(&number.to_string()), Ok),
        DataRef::DateTime(moment) if !(-1.0..2_958_466.0).contains(&moment.as_f64()) => {
            number_of(moment.as_f64()).map_or_else(|| words("?"), Ok)
        }
        DataRef::DateTime(moment) => {
            let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
            let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day));
            // a share of the day is kept as the nearest binary fraction, which may be a moment early
            let seconds =
                u32::from(hour) * 3_600 + u32::from(minute) * 60 + u32::from(second) + u32::from(milli >= 500);
            let date = date.or(NaiveDate::from_ymd_opt(1899, 12, 31)).ok_or(SheetFault::Unreadable)?;
            Ok(Cell::Moment { date, seconds: seconds.min(86_399) })
        }
        DataRef::Error(_) => Err(SheetFault::CellError(place.to_string())),
    }
}

/// A number as the spreadsheet shows it: 15 figures, which is all that it keeps exactly.
fn number_of(number: f64) -> Option<Cell> {
    let figures = format!("{number:.14e}");
    Decimal::from_scientific(&figures).ok().map(|number| Cell::Number(number.normalize()))
}
