//! Typed ids: one type for each kind of record, so that a claim's id cannot be passed for a run's.
//!
//! Shown with a prefix (`clm_0191...`) wherever a person or a log may read them; stored as plain UUIDs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text that is not an id of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\u{2018}{given}\u{2019} is not a reference of this kind; it should start with \u{2018}{prefix}_\u{2019}")]
pub struct BadId {
    /// What was given.
    pub given: String,
    /// The prefix that ids of this kind start with.
    pub prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix that this kind is shown with.
            pub const PREFIX: &'static str = $prefix;

            /// The id that a stored UUID stands for.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID as it is stored.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(given: &str) -> Result<Self, BadId> {
                given
                    .strip_prefix(concat!($prefix, "_"))
                    .and_then(|rest| Uuid::try_parse(rest).ok())
                    .map(Self)
                    .ok_or_else(|| BadId { given: given.to_owned(), prefix: $prefix })
            }
        }
    )*};
}

ids! {
    /// A council: the tenant.
    TenantId = "cnl";
    /// An organisation that delivers care, for one council or several.
    OrganisationId = "org";
    /// A person who signs in.
    PersonId = "per";
    /// Whoever money is paid to: a provider's site, a person, a managed account.
    PayeeId = "pay";
    /// A contract between a council and a payee for one type of service.
    ContractId = "ctr";
    /// A service user, known to the council by a reference.
    ServiceUserId = "su";
    /// A service line (CPLI): one service for one person under one contract.
    ServiceLineId = "cpli";
    /// A payment schedule of a council.
    ScheduleId = "sch";
    /// A pay period of a schedule.
    PeriodId = "prd";
    /// A claim: contract x service user x claim period.
    ClaimId = "clm";
    /// One service line within a claim.
    ClaimLineId = "cln";
    /// A statement of actuals.
    StatementId = "sta";
    /// What the rule said of one version of a claim.
    AssessmentId = "ass";
    /// One rate over one span of dates within an assessment.
    ChargeId = "chg";
    /// What a run posts for a claim line.
    EntryId = "ent";
    /// A payment run.
    RunId = "run";
    /// A payment file.
    PaymentFileId = "fil";
    /// A component that a council uploaded as its rule.
    RuleId = "rul";
    /// A job in the queue.
    JobId = "job";
    /// An audit record.
    AuditId = "aud";
    /// A message to somebody.
    NoticeId = "not";
    /// A link by e-mail, good for one thing and once.
    LinkId = "lnk";
    /// A message of the platform itself to a person.
    LetterId = "let";
    /// A passkey.
    PasskeyId = "pky";
    /// An invitation of a provider organisation by a council.
    InvitationId = "inv";
    /// What a council tells its providers, from a day to a day.
    ProviderNoticeId = "pnt";
    /// A council's guidance for a kind of service.
    GuidanceId = "gui";
    /// A team of a council that looks after people's care.
    TeamId = "tea";
    /// A provider's question about care.
    QueryId = "qry";
    /// An invoice that a provider wrote.
    InvoiceId = "ivc";
    /// A schedule by which a council bills its clients.
    BillingId = "bil";
    /// A dispute about a claim.
    DisputeId = "dis";
    /// A file beside a message.
    AttachmentId = "att";
    /// A document of a contract that a provider agrees or rejects.
    DocumentId = "doc";
    /// A change of a line's plan that a provider asks for.
    AdjustmentId = "adj";
    /// A trial of a payment rule on past weeks.
    TrialId = "tri";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_from_what_it_shows() {
        let id = ClaimId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn the_id_of_another_kind_is_refused() {
        let run = RunId::from_uuid(Uuid::from_u128(7)).to_string();
        assert!(run.parse::<ClaimId>().is_err());
    }
}
