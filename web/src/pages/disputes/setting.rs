//! `/councils/{council}/settings/disputes`: in how many working days disputes are answered.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::dispute::MOST_DAYS;
use counterfoil_core::ids::TenantId;
use counterfoil_tenants::Error;
use counterfoil_tenants::dispute;
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::shell::Banner;

#[derive(Serialize)]
struct Page {
    home: String,
    changes: bool,
    days: u16,
    most: u16,
    form: FormShown,
}

/// The form.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    let days = days(&pass).await?;
    page(&visit, &pass, days, FormShown::filled([("days", days.to_string())])).await
}

/// Sets it.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    // what is no number is out of range too, and said in the same words
    let days = typed.text("days").parse().unwrap_or_default();
    match dispute::set_respond_days(&pass.scope, visit.now, days).await {
        Ok(()) => {
            let tenant: TenantId = pass.council.id;
            visit.app.events().publish(Event::SettingsChanged { tenant }).await;
            Ok(Redirect::to(&format!("/councils/{}/settings/disputes?done=set", pass.council.slug)).into_response())
        }
        Err(Error::Refused(words) | Error::Conflict(words)) => {
            let form = FormShown::returned(&typed, &Errors::of("days", words));
            let days = self::days(&pass).await?;
            page(&visit, &pass, days, form).await
        }
        Err(error) => Err(Fault::of(&error)),
    }
}

async fn days(pass: &AtCouncil) -> Result<u16, Fault> {
    let read = pass.scope.read(async |tx: &mut Tx<'_>| dispute::respond_days(tx).await).await;
    read.map_err(|error| Fault::of(&error))
}

async fn page(visit: &Visit, pass: &AtCouncil, days: u16, form: FormShown) -> Result<Response, Fault> {
    let mut shell = pass.shell(visit).await?;
    if visit.asked_for("done").as_deref() == Some("set") {
        shell = shell.banner(Banner::success("The time for answering disputes is set"));
    }
    let page = Page {
        home: format!("/councils/{}", pass.council.slug),
        changes: pass.council.roles.contains(&CouncilRole::Administrator),
        days,
        most: MOST_DAYS,
        form,
    };
    visit.page("disputes/setting.html", &shell, page)
}
