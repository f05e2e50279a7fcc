//! The adapter for version 0.1.0 of the interface: bindings made from its WIT, and the conversion to and from
//! the core's shapes.

use bumpalo::Bump;
use counterfoil_core::pricing::{Answer, ClaimFacts, Description};
use wasmtime::component::{Component, Linker};
use wasmtime::{Result, Store};

use crate::instance::Guest;
use crate::lend::Lend as _;

/// What the lists of an ordinary claim take when they are lent, in bytes.
const ARENA: usize = 16 * 1024;

#[allow(missing_docs, unreachable_pub, clippy::all)]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit/0.1.0",
        world: "rule",
        ownership: Borrowing { duplicate_if_necessary: false },
    });
}

/// The interface's shapes: those of facts lent, those of an answer owned.
pub use bindings::exports::counterfoil::rules::pricing as shapes;

/// What a rule says, in the interface's shapes and back.
pub mod wire {
    crate::wire!(answer super::shapes);
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
        self.0.counterfoil_rules_pricing().call_describe(store).map(Description::from_abi)
    }

    /// What the rule says of one claim.
    pub(crate) fn assess(&self, store: &mut Store<Guest>, facts: &ClaimFacts) -> Result<Answer> {
        let arena = Bump::with_capacity(ARENA);
        self.0.counterfoil_rules_pricing().call_assess(store, facts.lend(&arena)).map(Answer::from_abi)
    }
}
