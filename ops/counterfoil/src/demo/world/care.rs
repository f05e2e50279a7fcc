//! Who is paid, under which contract, for whose care, on what plan: the records that claims are generated from.

use chrono::NaiveDate;
use counterfoil_core::ids::{
    ContractId, OrganisationId, PayeeId, ScheduleId, ServiceLineId, ServiceUserId,
};
use counterfoil_core::plan::LineVersion;
use counterfoil_core::pricing::facts::{Attribute, EndingKind, Recording, StayKind, Terms};
use uuid::Uuid;

use super::bank::BankAccount;

/// Whoever money is paid to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee {
    /// Its id.
    pub id: PayeeId,
    /// The organisation that a site belongs to; none for direct payments.
    pub organisation: Option<OrganisationId>,
    /// What it is.
    pub kind: PayeeKind,
    /// The council's number for it; no two payees of a council share one.
    pub supplier_number: String,
    /// Its name.
    pub name: String,
    /// Where remittances go.
    pub remittance_email: String,
    /// Where money goes.
    pub bank: BankAccount,
}

/// What a payee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayeeKind {
    /// A provider's site.
    Site,
    /// A person who has a direct payment.
    Person,
    /// An account that is managed for such a person.
    ManagedAccount,
}

/// A contract between the council and a payee for one type of service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// The payee's organisation.
    pub organisation: Option<OrganisationId>,
    /// Who is paid.
    pub payee: PayeeId,
    /// When it is paid.
    pub schedule: ScheduleId,
    /// The council's reference.
    pub reference: String,
    /// The type of service.
    pub service_type: &'static str,
    /// How care is recorded.
    pub recording: Recording,
    /// What it pays by.
    pub terms: Terms,
    /// What one claim covers.
    pub claim_period: ClaimPeriod,
    /// Before the client's contribution.
    pub gross: bool,
    /// Framework, spot or block.
    pub kind: ContractKind,
    /// Its first day.
    pub from: NaiveDate,
    /// What a rule may ask for.
    pub attributes: Vec<Attribute>,
}

/// What one claim of a contract covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimPeriod {
    /// A week.
    Week,
    /// The whole pay period.
    PayPeriod,
}

/// The kind of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractKind {
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
    pub const fn code(self) -> &'static str {
        match self {
            Self::Framework => "framework",
            Self::Spot => "spot",
            Self::Block => "block",
        }
    }
}

/// A person who receives care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUser {
    /// Their id.
    pub id: ServiceUserId,
    /// The council's reference (SSRef).
    pub reference: String,
    /// A synthetic name.
    pub name: String,
}

/// A service line (CPLI).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceLine {
    /// Its id.
    pub id: ServiceLineId,
    /// The contract.
    pub contract: ContractId,
    /// Whose care.
    pub service_user: ServiceUserId,
    /// The CPLI number.
    pub reference: String,
    /// The council's order for it.
    pub purchase_order: Option<String>,
    /// The versions known when the council is set up; later ones are acts of the timeline.
    pub versions: Vec<LineVersion>,
}

/// A stay away from home that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownStay {
    /// Its id.
    pub id: Uuid,
    /// 1, then one more for each correction.
    pub version: u32,
    /// Whose.
    pub service_user: ServiceUserId,
    /// Where.
    pub kind: StayKind,
    /// The day of admission.
    pub admitted: NaiveDate,
    /// The day of discharge, once it is known.
    pub discharged: Option<NaiveDate>,
}

/// A death, or an end of care.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CareEnding {
    /// Whose.
    pub service_user: ServiceUserId,
    /// Which of the two.
    pub kind: EndingKind,
    /// The day on which it happened.
    pub happened: NaiveDate,
    /// The day on which the council was told.
    pub notified: NaiveDate,
}
