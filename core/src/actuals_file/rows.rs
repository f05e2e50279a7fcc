//! Rows: first what they are about, then, once their claims are found, what they say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::cell::{Refusal, short};
use super::columns::{Column, Columns, FileFault};
use super::open::OpenLine;
use super::words::{reference_key, settled};
use super::{LONGEST_COMMENT, Row, Table, Wrong};
use crate::money::Quantity;
use crate::pricing::facts::{Day, PlannedVisit};
use crate::statement::{Actuals, DayActual, Outcome, VisitActual};

/// The claim period that a row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its first day, where the table has it.
    pub starts: Option<NaiveDate>,
    /// Its last day, where the table has it.
    pub ends: Option<NaiveDate>,
}

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    /// Which of the table's rows, from 0.
    pub index: usize,
    /// The contract as it was typed.
    pub contract: String,
    /// The person as it was typed.
    pub person: String,
    /// The line as it was typed.
    pub line: String,
    /// The claim period.
    pub period: Period,
    /// Which statement the row was written from.
    pub saved: Option<u32>,
}

/// A table whose rows say what they are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// Which column is which.
    pub columns: Columns,
    /// The rows that say so.
    pub keys: Vec<Keys>,
    /// Rows that do not, with what is wrong.
    pub loose: Vec<(usize, Vec<Wrong>)>,
}

impl Keyed {
    /// Reads what each row is about.
    ///
    /// # Errors
    /// [`FileFault`] for a table that is not read at all.
    pub fn of(table: &Table) -> Result<Self, FileFault> {
        let columns = Columns::of(table)?;
        let (mut keys, mut loose) = (Vec::with_capacity(table.rows.len()), Vec::new());
        for (index, row) in table.rows.iter().enumerate().skip(1) {
            match keys_of(&columns, index, row) {
                Ok(read) => keys.push(read),
                Err(wrong) => loose.push((index, wrong)),
            }
        }
        Ok(Self { columns, keys, loose })
    }

    /// The contracts that the rows name, as typed and without leading noughts' difference.
    #[must_use]
    pub fn contracts(&self) -> BTreeSet<String> {
        self.keys.iter().map(|keys| reference_key(&keys.contract)).collect()
    }

    /// The first and last day that the rows name as the beginning or end of a claim period.
    #[must_use]
    pub fn days(&self) -> Option<(NaiveDate, NaiveDate)> {
        let days = || self.keys.iter().flat_map(|keys| [keys.period.starts, keys.period.ends]).flatten();
        Some((days().min()?, days().max()?))
    }
}

fn keys_of(columns: &Columns, index: usize, row: &Row) -> Result<Keys, Vec<Wrong>> {
    let mut read = Reader { columns, row, wrong: Vec::new() };
    let named = |read: &mut Reader<'_>, column: Column, cure: &str| {
        let text = columns.cell(row, column).text();
        if text.is_empty() {
            read.refuse(column, (format!("The {} is missing.", said(column)), cure.to_owned()));
        }
        text
    };
    let copy = "Copy it from the file that you can download.";
    let contract = named(&mut read, Column::Contract, copy);
    let person = named(&mut read, Column::Person, "Write the council\u{2019}s reference for the person, never a name.");
    let line = named(&mut read, Column::Line, copy);
    let day = |read: &mut Reader<'_>, column: Column| {
        columns.has(column).then(|| columns.cell(row, column).day()).and_then(|day| read.kept(column, day))
    };
    let period = Period { starts: day(&mut read, Column::Starts), ends: day(&mut read, Column::Ends) };
    let saved = read.optional(Column::Saved, |cell| cell.count("the saved version", u32::MAX));
    if read.wrong.is_empty() { Ok(Keys { index, contract, person, line, period, saved }) } else { Err(read.wrong) }
}

fn said(column: Column) -> &'static str {
    match column {
        Column::Contract => "contract",
        Column::Person => "person\u{2019}s reference",
        _ => "CPLI number",
    }
}

/// Reads the cells of one row and keeps what is wrong with them.
pub(super) struct Reader<'t> {
    columns: &'t Columns,
    row: &'t Row,
    pub(super) wrong: Vec<Wrong>,
}

impl<'t> Reader<'t> {
    pub(super) const fn new(columns: &'t Columns, row: &'t Row) -> Self {
        Self { columns, row, wrong: Vec::new() }
    }

