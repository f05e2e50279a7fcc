//! `/organisations/{organisation}/councils/{council}/contracts`: what a provider is to deliver, for whom, by which order
//! and at which rate; and `/councils/{council}/contracts`, where the council's staff read the same. `list` is the table,
//! `contract` one of them, `line` one service line, each with the provider's way to it; `council` has the staff's, which
//! shows the same pages with other links. `beside` are documents and adjustments on them, and `words` says plans, rates and
//! terms as people say them.

mod beside;
pub(crate) mod contract;
pub(crate) mod council;
pub(crate) mod line;
pub(crate) mod list;
pub(in crate::pages) mod words;

use crate::access::{AtCouncil, ForOrganisationAt};

/// Where the links of these pages lead.
pub(super) struct Links {
    /// Where the pages of a side begin.
    home: String,
    /// Whether that is the council's staff.
    is_council: bool,
    /// Whether the council's staff who ask see claims.
    sees_claims: bool,
    /// Whether they may publish documents.
    publishes: bool,
}

impl Links {
    fn of_provider(pass: &ForOrganisationAt) -> Self {
        Self { home: pass.home(), is_council: false, sees_claims: true, publishes: false }
    }

    fn of_council(pass: &AtCouncil) -> Self {
        use crate::access::{Contracting, Finance, Roles};
        let has = |roles: &[counterfoil_tenants::identity::CouncilRole]| {
            roles.iter().any(|role| pass.council.roles.contains(role))
        };
        Self {
            home: format!("/councils/{}", pass.council.slug),
            is_council: true,
            sees_claims: has(Finance::ANY_OF),
            publishes: has(Contracting::ANY_OF),
        }
    }

    fn contracts(&self) -> String {
        format!("{}/contracts", self.home)
    }

    /// A page that only a provider has.
    fn own(&self, rest: String) -> Option<String> {
        (!self.is_council).then(|| format!("{}/{rest}", self.home))
    }
}
