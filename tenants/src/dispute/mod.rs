//! Disputes about claims: one side says what is wrong, the other answers by a deadline. `open` and `act` are what the sides
//! do, `read` what both see, `setting` how long an answer may take. The machine itself is
//! [`counterfoil_core::dispute`]; what is written stands among the claim's [messages](crate::talk). Nothing here changes
//! money.

mod act;
mod open;
mod read;
mod setting;

use chrono::{DateTime, Utc};
use counterfoil_core::dispute::{DisputeReason, DisputeState};
use counterfoil_core::ids::{ClaimId, DisputeId, OrganisationId};
use counterfoil_core::money::Money;
use counterfoil_core::side::Side;

use crate::record::record;

pub use act::{Move, act, act_own, mark_read, mark_read_own};
pub use open::{LONGEST_WANTED, MOST_WANTED, NewDispute, open, open_own};
pub use read::{
    DisputeSeen, LineNamed, Listed, Wanted, count, count_own, find, find_own, lines, lines_own, list, list_own,
};
pub use setting::{respond_days, respond_days_own, set_respond_days};

record! {
    /// A dispute as it is stored.
    pub struct Dispute in dispute {
        /// Its id.
        pub id: DisputeId,
        /// Whose claim it is.
        pub organisation_id: OrganisationId,
        /// About which claim.
        pub claim_id: ClaimId,
        /// About which line of it, from 0; none for the whole.
        pub line: Option<u32>,
        /// Who opened it.
        pub opened_by: Side,
        /// Why.
        pub reason: DisputeReason,
        /// What they think is right.
        pub wanted: String,
        /// The sum that they think is right, where they named one.
        pub wanted_pence: Option<Money>,
        /// Where it stands.
        pub state: DisputeState,
        /// How often something has happened in it; who acts says which version they saw.
        pub version: u32,
        /// Until when the other side answers, of the last time that it was asked.
        pub respond_by: DateTime<Utc>,
        /// When it was opened.
        pub opened_at: DateTime<Utc>,
        /// When something happened last.
        pub changed_at: DateTime<Utc>,
        /// How many messages the provider has not read.
        pub provider_unread: u32,
        /// How many the council has not.
        pub council_unread: u32,
    }
}
