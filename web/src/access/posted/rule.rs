//! A form with the component of a payment rule, or with cases for one: bytes of a stranger's making, which are kept apart
//! from what was typed and go to the check as they came.

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use counterfoil_tenants::rule_version::{LARGEST_CASE, MOST_CASES};
use counterfoil_tenants::steps::upload_rule::Sent;

use super::{GivenFile, files};
use crate::form::Typed;
use crate::server::App;

/// The field of the component.
const COMPONENT: &str = "component";

/// A form with a component and cases. What is larger than may be sent comes with one byte too many, so that its page says
/// what to do and nothing typed is lost.
pub(crate) struct PostedRule {
    /// The fields.
    pub(crate) typed: Typed,
    /// The component; none where none was chosen.
    pub(crate) component: Option<Sent>,
    /// Every other file.
    pub(crate) cases: Vec<Sent>,
}

impl FromRequest<App> for PostedRule {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let largest = app.means().pricer.largest_component();
        let most = |field: &str| if field == COMPONENT { largest } else { LARGEST_CASE };
        // the component stands beside the cases
        let (typed, files) = files(request, app, MOST_CASES + 1, most).await?;
        let (components, cases): (Vec<_>, Vec<_>) = files.into_iter().partition(|(field, _)| field == COMPONENT);
        let sent = |(_, file): (String, GivenFile)| Sent { name: file.name, bytes: file.bytes };
        Ok(Self {
            typed,
            component: components.into_iter().map(sent).next(),
            cases: cases.into_iter().map(sent).collect(),
        })
    }
}
