//! `/invitations/{council}/{invitation}`: a council would like to work with somebody's organisation. They say which of
//! theirs it is, or that it is a new one; or decline.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::{InvitationId, OrganisationId, TenantId};
use counterfoil_tenants::Error;
use counterfoil_tenants::identity::OrganisationRole;
use counterfoil_tenants::identity::linking::{AcceptAs, OpenInvitation};
use serde::Serialize;

use crate::access::{Home, Me, Permit, Posted, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::form::{Errors, FormShown};
use crate::london;

/// The choice that is none of their organisations.
const NEW: &str = "new";

#[derive(Serialize)]
struct Page {
    form: FormShown,
    href: String,
    council: String,
    name: String,
    reference: String,
    invited: String,
    organisations: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// One that waits for this person's answer.
async fn open(visit: &Visit, me: &Me, slug: &str, id: InvitationId) -> Result<OpenInvitation, Fault> {
    let open = visit.app.identity().invitations_for(me.access.person()).await.map_err(|error| Fault::of(&error))?;
    open.into_iter().find(|open| open.slug == slug && open.id == id).ok_or(Fault::NotFound)
}

async fn council(visit: &Visit, slug: &str) -> Result<TenantId, Fault> {
    let council = visit.app.identity().council_called(slug).await.map_err(|error| Fault::of(&error))?;
    council.filter(|council| council.suspended_at.is_none()).map(|council| council.id).ok_or(Fault::NotFound)
}

/// The question.
pub(crate) async fn show(
    Permit { visit, pass }: Permit<Home>,
    Path((slug, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let id = id.parse().map_err(|_| Fault::NotFound)?;
    let open = open(&visit, &pass, &slug, id).await?;
    let form = FormShown::filled([("name", open.name.clone())]);
    page(&visit, &pass, &open, form).await
}

async fn page(visit: &Visit, me: &Me, open: &OpenInvitation, form: FormShown) -> Result<Response, Fault> {
    let own = me.access.organisations().iter();
    let own = own.filter(|organisation| organisation.role == OrganisationRole::Administrator);
    let page = Page {
        form,
        href: format!("/invitations/{}/{}", open.slug, open.id),
        council: open.council.clone(),
        name: open.name.clone(),
        reference: open.reference.clone(),
        invited: london::moment(open.invited_at),
        organisations: own
            .map(|organisation| Choice { value: organisation.id.to_string(), text: organisation.name.clone() })
            .collect(),
    };
    visit.page("invitation.html", &visit.shell().await?, page)
}

/// Accepted, for one of their organisations or a new one.
pub(crate) async fn accept(
    Permit { visit, pass }: Permit<Home>,
    Path((slug, id)): Path<(String, String)>,
    Posted(typed): Posted,
) -> Result<Response, Fault> {
    let id: InvitationId = id.parse().map_err(|_| Fault::NotFound)?;
    let tenant = council(&visit, &slug).await?;
    let chosen = typed.text("organisation");
    let own: Option<OrganisationId> = chosen.parse().ok();
    let accept_as = match own {
        Some(own) => AcceptAs::Own(own),
        None if chosen == NEW => AcceptAs::New(typed.text("name")),
        None => {
            let open = open(&visit, &pass, &slug, id).await?;
            let errors = Errors::of("organisation", "Select which organisation it is");
            return page(&visit, &pass, &open, FormShown::returned(&typed, &errors)).await;
        }
    };
    match visit.app.identity().accept_invitation(&visit.asked(), tenant, id, accept_as).await {
        Ok(organisation) => {
            let changed = Event::AccessChanged { person: None, tenant: Some(tenant), organisation: Some(organisation) };
            visit.app.events().publish(changed).await;
            Ok(Redirect::to(&format!("/organisations/{organisation}?done=accepted")).into_response())
        }
        Err(Error::Refused(words)) => match open(&visit, &pass, &slug, id).await {
            Ok(open) => {
                let form = FormShown::returned(&typed, &Errors::of("name", words));
                page(&visit, &pass, &open, form).await
            }
            // it was answered or withdrawn meanwhile
            Err(Fault::NotFound) => Err(Fault::conflict(words)),
            Err(fault) => Err(fault),
        },
        Err(error) => Err(Fault::of(&error)),
    }
}

/// Declined.
pub(crate) async fn decline(
    Permit { visit, .. }: Permit<Home>,
    Path((slug, id)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Fault> {
    let id: InvitationId = id.parse().map_err(|_| Fault::NotFound)?;
    let tenant = council(&visit, &slug).await?;
    let declined = visit.app.identity().decline_invitation(&visit.asked(), tenant, id).await;
    declined.map_err(|error| Fault::of(&error))?;
    Ok(Redirect::to("/?done=declined").into_response())
}
