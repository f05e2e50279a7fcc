//! Trials of a payment rule on past pay periods: what is stored of them (`read`, `write`), and what people are shown
//! (`choices`, `results`). The steps are [`try_rule`](crate::steps::try_rule).

mod choices;
mod read;
mod results;
mod write;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{ClaimId, ContractId, PeriodId, PersonId, ScheduleId, TrialId};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::Reason;
use counterfoil_core::pricing::facts::Value;
use serde::{Deserialize, Serialize};

use crate::record::{kept_json, kept_words, record};

pub use choices::{Choice, choices};
#[cfg(test)]
pub(crate) use read::Weighed;
pub(crate) use read::{ToTry, chosen, claims_of, lock, next_parts, running, sums_before};
pub use read::{all, find, periods};
pub use results::{ContractTried, LineFilter, LineTried, SlowClaim, Sums, by_contract, lines, slowest, sums};
pub(crate) use write::{add, add_lines, end, parts_done, progress};

/// The most pay periods that a trial takes: a year of weeks, and some.
pub const MOST_PERIODS: usize = 60;
/// The most trials that run for a council at the same time.
pub const MOST_RUNNING: usize = 3;
/// The most lines that are kept one by one for a trial; the sums count all of them.
pub const MOST_LINES: u32 = 50_000;
/// How many of the slowest claims are kept.
pub const MOST_SLOW: usize = 20;

/// Where a trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Claims are being tried, or wait for it.
    Running,
    /// All were tried.
    Finished,
    /// Somebody stopped it.
    Cancelled,
}

kept_words!(State);

impl State {
    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Running => "Running",
            Self::Finished => "Finished",
            Self::Cancelled => "Cancelled",
        }
    }
}

/// A setting that is tried, as if it had held all along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriedSetting {
    /// Its name in the rule's schema.
    pub key: String,
    /// What it is for: a service level or a kind of contract; empty for all.
    pub scope: String,
    /// Its value.
    pub value: Value,
}

/// One of the claims that took most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slow {
    /// Which.
    pub claim: ClaimId,
    /// Fuel that it took in the assessment that counts.
    pub before: u64,
    /// Fuel that it took in the trial.
    pub now: u64,
}

kept_json!(Vec<TriedSetting>, Vec<Slow>);

record! {
    /// A trial.
    pub struct Trial in rule_trial {
        /// Its id.
        pub id: TrialId,
        /// SHA-256 of the component that is tried, in lower-case hex.
        pub digest: String,
        /// The name that it gives itself.
        pub name: String,
        /// Its author's version.
        pub version: String,
        /// Settings that are tried with it.
        pub settings: Vec<TriedSetting>,
        /// When it was started.
        pub started_at: DateTime<Utc>,
        /// By whom.
        pub started_by: PersonId,
        /// Their name then.
        pub starter: String,
        /// Where it stands.
        pub state: State,
        /// When it was finished or cancelled.
        pub ended_at: Option<DateTime<Utc>>,
        /// How many claims are tried.
        pub claims: u32,
        /// How many of them were.
        pub done: u32,
        /// How many lines that differ are kept one by one.
        pub listed: u32,
        /// The claims that took most fuel, the most first.
        pub slowest: Vec<Slow>,
    }
}

record! {
    /// A pay period of a trial.
    pub struct TrialPeriod in rule_trial_period {
        /// Of which trial.
        pub trial_id: TrialId,
        /// Of which schedule.
        pub schedule_id: ScheduleId,
        /// Which.
        pub period_id: PeriodId,
    }
}

record! {
    /// The claims of one contract that begin on one day, and what came of them once they were tried.
    pub struct Part in rule_trial_part {
        /// Of which trial.
        pub trial_id: TrialId,
        /// From 1.
        pub number: u32,
        /// Of which contract.
        pub contract_id: ContractId,
        /// The first day of care.
        pub starts: NaiveDate,
        /// How many claims.
        pub claims: u32,
        /// When they were tried.
        pub done_at: Option<DateTime<Utc>>,
        /// Claims whose facts were not kept.
        pub left_out: u32,
        /// Claims on which the component failed.
        pub faulted: u32,
        /// Lines that were tried.
        pub lines: u32,
        /// Lines of which another sum would be payable or suspended.
        pub differing: u32,
        /// Lines of which something would be suspended, and nothing was.
        pub newly_suspended: u32,
        /// What is payable by the assessments that count.
        pub payable_before: Money,
        /// What would be.
        pub payable_now: Money,
        /// What is suspended by the assessments that count.
        pub suspended_before: Money,
        /// What would be.
        pub suspended_now: Money,
        /// Fuel that the assessments that count took.
        pub fuel_before: u64,
        /// Fuel that the trial took.
        pub fuel_now: u64,
    }
}

impl Part {
    /// One that was not tried yet.
    #[must_use]
    pub fn to_try(trial_id: TrialId, number: u32, (contract_id, starts, claims): (ContractId, NaiveDate, u32)) -> Self {
        Self {
            trial_id,
            number,
            contract_id,
            starts,
            claims,
            done_at: None,
            left_out: 0,
            faulted: 0,
            lines: 0,
            differing: 0,
            newly_suspended: 0,
            payable_before: Money::default(),
            payable_now: Money::default(),
            suspended_before: Money::default(),
            suspended_now: Money::default(),
            fuel_before: 0,
            fuel_now: 0,
        }
    }
}

record! {
    /// A line that would come to something else.
    pub struct TrialLine in rule_trial_line {
        /// Of which trial.
        pub trial_id: TrialId,
        /// Of which claim.
        pub claim_id: ClaimId,
        /// The claim line's number.
        pub line: u32,
        /// Under which contract.
        pub contract_id: ContractId,
        /// What is payable by the assessment that counts.
        pub payable_before: Money,
        /// What would be.
        pub payable_now: Money,
        /// What is suspended by the assessment that counts.
        pub suspended_before: Money,
        /// What would be.
        pub suspended_now: Money,
        /// Why something would be suspended that was not.
        pub reason: Option<Reason>,
        /// Why the component gave no answer, in words.
        pub fault: Option<String>,
    }
}
