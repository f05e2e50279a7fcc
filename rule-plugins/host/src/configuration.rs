//! A council's settings for a pack as a file: the configurations with which the five published systems run on
//! `standard`, and the form in which an administrator may keep them.

use counterfoil_core::pricing::Fault;
use counterfoil_core::pricing::facts::Setting;
use serde::{Deserialize, Serialize};

use crate::abi::refused;

/// Settings with what they are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Configuration {
    /// Its name, for example `bradford-2025`.
    pub name: String,
    /// The pack that it configures.
    pub pack: String,
    /// What was published, and where.
    pub source: String,
    /// What the settings do, one sentence each, for people.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The settings, with dates as people write them.
    pub settings: Vec<Setting>,
}

impl Configuration {
    /// The configuration that a file holds.
    ///
    /// # Errors
    /// [`Fault::NotARule`] with the place where reading stopped.
    pub fn from_json(json: &str) -> Result<Self, Fault> {
        serde_json::from_str(json).map_err(|cause| refused(format!("its settings cannot be read: {cause}")))
    }
}

/// The configurations of `standard` that come with the repository: name and file.
pub const PUBLISHED: &[(&str, &str)] = &[
    ("worcestershire-2020", include_str!("../../councils/standard/configurations/worcestershire-2020.json")),
    ("worcestershire-2024", include_str!("../../councils/standard/configurations/worcestershire-2024.json")),
    ("bradford-2025", include_str!("../../councils/standard/configurations/bradford-2025.json")),
    ("south-tyneside", include_str!("../../councils/standard/configurations/south-tyneside.json")),
    ("mosaic", include_str!("../../councils/standard/configurations/mosaic.json")),
];

/// A configuration of the repository by its name.
///
/// # Errors
/// [`Fault::NotARule`] when there is none of that name.
pub fn published(name: &str) -> Result<Configuration, Fault> {
    let (_, json) = PUBLISHED.iter().find(|(known, _)| *known == name).ok_or_else(|| {
        let known: Vec<&str> = PUBLISHED.iter().map(|(known, _)| *known).collect();
        refused(format!("there is no configuration \u{2018}{name}\u{2019}; there are {}", known.join(", ")))
    })?;
    Configuration::from_json(json)
}
