//! What there is before the first claim: councils with their calendars, rates and rules, providers, the people who
//! work for them, and the people they care for. The [`timeline`](super::timeline) comes after it.
//!
//! The five councils are the five published systems; each has a file in [`councils`] that says what it buys and how
//! it pays. [`build`] turns that into payees, contracts, service users and service lines.

pub(crate) mod bank;
pub(crate) mod brand;
pub(crate) mod build;
pub(crate) mod care;
pub(crate) mod council;
pub(crate) mod councils;
pub(crate) mod history;
pub(crate) mod lines;
pub(crate) mod names;
pub(crate) mod notifications;
pub(crate) mod offer;
pub(crate) mod organisations;
pub(crate) mod people;
pub(crate) mod plans;
pub(crate) mod rates;
pub(crate) mod rules;
#[cfg(test)]
mod tests;
pub(crate) mod told;

use anyhow::Context as _;

use super::seed::Seed;
use council::CouncilWorld;
use organisations::Organisation;
use people::Person;

/// Everything that there is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct World {
    /// The councils, in the order of the published systems.
    pub(crate) councils: Vec<CouncilWorld>,
    /// The providers.
    pub(crate) organisations: Vec<Organisation>,
    /// Everybody who signs in.
    pub(crate) people: Vec<Person>,
}

impl World {
    /// Makes the world of a seed.
    ///
    /// # Errors
    /// When a bundled table or rule configuration cannot be read.
    pub(crate) fn generate(seed: Seed) -> anyhow::Result<Self> {
        let organisations = organisations::all(seed);
        let mut councils = Vec::new();
        for script in councils::all()? {
            let slug = script.slug;
            let made = build::council(seed, script, &organisations)
                .with_context(|| format!("the demo council {slug} cannot be made"))?;
            councils.push(made);
        }
        let people = people::all(seed, &councils, &organisations);
        Ok(Self { councils, organisations, people })
    }

    /// The council with this slug.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn council(&self, slug: &str) -> Option<&CouncilWorld> {
        self.councils.iter().find(|council| council.slug == slug)
    }
}
