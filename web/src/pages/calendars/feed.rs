//! `/organisations/{organisation}/calendar-feed`: an address for one's diary, with every calendar that the organisation is
//! paid by at all of its councils. The address is shown once; whoever has it needs no login, so that it can be put out of use.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::calendar::feed;
use counterfoil_core::ids::TenantId;
use counterfoil_tenants::identity::link::Token;
use counterfoil_tenants::scope::{Provider as Providers, Tx};
use counterfoil_tenants::{billing, calendar};
use serde::Serialize;

use super::schedule::host;
use crate::access::{Anyone, ForOrganisation, Permit, Posted, Provider, Visit};
use crate::fault::Fault;
use crate::london;
use crate::shell::Banner;

/// How far back a feed goes, in days: diaries show what was, and not the whole history.
const DAYS_BACK: u64 = 800;

#[derive(Serialize)]
struct Page {
    organisation: String,
    home: String,
    /// When the feed that is in use was made.
    since: Option<String>,
    /// The address, at the moment of making it.
    address: Option<String>,
    councils: Vec<String>,
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<Provider>) -> Result<Response, Fault> {
    page(&visit, &pass, None).await
}

/// Makes a feed, and shows its address now and never again.
pub(crate) async fn make(Permit { visit, pass }: Permit<Provider>, Posted(_): Posted) -> Result<Response, Fault> {
    let made = visit.app.identity().make_calendar_feed(&visit.asked(), pass.organisation.id).await;
    let token = made.map_err(|error| Fault::of(&error))?;
    let base = visit.app.public_address().as_str().trim_end_matches('/').to_owned();
    page(&visit, &pass, Some(format!("{base}/calendar-feed/{}", token.as_str()))).await
}

/// Puts it out of use.
pub(crate) async fn revoke(Permit { visit, pass }: Permit<Provider>, Posted(_): Posted) -> Result<Response, Fault> {
    let revoked = visit.app.identity().revoke_calendar_feed(&visit.asked(), pass.organisation.id).await;
    revoked.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to(&format!("{}?done=revoked", home(&pass))).into_response())
}

/// What a diary reads. A token that was put out of use is as one that never was.
pub(crate) async fn read(Permit { visit, .. }: Permit<Anyone>, Path(token): Path<String>) -> Result<Response, Fault> {
    let found = visit.app.identity().whose_calendar_feed(&Token::typed(&token)).await;
    let (access, organisation) = found.map_err(|error| Fault::of(&error))?.ok_or(Fault::NotFound)?;
    let own = access.organisation(organisation).ok_or(Fault::NotFound)?;
    let scope = access.provider_scope().map_err(|error| Fault::of(&error))?;
    let councils: Vec<TenantId> = own.councils.iter().map(|council| council.id).collect();
    let read = scope.read(async |tx: &mut Tx<'_, Providers>| {
        let calendars = calendar::of_organisation(tx, &councils, organisation).await?;
        Ok((calendars, billing::of_organisation(tx, &councils, organisation).await?))
    });
    let (calendars, billing) = read.await.map_err(|error| Fault::of(&error))?;
    let since = visit.now.date_naive().checked_sub_days(chrono::Days::new(DAYS_BACK));
    let council = |tenant: TenantId| {
        let council = own.councils.iter().find(|council| council.id == tenant);
        council.map(|council| council.name.as_str()).unwrap_or_default()
    };
    let paid = calendars.iter().map(|seen| (seen.tenant, &seen.name, seen.id.to_string(), seen.dates(), false));
    let billed = billing.iter().map(|seen| (seen.tenant, &seen.name, seen.id.to_string(), seen.dates(), true));
    let parts: Vec<_> = paid
        .chain(billed)
        .map(|(tenant, name, key, mut periods, bills)| {
            periods.retain(|period| since.is_none_or(|since| period.dates.bank_date >= since));
            (format!("{}, {name}", council(tenant)), key, periods, bills)
        })
        .collect();
    let parts: Vec<feed::Part<'_>> =
        parts.iter().map(|(name, key, periods, bills)| feed::Part { name, key, periods, bills: *bills }).collect();
    let text = feed::write(&format!("Payments to {}", own.name), &parts, host(&visit), visit.now);
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, text).into_response())
}

fn home(pass: &ForOrganisation) -> String {
    format!("/organisations/{}/calendar-feed", pass.organisation.id)
}

async fn page(visit: &Visit, pass: &ForOrganisation, address: Option<String>) -> Result<Response, Fault> {
    let since = visit.app.identity().calendar_feed(pass.me.access.person(), pass.organisation.id).await;
    let since = since.map_err(|error| Fault::of(&error))?;
    let mut shell = pass.shell(visit).await?;
    if address.is_some() {
        shell = shell
            .banner(Banner::success("Your calendar feed is ready").text("Copy its address now: it is shown once."));
    } else if visit.asked_for("done").as_deref() == Some("revoked") {
        shell =
            shell.banner(Banner::success("Your calendar feed is out of use").text("Its address now leads nowhere."));
    }
    let page = Page {
        organisation: pass.organisation.name.clone(),
        home: home(pass),
        since: since.map(london::moment),
        address,
        councils: pass.organisation.councils.iter().map(|council| council.name.clone()).collect(),
    };
    let page = visit.page("calendars/feed.html", &shell, page)?;
    // the address is nothing for a browser to keep
    Ok(([(header::CACHE_CONTROL, "no-store")], page).into_response())
}
