//! The gates: one type for each thing that may be asked of somebody.
//!
//! | gate | who passes |
//! | --- | --- |
//! | [`Anyone`] | everybody |
//! | [`HalfSignedIn`] | whoever has given the first factor |
//! | [`SignedIn`] | whoever has given both |
//! | [`Staff<R>`] | members of the council in the path, with one of the roles of `R` |
//! | [`Uploading`](super::Uploading) | its administrators; whoever else tries is recorded |
//! | [`Provider<R>`] | members of the organisation in the path |
//! | [`ProviderAt`] | the same, at the council in the path, which the organisation works for |
//! | [`ProviderSigning`] | its administrators there |
//! | [`Operating`] | operators of the platform |
//!
//! Whoever is no member is told that there is no such page; a member without the role is told what is lacking.

#![allow(clippy::result_large_err, reason = "a refusal is the response itself, made once a request at most")]

use std::marker::PhantomData;

use axum::response::{IntoResponse as _, Redirect, Response};
use counterfoil_core::ids::OrganisationId;
use counterfoil_tenants::identity::access::LinkedCouncil;
use counterfoil_tenants::identity::{Access, CouncilAccess, CouncilRole, OrganisationAccess, OrganisationRole};
use counterfoil_tenants::scope::{CouncilScope, ProviderScope};

use super::{Gate, PathParams, Visit};
use crate::fault::Fault;
use crate::session::{Login, Method, Stage};

/// A gate, as tests list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateSeen {
    /// What kind of gate it is.
    pub kind: GateKind,
    /// Which roles at a council pass; empty where that is not asked.
    pub roles: &'static [CouncilRole],
}

/// What is asked of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GateKind {
    /// Nothing.
    Anyone,
    /// The first factor.
    HalfSignedIn,
    /// Both.
    SignedIn,
    /// Belonging to the council's staff.
    Staff,
    /// Acting for the organisation.
    Provider,
    /// Managing the organisation's people.
    ProviderManaging,
    /// Acting for the organisation at the council.
    ProviderAt,
    /// Operating the platform.
    Operating,
}

const fn seen(kind: GateKind) -> GateSeen {
    GateSeen { kind, roles: &[] }
}

/// Everybody, signed in or not.
pub(crate) struct Anyone;

impl Gate for Anyone {
    const SEEN: GateSeen = seen(GateKind::Anyone);
    type Pass = ();

    async fn admit(_: &Visit, _: &PathParams) -> Result<(), Response> {
        Ok(())
    }
}

/// Whoever has given the first factor, the second or not.
pub(crate) struct HalfSignedIn;

impl Gate for HalfSignedIn {
    const SEEN: GateSeen = seen(GateKind::HalfSignedIn);
    type Pass = Me;

    async fn admit(visit: &Visit, _: &PathParams) -> Result<Me, Response> {
        half(visit)
    }
}

/// Whoever is signed in.
pub(crate) struct SignedIn;

impl Gate for SignedIn {
    const SEEN: GateSeen = seen(GateKind::SignedIn);
    type Pass = Me;

    async fn admit(visit: &Visit, _: &PathParams) -> Result<Me, Response> {
        full(visit)
    }
}

/// Whoever is signed in, without that asking counts as being there: a stream, a look at the clock.
pub(crate) struct Listening;

impl Gate for Listening {
    const SEEN: GateSeen = seen(GateKind::SignedIn);
    const IS_ACTIVITY: bool = false;
    type Pass = Me;

    async fn admit(visit: &Visit, _: &PathParams) -> Result<Me, Response> {
        full(visit)
    }
}

/// Whoever is signed in with a password that their councils take: everything but the account itself.
pub(crate) struct Home;

impl Gate for Home {
    const SEEN: GateSeen = seen(GateKind::SignedIn);
    type Pass = Me;

    async fn admit(visit: &Visit, _: &PathParams) -> Result<Me, Response> {
        ready(visit)
    }
}

/// Operators of the platform.
pub(crate) struct Operating;

impl Gate for Operating {
    const SEEN: GateSeen = seen(GateKind::Operating);
    type Pass = Me;

    async fn admit(visit: &Visit, _: &PathParams) -> Result<Me, Response> {
        let me = ready(visit)?;
        if me.access.is_operator() { Ok(me) } else { Err(Fault::NotFound.into_response()) }
    }
}

