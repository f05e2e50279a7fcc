//! Tables as files for spreadsheets: CSV in UTF-8 with the mark by which they know it, and no cell that they would compute.

use counterfoil_core::actuals_file::guarded;

use crate::fault::Fault;
pub(super) use crate::spreadsheet::MARK;

/// Rows as lines of CSV.
pub(super) fn lines<R, C>(rows: R) -> Result<String, Fault>
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        let row: Vec<String> = row.into_iter().collect();
        writer
            .write_record(row.iter().map(|cell| guarded(cell).into_owned()))
            .map_err(|error| Fault::internal(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| Fault::internal(&error))?;
    String::from_utf8(bytes).map_err(|error| Fault::internal(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_shown_and_not_computed() {
        for formula in ["=1+1", "+44 20", "-1", "@SUM(A1)", "\t=1", " =cmd", "\u{ff1d}1"] {
            assert_eq!(lines([[formula.to_owned()]]).unwrap(), format!("'{formula}\n"));
        }
        assert_eq!(lines([["a=b".to_owned()]]).unwrap(), "a=b\n");
    }

    #[test]
    fn commas_quotes_and_line_breaks_stay_in_their_cell() {
        let rows = [["name", "what"], ["Good Care, Ltd", "said \"no\"\ntwice"]];
        let text = lines(rows.map(|row| row.map(str::to_owned))).unwrap();
        assert_eq!(text, "name,what\n\"Good Care, Ltd\",\"said \"\"no\"\"\ntwice\"\n");
    }
}
