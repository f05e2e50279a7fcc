//! `/councils/{council}/settings/invoices`: whether the council takes invoices that its providers write.

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_tenants::invoice;
use counterfoil_tenants::scope::Tx;
use serde::Serialize;

use super::{home, may_change, shell};
use crate::access::{AtCouncil, Changing, Managing, Permit, Posted, Staff, Visit};
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::shell::Banner;

#[derive(Serialize)]
struct Page {
    home: String,
    changes: bool,
    allowed: bool,
    form: FormShown,
}

async fn page(visit: &Visit, pass: &AtCouncil, errors: &Errors) -> Result<Response, Fault> {
    let allowed = pass.scope.read(async |tx: &mut Tx<'_>| invoice::allowed(tx).await).await;
    let page = Page {
        home: home(pass),
        changes: may_change(pass),
        allowed: allowed.map_err(|error| Fault::of(&error))?,
        form: FormShown::empty().with_errors(errors),
    };
    visit.page("invoices/setting.html", &shell(visit, pass, done).await?, page)
}

fn done(what: &str) -> Option<Banner> {
    (what == "changed").then(|| Banner::success("Whether providers write invoices is changed"))
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Managing>>) -> Result<Response, Fault> {
    page(&visit, &pass, &Errors::new()).await
}

/// Begins or ceases to take them.
pub(crate) async fn change(
    Permit { visit, pass }: Permit<Staff<Changing>>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let wanted = match typed.text("allowed") {
        "yes" => true,
        "no" => false,
        _ => return page(&visit, &pass, &Errors::of("allowed", "Select whether providers may write invoices")).await,
    };
    invoice::allow(&pass.scope, visit.now, wanted).await.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to(&format!("{}/settings/invoices?done=changed", home(&pass))).into_response())
}
