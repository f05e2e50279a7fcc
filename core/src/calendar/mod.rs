//! Payment calendars: which days a period covers, until when it may be amended, when its run is finalised and
//! when the money is in the bank.
//!
//! Stands before every other step of a claim's flow. A council's [`Schedule`] (a [`Generator`], imported
//! tables, [`PeriodOverride`]s) unrolls into a [`Calendar`] of [`PayPeriod`]s; claims are generated for a
//! period, confirmed before its cut-off, paid in the run that [`Calendar::run_for`] names, and the payment
//! file carries its bank date. [`import`] reads the tables that councils publish, [`check()`] says what is
//! unusual about them, [`export`] publishes the result.

pub mod check;
pub mod clock;
pub mod export;
pub mod feed;
mod finding;
mod generator;
mod holidays;
pub mod import;
mod period;
mod periods;
pub mod published;
mod rules;
mod schedule;
mod usual;
mod working_days;

pub use check::{CheckSettings, Submission, check, inferred_bank_date_rule};
pub use clock::{deadline, hours_in};
pub use finding::{Finding, FindingCode, Severity};
pub use generator::{CutOffRule, Generator, HolidayUse, Timing, Unit};
pub use holidays::{BankHoliday, BankHolidays, Division, HolidayError};
pub use period::{Origin, PayPeriod, PeriodDates};
pub use periods::{Calendar, RunError};
pub use rules::{BankDateRule, DayRule, FinalisationRule, Roll};
pub use schedule::{AcceptedFinding, PeriodOverride, Schedule, ScheduleError};
pub use usual::{Departure, Usual};
pub use working_days::WorkingDays;

pub(crate) use period::{day_and_date, short_date};
