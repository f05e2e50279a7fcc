//! Bank accounts that look like ones and belong to nobody: sort codes begin with 99.

use counterfoil_core::bacs::Originator;

use crate::demo::seed::Seed;

/// An account that money is paid into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BankAccount {
    /// Six digits.
    pub(crate) sort_code: String,
    /// Eight digits.
    pub(crate) account: String,
    /// Whose it is.
    pub(crate) name: String,
}

/// The account of whoever a path names.
#[must_use]
pub(crate) fn account(seed: Seed, path: &str, name: &str) -> BankAccount {
    let mut random = seed.random(&format!("bank/{path}"));
    BankAccount {
        sort_code: format!("99{:04}", random.below(10_000)),
        account: format!("{:08}", 10_000_000 + random.below(90_000_000)),
        name: name.to_owned(),
    }
}

/// The account that a council pays from, with a service user number of six digits.
#[must_use]
pub(crate) fn originator(seed: Seed, slug: &str, name: &str) -> Originator {
    let paying = account(seed, &format!("{slug}/originator"), name);
    let mut random = seed.random(&format!("sun/{slug}"));
    Originator {
        sun: format!("9{:05}", random.below(100_000)),
        sort_code: paying.sort_code,
        account: paying.account,
        name: paying.name,
    }
}
