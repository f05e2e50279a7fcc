//! Who is paid, under which contract, for whose care, on what plan: the records that claims are generated from.

use chrono::NaiveDate;
use counterfoil_core::ids::{ContractId, OrganisationId, PayeeId, ScheduleId, ServiceLineId, ServiceUserId};
use counterfoil_core::plan::LineVersion;
use counterfoil_core::pricing::facts::{Attribute, EndingKind, Recording, StayKind, Terms};
use uuid::Uuid;

use super::bank::BankAccount;

/// Whoever money is paid to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payee {
    /// Its id.
    pub(crate) id: PayeeId,
    /// The organisation that a site belongs to; none for direct payments.
    pub(crate) organisation: Option<OrganisationId>,
    /// What it is.
    pub(crate) kind: PayeeKind,
    /// The council's number for it; no two payees of a council share one.
    pub(crate) supplier_number: String,
    /// Its name.
    pub(crate) name: String,
    /// Where remittances go.
    pub(crate) remittance_email: String,
    /// Where money goes.
    pub(crate) bank: BankAccount,
}

/// What a payee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PayeeKind {
    /// A provider's site.
    Site,
    /// A person who has a direct payment.
    Person,
    /// An account that is managed for such a person.
    ManagedAccount,
}

/// A contract between the council and a payee for one type of service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contract {
    /// Its id.
    pub(crate) id: ContractId,
    /// The payee's organisation.
    pub(crate) organisation: Option<OrganisationId>,
    /// Who is paid.
    pub(crate) payee: PayeeId,
    /// When it is paid.
    pub(crate) schedule: ScheduleId,
    /// The council's reference.
    pub(crate) reference: String,
    /// The type of service.
    pub(crate) service_type: &'static str,
    /// How care is recorded.
    pub(crate) recording: Recording,
    /// What it pays by.
    pub(crate) terms: Terms,
    /// What one claim covers.
    pub(crate) claim_period: ClaimPeriod,
    /// Before the client's contribution.
    pub(crate) gross: bool,
    /// Framework, spot or block.
    pub(crate) kind: ContractKind,
    /// Its first day.
    pub(crate) from: NaiveDate,
    /// What a rule may ask for.
    pub(crate) attributes: Vec<Attribute>,
}

/// What one claim of a contract covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClaimPeriod {
    /// A week.
    Week,
    /// The whole pay period.
    PayPeriod,
}

/// The kind of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContractKind {
    /// Under a framework.
    Framework,
    /// For one person.
    Spot,
    /// For so much, whoever uses it.
    Block,
}

impl ContractKind {
    /// As it is stored, and as the contract's attribute `kind` tells it to the rule.
    #[must_use]
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Framework => "framework",
            Self::Spot => "spot",
            Self::Block => "block",
        }
    }
}

/// A person who receives care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceUser {
    /// Their id.
    pub(crate) id: ServiceUserId,
    /// The council's reference (SSRef).
    pub(crate) reference: String,
    /// A synthetic name.
    pub(crate) name: String,
}

/// A service line (CPLI).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServiceLine {
    /// Its id.
    pub(crate) id: ServiceLineId,
    /// The contract.
    pub(crate) contract: ContractId,
    /// Whose care.
    pub(crate) service_user: ServiceUserId,
    /// The CPLI number.
    pub(crate) reference: String,
    /// The council's order for it.
    pub(crate) purchase_order: Option<String>,
    /// The versions known when the council is set up; later ones are acts of the timeline.
    pub(crate) versions: Vec<LineVersion>,
}

/// A stay away from home that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownStay {
    /// Its id.
    pub(crate) id: Uuid,
    /// 1, then one more for each correction.
    pub(crate) version: u32,
    /// Whose.
    pub(crate) service_user: ServiceUserId,
    /// Where.
    pub(crate) kind: StayKind,
    /// The day of admission.
    pub(crate) admitted: NaiveDate,
    /// The day of discharge, once it is known.
    pub(crate) discharged: Option<NaiveDate>,
}

/// A death, or an end of care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CareEnding {
    /// Whose.
    pub(crate) service_user: ServiceUserId,
    /// Which of the two.
    pub(crate) kind: EndingKind,
    /// The day on which it happened.
    pub(crate) happened: NaiveDate,
    /// The day on which the council was told.
    pub(crate) notified: NaiveDate,
}
