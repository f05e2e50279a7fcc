//! A row of a timetabled line, which is a visit: as it stands, and as a file has it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::cell::short;
use super::columns::Column;
use super::open::OpenLine;
use super::reader::{Reader, reason_missing};
use super::words::settled;
use crate::pricing::facts::{Day, PlannedVisit};
use crate::statement::{Actuals, Outcome, VisitActual};

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

    /// Whether it is longer or by more carers than was planned, or was not planned at all.
    pub(super) fn is_above(&self, line: &OpenLine) -> bool {
        let plan = line.planned.visits.iter().find(|visit| Some(visit.visit) == self.planned);
        let planned = plan.map_or(0, |visit| u32::from(visit.minutes) * u32::from(visit.carers));
        self.outcome == 0 && u32::from(self.minutes) * u32::from(self.carers) > planned
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
