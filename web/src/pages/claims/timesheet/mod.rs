//! `/organisations/{organisation}/councils/{council}/timesheets`: the same statements as [`actuals`](super::actuals), on a
//! telephone. A timesheet is whatever a carer states for one pay period: one person after another, week by week, each day
//! one answer. `sheet` finds what belongs to one, `answers` are the days' answers and the form's fields behind them,
//! `week` the page of a person's week, `review` what is sent, `list` the timesheets.

pub(crate) mod list;
pub(crate) mod review;
pub(crate) mod week;

mod answers;
mod sheet;
mod shown;

use counterfoil_core::pricing::facts::Recording;

use crate::access::{ForOrganisationAt, Visit};
use crate::fault::Fault;

/// Where a provider's timesheets for a council are.
pub(in crate::pages) fn home(pass: &ForOrganisationAt) -> String {
    format!("{}/timesheets", pass.home())
}

/// Whether a kind of service is one of people who share their homes: councils name it in their own words, all with these.
pub(in crate::pages) fn is_shared_lives(service_type: &str) -> bool {
    service_type.to_lowercase().contains("shared lives")
}

/// Whether a contract's care is stated on a timesheet: by quantities, by a carer who shares their home or works alone.
pub(in crate::pages) fn fits(recording: Recording, service_type: &str, is_alone: bool) -> bool {
    recording == Recording::Quantities && (is_alone || is_shared_lives(service_type))
}

/// The same for a contract of an organisation, which is asked for only where the contract does not tell.
pub(in crate::pages) async fn fits_here(
    visit: &Visit,
    pass: &ForOrganisationAt,
    (recording, service_type): (Recording, &str),
) -> Result<bool, Fault> {
    if recording != Recording::Quantities || fits(recording, service_type, false) {
        return Ok(fits(recording, service_type, false));
    }
    Ok(fits(recording, service_type, is_alone(visit, pass).await?))
}

/// Whether an organisation is one person.
pub(in crate::pages) async fn is_alone(visit: &Visit, pass: &ForOrganisationAt) -> Result<bool, Fault> {
    let people = visit.app.identity().people_of(pass.provider.organisation.id).await;
    Ok(people.map_err(|error| Fault::of(&error))?.len() == 1)
}
