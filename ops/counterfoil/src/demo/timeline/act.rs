//! The acts of a timeline. Each is one call of a step, with everything that the step is told.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{OrganisationId, PersonId, ScheduleId, ServiceLineId, TenantId};
use counterfoil_core::plan::LineVersion;
use counterfoil_core::rate_card::RateCardRow;
use counterfoil_core::statement::Statement;

use crate::demo::world::care::{CareEnding, KnownStay, ServiceLine, ServiceUser};

/// Something that happens at a council at an instant of the simulated clock.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// When; receipts carry this time.
    pub(crate) at: DateTime<Utc>,
    /// At which council.
    pub(crate) council: TenantId,
    /// What.
    pub(crate) act: Act,
}

/// How people address a claim: by the council's references and its first day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ClaimKey {
    /// The contract's reference.
    pub(crate) contract: String,
    /// The service user's reference (SSRef).
    pub(crate) service_user: String,
    /// The first day of the claim: of its week, or of its pay period.
    pub(crate) starts: NaiveDate,
}

impl fmt::Display for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.contract, self.service_user, self.starts)
    }
}

/// A pay period of a schedule, by its first day as the schedule has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pays {
    /// The schedule.
    pub(crate) schedule: ScheduleId,
    /// The first day of the pay period.
    pub(crate) period: NaiveDate,
}

/// How a statement reached the council.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    /// Typed in.
    Screen,
    /// Uploaded.
    File,
    /// From call monitoring.
    Monitoring,
}

/// What happens. `by` is who does it; the service itself where there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Act {
    /// Claims are made from the plan. Done again, it adds those of lines that came later.
    GenerateClaims(Pays),
    /// A provider states actuals, for one claim or for many at once.
    State {
        /// Which provider.
        organisation: OrganisationId,
        /// Who states them.
        by: PersonId,
        /// How they came.
        source: Source,
        /// The actuals by claim; lines count in the order of their CPLI numbers.
        claims: Vec<(ClaimKey, Statement)>,
    },
    /// A provider confirms or verifies.
    Confirm {
        /// Which provider.
        organisation: OrganisationId,
        /// Who declares it.
        by: PersonId,
        /// Which claims.
        claims: Vec<ClaimKey>,
    },
    /// A provider takes a confirmation back, or un-verifies.
    Unconfirm {
        /// Which provider.
        organisation: OrganisationId,
        /// Which claim.
        claim: ClaimKey,
        /// Who does.
        by: PersonId,
    },
    /// The council sends a confirmed claim back.
    SendBack {
        /// Which claim.
        claim: ClaimKey,
        /// Why; the provider reads it.
        because: &'static str,
        /// Which officer.
        by: PersonId,
    },
    /// Whoever has not confirmed is reminded, as the council's notification settings say.
    Remind(Pays),
    /// An officer goes through what is suspended: see [`settling`](super::settling) for what becomes of each line.
    SettleSuspended {
        /// Of which period.
        pays: Pays,
        /// The officer.
        officer: PersonId,
        /// Who agrees to amounts by hand.
        second: PersonId,
    },
    /// Rates are recorded.
    RecordRates {
        /// The rows.
        rows: Vec<RateCardRow>,
        /// Who records them.
        by: PersonId,
    },
    /// A service line is given another version.
    VaryLine {
        /// Which line.
        line: ServiceLineId,
        /// The version.
        version: LineVersion,
        /// Who records it.
        by: PersonId,
    },
    /// A service line is added for a person who was not known, maybe from a day in the past.
    AddLine {
        /// The person.
        service_user: ServiceUser,
        /// Their line.
        line: ServiceLine,
        /// Who records it.
        by: PersonId,
    },
    /// A stay, or another version of one, is recorded.
    RecordStay {
        /// The stay.
        stay: KnownStay,
        /// Who records it.
        by: PersonId,
    },
    /// A death or an end of care is recorded.
    RecordEnding {
        /// The ending.
        ending: CareEnding,
        /// Who records it.
        by: PersonId,
    },
    /// The run of a period is opened, worked through and finalised.
    FinaliseRun {
        /// Of which period.
        pays: Pays,
        /// The officer.
        by: PersonId,
    },
    /// A second person approves it.
    ApproveRun {
        /// Of which period.
        pays: Pays,
        /// The approver.
        by: PersonId,
    },
    /// Its payment file and remittances are written.
    IssueFile(Pays),
    /// The payment file leaves.
    SendFile(Pays),
    /// The bank has paid.
    Reconcile {
        /// Of which period.
        pays: Pays,
        /// Who says so.
        by: PersonId,
    },
}
