//! The frame of a page, with what its gate knows: whose council it is about, for which organisation, and where else one
//! may go.

use counterfoil_core::ids::TenantId;
use counterfoil_tenants::identity::brand::Shown;
use counterfoil_tenants::identity::{Council, CouncilRole, OrganisationRole};

use super::{AtCouncil, ForOrganisation, ForOrganisationAt, Me, Visit};
use crate::fault::Fault;
use crate::shell::{Addresses, Brand, NavigationItem, Shell};

/// A council as its pages show it.
pub(crate) async fn brand(visit: &Visit, council: TenantId, slug: &str, name: &str) -> Result<Brand, Fault> {
    let brand = visit.app.identity().brand(council).await.map_err(|error| Fault::of(&error))?;
    let shown = brand.map(|brand| Shown {
        name: brand.name,
        colour: brand.colour,
        has_logo: brand.logo.is_some(),
        since: brand.since,
    });
    Ok(known(slug, name, shown.as_ref()))
}

/// The same, where it came with what the person may do.
fn known(slug: &str, name: &str, shown: Option<&Shown>) -> Brand {
    match shown {
        Some(shown) => {
            // what a browser keeps of the logo is good until the council changes how it shows itself
            let version = shown.since.timestamp_micros();
            let logo = shown.has_logo.then(|| format!("/councils/{slug}/logo/{version}"));
            Brand::new(shown.name.as_str(), slug, &shown.colour, logo)
        }
        None => Brand::new(name, slug, "", None),
    }
}

/// Where the footer of a council's pages leads.
fn addresses(slug: &str) -> Addresses {
    Addresses {
        help: format!("/councils/{slug}/help"),
        contact: format!("/councils/{slug}/contact"),
        accessibility: format!("/councils/{slug}/accessibility"),
    }
}

/// The frame of a page of a council that everybody may see.
pub(crate) async fn open_shell(visit: &Visit, council: &Council) -> Result<Shell, Fault> {
    let brand = brand(visit, council.id, &council.slug, &council.name).await?;
    Ok(visit.shell().await?.council(brand).addresses(addresses(&council.slug)))
}

/// Marks the place that a page belongs to: the longest address that it begins with.
fn navigation(visit: &Visit, places: Vec<(&'static str, String)>) -> Vec<NavigationItem> {
    let below = |href: &str| visit.path == href || visit.path.starts_with(&format!("{href}/"));
    let current = places.iter().filter(|(_, href)| below(href)).map(|(_, href)| href.len()).max();
    places
        .into_iter()
        .map(|(text, href)| {
            let is_current = below(&href) && Some(href.len()) == current;
            NavigationItem::new(text, href, is_current)
        })
        .collect()
}

impl AtCouncil {
    /// The frame of a page of the council's staff.
    pub(crate) async fn shell(&self, visit: &Visit) -> Result<Shell, Fault> {
        let slug = &self.council.slug;
        let has = |roles: &[CouncilRole]| roles.iter().any(|role| self.council.roles.contains(role));
        let home = format!("/councils/{slug}");
        let mut places = vec![("Home", "/".to_owned()), ("Council", home.clone())];
        if has(&[CouncilRole::Officer, CouncilRole::Approver, CouncilRole::Administrator, CouncilRole::Auditor]) {
            places.push(("Claims", format!("{home}/claims")));
            places.push(("Payment runs", format!("{home}/runs")));
            places.push(("Disputes", format!("{home}/disputes")));
        }
        places.push(("Contracts", format!("{home}/contracts")));
        places.push(("Queries", format!("{home}/queries")));
        if has(&[CouncilRole::Administrator, CouncilRole::Auditor]) {
            places.push(("Staff", format!("{home}/staff")));
            places.push(("Providers", format!("{home}/providers")));
            places.push(("Payment rules", format!("{home}/rules")));
            places.push(("Audit", format!("{home}/audit")));
            places.push(("Settings", format!("{home}/settings")));
        }
        let brand = known(slug, &self.council.name, self.council.brand.as_ref());
        let shell = visit.shell().await?.council(brand).addresses(addresses(slug));
        Ok(shell.navigation(navigation(visit, places)))
    }
}

impl ForOrganisation {
    /// The frame of a page of an organisation, across its councils.
    pub(crate) async fn shell(&self, visit: &Visit) -> Result<Shell, Fault> {
        let shell = visit.shell().await?.organisation(self.organisation.name.clone());
        Ok(shell.navigation(navigation(visit, self.places(None))))
    }

    fn places(&self, council: Option<&str>) -> Vec<(&'static str, String)> {
        let home = format!("/organisations/{}", self.organisation.id);
        let mut places = vec![("Home", "/".to_owned()), ("Organisation", home.clone())];
        if let Some(slug) = council {
            places.push(("Claims", format!("{home}/councils/{slug}/claims")));
            places.push(("Actuals file", format!("{home}/councils/{slug}/actuals-file")));
            places.push(("Payments", format!("{home}/councils/{slug}/payments")));
            places.push(("Contracts", format!("{home}/councils/{slug}/contracts")));
            places.push(("Calendar", format!("{home}/councils/{slug}/calendars")));
            places.push(("Queries", format!("{home}/councils/{slug}/queries")));
            places.push(("Disputes", format!("{home}/councils/{slug}/disputes")));
            if self.scope.sees_whole(self.organisation.id) {
                places.push(("Remittances", format!("{home}/councils/{slug}/remittances")));
            }
        }
        if self.organisation.role == OrganisationRole::Administrator {
            places.push(("People", format!("{home}/people")));
        }
        places
    }
}

impl ForOrganisationAt {
    /// The frame of a page of an organisation at one council.
    pub(crate) async fn shell(&self, visit: &Visit) -> Result<Shell, Fault> {
        let slug = &self.council.slug;
        let brand = known(slug, &self.council.name, self.council.brand.as_ref());
        let shell = visit.shell().await?.council(brand).addresses(addresses(slug));
        let shell = shell.organisation(self.provider.organisation.name.clone());
        Ok(shell.navigation(navigation(visit, self.provider.places(Some(slug)))))
    }
}

impl Me {
    /// The frame of a page of the platform's operators.
    pub(crate) async fn operator_shell(&self, visit: &Visit) -> Result<Shell, Fault> {
        let places = vec![
            ("Home", "/".to_owned()),
            ("Councils", "/operator/councils".to_owned()),
            ("Health", "/operator/health".to_owned()),
            ("Audit", "/operator/audit".to_owned()),
        ];
        Ok(visit.shell().await?.navigation(navigation(visit, places)))
    }
}
