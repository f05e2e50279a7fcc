//! The rule that prices a council's claims: the pack `standard` with the configuration that is published beside it,
//! and what the demo's council sets further for its care homes.

use anyhow::Context as _;
use chrono::NaiveDate;
use counterfoil_core::pricing::facts::{Day, Setting, Value};
use counterfoil_rules::configuration;

use super::rates::RETENTION;

/// A rule with its settings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RuleChoice {
    /// The name of the pack.
    pub(crate) pack: String,
    /// The first day of the periods that it prices.
    pub(crate) active_from: NaiveDate,
    /// The council's settings for it.
    pub(crate) settings: Vec<Setting>,
}

/// A published configuration of the pack `standard`, from a day.
///
/// # Errors
/// When the configuration cannot be read.
pub(crate) fn published(name: &str, active_from: NaiveDate) -> anyhow::Result<RuleChoice> {
    let read =
        configuration::published(name).with_context(|| format!("the rule configuration {name} cannot be read"))?;
    Ok(RuleChoice { pack: read.pack, active_from, settings: read.settings })
}

impl RuleChoice {
    /// With retention for a service, as Havering pays it: four weeks in hospital in full, then the card's retention
    /// band; five further days after a death.
    #[must_use]
    pub(crate) fn keeping_places(mut self, service: &str) -> Self {
        let from = Day::of(self.active_from);
        let kept = [
            ("hospital-full-days", Value::Number(28)),
            ("hospital-band", Value::Code(RETENTION.to_owned())),
            ("death-days", Value::Number(5)),
        ];
        self.settings.extend(kept.into_iter().map(|(key, value)| Setting {
            key: key.to_owned(),
            scope: service.to_owned(),
            from,
            value,
        }));
        self
    }
}
