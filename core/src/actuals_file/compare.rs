//! A table beside the claims that it is about: for each claim what it would change, or cell by cell why it cannot be
//! taken. Nothing is stored here, and nothing priced.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::columns::Column;
use super::open::{OpenClaim, OpenLine};
use super::rows::{Keyed, Keys, QuantityRow, Reader, VisitRow, outcome_of};
use super::words::reference_key;
use super::{Table, Wrong};
use crate::claim::ClaimEvent;
use crate::pricing::facts::{Recording, Unit};
use crate::statement::{Actuals, LineStatement, StatedCare, Statement, VisitActual};

/// What a table would do to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Its first actuals, other than planned.
    New,
    /// Other actuals than were stated before.
    Changed,
    /// As it stands.
    Unchanged,
    /// As planned, and nothing was stated yet: saved only where the person asks for it.
    AsPlanned,
    /// Not to be taken.
    Rejected,
}

/// A claim of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Which of the claims compared with.
    pub claim: usize,
    /// What the table would do.
    pub outcome: Outcome,
    /// What would be stated; for what is new, changed or as planned.
    pub statement: Option<Statement>,
    /// Lines that would change.
    pub changes: Vec<LineChange>,
    /// The table's rows, from 0.
    pub rows: Vec<usize>,
    /// What is wrong; for what is rejected.
    pub wrong: Vec<Wrong>,
}

/// How a line would change. Quantities are thousandths of the unit, or carer-minutes for a timetabled line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineChange {
    /// The CPLI number.
    pub line: String,
    /// The service level.
    pub service: String,
    /// What it is planned in.
    pub unit: Unit,
    /// Whether it is recorded visit by visit.
    pub timetabled: bool,
    /// The plan.
    pub planned: i64,
    /// Delivered and frustrated as stated before, if anything was.
    pub before: Option<(i64, i64)>,
    /// Delivered and frustrated as the table has it.
    pub after: (i64, i64),
}

/// What a table would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Claim by claim, in the order of the claims.
    pub claims: Vec<Compared>,
    /// Rows that belong to no claim, from 0, with what is wrong.
    pub loose: Vec<(usize, Vec<Wrong>)>,
    /// Headings that were passed over.
    pub ignored: Vec<String>,
}

impl Preview {
    /// How many claims have an outcome.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.claims.iter().filter(|claim| claim.outcome == outcome).count()
    }
}

/// Compares a table with claims: those of the contracts and days that it names, whatever their state.
///
/// `reasons` are the council's codes with their words; `today` is London's.
#[must_use]
pub fn compare(
    table: &Table,
    keyed: &Keyed,
    claims: &[OpenClaim],
    reasons: &BTreeMap<String, String>,
    today: NaiveDate,
) -> Preview {
    let comparing = Comparing { table, keyed, claims, reasons, codes: reasons.keys().cloned().collect(), today };
    let (placed, loose) = comparing.place();
    let strays = Strays::of(keyed, table, &loose);
    let compared = placed.into_iter().map(|(claim, lines)| comparing.claim(claim, &lines, &strays)).collect();
    Preview { claims: compared, loose, ignored: keyed.columns.ignored.clone() }
}

/// Rows by line.
type Lines<'t> = BTreeMap<usize, Vec<&'t Keys>>;
/// Rows of no claim, with what is wrong.
type Loose = Vec<(usize, Vec<Wrong>)>;

struct Comparing<'t> {
    table: &'t Table,
    keyed: &'t Keyed,
    claims: &'t [OpenClaim],
    reasons: &'t BTreeMap<String, String>,
    codes: BTreeSet<String>,
    today: NaiveDate,
}

/// Persons and lines that rows of no claim name: their claims may lack those rows.
#[derive(Default)]
struct Strays {
    persons: BTreeMap<String, u32>,
    lines: BTreeMap<String, u32>,
}

impl Strays {
    fn of(keyed: &Keyed, table: &Table, loose: &[(usize, Vec<Wrong>)]) -> Self {
        let mut strays = Self::default();
        for row in loose.iter().filter_map(|(index, _)| table.rows.get(*index)) {
            let key = |column| reference_key(&keyed.columns.cell(row, column).text());
            strays.persons.entry(key(Column::Person)).or_insert(row.number);
            strays.lines.entry(key(Column::Line)).or_insert(row.number);
        }
        strays
    }

