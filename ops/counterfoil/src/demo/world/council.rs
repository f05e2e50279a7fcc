//! What a council owns: its profile, calendars, rate card, limits, reasons, rule, notifications, staff, and the care
//! that it buys.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::bacs::Originator;
use counterfoil_core::calendar::{
    BankHolidays, Calendar, Division, Schedule, ScheduleError, Submission,
};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::ids::{ContractId, PersonId, ScheduleId, ServiceUserId, TenantId};
use counterfoil_core::money::Money;
use counterfoil_core::notice::NotificationSetting;
use counterfoil_core::rate_card::RateCardRow;
use counterfoil_core::tolerance::Limit;

use super::care::{Contract, KnownStay, Payee, ServiceLine, ServiceUser};
use super::rules::RuleChoice;

/// A council and all that it owns before its first claim.
#[derive(Debug, Clone, PartialEq)]
pub struct CouncilWorld {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: &'static str,
    /// Its full name.
    pub name: &'static str,
    /// Whose bank holidays it keeps.
    pub division: Division,
    /// When it was set up: all that is known at first was recorded then.
    pub taken_on: DateTime<Utc>,
    /// How it shows itself and pays.
    pub profile: Profile,
    /// The account that it pays from.
    pub originator: Originator,
    /// Its schedules.
    pub schedules: Vec<PaySchedule>,
    /// Its rate card.
    pub rates: Vec<RateCardRow>,
    /// Its limits of tolerance.
    pub limits: Vec<ToleranceLimit>,
    /// Its reasons.
    pub reasons: Vec<DeliveryReason>,
    /// The rule that prices its claims.
    pub rule: RuleChoice,
    /// What it tells its providers by e-mail.
    pub notifications: Vec<NotificationSetting>,
    /// Its staff.
    pub staff: Staff,
    /// Whoever it pays.
    pub payees: Vec<Payee>,
    /// Its contracts.
    pub contracts: Vec<Contract>,
    /// The people whose care it buys.
    pub service_users: Vec<ServiceUser>,
    /// Their service lines, by CPLI number.
    pub lines: Vec<ServiceLine>,
    /// Stays known at first.
    pub stays: Vec<KnownStay>,
}

/// How a council shows itself and pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Which words it uses for the states of a claim.
    pub vocabulary: Vocabulary,
    /// Below this nothing goes out; it accumulates.
    pub small_balance: Money,
    /// When payment files are submitted.
    pub submission: Submission,
    /// What a provider declares when it confirms or verifies.
    pub verification_statement: &'static str,
}

/// A schedule with what it needs to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaySchedule {
    /// Its id.
    pub id: ScheduleId,
    /// What makes a claim payable.
    pub basis: Basis,
    /// Generator, tables, overrides.
    pub definition: Schedule,
    /// The first and last day for which pay periods are made.
    pub unrolled: (NaiveDate, NaiveDate),
}

impl PaySchedule {
    /// The pay periods.
    ///
    /// # Errors
    /// [`ScheduleError`] when the definition makes no dates.
    pub fn calendar(&self, holidays: &BankHolidays) -> Result<Calendar, ScheduleError> {
        let (from, to) = self.unrolled;
        self.definition.calendar(from, to, holidays)
    }
}

/// A limit of tolerance with what it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct ToleranceLimit {
    /// How far a claim may exceed its plan.
    pub limit: Limit,
    /// The service that it is for; all where there is none.
    pub service: Option<&'static str>,
    /// The first day of care for which it holds.
    pub from: NaiveDate,
}

/// A reason that a provider may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryReason {
    /// Its code.
    pub code: &'static str,
    /// What it explains.
    pub kind: ReasonKind,
    /// Whether it needs a comment beside it.
    pub comment_needed: bool,
    /// Its words.
    pub words: &'static str,
}

/// What a reason explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonKind {
    /// Planned, but missed by the service user.
    Frustrated,
    /// Planned, but missed by the provider.
    Missed,
    /// Delivered above the plan.
    Extra,
}

/// The members of a council's staff that act in the demo. Nobody approves what they prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Staff {
    /// Reviews, settles and finalises.
    pub officer: PersonId,
    /// Approves runs.
    pub approver: PersonId,
    /// Calendars, rates, rules.
    pub administrator: PersonId,
    /// Approves the administrator's rules.
    pub second_administrator: PersonId,
    /// Reads.
    pub auditor: PersonId,
}

impl CouncilWorld {
    /// The schedule of this name.
    #[must_use]
    pub fn schedule(&self, name: &str) -> Option<&PaySchedule> {
        self.schedules
            .iter()
            .find(|schedule| schedule.definition.name == name)
    }

    /// The contract with this id.
    #[must_use]
    pub fn contract(&self, id: ContractId) -> Option<&Contract> {
        self.contracts.iter().find(|contract| contract.id == id)
    }

    /// The service user with this id.
    #[must_use]
    pub fn service_user(&self, id: ServiceUserId) -> Option<&ServiceUser> {
        self.service_users.iter().find(|user| user.id == id)
    }
}
