//! What the adapters of all versions have in common, each over bindings of its own: shapes that versions share are
//! converted by the same macro, so that a version's file says only what is particular to it.

/// What the lists of an ordinary claim take when they are lent, in bytes.
pub(super) const ARENA: usize = 16 * 1024;

/// Writes the adapter for the version whose WIT lies in a folder. The file that calls it converts the description.
macro_rules! adapter {
    ($wit:literal) => {
        #[allow(missing_docs, unreachable_pub, clippy::all)]
        mod bindings {
            wasmtime::component::bindgen!({
                path: $wit,
                world: "rule",
                ownership: Borrowing { duplicate_if_necessary: false },
            });
        }

        /// The interface's shapes: those of facts lent, those of an answer owned.
        pub use bindings::exports::counterfoil::rules::pricing as shapes;

        /// What a rule says, in the interface's shapes and back.
        pub mod wire {
            $crate::wire!(answer super::shapes);
        }

        /// A claim's facts, lent to the interface.
        pub mod lent {
            $crate::lend!(super::shapes);
        }

        /// A component whose imports (none) and exports were checked, ready to be instantiated.
        pub(crate) struct Ready(bindings::RulePre<$crate::instance::Guest>);

        impl Ready {
            /// Checks the component against the interface, with an empty linker.
            pub(crate) fn new(
                linker: &wasmtime::component::Linker<$crate::instance::Guest>,
                component: &wasmtime::component::Component,
            ) -> wasmtime::Result<Self> {
                bindings::RulePre::new(linker.instantiate_pre(component)?).map(Self)
            }

            /// A fresh instance.
            pub(crate) fn instantiate(
                &self,
                store: &mut wasmtime::Store<$crate::instance::Guest>,
            ) -> wasmtime::Result<Instance> {
                self.0.instantiate(store).map(Instance)
            }
        }

        /// A running rule.
        pub(crate) struct Instance(bindings::Rule);

        impl Instance {
            /// What the rule says about itself.
            pub(crate) fn describe(
                &self,
                store: &mut wasmtime::Store<$crate::instance::Guest>,
            ) -> wasmtime::Result<counterfoil_core::pricing::Description> {
                self.0.counterfoil_rules_pricing().call_describe(store).map(wire::Wire::from_abi)
            }

            /// What the rule says of one claim.
            pub(crate) fn assess(
                &self,
                store: &mut wasmtime::Store<$crate::instance::Guest>,
                facts: &counterfoil_core::pricing::ClaimFacts,
            ) -> wasmtime::Result<counterfoil_core::pricing::Answer> {
                let arena = $crate::Bump::with_capacity($crate::abi::adapter::ARENA);
                let lent = lent::Lend::lend(facts, &arena);
                self.0.counterfoil_rules_pricing().call_assess(store, lent).map(wire::Wire::from_abi)
            }
        }
    };
}

pub(super) use adapter;
