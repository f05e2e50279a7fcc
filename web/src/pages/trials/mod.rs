//! `/councils/{council}/rules/{digest}/trials`: a version of the payment rule, tried on past pay periods beside what they
//! were assessed at. Started and listed in `list`; one of them in `one`, its lines and files in `lines`.

pub(crate) mod lines;
pub(crate) mod list;
pub(crate) mod one;

use counterfoil_core::ids::TrialId;
use counterfoil_tenants::rule_trial::{self, Trial, TriedSetting};
use counterfoil_tenants::scope::Tx;

use super::rules::settings;
use crate::access::AtCouncil;
use crate::fault::Fault;

/// Where the trials of a version are.
fn home(pass: &AtCouncil, digest: &str) -> String {
    format!("{}/trials", version_at(pass, digest))
}

/// Where the version is.
fn version_at(pass: &AtCouncil, digest: &str) -> String {
    format!("/councils/{}/rules/{digest}", pass.council.slug)
}

/// The trial of an address: one of another version is as an absent one.
async fn find(pass: &AtCouncil, digest: &str, trial: &str) -> Result<Trial, Fault> {
    let id: TrialId = trial.parse().map_err(|_| Fault::NotFound)?;
    let read = pass.scope.read(async |tx: &mut Tx<'_>| rule_trial::find(tx, id).await).await;
    let trial = read.map_err(|error| Fault::of(&error))?;
    if trial.digest == digest { Ok(trial) } else { Err(Fault::NotFound) }
}

/// Name and version, as people call them.
fn called(trial: &Trial) -> String {
    format!("{} {}", trial.name, trial.version)
}

/// A setting that is tried, as people read it.
fn setting(tried: &TriedSetting) -> String {
    let value = settings::value(&tried.value);
    if tried.scope.is_empty() {
        format!("{}: {value}", tried.key)
    } else {
        format!("{} for {}: {value}", tried.key, tried.scope)
    }
}
