//! What a run posts: for each claim line, its entitlement now less everything posted before. First payment, late
//! actuals, backdated rates, retraction and recovery are all this one mechanism. Entries are append-only; nothing
//! posted is ever edited, and applying the mechanism twice gives zero. After it, [`run`](crate::run).

use serde::{Deserialize, Serialize};

use crate::money::{Money, Overflow};

/// An entry that a run posts for a claim line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// 1 for the first entry of the claim line; unique by claim line.
    pub sequence: u32,
    /// What the line is entitled to now.
    pub entitlement: Money,
    /// The sum of everything posted for it before.
    pub posted_before: Money,
    /// The difference: negative when money is owed back. Never zero.
    pub amount: Money,
    /// What kind of entry it is.
    pub kind: EntryKind,
}

/// Why an entry was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The first for its line.
    First,
    /// A later one: late actuals, a backdated rate, a plan that changed.
    Adjustment,
    /// One that takes everything posted back.
    Retraction,
}

impl EntryKind {
    /// The number that is stored.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::First => 0,
            Self::Adjustment => 1,
            Self::Retraction => 2,
        }
    }

    /// The kind that a stored number stands for.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        [Self::First, Self::Adjustment, Self::Retraction].into_iter().find(|kind| kind.code() == code)
    }
}

/// What to post for a claim line: entitlement now less what was posted before; none where that is nothing.
///
/// `entries` is how many entries the line has already.
///
/// # Errors
/// [`Overflow`] when the difference does not fit; the caller suspends the claim.
pub fn post(entitlement: Money, posted_before: Money, entries: u32) -> Result<Option<Posting>, Overflow> {
    let amount = entitlement.checked_sub(posted_before)?;
    if amount.is_zero() {
        return Ok(None);
    }
    let kind = match entries {
        0 => EntryKind::First,
        _ if entitlement.is_zero() => EntryKind::Retraction,
        _ => EntryKind::Adjustment,
    };
    let sequence = entries.checked_add(1).ok_or(Overflow)?;
    Ok(Some(Posting { sequence, entitlement, posted_before, amount, kind }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posting_twice_gives_nothing_the_second_time() {
        let entitlement = Money::from_pence(943);
        let first = post(entitlement, Money::ZERO, 0).expect("it fits").expect("an entry");
        assert_eq!((first.amount, first.kind), (entitlement, EntryKind::First));
        assert_eq!(post(entitlement, first.amount, 1), Ok(None));
    }

    #[test]
    fn there_and_back_again_mirrors() {
        let (old, new) = (Money::from_pence(245_185), Money::from_pence(250_000));
        let there = post(new, old, 1).expect("it fits").expect("an entry");
        let back = post(old, new, 2).expect("it fits").expect("an entry");
        assert_eq!(there.amount.mirrored(), Ok(back.amount));
        let gone = post(Money::ZERO, old, 3).expect("it fits").expect("an entry");
        assert_eq!((gone.amount, gone.kind), (Money::from_pence(-245_185), EntryKind::Retraction));
    }
}
