//! What a provider asks about somebody's care: wrong hours or days, a wrong rate, care without an order. `ask` is the
//! provider's part, `answer` the council's, `team` to whom a question goes, `read` what both sides see of it.

mod answer;
mod ask;
mod read;
mod team;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{ContractId, PersonId, QueryId, ServiceLineId, TeamId};
pub use counterfoil_core::side::Side;

use crate::record::{Kept, kept_words};

pub use answer::{pass_on, reply};
pub use ask::{NewQuery, ask, close_own, read_answer, reply_own};
pub use read::{Listed, MessageSeen, QuerySeen, Wanted, count, count_own, find, find_own, list, list_own};
pub use team::{Allocation, Team, add_teams, allocate, name_team, teams};

/// The longest message, in characters.
pub const LONGEST: usize = 4_000;

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A wrong number of hours or days.
    Hours,
    /// A wrong rate.
    Rate,
    /// Care that is delivered without an order.
    NoOrder,
    /// Something else.
    Other,
}

kept_words!(About);

impl About {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Hours, Self::Rate, Self::NoOrder, Self::Other];

    /// As it is stored, and as forms send it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::Rate => "rate",
            Self::NoOrder => "no_order",
            Self::Other => "other",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hours => "Wrong number of hours or days",
            Self::Rate => "Wrong rate",
            Self::NoOrder => "Care without an order",
            Self::Other => "Something else",
        }
    }
}

/// How soon an answer is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// Care or pay depends on it now.
    Urgent,
    /// Before the next cut-off.
    Soon,
    /// When there is time.
    Routine,
}

impl Urgency {
    /// Every one, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Soon, Self::Routine];

    /// As forms send it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Soon => "soon",
            Self::Routine => "routine",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Urgent => "Urgent",
            Self::Soon => "Soon",
            Self::Routine => "Routine",
        }
    }
}

impl Kept for Urgency {
    type Raw = i16;
    fn raw(self) -> i16 {
        match self {
            Self::Urgent => 0,
            Self::Soon => 1,
            Self::Routine => 2,
        }
    }
    fn of(raw: i16) -> Result<Self, String> {
        match raw {
            0 => Ok(Self::Urgent),
            1 => Ok(Self::Soon),
            2 => Ok(Self::Routine),
            _ => Err(format!("{raw} is no urgency")),
        }
    }
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It waits for the council.
    Open,
    /// The council has answered last.
    Answered,
    /// Nobody has more to say.
    Closed,
}

impl Status {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Open, Self::Answered, Self::Closed];

    /// As addresses name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Answered => "Answered",
            Self::Closed => "Closed",
        }
    }
}

impl Kept for Status {
    type Raw = i16;
    fn raw(self) -> i16 {
        match self {
            Self::Open => 0,
            Self::Answered => 1,
            Self::Closed => 2,
        }
    }
    fn of(raw: i16) -> Result<Self, String> {
        match raw {
            0 => Ok(Self::Open),
            1 => Ok(Self::Answered),
            2 => Ok(Self::Closed),
            _ => Err(format!("{raw} is no status of a query")),
        }
    }
}

crate::record::record! {
    /// A question as it is stored.
    pub struct Query in care_query {
        /// Its id.
        pub id: QueryId,
        /// Who asks.
        pub organisation_id: counterfoil_core::ids::OrganisationId,
        /// Under which contract.
        pub contract_id: ContractId,
        /// About which line; none where it is about the contract, or about care without an order.
        pub service_line_id: Option<ServiceLineId>,
        /// What it is about.
        pub about: About,
        /// The person, as the provider knows them, where there is no line.
        pub person: String,
        /// How soon an answer is needed.
        pub urgency: Urgency,
        /// Where it stands.
        pub status: Status,
        /// The team that was asked; none for a worker, or where the council has named no team.
        pub team_id: Option<TeamId>,
        /// Who was asked, in words; empty for the council's payments team.
        pub sent_to: String,
        /// When it was asked.
        pub asked_at: DateTime<Utc>,
        /// When something was said last.
        pub changed_at: DateTime<Utc>,
        /// Whether the provider has read the answer.
        pub answer_read: bool,
    }
}

crate::record::record! {
    /// What was said about it.
    pub struct Message in care_query_message {
        /// About which question.
        pub query_id: QueryId,
        /// 1 for the question itself.
        pub number: u32,
        /// Who asked it.
        pub organisation_id: counterfoil_core::ids::OrganisationId,
        /// By whom.
        pub side: Side,
        /// Which person.
        pub written_by: PersonId,
        /// Their name, as it was then.
        pub writer: String,
        /// When.
        pub written_at: DateTime<Utc>,
        /// What.
        pub body: String,
    }
}

/// What is wrong with a message, in words for whoever wrote it.
#[must_use]
pub fn wrong_with(message: &str) -> Option<&'static str> {
    match message.chars().count() {
        0 => Some("Enter a message"),
        1..=LONGEST => None,
        _ => Some("Message must be 4,000 characters or fewer"),
    }
}
