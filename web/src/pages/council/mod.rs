//! A council's own pages: its front page here; what its administrators and auditors do, a file each:
//! the staff, the providers, the audit, the settings; and what everybody may see of it ([`open`]).

pub(crate) mod audit;
pub(crate) mod brand;
pub(crate) mod import;
pub(crate) mod invitations;
pub(crate) mod invoices;
pub(crate) mod languages;
pub(crate) mod member;
mod newest_runs;
pub(crate) mod open;
pub(crate) mod providers;
pub(crate) mod publishing;
mod roles;
pub(crate) mod settings;
pub(crate) mod sign_on;
mod spreadsheet;
pub(crate) mod staff;

use axum::response::Response;
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use counterfoil_tenants::identity::CouncilRole;
use serde::Serialize;

use crate::access::{AtCouncil, Finance, Member, Permit, Roles as _, Staff, Visit};
use crate::events::Event;
use crate::fault::Fault;
use crate::shell::{Banner, Shell};

/// How many of the newest runs the front page shows.
const NEWEST: usize = 10;

#[derive(Serialize)]
struct Page {
    council: String,
    home: String,
    roles: Vec<Role>,
    /// None for those who see no money.
    runs: Option<newest_runs::Newest>,
    manages: bool,
    changes: bool,
}

#[derive(Serialize)]
struct Role {
    name: &'static str,
    hint: &'static str,
}

/// Who one is here, what that lets one do, and the newest runs for those who see money.
pub(crate) async fn show(Permit { visit, pass }: Permit<Staff<Member>>) -> Result<Response, Fault> {
    let roles = &pass.council.roles;
    let sees_money = Finance::ANY_OF.iter().any(|role| roles.contains(role));
    let runs = if sees_money { Some(newest_runs::newest(&visit, &pass, NEWEST).await?) } else { None };
    let page = Page {
        council: pass.council.name.clone(),
        home: home(&pass),
        roles: roles.iter().map(|role| Role { name: role.words(), hint: role.hint() }).collect(),
        runs,
        manages: roles.contains(&CouncilRole::Administrator) || roles.contains(&CouncilRole::Auditor),
        changes: may_change(&pass),
    };
    visit.page("council/front.html", &pass.shell(&visit).await?, page)
}

/// Where the council's pages begin.
fn home(pass: &AtCouncil) -> String {
    format!("/councils/{}", pass.council.slug)
}

/// Whether somebody may change what they see; an auditor may not.
fn may_change(pass: &AtCouncil) -> bool {
    pass.council.roles.contains(&CouncilRole::Administrator)
}

/// The frame of a page, with a banner about what was just done.
async fn shell(visit: &Visit, pass: &AtCouncil, done: impl Fn(&str) -> Option<Banner>) -> Result<Shell, Fault> {
    let shell = pass.shell(visit).await?;
    Ok(match visit.asked_for("done").and_then(|what| done(&what)) {
        Some(banner) => shell.banner(banner),
        None => shell,
    })
}

/// Tells open pages that somebody may do more or less at a council.
async fn access_changed(
    visit: &Visit,
    tenant: TenantId,
    person: Option<PersonId>,
    organisation: Option<OrganisationId>,
) {
    visit.app.events().publish(Event::AccessChanged { person, tenant: Some(tenant), organisation }).await;
}
