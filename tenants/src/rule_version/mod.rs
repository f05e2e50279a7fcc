//! The versions of its payment rule that a council uploaded or that came with the service: what is stored of them (`read`,
//! `write`), and what follows from it (`state`). Which of them prices from when is [`rule`](crate::rule)'s; the steps
//! are [`upload_rule`](crate::steps::upload_rule), [`decide_rule`](crate::steps::decide_rule),
//! [`activate_rule`](crate::steps::activate_rule) and [`quarantine_rule`](crate::steps::quarantine_rule).

mod read;
mod state;
mod write;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{PersonId, RuleId};
use counterfoil_core::pricing::Description;

use crate::record::{kept_words, record};

pub use read::{
    all_cases, cases, component, events, faults_since, quarantine_setting, quarantined, refusals, version, versions,
    waiting,
};
pub use state::{RuleSeen, State, Timeline, seen};
pub(crate) use write::{add_case, add_event, add_refusal, add_version, set_quarantine};

/// The longest comment or note, in characters.
pub const LONGEST_COMMENT: usize = 2_000;
/// The most that a case may weigh, in bytes.
pub const LARGEST_CASE: usize = 256 * 1024;
/// The most cases that are run at once.
pub const MOST_CASES: usize = 50;

/// Who uploads or decides, with the name that the history keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who<'a> {
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: &'a str,
}

record! {
    /// An uploaded component, without its bytes.
    pub struct RuleVersion in rule_version {
        /// SHA-256 of the component, in lower-case hex.
        pub digest: String,
        /// The name that it gives itself.
        pub name: String,
        /// Its author's version.
        pub version: String,
        /// Version of the interface that it speaks.
        pub interface: String,
        /// What else it says about itself.
        pub description: Description,
        /// What the file was called.
        pub file_name: String,
        /// What changed, in the uploader's words.
        pub note: String,
        /// When it was uploaded.
        pub uploaded_at: DateTime<Utc>,
        /// By whom.
        pub uploaded_by: PersonId,
        /// Their name then.
        pub uploader: String,
    }
}

record! {
    /// The same with its bytes, as it is written.
    pub struct NewVersion in rule_version {
        /// SHA-256 of the component, in lower-case hex.
        pub digest: String,
        /// The name that it gives itself.
        pub name: String,
        /// Its author's version.
        pub version: String,
        /// Version of the interface that it speaks.
        pub interface: String,
        /// What else it says about itself.
        pub description: Description,
        /// The component.
        pub component: Vec<u8>,
        /// What the file was called.
        pub file_name: String,
        /// What changed, in the uploader's words.
        pub note: String,
        /// When it was uploaded.
        pub uploaded_at: DateTime<Utc>,
        /// By whom.
        pub uploaded_by: PersonId,
        /// Their name then.
        pub uploader: String,
    }
}

record! {
    /// An upload that cannot be used.
    pub struct Refusal in rule_refusal {
        /// Its id.
        pub id: RuleId,
        /// SHA-256 of what was sent, in lower-case hex.
        pub digest: String,
        /// What the file was called.
        pub file_name: String,
        /// How long it was.
        pub bytes: u32,
        /// What to change.
        pub sentence: String,
        /// When.
        pub refused_at: DateTime<Utc>,
        /// Who sent it.
        pub uploaded_by: PersonId,
        /// Their name then.
        pub uploader: String,
    }
}

record! {
    /// A case that was run through a version.
    pub struct CaseRun in rule_case {
        /// Of which version.
        pub digest: String,
        /// From 1.
        pub number: u32,
        /// What it shows; the last one of a name counts.
        pub name: String,
        /// The case as it was given: JSON.
        pub body: String,
        /// How the outcome differs from what it expects, a sentence each.
        pub differences: Vec<String>,
        /// When it was run.
        pub ran_at: DateTime<Utc>,
        /// Who gave it.
        pub added_by: PersonId,
        /// Their name then.
        pub adder: String,
    }
}

/// What was decided about a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A second administrator approved it.
    Approve,
    /// A second administrator declined it.
    Decline,
    /// It was switched on from a date.
    Activate,
    /// It was switched on again, in place of a later one.
    RollBack,
    /// It is not to be used any more.
    Retire,
    /// It failed too often and was put aside.
    Quarantine,
    /// It may price again.
    LiftQuarantine,
}

kept_words!(EventKind);

impl EventKind {
    /// As people read it in a history.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Approve => "Approved",
            Self::Decline => "Declined",
            Self::Activate => "Switched on",
            Self::RollBack => "Rolled back to",
            Self::Retire => "Retired",
            Self::Quarantine => "Put into quarantine",
            Self::LiftQuarantine => "Quarantine lifted",
        }
    }
}

record! {
    /// Something that was decided about a component.
    pub struct Event in rule_event {
        /// Its id.
        pub id: RuleId,
        /// About which component.
        pub digest: String,
        /// What.
        pub kind: EventKind,
        /// When.
        pub at: DateTime<Utc>,
        /// By whom; none for the service itself.
        pub person_id: Option<PersonId>,
        /// Their name then.
        pub person: String,
        /// Why, in their words.
        pub comment: String,
        /// From when it was switched on.
        pub active_from: Option<NaiveDate>,
    }
}

/// What follows when a rule is in quarantine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follows {
    /// Claims are suspended.
    Suspend,
    /// The rule that was in force before prices.
    LastGood,
}

kept_words!(Follows);

record! {
    /// When a rule is put into quarantine.
    pub struct QuarantineSetting in rule_quarantine_setting {
        /// When it was chosen.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// After faults on so many claims within a day (1 to 1,000).
        pub faults: u32,
        /// What follows.
        pub follows: Follows,
    }
}

impl QuarantineSetting {
    /// The most faults that can be chosen.
    pub const MOST_FAULTS: u32 = 1_000;

    /// What holds where a council has chosen nothing.
    #[must_use]
    pub fn unless_chosen() -> Self {
        Self {
            recorded_at: DateTime::UNIX_EPOCH,
            recorded_by: Actor::system("default"),
            faults: 5,
            follows: Follows::Suspend,
        }
    }
}
