//! The kinds of jobs there are. Each says which records it is about, and nothing else.

use counterfoil_core::ids::{
    AdjustmentId, ClaimId, DocumentId, NoticeId, PeriodId, QueryId, RunId, ScheduleId, ServiceLineId, ServiceUserId,
    TrialId,
};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

macro_rules! jobs {
    ($($(#[$meta:meta])* $name:ident = $code:literal, at most $attempts:literal {
        $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
    })*) => {
        /// A job of a council. Adding a kind here makes the worker handle it, or fail to compile.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "payload", rename_all = "kebab-case")]
        pub enum Job {
            $($(#[$meta])* $name { $($(#[$field_meta])* $field: $type,)* },)*
        }

        /// The kind of a job, without what it is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum JobKind {
            $($(#[$meta])* $name,)*
        }

        impl JobKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code that is stored.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// How often it is tried before it is a dead letter.
            #[must_use]
            pub const fn most_attempts(self) -> i32 {
                match self {
                    $(Self::$name => $attempts,)*
                }
            }
        }

        impl Job {
            /// Its kind.
            #[must_use]
            pub const fn kind(&self) -> JobKind {
                match self {
                    $(Self::$name { .. } => JobKind::$name,)*
                }
            }
        }
    };
}

jobs! {
    /// Makes the claims of a pay period from the plan.
    GenerateClaims = "generate-claims", at most 8 {
        /// For which schedule.
        schedule: ScheduleId,
        /// For which period.
        period: PeriodId,
    }
    /// Makes the claims that a provider asked for, where whoever began was interrupted.
    RequestPayments = "request-payments", at most 8 {
        /// What was asked for together.
        batch: uuid::Uuid,
    }
    /// Prices claims as they stand now.
    AssessClaims = "assess-claims", at most 8 {
        /// Which.
        claims: Vec<ClaimId>,
    }
    /// Prices claims that were stated, unless whoever stated them has priced them at once.
    AssessStated = "assess-stated", at most 8 {
        /// Which.
        claims: Vec<ClaimId>,
    }
    /// Assesses every claim again that a change of a service line touches.
    ReassessLine = "reassess-line", at most 8 {
        /// Which line.
        line: ServiceLineId,
    }
    /// Assesses every claim again that a stay, death or end touches.
    ReassessPerson = "reassess-person", at most 8 {
        /// Whose.
        person: ServiceUserId,
    }
    /// Assesses every claim again that a change of the rate card touches.
    ReassessRates = "reassess-rates", at most 8 {
        /// Claims with a day of care on or after this one.
        from: chrono::NaiveDate,
    }
    /// Assesses every claim again that another rule prices from a day on.
    ReassessRule = "reassess-rule", at most 8 {
        /// Claims with a day of care on or after this one.
        from: chrono::NaiveDate,
    }
    /// Tries a payment rule on claims of past pay periods, so many at a time.
    TryRule = "try-rule", at most 20 {
        /// Which trial.
        trial: TrialId,
    }
    /// Opens and finalises the run of a pay period.
    FinaliseRun = "finalise-run", at most 20 {
        /// For which schedule.
        schedule: ScheduleId,
        /// For which period.
        period: PeriodId,
    }
    /// Works contracts into a run until none is left.
    WorkRun = "work-run", at most 20 {
        /// Which run.
        run: RunId,
    }
    /// Writes the payment file of an approved run.
    IssuePaymentFile = "issue-payment-file", at most 20 {
        /// Of which run.
        run: RunId,
    }
    /// Writes the remittance advices of a run.
    WriteRemittances = "write-remittances", at most 8 {
        /// Of which run.
        run: RunId,
    }
    /// Tells providers that a cut-off is near.
    NotifyCutOff = "notify-cut-off", at most 8 {
        /// Of which period.
        period: PeriodId,
    }
    /// Tells payees that their remittance advice is ready.
    NotifyRemittances = "notify-remittances", at most 8 {
        /// Of which run.
        run: RunId,
    }
    /// Tells the other side that something was said about a query.
    TellOfQuery = "tell-of-query", at most 8 {
        /// Which query.
        query: QueryId,
        /// Which of its messages.
        message: u32,
    }
    /// Tells the other side that something was written about a claim, in its conversation or in a dispute.
    TellOfMessage = "tell-of-message", at most 8 {
        /// About which claim.
        claim: ClaimId,
        /// Which of its messages.
        message: u32,
    }
    /// Tells the other side of a document that was published or answered.
    TellOfDocument = "tell-of-document", at most 8 {
        /// Which document.
        document: DocumentId,
        /// Which of its versions.
        version: u32,
        /// Whether it was answered, and not published.
        answered: bool,
    }
    /// Tells the other side of an adjustment that was asked for or decided on.
    TellOfAdjustment = "tell-of-adjustment", at most 8 {
        /// Which adjustment.
        adjustment: AdjustmentId,
        /// Whether it was decided on, and not asked for.
        answered: bool,
    }
    /// Sends a notice.
    SendNotice = "send-notice", at most 12 {
        /// Which.
        notice: NoticeId,
    }
}

impl Job {
    /// The payload as it is stored.
    pub(crate) fn payload(&self) -> serde_json::Value {
        let mut whole = crate::record::json_of(self);
        whole.get_mut("payload").map(serde_json::Value::take).unwrap_or_default()
    }

    /// The job that was stored.
    pub(crate) fn read(kind: &str, payload: &serde_json::Value) -> Result<Self> {
        serde_json::from_value(serde_json::json!({ "kind": kind, "payload": payload }))
            .map_err(|error| Error::Unreadable { what: format!("job {kind}: {error}") })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_job_is_read_back_from_what_is_stored() {
        let job = Job::WorkRun { run: RunId::from_uuid(uuid::Uuid::from_u128(7)) };
        assert_eq!(Job::read(job.kind().code(), &job.payload()).unwrap(), job);
    }

    #[test]
    fn serde_and_the_stored_code_name_a_kind_alike() {
        let job = Job::ReassessRates { from: chrono::NaiveDate::from_ymd_opt(2025, 4, 1).unwrap() };
        let json = serde_json::to_value(&job).unwrap();
        assert_eq!(json["kind"], job.kind().code());
    }

    #[test]
    fn a_kind_that_is_not_known_is_said() {
        assert!(Job::read("shred-files", &serde_json::json!({})).is_err());
    }
}
