//! What the provider states of one claim period: actuals. Append-only; each statement has the server's receipt
//! time. It is measured against the [`plan`](crate::plan) and becomes part of the facts that a rule prices.
//!
//! In every statement delivered + frustrated + missed = planned + extra: the provider gives what was delivered and
//! what was frustrated, and the rest follows from the plan ([`Quantities::settle`]).

mod against_plan;
mod carried;
mod error;
mod not_delivered;
mod quantities;

pub use against_plan::{StatedCare, by_day, stated_days, stated_visits};
pub use error::StatementError;
pub use not_delivered::NotDelivered;
pub use quantities::Quantities;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::money::Quantity;

/// The most visits that a statement may hold.
pub const MOST_VISITS: usize = crate::pricing::check::MOST_VISITS;

/// What was stated for one claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// By service line, in the order of the claim's lines.
    pub lines: Vec<LineStatement>,
    /// The provider's own reference for the payment; printed on the remittance.
    pub payment_reference: String,
    /// A note to the council.
    pub note: String,
}

/// What was stated for one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineStatement {
    /// The line's number within the claim, from 0.
    pub line: u32,
    /// The actuals.
    pub actuals: Actuals,
    /// The provider's comment on the line; compulsory where the council says so.
    pub comment: String,
}

impl LineStatement {
    /// Whether something was delivered and no number of visits is given. Visits that are stated one by one, and what
    /// was just as planned, need none.
    #[must_use]
    pub fn without_visits(&self) -> bool {
        match &self.actuals {
            Actuals::Visits { .. } | Actuals::AsPlanned => false,
            Actuals::Period { delivered, visits, .. } => delivered.raw() > 0 && visits.is_none(),
            Actuals::Days { days } => days.iter().any(|day| day.delivered.raw() > 0 && day.visits.is_none()),
        }
    }
}

/// Actuals as they are recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "recorded", rename_all = "snake_case")]
pub enum Actuals {
    /// Visit by visit.
    Visits {
        /// The visits, planned and added.
        visits: Vec<VisitActual>,
    },
    /// By day.
    Days {
        /// The days.
        days: Vec<DayActual>,
    },
    /// One quantity for the period, spread over the plan's days by largest remainder.
    Period {
        /// Delivered, in the line's unit.
        delivered: Quantity,
        /// Frustrated, in the line's unit.
        frustrated: Quantity,
        /// Why it was frustrated: a reason code of the council.
        reason: String,
        /// Number of visits, where it is stated.
        visits: Option<u32>,
    },
    /// Just as planned.
    AsPlanned,
}

/// What was stated for one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayActual {
    /// The day.
    pub date: NaiveDate,
    /// Delivered, in the line's unit.
    pub delivered: Quantity,
    /// Frustrated, in the line's unit.
    pub frustrated: Quantity,
    /// Why it was frustrated, or differs from the plan.
    pub reason: String,
    /// Number of visits, where it is stated.
    pub visits: Option<u32>,
}

/// What became of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It took place.
    Delivered,
    /// The service user missed it.
    Frustrated,
    /// The provider missed it.
    Missed,
}

/// What was stated for one visit. Times are London time; seconds have been rounded down to minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitActual {
    /// The planned visit that it answers, by its number in the plan; none for a visit that was added.
    pub planned: Option<u32>,
    /// The day on which it started.
    pub date: NaiveDate,
    /// Claimed start in minutes from midnight.
    pub start: u16,
    /// Claimed length in minutes.
    pub minutes: u16,
    /// Actual start and length by call monitoring.
    pub monitored: Option<(u16, u16)>,
    /// How many carers came.
    pub carers: u8,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was frustrated, or differs from the plan.
    pub reason: String,
    /// The provider's comment on the visit.
    pub comment: String,
}
