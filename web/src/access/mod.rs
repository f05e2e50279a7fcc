//! Who may see a page. A handler's first argument is a [`Permit`] of some [`Gate`]; without one it cannot be put into the
//! table of [`routes`](crate::routes). What the gate lets through comes with it: the council with its scope, the
//! organisation with its own, never an id that a request has named.
//!
//! Each request reads anew what its person may do. What is another's answers as what does not exist.

mod frame;
mod gates;
mod posted;
mod uploading;
mod visit;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

pub(crate) use frame::open_shell;
pub(crate) use gates::{
    Answering, Anyone, Approving, AtCouncil, Auditing, Changing, Contracting, Finance, ForOrganisation,
    ForOrganisationAt, HalfSignedIn, Home, Listening, Managing, Me, Member, Officer, Operating, Provider, ProviderAt,
    ProviderManaging, ProviderSigning, Roles, SignedIn, Staff, Talking, may_talk,
};
pub use gates::{GateKind, GateSeen};
pub(crate) use posted::{
    GivenFile, Posted, PostedDocument, PostedFile, PostedFiles, PostedJson, PostedLong, PostedRule, PostedSheet,
};
pub(crate) use uploading::Uploading;
pub(crate) use visit::{RequestId, Visit};

use crate::server::App;

/// What has to be true of whoever asks.
pub(crate) trait Gate: Send + Sync + 'static {
    /// As the matrix of tests lists it.
    const SEEN: GateSeen;
    /// Whether asking says that the person is there. A stream or a look at the clock does not.
    const IS_ACTIVITY: bool = true;
    /// What comes with being let through.
    type Pass: Send + Sync;

    /// Lets through, or says why not.
    fn admit(visit: &Visit, path: &PathParams) -> impl Future<Output = Result<Self::Pass, Response>> + Send;
}

/// The parts of a route's path that are named, as they were asked for.
pub(crate) struct PathParams(RawPathParams);

impl PathParams {
    /// One of them; empty where the route has no such.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| *key == name).map(|(_, value)| value).unwrap_or_default()
    }
}

/// Proof that a gate let somebody through.
pub(crate) struct Permit<G: Gate> {
    /// Who asks, how, and when.
    pub(crate) visit: Visit,
    /// What comes with it.
    pub(crate) pass: G::Pass,
}

impl<G: Gate> FromRequestParts<App> for Permit<G> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visit = Visit::of(parts, app, G::IS_ACTIVITY).await.map_err(|fault| fault.into_response())?;
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|refused| refused.into_response())?;
        let pass = G::admit(&visit, &PathParams(path)).await?;
        Ok(Self { visit, pass })
    }
}
