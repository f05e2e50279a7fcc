//! `/organisations/{organisation}`: an organisation's front page, with the councils that it works for and those that
//! would like to work with it. `people` and `person` are its administrators'.

pub(crate) mod people;
pub(crate) mod person;
mod sees;

use axum::response::Response;
use counterfoil_tenants::identity::OrganisationRole;
use serde::Serialize;

use crate::access::{ForOrganisation, Permit, Provider};
use crate::fault::Fault;
use crate::london;
use crate::shell::Banner;

#[derive(Serialize)]
struct Page {
    name: String,
    home: String,
    role: &'static str,
    is_administrator: bool,
    /// Whether they see certain contracts only.
    limited: bool,
    councils: Vec<Council>,
    invitations: Vec<Invitation>,
    sees_whole: bool,
}

#[derive(Serialize)]
struct Council {
    name: String,
    href: String,
}

#[derive(Serialize)]
struct Invitation {
    council: String,
    name: String,
    invited: String,
    href: String,
}

fn home(pass: &ForOrganisation) -> String {
    format!("/organisations/{}", pass.organisation.id)
}

/// The page.
pub(crate) async fn show(Permit { visit, pass }: Permit<Provider>) -> Result<Response, Fault> {
    let is_administrator = pass.organisation.role == OrganisationRole::Administrator;
    let mut invitations = Vec::new();
    if is_administrator {
        let open = visit.app.identity().invitations_for(pass.me.access.person()).await;
        for open in open.map_err(|error| Fault::of(&error))? {
            invitations.push(Invitation {
                href: format!("/invitations/{}/{}", open.slug, open.id),
                council: open.council,
                name: open.name,
                invited: london::moment(open.invited_at),
            });
        }
    }
    let mut shell = pass.shell(&visit).await?;
    if visit.asked_for("done").as_deref() == Some("accepted") {
        shell = shell.banner(
            Banner::success("The invitation is accepted")
                .text("Claims appear here as soon as the council has a contract with your organisation."),
        );
    }
    let home = home(&pass);
    let page = Page {
        name: pass.organisation.name.clone(),
        role: pass.organisation.role.words(),
        is_administrator,
        limited: pass.organisation.limited,
        councils: pass
            .organisation
            .councils
            .iter()
            .map(|council| Council { name: council.name.clone(), href: format!("{home}/councils/{}", council.slug) })
            .collect(),
        invitations,
        sees_whole: pass.scope.sees_whole(pass.organisation.id),
        home,
    };
    visit.page("organisation/front.html", &shell, page)
}
