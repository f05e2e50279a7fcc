//! The rows of one line beside what stands: what they state, measured against the plan, or what is wrong with them.

use std::collections::BTreeMap;

use super::super::Wrong;
use super::super::columns::Column;
use super::super::keys::Keys;
use super::super::open::{OpenClaim, OpenLine};
use super::super::quantity::QuantityRow;
use super::super::reader::Reader;
use super::super::visit::{VisitRow, outcome_of};
use super::{Comparing, LineChange};
use crate::adjustment::extra_covered;
use crate::pricing::facts::Recording;
use crate::statement::{Actuals, LineStatement, StatedCare, VisitActual};

impl Comparing<'_> {
    /// What the rows of a line state, and how that differs from what stands.
    pub(super) fn line(
        &self,
        open: &OpenClaim,
        line: &OpenLine,
        keys: &[&Keys],
        wrong: &mut Vec<Wrong>,
    ) -> (Option<LineStatement>, Option<LineChange>) {
        let nothing = (line.stated.clone(), None);
        let Some(held) = line.held else {
            let place = self.row_name(&keys.iter().map(|keys| keys.index).collect::<Vec<_>>());
            let reason = format!("CPLI {} does not hold in this week.", line.reference);
            wrong.push(Wrong { place, reason, cure: "Leave its rows out.".to_owned() });
            return nothing;
        };
        let before = wrong.len();
        let timetabled = open.recording == Recording::Timetabled;
        let (actual, differs) = if timetabled {
            let Some(rows) = self.visits(line, keys, wrong) else { return nothing };
            let differs = rows.iter().map(|(row, _)| row).ne(VisitRow::standing(line).iter());
            let comment = line.stated.as_ref().map(|stated| stated.comment.clone()).unwrap_or_default();
            let visits = visits_of(&rows, line);
            (LineStatement { line: line.number, actuals: Actuals::Visits { visits }, comment }, differs)
        } else {
            let Some(row) = self.quantity(line, keys, wrong) else { return nothing };
            let differs = row != QuantityRow::standing(line);
            (LineStatement { line: line.number, actuals: row.actuals(line), comment: row.comment }, differs)
        };
        if wrong.len() > before {
            return nothing;
        }
        if !differs {
            let as_planned = LineStatement { line: line.number, actuals: Actuals::AsPlanned, comment: String::new() };
            return (line.stated.clone().or(Some(as_planned)), None);
        }
        let measure = |statement: &LineStatement| {
            StatedCare::of(statement, &line.planned, held, open.recording, &self.codes).map(|care| totals(&care))
        };
        match measure(&actual) {
            Ok(after) => {
                let change = LineChange {
                    line: line.reference.clone(),
                    service: line.service.clone(),
                    unit: line.unit,
                    timetabled,
                    planned: line.planned.total(),
                    before: line.stated.as_ref().and_then(|stated| measure(stated).ok()),
                    after,
                    loses_days: by_day(line.stated.as_ref()) && !by_day(Some(&actual)),
                };
                (Some(actual), Some(change))
            }
            Err(error) => {
                let place = self.row_name(&keys.iter().map(|keys| keys.index).collect::<Vec<_>>());
                let cure = "Mend the rows of this line and upload the file again.".to_owned();
                wrong.push(Wrong { place, reason: error.to_string(), cure });
                nothing
            }
        }
    }

    /// The extra of a line that an accepted adjustment covers.
    pub(super) fn covered(
        &self,
        open: &OpenClaim,
        stated: &LineStatement,
        lines: &BTreeMap<usize, Vec<&Keys>>,
    ) -> Option<Wrong> {
        let (place, line) = open.lines.iter().enumerate().find(|(_, line)| line.number == stated.line)?;
        if line.covered.is_empty() {
            return None;
        }
        let care = StatedCare::of(stated, &line.planned, line.held?, open.recording, &self.codes).ok()?;
        let extra = extra_covered(&care.days, &care.visits, &line.covered)?;
        let rows = lines.get(&place).into_iter().flatten().filter_map(|keys| self.table.rows.get(keys.index));
        let mut rows: Vec<_> = rows.collect();
        let columns = &self.keyed.columns;
        let column = if open.recording == Recording::Timetabled {
            let is_of_day = |row: &&super::super::Row| {
                let read = VisitRow::read(&mut Reader::new(columns, row), line, self.reasons);
                read.is_some_and(|visit| visit.date == extra.day && visit.is_above(line))
            };
            if let Some(found) = rows.iter().copied().find(is_of_day) {
                rows = vec![found];
            }
            Column::Minutes
        } else {
            Column::Delivered
        };
        let place = rows.first().map(|row| columns.place(row, column)).unwrap_or_default();
        Some(Wrong { place, reason: extra.reason(), cure: extra.cure() })
    }

    fn quantity(&self, line: &OpenLine, keys: &[&Keys], wrong: &mut Vec<Wrong>) -> Option<QuantityRow> {
        let [one, more @ ..] = keys else { return None };
        let first = self.table.rows.get(one.index)?;
        for keys in more {
            let row = self.table.rows.get(keys.index)?;
            wrong.push(Wrong {
                place: self.keyed.columns.place(row, Column::Line),
                reason: format!("CPLI {} stands for this week in row {} already.", line.reference, first.number),
                cure: "Delete one of the two rows.".to_owned(),
            });
        }
        if !self.keyed.columns.has(Column::Delivered) {
            wrong.push(Wrong {
                place: format!("row {}", first.number),
                reason:
                    "This contract is recorded as quantities, and the file has no column \u{2018}Delivered\u{2019}."
                        .to_owned(),
                cure: "Start from the file that you can download for this contract.".to_owned(),
            });
            return None;
        }
        let mut reader = Reader::new(&self.keyed.columns, first);
        let row = QuantityRow::read(&mut reader, line, self.reasons);
        wrong.append(&mut reader.wrong);
        row
    }

    /// The visits of a line in order of time, each with its row.
    fn visits(&self, line: &OpenLine, keys: &[&Keys], wrong: &mut Vec<Wrong>) -> Option<Vec<(VisitRow, usize)>> {
        let columns = &self.keyed.columns;
        let before = wrong.len();
        if !(columns.has(Column::Date) && columns.has(Column::Start)) {
            wrong.push(Wrong {
                place: self.row_name(&keys.iter().map(|keys| keys.index).collect::<Vec<_>>()),
                reason: "This contract is recorded visit by visit, and the file has no columns \u{2018}Date\u{2019} and \u{2018}Start\u{2019}.".to_owned(),
                cure: "Start from the file that you can download for this contract.".to_owned(),
            });
            return None;
        }
        let (mut rows, mut found) = (Vec::with_capacity(keys.len()), Vec::new());
        for keys in keys {
            let mut reader = Reader::new(columns, self.table.rows.get(keys.index)?);
            let row = VisitRow::read(&mut reader, line, self.reasons);
            found.append(&mut reader.wrong);
            rows.extend(row.map(|row| (row, keys.index)));
        }
        rows.sort();
        // what stands so already may stay so, also where the plan has changed since
        if rows.iter().map(|(row, _)| row).eq(VisitRow::standing(line).iter()) {
            return Some(rows);
        }
        wrong.append(&mut found);
        if wrong.len() > before {
            return None;
        }
        if columns.has(Column::PlannedVisit) {
            self.each_planned_once(line, &rows, wrong);
        } else {
            answer(line, &mut rows);
        }
        for (row, index) in rows.iter().filter(|(row, _)| row.planned.is_none() && row.outcome > 0) {
            let place = self.table.rows.get(*index).map(|found| columns.place(found, Column::Outcome));
            wrong.push(Wrong {
                place: place.unwrap_or_default(),
                reason: format!(
                    "The visit at {:02}:{:02} was not planned, so it cannot be frustrated or missed.",
                    row.start / 60,
                    row.start % 60
                ),
                cure: "Delete the row.".to_owned(),
            });
        }
        rows.sort();
        (wrong.len() == before).then_some(rows)
    }

    fn each_planned_once(&self, line: &OpenLine, rows: &[(VisitRow, usize)], wrong: &mut Vec<Wrong>) {
        let number = |index: usize| self.table.rows.get(index).map_or(0, |row| row.number);
        let mut answered: BTreeMap<u32, usize> = BTreeMap::new();
        for (row, index) in rows {
            let Some(planned) = row.planned else { continue };
            if let Some(first) = answered.insert(planned, *index) {
                let place = self.table.rows.get(*index).map(|row| self.keyed.columns.place(row, Column::PlannedVisit));
                wrong.push(Wrong {
                    place: place.unwrap_or_default(),
                    reason: format!("Planned visit {} stands in row {} already.", planned + 1, number(first)),
                    cure: "Delete one of the two rows, or clear the number of the visit that was not planned."
                        .to_owned(),
                });
            }
        }
        for planned in line.planned.visits.iter().filter(|visit| !answered.contains_key(&visit.visit)) {
            wrong.push(Wrong {
                place: self.row_name(&rows.iter().map(|(_, index)| *index).collect::<Vec<_>>()),
                reason: format!(
                    "Planned visit {} of CPLI {} at {:02}:{:02} on {} has no row.",
                    planned.visit + 1,
                    line.reference,
                    planned.start / 60,
                    planned.start % 60,
                    planned.day.date().map(|day| day.format("%d/%m/%Y").to_string()).unwrap_or_default()
                ),
                cure: "Add its row, with Missed as its outcome if it did not take place.".to_owned(),
            });
        }
    }
}

