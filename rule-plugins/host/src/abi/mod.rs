//! Which version of the interface a component speaks, read from its bytes before anything of it is compiled or
//! run, and the table of versions that this service supports, each with an adapter of its own.

mod read;
pub mod v0_1_0;

pub use read::{Surface, surface};

use counterfoil_core::pricing::Fault;

/// The name of the interface that a rule exports, without its version.
pub const INTERFACE: &str = "counterfoil:rules/pricing";

/// A version of the interface that this service supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abi {
    /// 0.1.0
    V0_1_0,
}

/// Every supported version, newest first.
pub const SUPPORTED: &[(Abi, &str)] = &[(Abi::V0_1_0, "0.1.0")];

impl Abi {
    /// The version as it is written.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::V0_1_0 => "0.1.0",
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
        SUPPORTED.iter().find(|(_, supported)| *supported == version).map(|(abi, _)| *abi).ok_or_else(|| {
            let supported: Vec<&str> = SUPPORTED.iter().map(|(_, version)| *version).collect();
            refused(format!(
                "it was built for version \u{2018}{}\u{2019} of the rule interface; this service supports {}: rebuild it \
                 against one of them",
                shown(version),
                supported.join(", ")
            ))
        })
    }
}

pub(crate) fn refused(sentence: String) -> Fault {
    Fault::NotARule { sentence }
}

/// A name from a stranger's file, cut to what can be shown.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(80).collect()
}
