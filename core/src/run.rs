//! A payment run of one schedule and pay period, and what it pays each payee: its entries, with the balance brought
//! forward and carried forward. Before it stand the [`entry`](crate::entry) postings, after it the payment file
//! ([`bacs`](crate::bacs)) and the [`remittance`](crate::remittance).

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::money::{Money, Overflow};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Contracts are being worked through.
    Open,
    /// Every contract is in; nothing can be added.
    Finalised,
    /// A second person has approved it.
    Approved,
    /// The payment file is stored.
    FileIssued,
    /// The file has left.
    Sent,
    /// The bank has paid.
    Settled,
    /// It is not known whether the file arrived: a person finds out, and nothing resends it.
    Unknown,
}

impl RunState {
    /// Every state, in order.
    pub const ALL: [Self; 7] =
        [Self::Open, Self::Finalised, Self::Approved, Self::FileIssued, Self::Sent, Self::Settled, Self::Unknown];

    /// The number that is stored.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Open => 0,
            Self::Finalised => 1,
            Self::Approved => 2,
            Self::FileIssued => 3,
            Self::Sent => 4,
            Self::Settled => 5,
            Self::Unknown => 6,
        }
    }

    /// The state that a stored number stands for.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The state in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Open => "Being prepared",
            Self::Finalised => "Finalised",
            Self::Approved => "Approved",
            Self::FileIssued => "Payment file issued",
            Self::Sent => "Sent to the bank",
            Self::Settled => "Paid",
            Self::Unknown => "To be checked with the bank",
        }
    }

    /// Whether a run may go from this state to another.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Open, Self::Finalised)
                | (Self::Finalised, Self::Approved)
                // a later change of bank details voids the approval
                | (Self::Approved, Self::Finalised | Self::FileIssued)
                | (Self::FileIssued, Self::Sent | Self::Unknown)
                | (Self::Sent, Self::Settled | Self::Unknown)
                | (Self::Unknown, Self::Sent | Self::Settled)
        )
    }
}

/// Why somebody may not approve a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MayNotApprove {
    /// They prepared it.
    #[error("You prepared this run, so somebody else has to approve it.")]
    Preparer,
    /// They changed bank details that it pays to.
    #[error("You changed bank details that this run pays to, so somebody else has to approve it.")]
    EditedBankDetails,
}

/// Whether somebody may approve a run.
///
/// # Errors
/// [`MayNotApprove`] with the reason.
pub fn may_approve(
    approver: PersonId,
    preparer: Option<PersonId>,
    bank_editors: &[PersonId],
) -> Result<(), MayNotApprove> {
    if preparer == Some(approver) {
        return Err(MayNotApprove::Preparer);
    }
    if bank_editors.contains(&approver) {
        return Err(MayNotApprove::EditedBankDetails);
    }
    Ok(())
}

/// What a run does for one payee: `entries + brought forward - carried forward = payment`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayeePayment {
    /// What earlier runs left over: negative when the payee owes.
    pub brought_forward: Money,
    /// The sum of this run's entries.
    pub entries: Money,
    /// What goes out; never negative.
    pub payment: Money,
    /// What is left for the next run: a debt, or a balance too small to send.
    pub carried_forward: Money,
}

/// Settles a payee in a run. A balance below nothing makes no bank record and is carried; so is one smaller than
/// the council sends out (Carmarthenshire holds what is below £5.00 and lets it accumulate).
///
/// # Errors
/// [`Overflow`] when the sums do not fit.
pub fn settle_payee(brought_forward: Money, entries: Money, smallest: Money) -> Result<PayeePayment, Overflow> {
    let due = brought_forward.checked_add(entries)?;
    let goes_out = due > Money::ZERO && due >= smallest;
    let (payment, carried_forward) = if goes_out { (due, Money::ZERO) } else { (Money::ZERO, due) };
    Ok(PayeePayment { brought_forward, entries, payment, carried_forward })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn pence(pence: i64) -> Money {
        Money::from_pence(pence)
    }

    #[test]
    fn a_debt_is_carried_and_never_sent() {
        let first = settle_payee(Money::ZERO, pence(-5_000), Money::ZERO).expect("it fits");
        assert_eq!((first.payment, first.carried_forward), (Money::ZERO, pence(-5_000)));
        let second = settle_payee(first.carried_forward, pence(8_000), Money::ZERO).expect("it fits");
        assert_eq!((second.payment, second.carried_forward), (pence(3_000), Money::ZERO));
    }

    #[test]
    fn a_small_balance_accumulates_until_it_is_sent() {
        let first = settle_payee(Money::ZERO, pence(499), pence(500)).expect("it fits");
        assert_eq!((first.payment, first.carried_forward), (Money::ZERO, pence(499)));
        let second = settle_payee(first.carried_forward, pence(1), pence(500)).expect("it fits");
        assert_eq!(second.payment, pence(500));
    }

    #[test]
    fn whoever_prepared_it_or_edited_bank_details_may_not_approve() {
        let person = |number| PersonId::from_uuid(Uuid::from_u128(number));
        assert_eq!(may_approve(person(1), Some(person(1)), &[]), Err(MayNotApprove::Preparer));
        assert_eq!(may_approve(person(1), Some(person(2)), &[person(1)]), Err(MayNotApprove::EditedBankDetails));
        assert_eq!(may_approve(person(1), Some(person(2)), &[person(3)]), Ok(()));
    }

    #[test]
    fn nothing_resends_a_run_by_itself() {
        for state in RunState::ALL {
            assert_eq!(RunState::from_code(state.code()), Some(state));
            assert!(!state.may_become(RunState::Open));
        }
        assert!(!RunState::Unknown.may_become(RunState::FileIssued));
        assert!(!RunState::Open.may_become(RunState::Approved));
    }
}