    pub(super) fn refuse(&mut self, column: Column, (reason, cure): Refusal) {
        self.wrong.push(Wrong { place: self.columns.place(self.row, column), reason, cure });
    }

    fn kept<T>(&mut self, column: Column, read: Result<T, Refusal>) -> Option<T> {
        read.map_err(|refusal| self.refuse(column, refusal)).ok()
    }

    fn required<T>(&mut self, column: Column, read: impl Fn(&super::Cell) -> Result<T, Refusal>) -> Option<T> {
        self.kept(column, read(self.columns.cell(self.row, column)))
    }

    fn optional<T>(&mut self, column: Column, read: impl Fn(&super::Cell) -> Result<T, Refusal>) -> Option<T> {
        let cell = self.columns.cell(self.row, column);
        if cell.is_empty() { None } else { self.kept(column, read(cell)) }
    }

    fn text(&self, column: Column) -> String {
        self.columns.cell(self.row, column).text()
    }

    fn comment(&mut self) -> String {
        let comment = self.text(Column::Comment);
        let letters = comment.chars().count();
        if letters > LONGEST_COMMENT {
            self.refuse(
                Column::Comment,
                (format!("The comment has {letters} letters."), format!("Shorten it to {LONGEST_COMMENT}.")),
            );
        }
        comment
    }

    /// A reason by its code or by its words.
    fn reason(&mut self, reasons: &BTreeMap<String, String>) -> String {
        let typed = self.text(Column::Reason);
        if typed.is_empty() || reasons.contains_key(&typed) {
            return typed;
        }
        let lowered = typed.to_lowercase();
        let named = reasons.iter().find(|(code, words)| **code == lowered || words.to_lowercase() == lowered);
        if let Some((code, _)) = named {
            return code.clone();
        }
        let known: Vec<&str> = reasons.keys().map(String::as_str).collect();
        let cure = if known.is_empty() {
            "Clear the cell: this council has no reasons.".to_owned()
        } else {
            format!("Write one of its reasons: {}.", known.join(", "))
        };
        let reason = format!("\u{2018}{}\u{2019} is not one of this council\u{2019}s reasons.", short(&typed));
        self.refuse(Column::Reason, (reason, cure));
        String::new()
    }
}

/// What a row says of a line recorded as quantities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuantityRow {
    pub(super) delivered: Quantity,
    pub(super) frustrated: Quantity,
    pub(super) reason: String,
    pub(super) visits: Option<u32>,
    pub(super) comment: String,
}

impl QuantityRow {
    /// As it stands: what was stated last, else the plan.
    pub(super) fn standing(line: &OpenLine) -> Self {
        let comment = line.stated.as_ref().map(|stated| settled(&stated.comment).into_owned()).unwrap_or_default();
        let planned = Self {
            delivered: Quantity::from_thousandths(line.planned.total()),
            frustrated: Quantity::ZERO,
            reason: String::new(),
            visits: None,
            comment: comment.clone(),
        };
        match line.stated.as_ref().map(|stated| &stated.actuals) {
            Some(Actuals::Period { delivered, frustrated, reason, visits }) => Self {
                delivered: *delivered,
                frustrated: *frustrated,
                reason: reason.clone(),
                visits: *visits,
                comment,
            },
            Some(Actuals::Days { days }) => Self { comment, ..Self::summed(days) },
            _ => planned,
        }
    }

    /// Days as one row; a reason where all that have one have the same.
    fn summed(days: &[DayActual]) -> Self {
        let sum = |of: fn(&DayActual) -> Quantity| {
            Quantity::from_thousandths(days.iter().map(|day| of(day).raw()).fold(0, i64::saturating_add))
        };
        let reasons: BTreeSet<&str> =
            days.iter().map(|day| day.reason.as_str()).filter(|reason| !reason.is_empty()).collect();
        let visits: Vec<u32> = days.iter().filter_map(|day| day.visits).collect();
        Self {
            delivered: sum(|day| day.delivered),
            frustrated: sum(|day| day.frustrated),
            reason: if reasons.len() == 1 { reasons.into_iter().collect() } else { String::new() },
            visits: (!visits.is_empty()).then(|| visits.into_iter().fold(0, u32::saturating_add)),
            comment: String::new(),
        }
    }

