//! What the steps need beside the database, put together once: the engine with the rule packs of the repository, their
//! words, bank holidays, and the key that opens the councils' keys. The only place that puts rules into steps.
//!
//! | variable | what it holds |
//! | --- | --- |
//! | `COUNTERFOIL_MASTER_KEY` | 64 hexadecimal digits; needed wherever a database is used that others use too |
//! | `COUNTERFOIL_INTERPRETED_RULES` | `true` takes rules with an interpreter inside, as TypeScript and Python make them; else they are refused |

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::language::Language;
use counterfoil_core::pricing::{Pricer as _, RuleDigest};
use counterfoil_rules::class::PERMITTED_BY;
use counterfoil_rules::{Limits, RuleEngine, WorkerCommand, packs};
use counterfoil_tenants::steps::Means;
use counterfoil_tenants::vault::MasterKey;

/// A rule pack as the engine loaded it.
#[derive(Debug, Clone)]
pub(crate) struct LoadedPack {
    /// The component.
    pub(crate) digest: RuleDigest,
    /// Its author's version.
    pub(crate) version: String,
    /// Its English sentences for reason codes.
    pub(crate) messages: BTreeMap<String, String>,
}

/// The steps' means, and the packs that were loaded for them, by name.
pub(crate) struct Loaded {
    pub(crate) means: Means,
    pub(crate) packs: BTreeMap<String, LoadedPack>,
}

/// Loads the repository's rule packs and puts the means together.
///
/// # Errors
/// When a pack cannot be loaded, or what is bundled cannot be read.
pub(crate) fn load(master_key: MasterKey) -> anyhow::Result<Loaded> {
    let worker = WorkerCommand::this_program().context("the program that compiles uploaded rules cannot be found")?;
    let engine = RuleEngine::new(Limits::default()).context("the rule engine cannot be started")?;
    let mut engine = engine.uploads_compiled_by(worker);
    if interpreted_are_permitted()? {
        engine = engine.permitting(Limits::interpreted()).context("there is no room for interpreted rules")?;
    }
    let mut packs_by_name = BTreeMap::new();
    let mut words = counterfoil_core::disposition::messages().context("the service's own words")?;
    for pack in packs::ALL {
        let digest = engine.load(pack.component).with_context(|| format!("the rule pack {}", pack.name))?;
        let described = engine.describe(&digest).with_context(|| format!("the rule pack {}", pack.name))?;
        let own = pack.words().with_context(|| format!("words of {}", pack.name))?;
        let messages = own.get(Language::English).map(|table| table.reasons.clone()).unwrap_or_default();
        let loaded = LoadedPack { digest, version: described.version, messages };
        words = words.overlaid_with(own);
        packs_by_name.insert(pack.name.to_owned(), loaded);
    }
    let means = Means {
        pricer: Arc::new(engine),
        holidays: Arc::new(BankHolidays::bundled().context("the bundled bank holidays")?),
        words: Arc::new(words),
        master_key: Arc::new(master_key),
    };
    Ok(Loaded { means, packs: packs_by_name })
}

/// Whether the environment permits rules with an interpreter inside.
///
/// # Errors
/// When it says neither yes nor no.
fn interpreted_are_permitted() -> anyhow::Result<bool> {
    match std::env::var(PERMITTED_BY).as_deref() {
        Err(_) | Ok("" | "false") => Ok(false),
        Ok("true") => Ok(true),
        Ok(other) => bail!("{PERMITTED_BY} is \u{2018}{other}\u{2019}: set it to true or false"),
    }
}

/// The key that the environment names.
///
/// # Errors
/// When it is not set or is no key.
pub(crate) fn master_key_of_environment() -> anyhow::Result<MasterKey> {
    let hex = std::env::var("COUNTERFOIL_MASTER_KEY")
        .context("COUNTERFOIL_MASTER_KEY is not set: give 64 hexadecimal digits, the same to every process")?;
    MasterKey::from_hex(&hex).context("COUNTERFOIL_MASTER_KEY")
}
