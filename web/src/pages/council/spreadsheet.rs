//! Tables as files for spreadsheets: CSV in UTF-8 with the mark by which they know it, and no cell that they would compute.

use std::borrow::Cow;

use crate::fault::Fault;

/// The mark of UTF-8, without which older spreadsheets take the file for something else.
pub(super) const MARK: &str = "\u{feff}";

/// Rows as lines of CSV.
pub(super) fn lines<R, C>(rows: R) -> Result<String, Fault>
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let row: Vec<String> = row.into_iter().collect();
        writer.write_record(row.iter().map(|cell| safe(cell).into_owned())).map_err(|error| Fault::internal(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| Fault::internal(&error))?;
    String::from_utf8(bytes).map_err(|error| Fault::internal(&error))
}

/// A cell that a spreadsheet shows and does not compute: what looks like a formula is marked as text.
fn safe(cell: &str) -> Cow<'_, str> {
    const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    if cell.trim_start_matches([' ', '\n', '\u{a0}']).starts_with(FORMULA) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_shown_and_not_computed() {
        for formula in ["=1+1", "+44 20", "-1", "@SUM(A1)", "\t=1", " =cmd", "\n=1", "\u{ff1d}1"] {
            assert_eq!(safe(formula), format!("'{formula}"));
        }
        for plain in ["", "Ada", "a=b", "2025-01-06", "'quoted'"] {
            assert_eq!(safe(plain), plain);
        }
    }

    #[test]
    fn commas_quotes_and_line_breaks_stay_in_their_cell() {
        let rows = [["name", "what"], ["Good Care, Ltd", "said \"no\"\ntwice"]];
        let text = lines(rows.map(|row| row.map(str::to_owned))).unwrap();
        assert_eq!(text, "name,what\n\"Good Care, Ltd\",\"said \"\"no\"\"\ntwice\"\n");
    }
}
