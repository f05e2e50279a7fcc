//! What the front page and the readiness check ask of the rest of the program.

use std::pin::Pin;

use chrono::NaiveDate;
use counterfoil_core::money::Money;

/// An answer that is waited for.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where the pages get what they show. The binary implements it over the steps of `counterfoil-tenants`.
pub trait RunsSource: Send + Sync {
    /// Every council's runs. The page keeps the order: by council, then newest first.
    fn runs(&self) -> Answer<'_, Result<Vec<RunRow>, SourceError>>;

    /// Whether the database can be reached and has the schema that this program expects.
    fn ready(&self) -> Answer<'_, Result<(), NotReady>>;
}

/// One run of one council, with totals only: nothing in it tells of a person or a payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRow {
    /// The council's name.
    pub council: String,
    /// The schedule's name.
    pub schedule: String,
    /// First day of the period.
    pub period_start: NaiveDate,
    /// Last day of the period.
    pub period_end: NaiveDate,
    /// Where the run stands, in words: "Finalised", "File issued".
    pub state: String,
    /// How many claims are in it.
    pub claims: u64,
    /// What it pays.
    pub paid: Money,
    /// What waits for an officer.
    pub suspended: Money,
    /// The day on which the money is in the bank, once known.
    pub bank_date: Option<NaiveDate>,
    /// Names of the files that were issued.
    pub files: Vec<String>,
}

/// The runs could not be read. What it says is for the log, not for the page.
#[derive(Debug, thiserror::Error)]
#[error("reading the runs failed: {0}")]
pub struct SourceError(pub String);

/// Why no requests should be sent here yet, in words for whoever operates the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// No connection, or no answer.
    #[error("the database cannot be reached")]
    Unreachable,
    /// The schema is older than the program.
    #[error("the database is not migrated: run `counterfoil migrate`")]
    NotMigrated,
}