/// Who is signed in.
#[derive(Clone)]
pub(crate) struct Me {
    pub(crate) login: Login,
    pub(crate) access: Access,
}

/// At least by half.
fn half(visit: &Visit) -> Result<Me, Response> {
    match (&visit.login, &visit.access) {
        (Some(login), Some(access)) => Ok(Me { login: login.clone(), access: access.clone() }),
        _ => Err(visit.to_sign_in()),
    }
}

/// Wholly; whoever is half way is led on.
fn full(visit: &Visit) -> Result<Me, Response> {
    let me = half(visit)?;
    match me.login.stage {
        Stage::Full => Ok(me),
        Stage::FirstFactor if me.access.has_factor() => Err(visit.to_rest_of_sign_in("/sign-in/second-factor")),
        Stage::FirstFactor => Err(visit.to_rest_of_sign_in("/enrol")),
    }
}

/// Wholly, and with a password that the councils take.
fn ready(visit: &Visit) -> Result<Me, Response> {
    let me = full(visit)?;
    if me.login.method == Method::Password && me.access.must_change_password() {
        return Err(Redirect::to("/account/password?why=rule").into_response());
    }
    Ok(me)
}

/// Roles of which one is enough.
pub(crate) trait Roles: Send + Sync + 'static {
    const ANY_OF: &'static [CouncilRole];
    /// What is lacking, as a sentence.
    const LACKING: &'static str;
}

