//! What a council owns: its profile, calendars, rate card, limits, reasons, rule, notifications, staff, and the care
//! that it buys.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::bacs::Originator;
use counterfoil_core::calendar::{BankHolidays, Calendar, Division, Schedule, ScheduleError, Submission};
use counterfoil_core::claim::{Basis, Vocabulary};
use counterfoil_core::ids::{ContractId, PersonId, ScheduleId, ServiceUserId, TenantId};
use counterfoil_core::money::Money;
use counterfoil_core::notice::NotificationSetting;
use counterfoil_core::rate_card::RateCardRow;
use counterfoil_core::tolerance::Limit;

use super::brand::Brand;
use super::care::{Contract, KnownStay, Payee, ServiceLine, ServiceUser};
use super::rules::RuleChoice;

/// A council and all that it owns before its first claim.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CouncilWorld {
    /// Its id.
    pub(crate) id: TenantId,
    /// Its name in addresses.
    pub(crate) slug: &'static str,
    /// Its full name.
    pub(crate) name: &'static str,
    /// Whose bank holidays it keeps.
    pub(crate) division: Division,
    /// When it was set up: all that is known at first was recorded then.
    pub(crate) taken_on: DateTime<Utc>,
    /// How it shows itself.
    pub(crate) brand: Brand,
    /// How it speaks and pays.
    pub(crate) profile: Profile,
    /// The account that it pays from.
    pub(crate) originator: Originator,
    /// Its schedules.
    pub(crate) schedules: Vec<PaySchedule>,
    /// Its rate card.
    pub(crate) rates: Vec<RateCardRow>,
    /// Its limits of tolerance.
    pub(crate) limits: Vec<ToleranceLimit>,
    /// Its reasons.
    pub(crate) reasons: Vec<DeliveryReason>,
    /// The rule that prices its claims.
    pub(crate) rule: RuleChoice,
    /// What it tells its providers by e-mail.
    pub(crate) notifications: Vec<NotificationSetting>,
    /// Its staff.
    pub(crate) staff: Staff,
    /// Whoever it pays.
    pub(crate) payees: Vec<Payee>,
    /// Its contracts.
    pub(crate) contracts: Vec<Contract>,
    /// The people whose care it buys.
    pub(crate) service_users: Vec<ServiceUser>,
    /// Their service lines, by CPLI number.
    pub(crate) lines: Vec<ServiceLine>,
    /// Stays known at first.
    pub(crate) stays: Vec<KnownStay>,
}

/// How a council speaks and pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Profile {
    /// Which words it uses for the states of a claim.
    pub(crate) vocabulary: Vocabulary,
    /// Below this nothing goes out; it accumulates.
    pub(crate) small_balance: Money,
    /// When payment files are submitted.
    pub(crate) submission: Submission,
    /// What a provider declares when it confirms or verifies.
    pub(crate) verification_statement: &'static str,
}

/// A schedule with what it needs to be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PaySchedule {
    /// Its id.
    pub(crate) id: ScheduleId,
    /// What makes a claim payable.
    pub(crate) basis: Basis,
    /// Generator, tables, overrides.
    pub(crate) definition: Schedule,
    /// The first and last day for which pay periods are made.
    pub(crate) unrolled: (NaiveDate, NaiveDate),
}

impl PaySchedule {
    /// The pay periods.
    ///
    /// # Errors
    /// [`ScheduleError`] when the definition makes no dates.
    pub(crate) fn calendar(&self, holidays: &BankHolidays) -> Result<Calendar, ScheduleError> {
        let (from, to) = self.unrolled;
        self.definition.calendar(from, to, holidays)
    }
}

/// A limit of tolerance with what it is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToleranceLimit {
    /// How far a claim may exceed its plan.
    pub(crate) limit: Limit,
    /// The service that it is for; all where there is none.
    pub(crate) service: Option<&'static str>,
    /// The first day of care for which it holds.
    pub(crate) from: NaiveDate,
}

/// A reason that a provider may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeliveryReason {
    /// Its code.
    pub(crate) code: &'static str,
    /// What it explains.
    pub(crate) kind: ReasonKind,
    /// Whether it needs a comment beside it.
    pub(crate) comment_needed: bool,
    /// Its words.
    pub(crate) words: &'static str,
}

/// What a reason explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReasonKind {
    /// Planned, but missed by the service user.
    Frustrated,
    /// Planned, but missed by the provider.
    Missed,
    /// Delivered above the plan.
    Extra,
}

/// The members of a council's staff that act in the demo. Nobody approves what they prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Staff {
    /// Reviews, settles and finalises.
    pub(crate) officer: PersonId,
    /// Approves runs.
    pub(crate) approver: PersonId,
    /// Calendars, rates, rules.
    pub(crate) administrator: PersonId,
    /// Approves the administrator's rules.
    pub(crate) second_administrator: PersonId,
    /// Reads.
    pub(crate) auditor: PersonId,
}

impl CouncilWorld {
    /// The schedule of this name.
    #[must_use]
    pub(crate) fn schedule(&self, name: &str) -> Option<&PaySchedule> {
        self.schedules.iter().find(|schedule| schedule.definition.name == name)
    }

    /// The contract with this id.
    #[must_use]
    pub(crate) fn contract(&self, id: ContractId) -> Option<&Contract> {
        self.contracts.iter().find(|contract| contract.id == id)
    }

    /// The service user with this id.
    #[must_use]
    pub(crate) fn service_user(&self, id: ServiceUserId) -> Option<&ServiceUser> {
        self.service_users.iter().find(|user| user.id == id)
    }
}
