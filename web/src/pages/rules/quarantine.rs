//! `/councils/{council}/rules/quarantine`: after faults on how many claims a version is put aside, and what prices then.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::Error;
use counterfoil_tenants::rule_version::{self, Follows, QuarantineSetting};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::quarantine_rule::set_rule_quarantine;
use serde::Serialize;

use super::{changed, home, may_change};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};

const SUSPEND: &str = "suspend";
const LAST_GOOD: &str = "last-good";

#[derive(Serialize)]
struct Page {
    home: String,
    changes: bool,
    most: u32,
    faults: u32,
    keeps_paying: bool,
    form: FormShown,
}

/// The form.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let setting = setting(&pass).await?;
    let follows = match setting.follows {
        Follows::Suspend => SUSPEND,
        Follows::LastGood => LAST_GOOD,
    };
    let form = FormShown::filled([("faults", setting.faults.to_string()), ("follows", follows.to_owned())]);
    page(&visit, &pass, &setting, form).await
}

/// Sets it.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let mut errors = Errors::new();
    // what is no number is out of range too, and said in the same words
    let faults = typed.text("faults").parse().unwrap_or_default();
    let follows = match typed.text("follows") {
        SUSPEND => Some(Follows::Suspend),
        LAST_GOOD => Some(Follows::LastGood),
        _ => None,
    };
    errors.unless(
        (1..=QuarantineSetting::MOST_FAULTS).contains(&faults),
        "faults",
        "The number of claims must be between 1 and 1,000",
    );
    errors.unless(follows.is_some(), "follows", "Select what prices claims while a version is in quarantine");
    if let (true, Some(follows)) = (errors.is_empty(), follows) {
        match set_rule_quarantine(&pass.scope, visit.now, (faults, follows)).await {
            Ok(()) => {
                changed(&visit, &pass).await;
                return Ok(Redirect::to(&format!("{}?done=quarantine", home(&pass))).into_response());
            }
            Err(Error::Refused(words) | Error::Conflict(words)) => errors.add("faults", words),
            Err(error) => return Err(Fault::of(&error)),
        }
    }
    let setting = setting(&pass).await?;
    page(&visit, &pass, &setting, FormShown::returned(&typed, &errors)).await
}

async fn setting(pass: &AtCouncil) -> Result<QuarantineSetting, Fault> {
    let read = pass.scope.read(async |tx: &mut Tx<'_>| rule_version::quarantine_setting(tx).await).await;
    read.map_err(|error| Fault::of(&error))
}

async fn page(
    visit: &Visit,
    pass: &AtCouncil,
    setting: &QuarantineSetting,
    form: FormShown,
) -> Result<Response, Fault> {
    let page = Page {
        home: home(pass),
        changes: may_change(pass),
        most: QuarantineSetting::MOST_FAULTS,
        faults: setting.faults,
        keeps_paying: setting.follows == Follows::LastGood,
        form,
    };
    visit.page("rules/quarantine.html", &pass.shell(visit).await?, page)
}
