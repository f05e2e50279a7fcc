//! Which version of the interface a component speaks, read from its bytes before anything of it is compiled or
//! run, and the table of versions that this service supports, each with an adapter of its own: rules of several
//! versions price side by side.

mod adapter;
mod read;
pub mod v1_0_0;
pub mod v1_1_0_draft;

pub use read::{Surface, surface};

use counterfoil_core::pricing::{Answer, ClaimFacts, Description, Fault};
use wasmtime::component::{Component, Linker};
use wasmtime::{Result as Ran, Store};

use crate::instance::Guest;

/// The name of the interface that a rule exports, without its version.
pub const INTERFACE: &str = "counterfoil:rules/pricing";

/// A version of the interface that this service supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abi {
    /// 1.0.0
    V1_0_0,
    /// 1.1.0, a draft
    V1_1_0Draft,
}

/// What may be done with rules of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Frozen: a rule of it can be uploaded, and prices as long as anybody pays by it.
    Frozen,
    /// May still change: a rule of it is checked and tried by its author, and never uploaded.
    Draft,
}

/// Every supported version, newest first.
pub const SUPPORTED: &[(Abi, &str, Standing)] =
    &[(Abi::V1_1_0Draft, "1.1.0-draft", Standing::Draft), (Abi::V1_0_0, "1.0.0", Standing::Frozen)];

/// The versions that are frozen, newest first: those that rules are built for.
pub fn frozen() -> impl Iterator<Item = &'static str> {
    SUPPORTED.iter().filter(|(.., standing)| *standing == Standing::Frozen).map(|(_, version, _)| *version)
}

impl Abi {
    /// The version as it is written.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::V1_0_0 => "1.0.0",
            Self::V1_1_0Draft => "1.1.0-draft",
        }
    }

    /// What may be done with rules of it.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self {
            Self::V1_0_0 => Standing::Frozen,
            Self::V1_1_0Draft => Standing::Draft,
        }
    }

    /// The version that a component's surface asks for.
    ///
    /// # Errors
    /// [`Fault::NotARule`], saying what to change: it imports something, exports no rule, or another version.
    pub fn of(surface: &Surface) -> Result<Self, Fault> {
        if let Some(import) = surface.imports.first() {
            return Err(refused(format!(
                "it asks for \u{2018}{}\u{2019}, but a rule is given nothing from outside (no clock, files, network or \
                 randomness): build it for the target wasm32-unknown-unknown, without WASI",
                shown(import)
            )));
        }
        let Some(version) = surface.exports.iter().find_map(|export| export.strip_prefix(INTERFACE)) else {
            let instead = match surface.exports.first() {
                Some(export) => format!("it exports \u{2018}{}\u{2019}", shown(export)),
                None => "it exports nothing".to_owned(),
            };
            return Err(refused(format!(
                "{instead}, not \u{2018}{INTERFACE}\u{2019}: build it with the rule SDK, or for the world \u{2018}rule\u{2019} of \
                 the published interface"
            )));
        };
        let version = version.strip_prefix('@').unwrap_or(version);
        SUPPORTED.iter().find(|(_, supported, _)| *supported == version).map(|(abi, ..)| *abi).ok_or_else(|| {
            let frozen: Vec<&str> = frozen().collect();
            refused(format!(
                "it was built for version \u{2018}{}\u{2019} of the rule interface; this service supports {}: rebuild it \
                 against that",
                shown(version),
                frozen.join(" and ")
            ))
        })
    }

    /// Refuses a draft where rules are taken that price in earnest.
    ///
    /// # Errors
    /// [`Fault::NotARule`], saying what to change.
    pub fn in_earnest(self) -> Result<Self, Fault> {
        match self.standing() {
            Standing::Frozen => Ok(self),
            Standing::Draft => Err(refused(format!(
                "it was built for version \u{2018}{}\u{2019} of the rule interface, a draft that may still change: check and \
                 try it with \u{2018}counterfoil rules\u{2019}, and build it for {} to upload it",
                self.version(),
                Self::V1_0_0.version()
            ))),
        }
    }
}

/// A component that is ready to be instantiated, by the adapter of its version.
pub(crate) enum Ready {
    V1_0_0(v1_0_0::Ready),
    V1_1_0Draft(v1_1_0_draft::Ready),
}

/// A running rule, by the adapter of its version.
pub(crate) enum Instance {
    V1_0_0(v1_0_0::Instance),
    V1_1_0Draft(v1_1_0_draft::Instance),
}

impl Ready {
    /// Checks a component against the interface that it speaks, with an empty linker.
    pub(crate) fn new(abi: Abi, linker: &Linker<Guest>, component: &Component) -> Ran<Self> {
        match abi {
            Abi::V1_0_0 => v1_0_0::Ready::new(linker, component).map(Self::V1_0_0),
            Abi::V1_1_0Draft => v1_1_0_draft::Ready::new(linker, component).map(Self::V1_1_0Draft),
        }
    }

    /// A fresh instance.
    pub(crate) fn instantiate(&self, store: &mut Store<Guest>) -> Ran<Instance> {
        match self {
            Self::V1_0_0(ready) => ready.instantiate(store).map(Instance::V1_0_0),
            Self::V1_1_0Draft(ready) => ready.instantiate(store).map(Instance::V1_1_0Draft),
        }
    }
}

impl Instance {
    /// What the rule says about itself.
    pub(crate) fn describe(&self, store: &mut Store<Guest>) -> Ran<Description> {
        match self {
            Self::V1_0_0(instance) => instance.describe(store),
            Self::V1_1_0Draft(instance) => instance.describe(store),
        }
    }

    /// What the rule says of one claim.
    pub(crate) fn assess(&self, store: &mut Store<Guest>, facts: &ClaimFacts) -> Ran<Answer> {
        match self {
            Self::V1_0_0(instance) => instance.assess(store, facts),
            Self::V1_1_0Draft(instance) => instance.assess(store, facts),
        }
    }
}

pub(crate) fn refused(sentence: String) -> Fault {
    Fault::NotARule { sentence }
}

/// A name from a stranger's file, cut to what can be shown.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}