fn totals(care: &StatedCare) -> (i64, i64) {
    let of_days = care.days.iter().map(|day| (day.delivered, day.frustrated));
    let of_visits = care.visits.iter().map(|visit| (visit.delivered, visit.frustrated));
    of_days.chain(of_visits).fold((0_i64, 0_i64), |sum, one| (sum.0.saturating_add(one.0), sum.1.saturating_add(one.1)))
}

/// As they are stated; what a visit was stated with before that no table shows is kept.
fn visits_of(rows: &[(VisitRow, usize)], line: &OpenLine) -> Vec<VisitActual> {
    let before: &[VisitActual] = match line.stated.as_ref().map(|stated| &stated.actuals) {
        Some(Actuals::Visits { visits }) => visits,
        _ => &[],
    };
    let known: BTreeMap<u32, &VisitActual> =
        before.iter().filter_map(|visit| visit.planned.map(|planned| (planned, visit))).collect();
    let monitored = |row: &VisitRow| match row.planned {
        Some(planned) => known.get(&planned).and_then(|visit| visit.monitored),
        None => before.iter().find(|visit| VisitRow::stated(visit) == *row).and_then(|visit| visit.monitored),
    };
    rows.iter()
        .map(|(row, _)| VisitActual {
            planned: row.planned,
            date: row.date,
            start: row.start,
            minutes: row.minutes,
            monitored: monitored(row),
            carers: row.carers,
            outcome: outcome_of(row.outcome),
            reason: row.reason.clone(),
            comment: row.comment.clone(),
        })
        .collect()
}

