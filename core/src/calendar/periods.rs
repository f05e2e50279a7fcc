//! A schedule's periods by date, and which run pays what.
//!
//! Stands after the schedule; the steps that confirm, finalise and pay ask it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{AcceptedFinding, Finding, Origin, PayPeriod, Severity, short_date};

/// The periods of a schedule over a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// The schedule's name.
    pub name: String,
    /// By date.
    pub periods: Vec<PayPeriod>,
    /// What is unusual about them, by date.
    pub findings: Vec<Finding>,
    /// The warnings among them that people accepted.
    pub accepted: Vec<AcceptedFinding>,
}

/// Why no run can be named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// The calendar has no such period.
    #[error("no pay period of \u{2018}{calendar}\u{2019} starts on {}; check the schedule", short_date(*starts))]
    NoSuchPeriod {
        /// The schedule's name.
        calendar: String,
        /// The first day that was asked for.
        starts: NaiveDate,
    },
    /// Confirmed after the last cut-off that the calendar knows.
    #[error("\u{2018}{calendar}\u{2019} ends before this can be paid; add its next pay periods")]
    BeyondCalendar {
        /// The schedule's name.
        calendar: String,
    },
}

impl Calendar {
    /// The period that covers a day of care.
    #[must_use]
    pub fn period_containing(&self, day: NaiveDate) -> Option<&PayPeriod> {
        self.periods.iter().find(|period| period.dates.contains(day))
    }

    /// The period whose run pays what was confirmed for the period starting on `period_starts`: its own when
    /// the confirmation was received in time, else the first later one whose cut-off it makes.
    ///
    /// # Errors
    /// [`RunError`] when the calendar has no such period, or ends too early.
    pub fn run_for(&self, confirmed_at: DateTime<Utc>, period_starts: NaiveDate) -> Result<&PayPeriod, RunError> {
        let own = self.periods.iter().position(|period| period.dates.starts == period_starts);
        let own = own.ok_or_else(|| RunError::NoSuchPeriod { calendar: self.name.clone(), starts: period_starts })?;
        self.periods
            .iter()
            .skip(own)
            .find(|period| period.dates.in_time(confirmed_at))
            .ok_or_else(|| RunError::BeyondCalendar { calendar: self.name.clone() })
    }

    /// What forbids the period's run until somebody overrides its dates.
    pub fn impossible(&self, period_starts: NaiveDate) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| {
            finding.severity == Severity::Impossible && finding.period_starts == Some(period_starts)
        })
    }

    /// The findings that still wait for a person: everything impossible, and each warning that nobody
    /// accepted. An override's reason speaks for the warnings about its period.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Impossible || !self.is_accepted(finding))
    }

    fn is_accepted(&self, finding: &Finding) -> bool {
        let overridden = self.periods.iter().any(|period| {
            Some(period.dates.starts) == finding.period_starts && matches!(period.origin, Origin::Overridden { .. })
        });
        overridden
            || self
                .accepted
                .iter()
                .any(|accepted| accepted.code == finding.code && Some(accepted.period_starts) == finding.period_starts)
    }
}
