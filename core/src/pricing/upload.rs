//! What is known of a component once it was checked: before the check stands an upload, after it approval by somebody
//! else, and pricing.

use super::pricer::{Description, RuleDigest};

/// The most that a component of an ordinary rule may weigh, in bytes.
pub const LARGEST_COMPONENT: usize = 2 * 1024 * 1024;

/// A component that can be used as a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRule {
    /// Which, to the byte.
    pub digest: RuleDigest,
    /// Version of the interface that it speaks, for example `1.0.0`.
    pub interface: String,
    /// What it says about itself.
    pub description: Description,
    /// What became of the cases that were run through it, in their order.
    pub cases: Vec<CaseOutcome>,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseOutcome {
    /// It was priced.
    Ran {
        /// What the case calls itself; may be empty.
        name: String,
        /// How the outcome differs from what the case expects, a sentence each; none when it is as expected.
        differences: Vec<String>,
    },
    /// It is no case: where reading stopped, or what it lacks.
    Unreadable {
        /// What to change.
        sentence: String,
    },
}
