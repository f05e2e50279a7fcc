//! The adapter for version 0.1.0 of the interface: bindings made from its WIT, and the conversion to and from
//! the core's shapes.

use counterfoil_core::pricing::{Answer, ClaimFacts, Description};
use wasmtime::component::{Component, Linker};
use wasmtime::{Result, Store};

use crate::instance::Guest;

#[allow(missing_docs, unreachable_pub, clippy::all)]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit/0.1.0",
        world: "rule",
    });
}

/// The interface's shapes, and each of the core's in them and back.
pub mod wire {
    crate::wire!(super::bindings::exports::counterfoil::rules::pricing);
}

use wire::Wire as _;

/// A component whose imports (none) and exports were checked, ready to be instantiated.
pub(crate) struct Ready(bindings::RulePre<Guest>);

impl Ready {
    /// Checks the component against the interface, with an empty linker.
    pub(crate) fn new(linker: &Linker<Guest>, component: &Component) -> Result<Self> {
        bindings::RulePre::new(linker.instantiate_pre(component)?).map(Self)
    }

    /// A fresh instance.
    pub(crate) fn instantiate(&self, store: &mut Store<Guest>) -> Result<Instance> {
        self.0.instantiate(store).map(Instance)
    }
}

/// A running rule.
pub(crate) struct Instance(bindings::Rule);

impl Instance {
    /// What the rule says about itself.
    pub(crate) fn describe(&self, store: &mut Store<Guest>) -> Result<Description> {
        self.0
            .counterfoil_rules_pricing()
            .call_describe(store)
            .map(Description::from_abi)
    }

    /// What the rule says of one claim.
    pub(crate) fn assess(&self, store: &mut Store<Guest>, facts: &ClaimFacts) -> Result<Answer> {
        self.0
            .counterfoil_rules_pricing()
            .call_assess(store, &facts.to_abi())
            .map(Answer::from_abi)
    }
}
