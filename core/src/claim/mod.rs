//! A claim (contract x service user x claim period) and its one state machine with two vocabularies. It is
//! generated from the [`plan`](crate::plan), stated and confirmed by the provider, locked and paid by a
//! [`run`](crate::run).

mod known;

pub use known::{KnownClaim, KnownLine, LONGEST_TAIL};

use serde::{Deserialize, Serialize};

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimState {
    /// Made from the plan.
    Generated,
    /// The provider has stated actuals.
    Stated,
    /// The provider has declared that it is right.
    Confirmed,
    /// In a run.
    Locked,
    /// Paid by a run.
    Paid,
}

/// What makes a claim payable: a setting of its schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Nothing: it is generated from the plan known at the cut-off (residential care, payments in advance).
    Plan,
    /// The provider's confirmation.
    Confirmation,
    /// Actuals, and the provider's confirmation of them.
    ActualsAndConfirmation,
}

/// What happens to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimEvent {
    /// The provider states actuals, or states them again.
    State,
    /// The provider confirms (verifies).
    Confirm,
    /// The provider takes the confirmation back (un-verifies).
    Unconfirm,
    /// The council sends it back to the provider with a reason.
    SendBack,
    /// A run takes it.
    Lock,
    /// The run that held it was given up before its payment file was issued.
    Release,
    /// The run paid it.
    Pay,
}

/// Why something cannot happen to a claim now, in words for whoever tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is confirmed.
    #[error("This claim is confirmed. Take the confirmation back before changing its actuals.")]
    Confirmed,
    /// Actuals have not been stated.
    #[error("Enter the actuals for this claim before confirming it.")]
    NothingStated,
    /// It is in a run.
    #[error(
        "This claim is already in a payment run and can no longer be changed. A later change is paid or recovered by the next run."
    )]
    InRun,
    /// It is not confirmed.
    #[error("This claim is not confirmed.")]
    NotConfirmed,
    /// It is not in a run.
    #[error("This claim is not in a payment run.")]
    NotInRun,
    /// It was paid.
    #[error(
        "This claim has been paid. Change its actuals and confirm it again; the difference goes into the next run."
    )]
    AlreadyPaid,
}

impl ClaimState {
    /// Every state, in order.
    pub const ALL: [Self; 5] = [Self::Generated, Self::Stated, Self::Confirmed, Self::Locked, Self::Paid];

    /// The number that is stored.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Generated => 0,
            Self::Stated => 1,
            Self::Confirmed => 2,
            Self::Locked => 3,
            Self::Paid => 4,
        }
    }

    /// The state that a stored number stands for.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Where a claim stands after something has happened to it.
    ///
    /// `stated` tells whether actuals were ever stated, which is where a confirmation taken back returns to.
    ///
    /// # Errors
    /// [`Refused`] when it cannot happen now.
    pub const fn after(self, event: ClaimEvent, basis: Basis, stated: bool) -> Result<Self, Refused> {
        match (event, self) {
            (ClaimEvent::State, Self::Generated | Self::Stated | Self::Paid) => Ok(Self::Stated),
            (ClaimEvent::State | ClaimEvent::Confirm, Self::Locked) => Err(Refused::InRun),
            (ClaimEvent::State, Self::Confirmed) => Err(Refused::Confirmed),

            (ClaimEvent::Confirm, Self::Generated) => match basis {
                Basis::ActualsAndConfirmation => Err(Refused::NothingStated),
                Basis::Plan | Basis::Confirmation => Ok(Self::Confirmed),
            },
            (ClaimEvent::Confirm, Self::Stated | Self::Confirmed) => Ok(Self::Confirmed),
            (ClaimEvent::Confirm, Self::Paid) => Err(Refused::AlreadyPaid),

            (ClaimEvent::Unconfirm | ClaimEvent::SendBack, Self::Confirmed) => {
                Ok(if stated { Self::Stated } else { Self::Generated })
            }
            (ClaimEvent::Unconfirm | ClaimEvent::SendBack, Self::Locked) => Err(Refused::InRun),
            (ClaimEvent::Unconfirm | ClaimEvent::SendBack, Self::Paid) => Err(Refused::AlreadyPaid),
            (ClaimEvent::Unconfirm | ClaimEvent::SendBack, _) => Err(Refused::NotConfirmed),

            // a run takes what is confirmed, what needs no confirmation, and what was paid and has changed since
            (ClaimEvent::Lock, Self::Confirmed | Self::Paid) => Ok(Self::Locked),
            (ClaimEvent::Lock, Self::Generated | Self::Stated) => match basis {
                Basis::Plan => Ok(Self::Locked),
                Basis::Confirmation | Basis::ActualsAndConfirmation => Err(Refused::NotConfirmed),
            },
            (ClaimEvent::Lock, Self::Locked) => Err(Refused::InRun),

            (ClaimEvent::Release, Self::Locked) => Ok(Self::Confirmed),
            (ClaimEvent::Pay, Self::Locked) => Ok(Self::Paid),
            (ClaimEvent::Release | ClaimEvent::Pay, _) => Err(Refused::NotInRun),
        }
    }
}

