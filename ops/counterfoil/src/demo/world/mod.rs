//! What there is before the first claim: councils with their calendars, rates and rules, providers, the people who
//! work for them, and the people they care for. The [`timeline`](super::timeline) comes after it.
//!
//! The five councils are the five published systems; each has a file in [`councils`] that says what it buys and how
//! it pays. [`build`] turns that into payees, contracts, service users and service lines.

pub mod bank;
pub mod build;
pub mod care;
pub mod council;
pub mod councils;
pub mod history;
pub mod lines;
pub mod names;
pub mod notifications;
pub mod offer;
pub mod organisations;
pub mod people;
pub mod plans;
pub mod rates;
pub mod rules;
#[cfg(test)]
mod tests;

use anyhow::Context as _;

use super::seed::Seed;
use council::CouncilWorld;
use organisations::Organisation;
use people::Person;

/// Everything that there is.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// The councils, in the order of the published systems.
    pub councils: Vec<CouncilWorld>,
    /// The providers.
    pub organisations: Vec<Organisation>,
    /// Everybody who signs in.
    pub people: Vec<Person>,
}

impl World {
    /// Makes the world of a seed.
    ///
    /// # Errors
    /// When a bundled table or rule configuration cannot be read.
    pub fn generate(seed: Seed) -> anyhow::Result<Self> {
        let organisations = organisations::all(seed);
        let mut councils = Vec::new();
        for script in councils::all()? {
            let slug = script.slug;
            let made = build::council(seed, script, &organisations)
                .with_context(|| format!("the demo council {slug} cannot be made"))?;
            councils.push(made);
        }
        let people = people::all(seed, &councils, &organisations);
        Ok(Self {
            councils,
            organisations,
            people,
        })
    }

    /// The council with this slug.
    #[must_use]
    pub fn council(&self, slug: &str) -> Option<&CouncilWorld> {
        self.councils.iter().find(|council| council.slug == slug)
    }
}
