//! `/organisations/{organisation}/councils/{council}/payments`: what a provider is paid for, week by week of each contract,
//! in the words of its council: scheduled payments, or payment schedules with provisional invoices. `list` leads to one
//! `week`, where `act` confirms, rejects, accepts the plan and takes back.

pub(crate) mod act;
pub(crate) mod list;
pub(crate) mod progress;
pub(crate) mod recalculate;
pub(crate) mod receipt;
pub(crate) mod reports;
pub(crate) mod request;
pub(crate) mod week;
mod words;

use counterfoil_core::ids::ContractId;

use crate::access::ForOrganisationAt;

/// Where a provider's payments at a council are.
fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/payments", pass.home())
}

/// Where one week of a contract is.
fn week_of(pass: &ForOrganisationAt, contract: ContractId, starts: chrono::NaiveDate) -> String {
    format!("{}/{contract}/{starts}", home(pass))
}
