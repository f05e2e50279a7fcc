//! Documents that a council publishes under a contract or for one service line, for the provider to agree or reject: an
//! individual service agreement (ISA) or order (ISO) for a person, or terms of the whole contract. `publish` is the
//! council's part, `answer` the provider's, `read` what both sides see of it. Versions and answers are only added.

mod answer;
mod publish;
mod read;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{ContractId, DocumentId, OrganisationId, PersonId, ServiceLineId};

use crate::record::{Kept, kept_words};

pub use answer::{Declared, answer_own};
pub use publish::{Attached, NewDocument, Part, Publisher, publish, publish_again, withdraw};
pub use read::{
    DocumentSeen, Listed, Receipt, VersionSeen, Wanted, attachment, attachment_own, count, count_own, find, find_own,
    list, list_own,
};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An individual service agreement.
    Agreement,
    /// An individual service order.
    Order,
    /// Terms of a contract.
    Terms,
    /// Something else.
    Other,
}

kept_words!(Kind);

impl Kind {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Agreement, Self::Order, Self::Terms, Self::Other];

    /// As it is stored, and as forms send it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Agreement => "agreement",
            Self::Order => "order",
            Self::Terms => "terms",
            Self::Other => "other",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Agreement => "Individual service agreement (ISA)",
            Self::Order => "Individual service order (ISO)",
            Self::Terms => "Terms of the contract",
            Self::Other => "Other document",
        }
    }
}

/// What has become of a document's newest version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It waits for the provider.
    Waiting,
    /// The provider agreed.
    Agreed,
    /// The provider rejected it.
    Rejected,
    /// The council took it back.
    Withdrawn,
}

impl Kept for Status {
    type Raw = i16;
    fn raw(self) -> i16 {
        match self {
            Self::Waiting => 0,
            Self::Agreed => 1,
            Self::Rejected => 2,
            Self::Withdrawn => 3,
        }
    }
    fn of(raw: i16) -> Result<Self, String> {
        match raw {
            0 => Ok(Self::Waiting),
            1 => Ok(Self::Agreed),
            2 => Ok(Self::Rejected),
            3 => Ok(Self::Withdrawn),
            _ => Err(format!("{raw} is no status of a document")),
        }
    }
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The newest one.
    Newest(Status),
    /// There is a newer one.
    Superseded,
}

impl State {
    /// Every one.
    pub const ALL: [Self; 5] = [
        Self::Newest(Status::Waiting),
        Self::Newest(Status::Agreed),
        Self::Newest(Status::Rejected),
        Self::Superseded,
        Self::Newest(Status::Withdrawn),
    ];

    /// As addresses name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Newest(Status::Waiting) => "waiting",
            Self::Newest(Status::Agreed) => "agreed",
            Self::Newest(Status::Rejected) => "rejected",
            Self::Newest(Status::Withdrawn) => "withdrawn",
            Self::Superseded => "superseded",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Newest(Status::Waiting) => "Waiting",
            Self::Newest(Status::Agreed) => "Agreed",
            Self::Newest(Status::Rejected) => "Rejected",
            Self::Newest(Status::Withdrawn) => "Withdrawn",
            Self::Superseded => "Superseded",
        }
    }
}

crate::record::record! {
    /// A document as it stands.
    pub struct Document in contract_document {
        /// Its id.
        pub id: DocumentId,
        /// Whose it is to agree.
        pub organisation_id: OrganisationId,
        /// Under which contract.
        pub contract_id: ContractId,
        /// For which line; none for the whole contract.
        pub service_line_id: Option<ServiceLineId>,
        /// What it is.
        pub kind: Kind,
        /// The newest version, from 1.
        pub version: u32,
        /// What has become of that.
        pub status: Status,
        /// The day by which it is to be agreed.
        pub agree_by: NaiveDate,
        /// When something happened to it last.
        pub changed_at: DateTime<Utc>,
    }
}

crate::record::record! {
    /// A version as the council writes it.
    pub struct Version in contract_document_version {
        /// Of which document.
        pub document_id: DocumentId,
        /// From 1.
        pub version: u32,
        /// Whose it is to agree.
        pub organisation_id: OrganisationId,
        /// Under which contract.
        pub contract_id: ContractId,
        /// The title.
        pub title: String,
        /// The terms, as paragraphs; may be empty where a file is attached.
        pub terms: String,
        /// The day by which it is to be agreed.
        pub agree_by: NaiveDate,
        /// What the attached file is called.
        pub attachment_name: Option<String>,
        /// The attached PDF.
        pub attachment: Option<Vec<u8>>,
        /// Of everything that is agreed.
        pub digest: Vec<u8>,
        /// When it was published.
        pub published_at: DateTime<Utc>,
        /// By whom.
        pub published_by: PersonId,
        /// Their name, as it was then.
        pub publisher: String,
        /// Where they are told of the answer.
        pub publisher_email: String,
    }
}

crate::record::record! {
    /// What a provider declared about a version.
    pub struct Answer in contract_document_answer {
        /// Of which document.
        pub document_id: DocumentId,
        /// About which version.
        pub version: u32,
        /// For whom.
        pub organisation_id: OrganisationId,
        /// Under which contract.
        pub contract_id: ContractId,
        /// Whether it is agreed, and not rejected.
        pub agreed: bool,
        /// Of the version that was before them.
        pub digest: Vec<u8>,
        /// When.
        pub answered_at: DateTime<Utc>,
        /// Who was signed in.
        pub answered_by: PersonId,
        /// The name that they declared.
        pub name: String,
        /// Their role at the provider.
        pub role: String,
        /// Why it is rejected.
        pub reason: String,
    }
}
