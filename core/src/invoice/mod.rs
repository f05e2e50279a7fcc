//! Invoices that providers write themselves: how a provider refers to what it is paid, what an invoice says against the plan
//! and against the council's price, and where it stands by its claims. Beside the flow of a claim: an invoice states and
//! confirms claims, and what becomes of those becomes of it.

mod against;
mod amount;
mod reference;
mod standing;

pub use against::{Against, Difference};
pub use amount::{AmountError, read_amount};
pub use reference::{LONGEST as LONGEST_REFERENCE, Reference, ReferenceError};
pub use standing::{ClaimStanding, InvoiceState};

use chrono::NaiveDate;

/// Why a date is none of an invoice for care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// It is yet to come.
    #[error("The invoice date cannot be in the future")]
    Future,
    /// It is before the care began.
    #[error("The invoice date cannot be before {}, when the care began", .0.format("%-d %B %Y"))]
    BeforeCare(NaiveDate),
}

/// Whether a date may stand on an invoice for care that began on a day.
///
/// # Errors
/// [`DateError`].
pub fn check_date(dated: NaiveDate, care_began: NaiveDate, today: NaiveDate) -> Result<(), DateError> {
    if dated > today {
        return Err(DateError::Future);
    }
    if dated < care_began { Err(DateError::BeforeCare(care_began)) } else { Ok(()) }
}
