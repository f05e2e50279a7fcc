//! Rows that could not be placed, and the claims that may lack them.

use std::collections::HashMap;

use super::super::columns::Column;
use super::super::keys::{Keyed, Period};
use super::super::words::reference_key;
use super::super::{OpenClaim, Table, Wrong};

/// Rows of no claim: the claim of the person or line that they name may lack them.
#[derive(Default)]
pub(super) struct Strays {
    by_key: HashMap<String, Vec<(Period, u32)>>,
}

impl Strays {
    pub(super) fn of(keyed: &Keyed, table: &Table, loose: &[(usize, Vec<Wrong>)]) -> Self {
        let mut strays = Self::default();
        for row in loose.iter().filter_map(|(index, _)| table.rows.get(*index)) {
            let cell = |column| keyed.columns.cell(row, column);
            // a week that cannot be read may be any
            let period = Period { starts: cell(Column::Starts).day().ok(), ends: cell(Column::Ends).day().ok() };
            for column in [Column::Person, Column::Line] {
                let key = format!("{column} {}", reference_key(&cell(column).text()));
                strays.by_key.entry(key).or_default().push((period, row.number));
            }
        }
        strays
    }

    pub(super) fn row_of(&self, claim: &OpenClaim) -> Option<u32> {
        let lines = claim.lines.iter().map(|line| (Column::Line, &line.reference));
        [(Column::Person, &claim.person)].into_iter().chain(lines).find_map(|(column, reference)| {
            let named = self.by_key.get(&format!("{column} {}", reference_key(reference)))?;
            named.iter().find(|(period, _)| period.is_of(claim)).map(|(_, row)| *row)
        })
    }
}
