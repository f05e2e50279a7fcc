//! What an officer decides on a suspended line. Which lines are suspended is known only once they are priced, so
//! the timeline says when an officer goes through them, and this says what becomes of each.

use super::act::ClaimKey;
use crate::demo::seed::Seed;

/// A decision on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Choice {
    /// All that is suspended is paid.
    Accept,
    /// So many hundredths of what was stated are accepted, and priced by the rule.
    AcceptPart {
        /// Of a hundred.
        percent: i64,
    },
    /// So many hundredths of the sum claimed are paid, by hand, with a second person.
    Amount {
        /// Of a hundred.
        percent: i64,
    },
    /// Nothing of it is paid.
    Reject,
    /// It waits for the social worker.
    Leave,
}

impl Choice {
    /// Why, in words that the provider reads.
    #[must_use]
    pub(crate) const fn because(self) -> &'static str {
        match self {
            Self::Accept => "The social worker asked for this care.",
            Self::AcceptPart { .. } => "Part of this was agreed with the social worker.",
            Self::Amount { .. } => "Agreed with the provider by telephone.",
            Self::Reject => "This was not commissioned. Ask for a change of the plan first.",
            Self::Leave => "Waiting for the social worker.",
        }
    }
}

/// What becomes of a line of a claim. The same question always has the same answer.
#[must_use]
pub(crate) fn choice(seed: Seed, claim: &ClaimKey, line: u32) -> Choice {
    let mut random = seed.random(&format!("settle/{claim}/{line}"));
    match random.below(100) {
        0..50 => Choice::Accept,
        50..66 => Choice::AcceptPart { percent: 75 },
        66..72 => Choice::Amount { percent: 50 },
        72..86 => Choice::Reject,
        _ => Choice::Leave,
    }
}