/// How far from its planned time a visit may start and still answer it, in minutes.
const NEAR: u16 = 120;

/// Which planned visit each row answers, in a table that does not say: of the same day, the one that starts when it does,
/// then the nearest within two hours.
fn answer(line: &OpenLine, rows: &mut [(VisitRow, usize)]) {
    let mut open: Vec<_> =
        line.planned.visits.iter().filter_map(|visit| visit.day.date().map(|day| (day, visit))).collect();
    rows.sort();
    for reach in [0, NEAR] {
        for (row, _) in rows.iter_mut().filter(|(row, _)| row.planned.is_none()) {
            let near = |visit: &crate::pricing::facts::PlannedVisit| visit.start.abs_diff(row.start);
            let nearest = open
                .iter()
                .enumerate()
                .filter(|(_, (day, visit))| *day == row.date && near(visit) <= reach)
                .min_by_key(|(_, (_, visit))| (near(visit), visit.visit))
                .map(|(place, _)| place);
            if let Some(place) = nearest {
                row.planned = Some(open.remove(place).1.visit);
            }
        }
    }
}

/// Whether a line was stated day by day.
fn by_day(stated: Option<&LineStatement>) -> bool {
    stated.is_some_and(|stated| matches!(stated.actuals, Actuals::Days { .. }))
}
