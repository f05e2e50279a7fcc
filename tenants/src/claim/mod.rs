//! Claims and their lines. Generated from the plan, stated and confirmed by the provider, locked and paid by a run.
//! Every change names the version that it read and raises it, so that two people never overwrite one another.
//!
//! `read` and `write` are the council's; `own` is what a provider does with the claims of its organisation. `list`,
//! `around` and `seen` are what pages show, of both; `to_state` is what a provider needs to state actuals, and `open` what a
//! file of actuals is written from and compared with.

mod around;
mod list;
mod open;
mod own;
mod read;
mod seen;
mod to_state;
mod write;

pub use around::{Around, around_own, contract_called, providers_called, vocabulary_of};
pub use list::{COUNTED, Claims, Listed, ListedSums, Order, Standing, Wanted, list, list_own};
pub use open::{OpenContract, open_by_contract, open_own, reasons_offered_own, reasons_own};
pub use own::{
    count_own, find_all_own, find_of_provider, find_own, lines_of, lock_own, of_provider, refer_own, reject_own,
    state_own, unreject_own, update_own,
};
pub use read::{
    AssessedPeriod, assessed_of_contracts, due_in, find, find_all, lines, of_contract, of_person, since, with_line,
    without_price,
};
pub(crate) use seen::words;
pub use seen::{AssessedSeen, ClaimSeen, CouncilWords, LineSeen, Rejection, seen, seen_own};
pub use to_state::{
    Declaration, LinePlan, ReasonOffered, ToState, asks_for_visits, declaration, offered_own, to_state,
};
pub use write::{add_lines, generate, lock, lock_all, move_all, set_assessment, set_assessments, update};

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::{
    AssessmentId, ClaimId, ClaimLineId, ContractId, OrganisationId, PeriodId, PersonId, RunId, ScheduleId,
    ServiceLineId, ServiceUserId,
};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::record;
use crate::schema::{claim, claim_line};

diesel::allow_tables_to_appear_in_same_query!(claim, claim_line);

record! {
    /// A claim as it stands.
    pub struct Claim in claim {
        /// Its id.
        pub id: ClaimId,
        /// The contract's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Under which contract.
        pub contract_id: ContractId,
        /// For whose care.
        pub service_user_id: ServiceUserId,
        /// Paid by which schedule.
        pub schedule_id: ScheduleId,
        /// The pay period that it falls due in.
        pub period_id: PeriodId,
        /// First day of care.
        pub starts: NaiveDate,
        /// Last day of care, itself included.
        pub ends: NaiveDate,
        /// Where it stands.
        pub state: ClaimState,
        /// Raised by every change.
        pub version: u32,
        /// The newest statement, 0 before the first.
        pub statement_version: u32,
        /// The assessment that counts.
        pub assessment_id: Option<AssessmentId>,
        /// The server's receipt time of the confirmation.
        pub confirmed_at: Option<DateTime<Utc>>,
        /// Who confirmed.
        pub confirmed_by: Option<PersonId>,
        /// The name that they gave.
        pub confirmed_name: Option<String>,
        /// What they added.
        pub confirmed_comment: Option<String>,
        /// What the provider is given to keep.
        pub receipt: Option<Uuid>,
        /// The version that was confirmed.
        pub confirmed_version: Option<u32>,
        /// Why the council sent it back.
        pub sent_back_reason: Option<String>,
        /// The pay period whose run takes it.
        pub run_period_id: Option<PeriodId>,
        /// The run that it is locked in, or was paid by last.
        pub run_id: Option<RunId>,
        /// The provider's own reference, where it gave one apart from a statement.
        pub provider_reference: Option<String>,
        /// The provider's invoice date.
        pub invoice_date: Option<NaiveDate>,
        /// When it was generated.
        pub created_at: DateTime<Utc>,
    }
}

record! {
    /// A line of a claim.
    pub struct ClaimLine in claim_line {
        /// Its id; entries are posted for it.
        pub id: ClaimLineId,
        /// The claim's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Of which claim.
        pub claim_id: ClaimId,
        /// From 0, in the order that rules, statements and charges count by.
        pub number: u32,
        /// Which service line.
        pub service_line_id: ServiceLineId,
    }
}

pub(super) fn unchanged_by_others(rows: usize) -> Result<()> {
    if rows == 0 { Err(changed_by_others()) } else { Ok(()) }
}

/// What whoever comes second is told.
pub(crate) fn changed_by_others() -> Error {
    Error::Conflict("This claim was changed meanwhile. Look at it again before going on.".to_owned())
}

pub(super) fn uuids(ids: &[ClaimId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}