/// Which words a council uses for the one state machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vocabulary {
    /// 'Actuals' words (Worcestershire, Bradford, South Tyneside).
    Actuals,
    /// 'Provisional invoice' words (Mosaic).
    ProvisionalInvoices,
}

impl Vocabulary {
    /// A state as the council's providers know it.
    #[must_use]
    pub const fn state(self, state: ClaimState) -> &'static str {
        match (self, state) {
            (Self::Actuals, ClaimState::Generated) => "Unconfirmed",
            (Self::Actuals, ClaimState::Stated) => "Unconfirmed, amended",
            (Self::Actuals, ClaimState::Confirmed) => "Confirmed",
            (Self::Actuals, ClaimState::Locked) => "Finalised",
            (Self::ProvisionalInvoices, ClaimState::Generated) => "Awaiting Verification",
            (Self::ProvisionalInvoices, ClaimState::Stated) => "Awaiting Verification, edited",
            (Self::ProvisionalInvoices, ClaimState::Confirmed) => "Verified",
            (Self::ProvisionalInvoices, ClaimState::Locked) => "Processed",
            (_, ClaimState::Paid) => "Paid",
        }
    }

    /// What the provider's declaration is called.
    #[must_use]
    pub const fn confirm(self) -> &'static str {
        match self {
            Self::Actuals => "Confirm",
            Self::ProvisionalInvoices => "Verify",
        }
    }

    /// What taking it back is called.
    #[must_use]
    pub const fn unconfirm(self) -> &'static str {
        match self {
            Self::Actuals => "Take back confirmation",
            Self::ProvisionalInvoices => "Un-verify",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [ClaimEvent; 7] = [
        ClaimEvent::State,
        ClaimEvent::Confirm,
        ClaimEvent::Unconfirm,
        ClaimEvent::SendBack,
        ClaimEvent::Lock,
        ClaimEvent::Release,
        ClaimEvent::Pay,
    ];

    #[test]
    fn nothing_but_the_run_moves_a_claim_that_is_in_a_run() {
        for event in EVENTS {
            let moved = ClaimState::Locked.after(event, Basis::ActualsAndConfirmation, true);
            assert_eq!(moved.is_ok(), matches!(event, ClaimEvent::Release | ClaimEvent::Pay), "{event:?}");
        }
    }

    #[test]
    fn only_a_locked_claim_is_paid() {
        for state in ClaimState::ALL {
            let paid = state.after(ClaimEvent::Pay, Basis::Confirmation, true);
            assert_eq!(paid.is_ok(), state == ClaimState::Locked, "{state:?}");
        }
    }

    #[test]
    fn actuals_come_before_confirmation_where_the_schedule_says_so() {
        let generated = ClaimState::Generated;
        assert_eq!(
            generated.after(ClaimEvent::Confirm, Basis::ActualsAndConfirmation, false),
            Err(Refused::NothingStated)
        );
        assert_eq!(generated.after(ClaimEvent::Confirm, Basis::Confirmation, false), Ok(ClaimState::Confirmed));
        assert_eq!(generated.after(ClaimEvent::Lock, Basis::Plan, false), Ok(ClaimState::Locked));
    }

    #[test]
    fn a_confirmation_taken_back_returns_to_what_was_stated() {
        let back = |stated| ClaimState::Confirmed.after(ClaimEvent::Unconfirm, Basis::Confirmation, stated);
        assert_eq!(back(true), Ok(ClaimState::Stated));
        assert_eq!(back(false), Ok(ClaimState::Generated));
    }

    #[test]
    fn every_state_is_read_back_from_its_number_and_has_words_in_both_vocabularies() {
        for state in ClaimState::ALL {
            assert_eq!(ClaimState::from_code(state.code()), Some(state));
            assert!(!Vocabulary::Actuals.state(state).is_empty());
            assert!(!Vocabulary::ProvisionalInvoices.state(state).is_empty());
        }
    }
}
