//! What a table is written from and compared with: claims that wait for their provider, with plan and newest statement.

use chrono::NaiveDate;

use crate::adjustment::Covered;
use crate::claim::{Basis, ClaimState};
use crate::ids::ClaimId;
use crate::plan::PlannedCare;
use crate::pricing::facts::{Recording, Span, Unit};
use crate::statement::LineStatement;

/// A claim as its provider finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenClaim {
    /// Its id.
    pub id: ClaimId,
    /// Its version, which whoever states actuals has to have seen.
    pub version: u32,
    /// The newest statement; 0 before the first.
    pub statement_version: u32,
    /// Where it stands.
    pub state: ClaimState,
    /// What makes it payable.
    pub basis: Basis,
    /// First day of care.
    pub starts: NaiveDate,
    /// Last day of care, itself included.
    pub ends: NaiveDate,
    /// The contract, by the council's reference.
    pub contract: String,
    /// How its care is recorded.
    pub recording: Recording,
    /// The person, by the council's reference.
    pub person: String,
    /// Its lines, by number.
    pub lines: Vec<OpenLine>,
    /// The provider's reference for the payment, as stated last.
    pub payment_reference: String,
    /// The note to the council, as stated last.
    pub note: String,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    /// From 0, in the order that statements count by.
    pub number: u32,
    /// The CPLI number.
    pub reference: String,
    /// The service level.
    pub service: String,
    /// What it is planned and priced in.
    pub unit: Unit,
    /// The plan of the claim period.
    pub planned: PlannedCare,
    /// The days of the period on which the line holds; none for a line that had ended before.
    pub held: Option<Span>,
    /// What was stated last.
    pub stated: Option<LineStatement>,
    /// Accepted adjustments, on whose days no extras are stated.
    pub covered: Vec<Covered>,
}

impl OpenClaim {
    /// Whether actuals were ever stated.
    #[must_use]
    pub const fn is_stated(&self) -> bool {
        self.statement_version > 0
    }
}
