//! `/sign-in/council`: single sign-on of a council's staff. The council's own identity provider says who somebody is; what
//! that opens is the council's own pages and nothing else.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::TenantId;
use counterfoil_tenants::Error;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{NEXT, entry, safe};
use crate::access::{Anyone, Permit, Visit};
use crate::fault::Fault;
use crate::metrics::SignIn;
use crate::sso::{Pending, Returned, SsoConfig};

/// Where a sign-in waits for the browser to come back.
const PENDING: &str = "sign_on";

const NOT_STAFF: &str = "Your council\u{2019}s account is not linked with anybody of its staff here. Ask a council \
                         administrator to invite you with the email address of that account.";
const TOO_LATE: &str = "That took too long, or was finished in another window. Start again.";

#[derive(Serialize)]
struct Page {
    councils: Vec<Council>,
    problem: Option<String>,
}

#[derive(Serialize)]
struct Council {
    slug: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Waiting {
    council: TenantId,
    pending: Pending,
}

/// The councils that offer it.
pub(crate) async fn choose(Permit { visit, .. }: Permit<Anyone>) -> Result<Response, Fault> {
    page(&visit, None).await
}

/// Off to a council's identity provider. A link and no form: the page's policy lets forms lead to our own pages only.
pub(crate) async fn begin(Permit { visit, .. }: Permit<Anyone>, Path(slug): Path<String>) -> Result<Response, Fault> {
    let identity = visit.app.identity();
    let council = identity.council_called(&slug).await.map_err(|error| Fault::of(&error))?;
    let council = council.filter(|council| council.suspended_at.is_none()).ok_or(Fault::NotFound)?;
    let config = config(&visit, council.id).await?.ok_or(Fault::NotFound)?;
    match visit.app.single_sign_on().begin(&config, visit.now).await {
        Ok((address, pending)) => {
            let waiting = Waiting { council: council.id, pending };
            visit.session.put(PENDING, waiting).await.map_err(|error| Fault::away(&error))?;
            entry::remember_next(&visit, safe(&visit.asked_for(NEXT).unwrap_or_default())).await?;
            Ok(Redirect::to(address.as_str()).into_response())
        }
        Err(error) => {
            tracing::warn!(%error, council = slug, "a sign-on could not begin");
            page(&visit, Some(error.words().to_owned())).await
        }
    }
}

/// Back from it.
pub(crate) async fn finish(
    Permit { visit, .. }: Permit<Anyone>,
    Query(returned): Query<Returned>,
) -> Result<Response, Fault> {
    let waiting: Option<Waiting> = visit.session.take(PENDING).await.map_err(|error| Fault::away(&error))?;
    let Some(Waiting { council, pending }) = waiting else { return page(&visit, Some(TOO_LATE.to_owned())).await };
    let Some(config) = config(&visit, council).await? else { return page(&visit, Some(TOO_LATE.to_owned())).await };
    let verified = match visit.app.single_sign_on().finish(&config, pending, &returned, visit.now).await {
        Ok(verified) => verified,
        Err(error) => {
            visit.app.metrics().sign_in("single_sign_on", SignIn::Wrong);
            tracing::warn!(%error, %council, "a sign-on was refused");
            return page(&visit, Some(error.words().to_owned())).await;
        }
    };
    let identity = visit.app.identity();
    let names = (verified.issuer.as_str(), verified.subject.as_str());
    let person = identity.person_for(&visit.asked(), council, names, &verified.email).await;
    let Some(person) = person.map_err(|error| Fault::of(&error))? else {
        visit.app.metrics().sign_in("single_sign_on", SignIn::Wrong);
        return page(&visit, Some(NOT_STAFF.to_owned())).await;
    };
    let next = entry::next(&visit).await?;
    entry::by_council(&visit, person, council).await?;
    Ok(Redirect::to(&next).into_response())
}

/// A council's settings, where it offers this.
async fn config(visit: &Visit, council: TenantId) -> Result<Option<SsoConfig>, Fault> {
    let app = &visit.app;
    let set = app.identity().sign_on(app.master_key(), council).await.map_err(|error| Fault::of(&error))?;
    let Some(set) = set.filter(|set| set.enabled) else { return Ok(None) };
    let unreadable = |what: &str| Fault::of(&Error::Unreadable { what: what.to_owned() });
    let issuer = Url::parse(&set.issuer).map_err(|_| unreadable("the issuer of a sign-on"))?;
    let redirect = app.public_address().join("/sign-in/returned").map_err(|_| unreadable("the public address"))?;
    Ok(Some(SsoConfig {
        issuer,
        client_id: set.client_id,
        client_secret: set.secret,
        redirect,
        allowed_domains: set.domains,
    }))
}

async fn page(visit: &Visit, problem: Option<String>) -> Result<Response, Fault> {
    let councils = visit.app.identity().sign_on_councils().await.map_err(|error| Fault::of(&error))?;
    let councils = councils.into_iter().map(|council| Council { slug: council.slug, name: council.name }).collect();
    visit.page("sign_in/single_sign_on.html", &visit.shell().await?, Page { councils, problem })
}
