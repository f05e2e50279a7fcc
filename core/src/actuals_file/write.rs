//! Claims as a table to download, and the rows of a table that was sent back as one to mend.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::columns::{Column, Columns};
use super::open::{OpenClaim, OpenLine};
use super::quantity::QuantityRow;
use super::visit::{OUTCOMES, VisitRow};
use super::{Cell, Row, Wrong};
use crate::pricing::facts::Recording;
use crate::pricing::words::units;

/// A cell to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Nothing.
    Empty,
    /// Text, a reference as well.
    Text(String),
    /// A number.
    Number(Decimal),
    /// A day.
    Day(NaiveDate),
    /// A time of day in minutes from midnight.
    Time(u16),
}

impl Value {
    fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    fn number(number: impl Into<Decimal>) -> Self {
        Self::Number(number.into())
    }
}

const SHARED: [Column; 5] = [Column::Contract, Column::Ends, Column::Person, Column::Line, Column::Service];
const QUANTITIES: [Column; 5] = [Column::Unit, Column::Planned, Column::Delivered, Column::Frustrated, Column::Visits];
const VISITS: [Column; 6] =
    [Column::PlannedVisit, Column::Date, Column::Start, Column::Minutes, Column::Carers, Column::Outcome];
const LAST: [Column; 3] = [Column::Reason, Column::Comment, Column::Saved];

/// A table of claims, its headings first: a row for each line recorded as quantities, and for each visit.
#[must_use]
pub fn written(claims: &[OpenClaim]) -> Vec<Vec<Value>> {
    let has = |recording| claims.iter().any(|claim| claim.recording == recording);
    let mut columns = SHARED.to_vec();
    if has(Recording::Quantities) || !has(Recording::Timetabled) {
        columns.extend(QUANTITIES);
    }
    if has(Recording::Timetabled) {
        columns.extend(VISITS);
    }
    columns.extend(LAST);
    let mut table = vec![columns.iter().map(|column| Value::text(column.heading())).collect()];
    for claim in claims {
        for line in claim.lines.iter().filter(|line| line.held.is_some()) {
            let row = |of: &dyn Fn(Column) -> Value| {
                columns.iter().map(|column| shared(claim, line, *column).unwrap_or_else(|| of(*column))).collect()
            };
            match claim.recording {
                Recording::Quantities => {
                    let standing = QuantityRow::standing(line);
                    table.push(row(&|column| quantity(line, &standing, column)));
                }
                Recording::Timetabled => {
                    table.extend(VisitRow::standing(line).iter().map(|visit| row(&|column| of_visit(visit, column))));
                }
                Recording::None => {}
            }
        }
    }
    table
}

fn shared(claim: &OpenClaim, line: &OpenLine, column: Column) -> Option<Value> {
    Some(match column {
        Column::Contract => Value::text(&claim.contract),
        Column::Ends => Value::Day(claim.ends),
        Column::Person => Value::text(&claim.person),
        Column::Line => Value::text(&line.reference),
        Column::Service => Value::text(&line.service),
        Column::Saved => Value::number(claim.statement_version),
        _ => return None,
    })
}

fn quantity(line: &OpenLine, row: &QuantityRow, column: Column) -> Value {
    match column {
        Column::Unit => Value::text(units(line.unit)),
        Column::Planned => Value::number(Decimal::new(line.planned.total(), 3).normalize()),
        Column::Delivered => Value::number(row.delivered.decimal()),
        Column::Frustrated => Value::number(row.frustrated.decimal()),
        Column::Visits => row.visits.map_or(Value::Empty, Value::number),
        Column::Reason => Value::text(&row.reason),
        Column::Comment => Value::text(&row.comment),
        _ => Value::Empty,
    }
}

fn of_visit(row: &VisitRow, column: Column) -> Value {
    match column {
        Column::PlannedVisit => row.planned.map_or(Value::Empty, |number| Value::number(number.saturating_add(1))),
        Column::Date => Value::Day(row.date),
        Column::Start => Value::Time(row.start),
        Column::Minutes => Value::number(row.minutes),
        Column::Carers => Value::number(row.carers),
        Column::Outcome => {
            Value::text(OUTCOMES.get(usize::from(row.outcome)).map(|(_, word)| *word).unwrap_or_default())
        }
        Column::Reason => Value::text(&row.reason),
        Column::Comment => Value::text(&row.comment),
        _ => Value::Empty,
    }
}

/// A row to mend: its cells as they were sent, then what is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mended {
    /// The cells.
    pub cells: Vec<Value>,
    /// What is wrong with this row; the other rows of its claim go with it.
    pub wrong: Vec<Wrong>,
}

/// A row as it was sent, to be mended and sent again.
#[must_use]
pub fn to_mend(columns: &Columns, row: &Row, wrong: Vec<Wrong>) -> Mended {
    let kept = columns.headings.iter().enumerate().filter(|(_, heading)| !is_told(heading));
    let value = |index: usize| {
        let cell = row.cell(index);
        let is = |column| columns.index(column) == Some(index);
        if is(Column::Starts) || is(Column::Ends) || is(Column::Date) {
            return cell.day().map_or_else(|_| plain(cell), Value::Day);
        }
        if is(Column::Start) || is(Column::End) {
            return cell.time().map_or_else(|_| plain(cell), Value::Time);
        }
        plain(cell)
    };
    Mended { cells: kept.map(|(index, _)| value(index)).collect(), wrong }
}

impl Mended {
    /// The headings above such rows.
    #[must_use]
    pub fn headings(columns: &Columns) -> Vec<Value> {
        let kept = columns.headings.iter().filter(|heading| !is_told(heading)).map(Value::text);
        kept.chain(TOLD.map(Value::text)).collect()
    }

    /// The row with what is wrong in three cells more.
    #[must_use]
    pub fn row(&self) -> Vec<Value> {
        let said = |of: fn(&Wrong) -> &String| {
            Value::text(self.wrong.iter().map(|wrong| of(wrong).as_str()).collect::<Vec<_>>().join(" "))
        };
        let told = [said(|wrong| &wrong.place), said(|wrong| &wrong.reason), said(|wrong| &wrong.cure)];
        self.cells.iter().cloned().chain(told).collect()
    }
}

/// The headings of what is added, which are passed over when the table is sent again.
const TOLD: [&str; 3] = ["Cell", "What is wrong", "What to do"];

fn is_told(heading: &str) -> bool {
    TOLD.iter().any(|told| told.eq_ignore_ascii_case(heading.trim()))
}

fn plain(cell: &Cell) -> Value {
    match cell {
        Cell::Number(number) => Value::Number(*number),
        other => Value::text(other.text()),
    }
}
