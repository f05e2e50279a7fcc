//! Where an invoice stands: read from its claims, never kept beside them.

use crate::claim::ClaimState;

/// A claim of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimStanding {
    /// Where it stands.
    pub state: ClaimState,
    /// Whether it still has the confirmation that the invoice gave it.
    pub is_its_own: bool,
    /// Whether something on it waits for the council.
    pub suspended: bool,
}

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum InvoiceState {
    /// Its claims are confirmed and wait for the run.
    Submitted,
    /// So they do, and the council decides on something.
    Suspended,
    /// A claim of it is open again: sent back by the council, or taken back.
    Returned,
    /// A run holds it, or a part of it.
    Locked,
    /// All of it is paid.
    Paid,
    /// Its provider took it back.
    Withdrawn,
}

impl InvoiceState {
    /// All, in the order of an invoice's way.
    pub const ALL: [Self; 6] =
        [Self::Submitted, Self::Suspended, Self::Returned, Self::Locked, Self::Paid, Self::Withdrawn];

    /// Where an invoice with these claims stands. What needs its provider is said before what only takes its time.
    #[must_use]
    pub fn of(withdrawn: bool, claims: &[ClaimStanding]) -> Self {
        let any = |is: fn(&ClaimStanding) -> bool| claims.iter().any(is);
        if withdrawn {
            Self::Withdrawn
        } else if any(|claim| !claim.is_its_own || matches!(claim.state, ClaimState::Generated | ClaimState::Stated)) {
            Self::Returned
        } else if any(|claim| claim.state == ClaimState::Locked) {
            Self::Locked
        } else if !claims.is_empty() && claims.iter().all(|claim| claim.state == ClaimState::Paid) {
            Self::Paid
        } else if any(|claim| claim.suspended) {
            Self::Suspended
        } else {
            Self::Submitted
        }
    }

    /// Whether it can be withdrawn: no run holds or paid any of it.
    #[must_use]
    pub fn can_be_withdrawn(withdrawn: bool, claims: &[ClaimStanding]) -> bool {
        let taken = |claim: &ClaimStanding| matches!(claim.state, ClaimState::Locked | ClaimState::Paid);
        !withdrawn && !claims.iter().any(|claim| claim.is_its_own && taken(claim))
    }

    /// As pages say it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Submitted => "Submitted",
            Self::Suspended => "Suspended in part",
            Self::Returned => "Open again in part",
            Self::Locked => "Locked",
            Self::Paid => "Paid",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// As addresses say it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Suspended => "suspended",
            Self::Returned => "returned",
            Self::Locked => "locked",
            Self::Paid => "paid",
            Self::Withdrawn => "withdrawn",
        }
    }
}
