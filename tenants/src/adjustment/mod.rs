//! Adjustments: what a provider asks to be changed in the plan of a service line from a day on, and what the council makes
//! of it. `ask` is the provider's part, `answer` the council's, `read` what both sides see of it, and `cover` the days on
//! which an accepted one rules extras out, which is asked whenever actuals are stated.

mod answer;
mod ask;
mod cover;
mod read;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{AdjustmentId, ClaimId, ContractId, OrganisationId, PersonId, ServiceLineId};
use counterfoil_core::money::Quantity;
use counterfoil_core::pricing::facts::Unit;

use crate::record::Kept;

pub use answer::{Accepted, accept, reject};
pub use ask::{Asker, NewAdjustment, ask, withdraw_own};
pub use cover::{Covers, covers};
pub(crate) use cover::{covers_of, covers_of_own};
pub use read::{
    AdjustmentSeen, Listed, Reach, Wanted, count, count_own, find, find_own, lines_of_claim_own, list, list_own,
    waiting,
};

/// The longest reason, in characters.
pub const LONGEST: usize = 2_000;
/// The most of a unit that may be asked for a week, in thousandths.
pub const MOST: i64 = 9_999_000;

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The council changed the plan.
    Accepted,
    /// The council did not.
    Rejected,
    /// The provider took it back.
    Withdrawn,
}

/// Where one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for the council.
    Open,
    /// It was decided or taken back.
    Answered(Outcome),
}

impl State {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::Open,
        Self::Answered(Outcome::Accepted),
        Self::Answered(Outcome::Rejected),
        Self::Answered(Outcome::Withdrawn),
    ];

    /// As addresses name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered(Outcome::Accepted) => "accepted",
            Self::Answered(Outcome::Rejected) => "rejected",
            Self::Answered(Outcome::Withdrawn) => "withdrawn",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Open => "Waiting",
            Self::Answered(Outcome::Accepted) => "Accepted",
            Self::Answered(Outcome::Rejected) => "Rejected",
            Self::Answered(Outcome::Withdrawn) => "Withdrawn",
        }
    }
}

impl Kept for Outcome {
    type Raw = i16;
    fn raw(self) -> i16 {
        match self {
            Self::Accepted => 1,
            Self::Rejected => 2,
            Self::Withdrawn => 3,
        }
    }
    fn of(raw: i16) -> Result<Self, String> {
        match raw {
            1 => Ok(Self::Accepted),
            2 => Ok(Self::Rejected),
            3 => Ok(Self::Withdrawn),
            _ => Err(format!("{raw} is no outcome of an adjustment")),
        }
    }
}

crate::record::record! {
    /// What was asked for, as it is stored.
    pub struct Adjustment in adjustment {
        /// Its id.
        pub id: AdjustmentId,
        /// Who asks.
        pub organisation_id: OrganisationId,
        /// Under which contract.
        pub contract_id: ContractId,
        /// For which line.
        pub service_line_id: ServiceLineId,
        /// Its number on the line, from 1.
        pub number: u32,
        /// The claim beside which it was asked for.
        pub claim_id: Option<ClaimId>,
        /// The first day.
        pub wanted_from: NaiveDate,
        /// The last, if it is for a while.
        pub wanted_to: Option<NaiveDate>,
        /// The quantity a week, in the line's unit.
        pub wanted: Quantity,
        /// The line's unit.
        pub unit: Unit,
        /// Why.
        pub why: String,
        /// The newest version of the line that whoever asked saw.
        pub seen_version: u32,
        /// When it was asked for.
        pub asked_at: DateTime<Utc>,
        /// By whom.
        pub asked_by: PersonId,
        /// Their name, as it was then.
        pub asker: String,
        /// Where they are told of the answer.
        pub asker_email: String,
    }
}

crate::record::record! {
    /// What became of it, as it is stored.
    pub struct Answer in adjustment_answer {
        /// Of which.
        pub adjustment_id: AdjustmentId,
        /// Who asked.
        pub organisation_id: OrganisationId,
        /// Under which contract.
        pub contract_id: ContractId,
        /// For which line.
        pub service_line_id: ServiceLineId,
        /// Its number on the line.
        pub number: u32,
        /// What.
        pub outcome: Outcome,
        /// The first day that an accepted one covers.
        pub covers_from: Option<NaiveDate>,
        /// The last, if it is for a while.
        pub covers_to: Option<NaiveDate>,
        /// The quantity a week that the plan has there.
        pub quantity: Option<Quantity>,
        /// The newest version of the line that whoever answered saw.
        pub seen_version: u32,
        /// The first version of the line that accepting recorded.
        pub recorded_version: Option<u32>,
        /// Why.
        pub reason: String,
        /// When.
        pub answered_at: DateTime<Utc>,
        /// By whom.
        pub answered_by: PersonId,
        /// Their name, as it was then.
        pub answerer: String,
    }
}

/// What whoever comes second is told.
fn answered_before() -> crate::error::Error {
    crate::error::Error::Conflict(
        "This adjustment was answered or withdrawn meanwhile. Load the page again to see what became of it.".to_owned(),
    )
}

/// What whoever saw an older plan is told.
fn plan_changed() -> crate::error::Error {
    crate::error::Error::Conflict(
        "The plan of this line was changed after the page was opened. Look at the plan as it is now, and send this again if it is still right."
            .to_owned(),
    )
}