    fn row_of(&self, claim: &OpenClaim) -> Option<u32> {
        let person = self.persons.get(&reference_key(&claim.person));
        person.or_else(|| claim.lines.iter().find_map(|line| self.lines.get(&reference_key(&line.reference)))).copied()
    }
}

impl<'t> Comparing<'t> {
    /// Finds the claim and line of each row.
    fn place(&self) -> (BTreeMap<usize, Lines<'t>>, Loose) {
        let mut known: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (claim, open) in self.claims.iter().enumerate() {
            for (line, of) in open.lines.iter().enumerate() {
                known.entry(reference_key(&of.reference)).or_default().push((claim, line));
            }
        }
        let mut placed: BTreeMap<usize, Lines<'t>> = BTreeMap::new();
        let mut loose = self.keyed.loose.clone();
        for keys in &self.keyed.keys {
            match self.find(&known, keys) {
                Ok((claim, line)) => placed.entry(claim).or_default().entry(line).or_default().push(keys),
                Err(wrong) => loose.push((keys.index, vec![wrong])),
            }
        }
        loose.sort_by_key(|(index, _)| *index);
        (placed, loose)
    }

    fn find(&self, known: &HashMap<String, Vec<(usize, usize)>>, keys: &Keys) -> Result<(usize, usize), Wrong> {
        let wrong = |column: Column, reason: String, cure: &str| {
            let row = self.table.rows.get(keys.index);
            let place = row.map(|row| self.keyed.columns.place(row, column)).unwrap_or_default();
            Wrong { place, reason, cure: cure.to_owned() }
        };
        let of_line: Vec<(usize, usize)> = known.get(&reference_key(&keys.line)).cloned().unwrap_or_default();
        let of_contract: Vec<(usize, usize)> = of_line
            .iter()
            .copied()
            .filter(|(claim, _)| self.is_of(*claim, |open| &open.contract, &keys.contract))
            .collect();
        if of_contract.is_empty() {
            let reason = format!(
                "There is no claim for CPLI {} under contract {} in these weeks.",
                super::cell::short(&keys.line),
                super::cell::short(&keys.contract)
            );
            let cure = "Check both references and the week against the file that you can download.";
            return Err(wrong(Column::Line, reason, cure));
        }
        let of_week = of_contract.iter().copied().filter(|(claim, _)| self.is_for(*claim, keys)).collect::<Vec<_>>();
        let [(claim, line)] = of_week.as_slice() else {
            let column = if self.keyed.columns.has(Column::Ends) { Column::Ends } else { Column::Starts };
            let reason = format!("There is no claim for CPLI {} for this week.", super::cell::short(&keys.line));
            return Err(wrong(column, reason, "Use a week of the file that you can download."));
        };
        if !self.is_of(*claim, |open| &open.person, &keys.person) {
            let person = self.claims.get(*claim).map(|open| open.person.clone()).unwrap_or_default();
            let reason = format!("This CPLI is for {person}, not for {}.", super::cell::short(&keys.person));
            return Err(wrong(Column::Person, reason, "Correct the person\u{2019}s reference or the CPLI number."));
        }
        Ok((*claim, *line))
    }

    fn is_of(&self, claim: usize, of: fn(&OpenClaim) -> &String, typed: &str) -> bool {
        self.claims.get(claim).is_some_and(|open| {
            let reference = of(open);
            reference == typed || reference_key(reference) == reference_key(typed)
        })
    }

    fn is_for(&self, claim: usize, keys: &Keys) -> bool {
        self.claims.get(claim).is_some_and(|open| {
            keys.period.starts.is_none_or(|starts| starts == open.starts)
                && keys.period.ends.is_none_or(|ends| ends == open.ends)
        })
    }