    /// As the file says.
    pub(super) fn read(reader: &mut Reader<'_>, line: &OpenLine, reasons: &BTreeMap<String, String>) -> Option<Self> {
        let delivered = reader.required(Column::Delivered, super::Cell::quantity);
        let frustrated = reader.optional(Column::Frustrated, super::Cell::quantity).unwrap_or_default();
        let visits = reader.optional(Column::Visits, |cell| cell.count("the number of visits", 999));
        let reason = reader.reason(reasons);
        let comment = reader.comment();
        let read = Self { delivered: delivered?, frustrated, reason, visits, comment };
        // what stands so already may stay so
        if read == Self::standing(line) {
            return Some(read);
        }
        if frustrated.raw() > line.planned.total() {
            let planned = Quantity::from_thousandths(line.planned.total());
            reader.refuse(
                Column::Frustrated,
                (
                    format!("{frustrated} is more than the {planned} that was planned."),
                    format!("Write {planned} or less: only planned care can be frustrated."),
                ),
            );
        } else if frustrated.raw() > 0 && read.reason.is_empty() && reader.wrong.is_empty() {
            reader.refuse(Column::Reason, reason_missing(reasons));
        }
        Some(read)
    }

    /// As actuals; those that stand where the figures are theirs, which may be by day.
    pub(super) fn actuals(&self, line: &OpenLine) -> Actuals {
        let before = Self::standing(line);
        match &line.stated {
            Some(stated) if Self { comment: self.comment.clone(), ..before } == *self => stated.actuals.clone(),
            _ => Actuals::Period {
                delivered: self.delivered,
                frustrated: self.frustrated,
                reason: self.reason.clone(),
                visits: self.visits,
            },
        }
    }
}

fn reason_missing(reasons: &BTreeMap<String, String>) -> Refusal {
    let known: Vec<&str> = reasons.keys().map(String::as_str).collect();
    let cure = match known.as_slice() {
        [] => "Ask the council for its reasons.".to_owned(),
        _ => format!("Write one of the council\u{2019}s reasons: {}.", known.join(", ")),
    };
    ("Frustrated care needs a reason.".to_owned(), cure)
}

/// What a row says of a visit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VisitRow {
    pub(super) date: NaiveDate,
    pub(super) start: u16,
    pub(super) planned: Option<u32>,
    pub(super) minutes: u16,
    pub(super) carers: u8,
    pub(super) outcome: u8,
    pub(super) reason: String,
    pub(super) comment: String,
}

/// In the order in which they are kept.
pub(super) const OUTCOMES: [(Outcome, &str); 3] =
    [(Outcome::Delivered, "Delivered"), (Outcome::Frustrated, "Frustrated"), (Outcome::Missed, "Missed")];

pub(super) fn outcome_of(number: u8) -> Outcome {
    OUTCOMES.get(usize::from(number)).map_or(Outcome::Delivered, |(outcome, _)| *outcome)
}

fn number_of(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Delivered => 0,
        Outcome::Frustrated => 1,
        Outcome::Missed => 2,
    }
}

impl VisitRow {
    /// As they stand: what was stated last with what it leaves out as missed, else the plan; in order of time.
    pub(super) fn standing(line: &OpenLine) -> Vec<Self> {
        let mut rows: Vec<Self> = match line.stated.as_ref().map(|stated| &stated.actuals) {
            Some(Actuals::Visits { visits }) => {
                let answered: BTreeSet<u32> = visits.iter().filter_map(|visit| visit.planned).collect();
                let left = line.planned.visits.iter().filter(|planned| !answered.contains(&planned.visit));
                let missed = left.filter_map(|planned| Self::planned(planned, Outcome::Missed));
                visits.iter().map(Self::stated).chain(missed).collect()
            }
            _ => line.planned.visits.iter().filter_map(|planned| Self::planned(planned, Outcome::Delivered)).collect(),
        };
        rows.sort();
        rows
    }

    fn planned(planned: &PlannedVisit, outcome: Outcome) -> Option<Self> {
        Some(Self {
            date: planned.day.date()?,
            start: planned.start,
            planned: Some(planned.visit),
            minutes: planned.minutes,
            carers: planned.carers,
            outcome: number_of(outcome),
            reason: String::new(),
            comment: String::new(),
        })
    }

    pub(super) fn stated(visit: &VisitActual) -> Self {
        Self {
            date: visit.date,
            start: visit.start,
            planned: visit.planned,
            minutes: visit.minutes,
            carers: visit.carers,
            outcome: number_of(visit.outcome),
            reason: visit.reason.clone(),
            comment: settled(&visit.comment).into_owned(),
        }
    }

