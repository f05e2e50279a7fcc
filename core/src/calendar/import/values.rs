//! What the values of a table say about its columns, whatever the headings claim.
//!
//! Stands beside the headings: a column can be the start of periods only where its dates behave like starts.

use chrono::NaiveDate;

use super::Table;
use super::columns::{Column, Mapping};
use super::date::day_and_time;

/// The cells that are dates, by row and column.
pub(super) struct Values {
    rows: Vec<Vec<Option<NaiveDate>>>,
    /// The columns in which more than half of the cells are dates.
    columns: Vec<usize>,
}

/// More columns of dates than this are not searched: the orders to try grow too many.
const MOST_COLUMNS: usize = 8;

impl Values {
    pub(super) fn of(table: &Table) -> Self {
        let read = |cell: &String| day_and_time(cell).ok().map(|(day, _)| day);
        let rows: Vec<Vec<Option<NaiveDate>>> =
            table.rows.iter().map(|row| row.cells.iter().map(read).collect()).collect();
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let dated = |column: &usize| rows.iter().filter(|row| matches!(row.get(*column), Some(Some(_)))).count();
        let columns = (0..width).filter(|column| dated(column) * 2 > rows.len()).take(MOST_COLUMNS).collect();
        Self { rows, columns }
    }

    pub(super) fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// The one order of the columns that fits best; none when none fits or two fit equally well.
    pub(super) fn best(&self, number: Option<usize>) -> Option<Mapping> {
        let mut best: Option<(usize, Mapping)> = None;
        let mut tied = false;
        for order in orders(&self.columns) {
            let [cut_off, finalisation, starts, ends, bank_date] = order;
            let number = number.filter(|column| !order.contains(column));
            let mapping = Mapping { cut_off, finalisation, starts, ends, bank_date, number };
            let Some(score) = self.fit(&mapping) else {
                continue;
            };
            match &best {
                Some((leading, _)) if score < *leading => {}
                Some((leading, _)) if score == *leading => tied = true,
                _ => (best, tied) = (Some((score, mapping)), false),
            }
        }
        best.filter(|_| !tied).map(|(_, mapping)| mapping)
    }

    /// How well the values can be what a mapping says; `None` when they cannot. In more than half of the rows
    /// the period must end after it starts, the next one start the day after, the run be finalised no
    /// sooner than amendments close, and the money arrive later.
    pub(super) fn fit(&self, mapping: &Mapping) -> Option<usize> {
        let mut rows: Vec<[NaiveDate; 5]> = Vec::new();
        for row in &self.rows {
            let cell = |column| row.get(mapping.index(column)).copied().flatten();
            let dates = Column::ALL.map(cell);
            if let [Some(cut_off), Some(finalisation), Some(starts), Some(ends), Some(bank)] = dates {
                rows.push([starts, ends, cut_off, finalisation, bank]);
            }
        }
        rows.sort_unstable();
        let most = |count: usize, of: usize| (count * 2 > of || of == 0).then_some(count);
        let count = |holds: fn(&[NaiveDate; 5]) -> bool| rows.iter().filter(|row| holds(row)).count();
        let tiled = rows.windows(2).filter(|pair| matches!(pair, [a, b] if a[1].succ_opt() == Some(b[0]))).count();
        if rows.is_empty() {
            return None;
        }
        let ordered = most(count(|[starts, ends, ..]| starts < ends), rows.len())?;
        let tiled = most(tiled, rows.len() - 1)?;
        let closed = most(count(|[_, _, cut_off, finalisation, _]| cut_off <= finalisation), rows.len())?;
        let paid = most(count(|[_, _, _, finalisation, bank]| finalisation < bank), rows.len())?;
        Some(ordered + tiled + closed + paid)
    }
}

/// Every way of giving the five dates different columns.
fn orders(columns: &[usize]) -> Vec<[usize; 5]> {
    let mut found = Vec::new();
    let mut partial: Vec<Vec<usize>> = vec![Vec::new()];
    for _ in 0..5 {
        partial = partial
            .iter()
            .flat_map(|taken| {
                let free = columns.iter().filter(|column| !taken.contains(column));
                free.map(|column| taken.iter().copied().chain([*column]).collect())
            })
            .collect();
    }
    found.extend(partial.into_iter().filter_map(|order| <[usize; 5]>::try_from(order).ok()));
    found
}
