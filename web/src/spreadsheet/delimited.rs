//! CSV, with commas, semicolons or tabs between the cells.

use counterfoil_core::actuals_file::{Cell, MOST_COLUMNS, MOST_ROWS, Place, Row, Table, unguarded};
use csv::{ReaderBuilder, StringRecord};

use super::{SheetFault, text};

/// Reads a text. Rows are counted as a spreadsheet counts them: a cell with line breaks is one row, an empty row is one.
pub(super) fn read(text: &str) -> Result<Table, SheetFault> {
    let (separator, text) = separator(text);
    let blank_before = text.len() - text.trim_start_matches(['\r', '\n']).len();
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut counter = Counter::new(text, blank_before);
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|_| SheetFault::Unreadable)? {
        let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let number = counter.number(end);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() > MOST_ROWS {
            return Err(SheetFault::TooManyRows);
        }
        let used = (0..record.len())
            .rfind(|column| record.get(*column).is_some_and(|cell| !cell.is_empty()))
            .map_or(0, |last| last + 1);
        if used > MOST_COLUMNS {
            return Err(SheetFault::TooManyColumns);
        }
        let mut cells = Vec::with_capacity(used);
        for (column, cell) in record.iter().take(used).enumerate() {
            cells.push(read_cell(cell, Place { column, row: number })?);
        }
        rows.push(Row { number, cells });
    }
    if let Some(row) = open_quotation(text, separator, rows.last()) {
        return Err(SheetFault::Quotation(row));
    }
    Ok(Table { rows })
}

fn read_cell(cell: &str, place: Place) -> Result<Cell, SheetFault> {
    if cell.is_empty() {
        return Ok(Cell::Empty);
    }
    text::check(cell, place)?;
    if cell.trim_start().starts_with(['=', '\u{ff1d}']) {
        return Err(SheetFault::Formula(place.to_string()));
    }
    Ok(Cell::Text(unguarded(cell).to_owned()))
}

/// Counts rows: records, and the empty lines between them that the reader passes over.
struct Counter<'t> {
    text: &'t str,
    at: usize,
    row: u32,
}

impl<'t> Counter<'t> {
    fn new(text: &'t str, blank_before: usize) -> Self {
        Self { text, at: 0, row: lines(text.get(..blank_before).unwrap_or_default()) }
    }

    /// The row of a record that ends before this byte.
    fn number(&mut self, end: usize) -> u32 {
        let end = end.min(self.text.len());
        let record = self.text.get(self.at..end).unwrap_or_default();
        let begun = record.trim_start_matches(['\r', '\n']);
        if self.at > 0 {
            self.row += lines(record.get(..record.len() - begun.len()).unwrap_or_default());
        }
        self.row += 1;
        self.at = end;
        // the reader may leave the second half of a line's end to the next record
        if self.text.get(end..).is_some_and(|rest| rest.starts_with('\n'))
            && self.text.get(..end).is_some_and(|before| before.ends_with('\r'))
        {
            self.at += 1;
        }
        self.row
    }
}

/// How many lines end in a stretch of nothing but line ends.
fn lines(ends: &str) -> u32 {
    let count = if ends.contains('\n') { ends.matches('\n').count() } else { ends.matches('\r').count() };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// What stands between the cells: what Excel's first line `sep=;` says, else whatever the first line has most of, outside
/// of quotation marks.
fn separator(text: &str) -> (u8, &str) {
    let first = text.trim_start_matches(['\r', '\n']).lines().next().unwrap_or_default();
    let said = first.strip_prefix("sep=").and_then(|said| said.bytes().next()).filter(|byte| b",;\t".contains(byte));
    if let Some(separator) = said {
        let rest = text.trim_start_matches(['\r', '\n']).strip_prefix(first).unwrap_or(text);
        return (separator, rest);
    }
    let count = |separator: &u8| {
        let mut quoted = false;
        let outside = |byte: &u8| {
            quoted ^= *byte == b'"';
            !quoted && byte == separator
        };
        first.as_bytes().iter().copied().filter(outside).count()
    };
    // the last of several that are level
    ([b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b','), text)
}

/// The row in which a quotation begins that never ends: it has swallowed the rest of the file.
fn open_quotation(text: &str, separator: u8, last: Option<&Row>) -> Option<u32> {
    let swallowed = last?.cells.iter().any(|cell| matches!(cell, Cell::Text(text) if text.contains('\n')));
    let trimmed = text.trim_end_matches(['\r', '\n', ' ', char::from(separator)]);
    let open = text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1;
    (open && swallowed && !trimmed.ends_with('"')).then_some(last?.number)
}