    /// As the file says; which planned visit it answers is settled with its neighbours.
    pub(super) fn read(reader: &mut Reader<'_>, line: &OpenLine, reasons: &BTreeMap<String, String>) -> Option<Self> {
        let planned = reader.optional(Column::PlannedVisit, |cell| cell.count("the number of a planned visit", 9_999));
        let planned = planned.map(|number| number.saturating_sub(1));
        let plan = planned.and_then(|number| line.planned.visits.iter().find(|visit| visit.visit == number));
        if let (Some(number), None) = (planned, plan) {
            let reason = format!("Visit {} is not in the plan of this line.", number + 1);
            let cure =
                "Copy the number from the file that you can download, or clear it for a visit that was not planned.";
            reader.refuse(Column::PlannedVisit, (reason, cure.to_owned()));
        }
        let date = reader.required(Column::Date, super::Cell::day);
        if let (Some(date), Some(held)) = (date, line.held)
            && !held.contains(Day::of(date))
        {
            let long = |day: Day| day.date().map(|day| day.format("%d/%m/%Y").to_string()).unwrap_or_default();
            let reason = format!("{} is outside of this claim.", date.format("%d/%m/%Y"));
            let cure = format!("Give a date from {} to {}.", long(held.from), long(held.to));
            reader.refuse(Column::Date, (reason, cure));
        }
        let start = reader.required(Column::Start, super::Cell::time);
        let minutes = Self::minutes(reader, start);
        let carers = reader.optional(Column::Carers, |cell| cell.count("the number of carers", 9));
        let carers = carers.map_or_else(|| plan.map_or(1, |plan| plan.carers), |few| u8::try_from(few).unwrap_or(9));
        let outcome = Self::outcome(reader);
        let reason = reader.reason(reasons);
        let comment = reader.comment();
        if outcome == 1 && reason.is_empty() && reader.wrong.is_empty() {
            reader.refuse(Column::Reason, reason_missing(reasons));
        }
        if outcome == 0 && carers == 0 {
            let refusal = ("A visit that took place had a carer.", "Write 1 or more, or Missed as its outcome.");
            reader.refuse(Column::Carers, (refusal.0.to_owned(), refusal.1.to_owned()));
        }
        Some(Self { date: date?, start: start?, planned, minutes: minutes?, carers, outcome, reason, comment })
    }

    /// The length, from the minutes, the end, or both where they agree.
    fn minutes(reader: &mut Reader<'_>, start: Option<u16>) -> Option<u16> {
        let minutes = reader.optional(Column::Minutes, |cell| {
            cell.count("the minutes", 1_440).and_then(|minutes| match u16::try_from(minutes) {
                Ok(minutes @ 1..) => Ok(minutes),
                _ => Err((
                    "A visit has at least one minute.".to_owned(),
                    "Write its length, or Missed as its outcome.".to_owned(),
                )),
            })
        });
        let end = reader.optional(Column::End, super::Cell::time);
        let until = start.zip(end).map(|(start, end)| match (end + 1_440 - start) % 1_440 {
            0 => 1_440,
            length => length,
        });
        if let (Some(minutes), Some(until)) = (minutes, until)
            && minutes != until
        {
            let reason = format!("Start and end are {until} minutes apart, and {minutes} minutes are given.");
            reader.refuse(Column::Minutes, (reason, "Correct one of them, or clear the minutes.".to_owned()));
        }
        if minutes.is_none() && end.is_none() && reader.wrong.is_empty() {
            let cure = "Write how many minutes the visit was, for example 30.".to_owned();
            reader.refuse(Column::Minutes, ("The length is missing.".to_owned(), cure));
        }
        minutes.or(until)
    }

    fn outcome(reader: &mut Reader<'_>) -> u8 {
        let typed = reader.text(Column::Outcome).to_lowercase();
        match typed.as_str() {
            "" | "delivered" | "yes" | "y" | "completed" | "attended" => 0,
            "frustrated" => 1,
            "missed" | "no" | "n" | "not delivered" => 2,
            _ => {
                let reason = format!("\u{2018}{}\u{2019} is not an outcome.", short(&typed));
                reader.refuse(Column::Outcome, (reason, "Write Delivered, Frustrated or Missed.".to_owned()));
                0
            }
        }
    }
}
