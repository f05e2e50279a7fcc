//! What the author of a council's payment rule uses.
//!
//! A rule is a type that implements [`Rule`]: it says what it is, and prices one claim. The same code runs as a
//! component in the service and natively in its author's tests. [`export!`] makes it a component.
//!
//! ```
//! use counterfoil_rule_sdk::{Answer, ClaimFacts, Description, Rule, UnitOfPricing, accept_all};
//!
//! struct NothingIsPaid;
//!
//! impl Rule for NothingIsPaid {
//!     fn describe() -> Description {
//!         Description {
//!             name: "nothing-is-paid".to_owned(),
//!             version: "1".to_owned(),
//!             covers: Vec::new(),
//!             settings_schema: "{}".to_owned(),
//!             unit: UnitOfPricing::Line,
//!             look_back_days: 0,
//!         }
//!     }
//!
//!     fn assess(facts: &ClaimFacts) -> Answer {
//!         accept_all(facts, |_line| Vec::new())
//!     }
//! }
//!
//! counterfoil_rule_sdk::export!(NothingIsPaid);
//! ```
//!
//! The helpers: [`days`] (weekdays, spans), [`lookup`] (attributes and settings by date), [`rates`] (the row of the
//! rate card for a day, time or length of visit), [`price`] (the one rounding, the same as the service's), [`reason`]
//! (codes with arguments), [`round`] (minutes to an increment).
//!
//! A rule is given a fresh instance for each claim, a computing allowance that grows with the claim, 32 MiB of
//! memory, and nothing else: no clock, no files, no randomness. It answers in whole pence, each the product of a rate-card
//! row and units; the service recomputes every sum.
//!
//! A rule speaks version 1.0.0 of the interface. With the feature `draft-1-1` it speaks the draft of the next one, in which
//! it brings the words of its reason codes along; such a rule can be checked and tried, and not uploaded yet.

pub mod days;
pub mod lookup;
#[cfg(target_arch = "wasm32")]
mod memory;
pub mod price;
pub mod rates;
pub mod reason;
pub mod round;

#[doc(hidden)]
#[allow(missing_docs, unsafe_code, unreachable_pub, clippy::all)]
pub mod bindings {
    #[cfg(not(feature = "draft-1-1"))]
    wit_bindgen::generate!({
        path: "../wit/1.0.0",
        world: "rule",
        pub_export_macro: true,
        export_macro_name: "export_component",
        default_bindings_module: "counterfoil_rule_sdk::bindings",
        additional_derives: [PartialEq],
    });
    #[cfg(feature = "draft-1-1")]
    wit_bindgen::generate!({
        path: "../wit/1.1.0-draft",
        world: "rule",
        pub_export_macro: true,
        export_macro_name: "export_component",
        default_bindings_module: "counterfoil_rule_sdk::bindings",
        additional_derives: [PartialEq],
    });
}

/// The shapes of the interface: see the WIT for what each field means, with its unit.
pub mod types {
    #[cfg(feature = "draft-1-1")]
    pub use crate::bindings::exports::counterfoil::rules::pricing::Wording;
    pub use crate::bindings::exports::counterfoil::rules::pricing::{
        Answer, Arg, Attribute, Charge, ClaimFacts, Day, DayFacts, DayKind, Description, EarlierDay, Ending,
        EndingKind, Finding, FindingLevel, LineFacts, LineVerdict, PlannedDay, PlannedVisit, RateRow, Reason,
        Recording, Setting, Span, StatedDay, StatedVisit, Stay, StayKind, Terms, Unit, UnitOfPricing, Value, Verdict,
    };
}

pub use types::*;

/// A council's payment rule.
pub trait Rule {
    /// What the rule is, and the JSON Schema of its settings.
    fn describe() -> Description;

    /// Prices one claim. Every line gets one verdict, and every stated unit is in one charge.
    fn assess(facts: &ClaimFacts) -> Answer;
}

/// An answer that takes the charges of each line and accepts every line.
pub fn accept_all(facts: &ClaimFacts, mut charges: impl FnMut(&LineFacts) -> Vec<Charge>) -> Answer {
    Answer {
        charges: facts.lines.iter().flat_map(&mut charges).collect(),
        findings: Vec::new(),
        verdicts: facts
            .lines
            .iter()
            .map(|line| LineVerdict { line: line.line, verdict: Verdict::Payable, reason: reason::plain("priced") })
            .collect(),
    }
}

/// Makes a component of a [`Rule`]. Natively it does nothing, so that the same crate can be called directly.
#[macro_export]
macro_rules! export {
    ($rule:ty) => {
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, missing_docs, unreachable_pub)]
        mod component {
            use super::*;

            struct Component;

            impl $crate::bindings::exports::counterfoil::rules::pricing::Guest for Component {
                fn describe() -> $crate::Description {
                    <$rule as $crate::Rule>::describe()
                }

                fn assess(facts: $crate::ClaimFacts) -> $crate::Answer {
                    // the instance goes with the answer: taking the facts apart piece by piece would be for nothing
                    let facts = ::core::mem::ManuallyDrop::new(facts);
                    <$rule as $crate::Rule>::assess(&facts)
                }
            }

            $crate::bindings::export_component!(Component with_types_in $crate::bindings);
        }
    };
}

#[cfg(not(target_arch = "wasm32"))]
pub mod testing;
