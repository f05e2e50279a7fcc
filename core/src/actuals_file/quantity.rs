//! A row of a line recorded as quantities: as it stands, and as a file has it.

use std::collections::{BTreeMap, BTreeSet};

use super::columns::Column;
use super::open::OpenLine;
use super::reader::{Reader, reason_missing};
use super::words::settled;
use crate::money::Quantity;
use crate::statement::{Actuals, DayActual};

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
