//! A table beside the claims that it is about: for each claim what it would change, or cell by cell why it cannot be
//! taken. Nothing is stored here, and nothing priced.

mod line;
mod strays;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use strays::Strays;

use super::columns::Column;
use super::keys::{Keyed, Keys};
use super::open::{OpenClaim, OpenLine};
use super::visit::VisitRow;
use super::words::reference_key;
use super::{Table, Wrong};
use crate::claim::ClaimEvent;
use crate::pricing::facts::{Recording, Unit};
use crate::statement::Statement;

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
    /// Whether it was stated day by day, and becomes one quantity that is spread over the plan's days.
    pub loses_days: bool,
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
        self.claims.get(claim).is_some_and(|open| keys.period.is_of(open))
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
            // all that is stated of a claim is stated anew, what stands so already included
            compared.wrong.extend(stated.iter().filter_map(|line| self.covered(open, line, lines)));
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