macro_rules! roles {
    ($($(#[$meta:meta])* $name:ident = [$($role:ident),*], $lacking:literal;)*) => {$(
        $(#[$meta])*
        pub(crate) struct $name;

        impl Roles for $name {
            const ANY_OF: &'static [CouncilRole] = &[$(CouncilRole::$role),*];
            const LACKING: &'static str = $lacking;
        }
    )*};
}

roles! {
    /// Any role.
    Member = [Officer, Approver, Commissioning, Administrator, Auditor],
        "You need a role at this council.";
    /// Whoever sees money: all but commissioning.
    Finance = [Officer, Approver, Administrator, Auditor],
        "Your role at this council does not include payments. Ask a council administrator if you need them.";
    /// Whoever answers what providers ask about care.
    Answering = [Officer, Approver, Commissioning, Administrator],
        "Only finance and commissioning staff can answer queries.";
    /// Whoever writes to providers about claims, and answers their disputes.
    Talking = [Officer, Approver, Administrator],
        "Only finance staff and administrators can write to providers about claims.";
    /// Whoever puts documents before providers, and decides what plans become.
    Contracting = [Officer, Commissioning, Administrator],
        "Only finance officers, commissioning staff and council administrators can do this.";
    /// Whoever prepares payments.
    Officer = [Officer],
        "Only finance officers can do this. Ask a council administrator if you need to.";
    /// Whoever approves what others have prepared.
    Approving = [Approver],
        "Only finance approvers can do this. Ask a council administrator if you need to.";
    /// Staff, providers and settings: to look at.
    Managing = [Administrator, Auditor],
        "Only council administrators and auditors can see this.";
    /// Staff, providers and settings: to change.
    Changing = [Administrator],
        "Only council administrators can do this.";
    /// The record of who did what.
    Auditing = [Administrator, Auditor],
        "Only council administrators and auditors can see the audit.";
}

/// Whether somebody may write to providers about claims, and not only read.
pub(crate) fn may_talk(pass: &AtCouncil) -> bool {
    Talking::ANY_OF.iter().any(|role| pass.council.roles.contains(role))
}

/// Members of a council's staff with one of the roles of `R`; the council is `{council}` in the path.
pub(crate) struct Staff<R>(PhantomData<R>);

/// A council whose staff somebody belongs to.
#[derive(Clone)]
pub(crate) struct AtCouncil {
    pub(crate) me: Me,
    pub(crate) council: CouncilAccess,
    pub(crate) scope: CouncilScope,
}

impl<R: Roles> Gate for Staff<R> {
    const SEEN: GateSeen = GateSeen { kind: GateKind::Staff, roles: R::ANY_OF };
    type Pass = AtCouncil;

    async fn admit(visit: &Visit, path: &PathParams) -> Result<AtCouncil, Response> {
        let me = ready(visit)?;
        let slug = path.get("council");
        let council = me.access.councils().iter().find(|council| council.slug == slug);
        let council = council.ok_or_else(|| Fault::NotFound.into_response())?.clone();
        if !R::ANY_OF.iter().any(|role| council.roles.contains(role)) {
            return Err(Fault::forbidden(R::LACKING).into_response());
        }
        let scope = me.access.council_scope(council.id).map_err(|_| Fault::NotFound.into_response())?;
        let scope = scope.with_origin(visit.request_id(), visit.origin.address);
        Ok(AtCouncil { me, council, scope })
    }
}

/// Members of the organisation that is `{organisation}` in the path.
pub(crate) struct Provider;

/// Its administrators.
pub(crate) struct ProviderManaging;

/// An organisation that somebody acts for.
#[derive(Clone)]
pub(crate) struct ForOrganisation {
    pub(crate) me: Me,
    pub(crate) organisation: OrganisationAccess,
    pub(crate) scope: ProviderScope,
}

fn for_organisation(visit: &Visit, path: &PathParams) -> Result<ForOrganisation, Response> {
    let not_found = || Fault::NotFound.into_response();
    let me = ready(visit)?;
    let id: OrganisationId = path.get("organisation").parse().map_err(|_| not_found())?;
    let organisation = me.access.organisation(id).ok_or_else(not_found)?.clone();
    let scope = me.access.provider_scope().map_err(|_| not_found())?;
    let scope = scope.with_origin(visit.request_id(), visit.origin.address);
    Ok(ForOrganisation { me, organisation, scope })
}

impl Gate for Provider {
    const SEEN: GateSeen = seen(GateKind::Provider);
    type Pass = ForOrganisation;

    async fn admit(visit: &Visit, path: &PathParams) -> Result<ForOrganisation, Response> {
        for_organisation(visit, path)
    }
}

impl Gate for ProviderManaging {
    const SEEN: GateSeen = seen(GateKind::ProviderManaging);
    type Pass = ForOrganisation;

    async fn admit(visit: &Visit, path: &PathParams) -> Result<ForOrganisation, Response> {
        let pass = for_organisation(visit, path)?;
        managing(&pass)?;
        Ok(pass)
    }
}

fn managing(pass: &ForOrganisation) -> Result<(), Response> {
    match pass.organisation.role {
        OrganisationRole::Administrator => Ok(()),
        OrganisationRole::Staff => {
            let words = "Only your organisation\u{2019}s administrators can do this. Ask one of them if you need to.";
            Err(Fault::forbidden(words).into_response())
        }
    }
}

/// Members of the organisation in the path, at the council in the path.
pub(crate) struct ProviderAt;

/// An organisation that somebody acts for, at a council that it works for.
#[derive(Clone)]
pub(crate) struct ForOrganisationAt {
    pub(crate) provider: ForOrganisation,
    pub(crate) council: LinkedCouncil,
}

impl ForOrganisationAt {
    /// Where the organisation's pages at the council begin.
    pub(crate) fn home(&self) -> String {
        format!("/organisations/{}/councils/{}", self.provider.organisation.id, self.council.slug)
    }
}

impl Gate for ProviderAt {
    const SEEN: GateSeen = seen(GateKind::ProviderAt);
    type Pass = ForOrganisationAt;

    async fn admit(visit: &Visit, path: &PathParams) -> Result<ForOrganisationAt, Response> {
        let provider = for_organisation(visit, path)?;
        let slug = path.get("council");
        let council = provider.organisation.councils.iter().find(|council| council.slug == slug).cloned();
        let council = council.ok_or_else(|| Fault::NotFound.into_response())?;
        Ok(ForOrganisationAt { provider, council })
    }
}

/// Administrators of the organisation in the path, at the council in the path: whoever signs for it there.
pub(crate) struct ProviderSigning;

impl Gate for ProviderSigning {
    const SEEN: GateSeen = seen(GateKind::ProviderManaging);
    type Pass = ForOrganisationAt;

    async fn admit(visit: &Visit, path: &PathParams) -> Result<ForOrganisationAt, Response> {
        let pass = ProviderAt::admit(visit, path).await?;
        managing(&pass.provider)?;
        Ok(pass)
    }
}