    fn claim(&self, index: usize, lines: &Lines<'t>, strays: &Strays) -> Compared {
        let rows: Vec<usize> = lines.values().flatten().map(|keys| keys.index).collect();
        let mut compared = Compared {
            claim: index,
            outcome: Outcome::Unchanged,
            statement: None,
            changes: Vec::new(),
            rows,
            wrong: Vec::new(),
        };
        let Some(open) = self.claims.get(index) else { return compared };
        let mut stated = Vec::with_capacity(open.lines.len());
        for (number, line) in open.lines.iter().enumerate() {
            match lines.get(&number) {
                Some(keys) => {
                    let (actual, change) = self.line(open, line, keys, &mut compared.wrong);
                    stated.extend(actual);
                    compared.changes.extend(change);
                }
                None if is_shown(open, line) => {
                    compared.wrong.push(Wrong {
                        place: self.row_name(&compared.rows),
                        reason: format!("CPLI {} of the same claim has no row.", line.reference),
                        cure: "Add its rows, so that nothing is taken as missed by mistake.".to_owned(),
                    });
                }
                None => stated.extend(line.stated.clone()),
            }
        }
        let differs = !compared.changes.is_empty();
        if compared.wrong.is_empty() && differs {
            compared.wrong.extend(self.unfit(open, lines, strays));
        }
        if !compared.wrong.is_empty() {
            return Compared { outcome: Outcome::Rejected, changes: Vec::new(), ..compared };
        }
        compared.outcome = match (differs, open.is_stated()) {
            (true, true) => Outcome::Changed,
            (true, false) => Outcome::New,
            (false, true) => Outcome::Unchanged,
            (false, false) if self.unfit(open, lines, strays).is_some() => Outcome::Unchanged,
            (false, false) => Outcome::AsPlanned,
        };
        if compared.outcome != Outcome::Unchanged {
            compared.statement = Some(Statement {
                lines: stated,
                payment_reference: open.payment_reference.clone(),
                note: open.note.clone(),
            });
        }
        compared
    }

    fn row_name(&self, rows: &[usize]) -> String {
        let row = rows.first().and_then(|index| self.table.rows.get(*index));
        row.map(|row| format!("row {}", row.number)).unwrap_or_default()
    }

    /// Why nothing can be stated for a claim, whatever the rows say.
    fn unfit(&self, open: &OpenClaim, lines: &Lines<'t>, strays: &Strays) -> Option<Wrong> {
        let first = lines.values().flatten().min_by_key(|keys| keys.index)?;
        let row = self.table.rows.get(first.index)?;
        let at = |column| self.keyed.columns.place(row, column);
        let wrong = |place: String, reason: String, cure: &str| Some(Wrong { place, reason, cure: cure.to_owned() });
        if open.recording == Recording::None {
            let cure = "Leave its rows out: there are no actuals to state.";
            return wrong(at(Column::Contract), "This contract is paid by its plan alone.".to_owned(), cure);
        }
        if self.today <= open.ends {
            let reason = format!("The week to {} is not over yet.", open.ends.format("%A %-d %B %Y"));
            let cure = "Leave its rows out, and send them from the day after.";
            return wrong(
                at(if self.keyed.columns.has(Column::Ends) { Column::Ends } else { Column::Starts }),
                reason,
                cure,
            );
        }
        if let Err(refused) = open.state.after(ClaimEvent::State, open.basis, open.is_stated()) {
            let cure = "Leave its rows out, or look at the claim on its page.";
            return wrong(format!("row {}", row.number), refused.to_string(), cure);
        }
        let older =
            lines.values().flatten().find(|keys| keys.saved.is_some_and(|saved| saved != open.statement_version));
        if let Some(older) = older {
            let row = self.table.rows.get(older.index)?;
            let reason = "Actuals of this claim were saved after this file was downloaded.".to_owned();
            let cure = "Download the file again, make your change in it, and upload that.";
            return wrong(self.keyed.columns.place(row, Column::Saved), reason, cure);
        }
        let stray = strays.row_of(open)?;
        let reason = format!("Row {stray}, which names the same person or line, could not be placed.");
        wrong(format!("row {}", row.number), reason, "Mend that row, or delete it, and upload both together.")
    }

    /// What the rows of a line state, and how that differs from what stands.
    fn line(
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

/// Whether a table that was written from the claim has rows of a line.
fn is_shown(open: &OpenClaim, line: &OpenLine) -> bool {
    line.held.is_some()
        && match open.recording {
            Recording::Timetabled => !VisitRow::standing(line).is_empty(),
            Recording::Quantities => true,
            Recording::None => false,
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
