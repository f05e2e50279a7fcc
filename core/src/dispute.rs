//! A dispute about a [`claim`](crate::claim): one side says that something is wrong, the other answers by a deadline. One
//! small machine says who may do what when. It never touches money: what is agreed is put right where claims are, by a
//! decision of the council's or by the provider's own correction, and stands in the next [`run`](crate::run).

use chrono::{DateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{WorkingDays, clock};
use crate::side::Side;

/// The working days in which the other side answers, unless the council sets something else.
pub const USUAL_DAYS: u16 = 10;
/// The most that a council can set.
pub const MOST_DAYS: u16 = 60;

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeState {
    /// It waits for the other side's answer.
    Open,
    /// The other side agrees; whoever opened it closes it once it is put right.
    Agreed,
    /// The other side does not agree; whoever opened it answers back, closes or withdraws.
    NotAgreed,
    /// Whoever opened it has closed it.
    Closed,
    /// Whoever opened it has taken it back.
    Withdrawn,
}

/// What happens in a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeEvent {
    /// It is opened.
    Open,
    /// Something is written, which changes nothing.
    Write,
    /// The other side agrees.
    Agree,
    /// The other side does not agree, with a reason.
    Disagree,
    /// Whoever opened it answers back; the other side has the same time again.
    AnswerBack,
    /// It is settled.
    Close,
    /// It is taken back.
    Withdraw,
}

/// Why something cannot be done to a dispute now, in words for whoever tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is closed or withdrawn.
    #[error("This dispute is over. Open another one if something is still wrong.")]
    Over,
    /// Only whoever it was opened against answers it.
    #[error("Your side opened this dispute, so the other side answers it.")]
    OwnDispute,
    /// Only whoever opened it may do this.
    #[error("Only the side that opened this dispute can do that.")]
    NotYours,
    /// It has its answer.
    #[error("This dispute has been answered already.")]
    Answered,
    /// It has no answer yet.
    #[error("This dispute has not been answered yet. Withdraw it if it was a mistake.")]
    NotAnswered,
    /// The other side has agreed.
    #[error("The other side has agreed. Close the dispute once it is put right.")]
    Agreed,
    /// It is open already.
    #[error("This dispute is open already.")]
    IsOpen,
}

impl DisputeState {
    /// Every state, in order.
    pub const ALL: [Self; 5] = [Self::Open, Self::Agreed, Self::NotAgreed, Self::Closed, Self::Withdrawn];

    /// The number that is stored.
    #[must_use]
    pub const fn code(self) -> i16 {
        match self {
            Self::Open => 0,
            Self::Agreed => 1,
            Self::NotAgreed => 2,
            Self::Closed => 3,
            Self::Withdrawn => 4,
        }
    }

    /// The state that a stored number stands for.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// As addresses name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Agreed => "agreed",
            Self::NotAgreed => "not-agreed",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Open => "Waits for an answer",
            Self::Agreed => "Agreed",
            Self::NotAgreed => "Not agreed",
            Self::Closed => "Closed",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn)
    }

    /// The side that has to do something next; none once it is over.
    #[must_use]
    pub const fn awaits(self, opened_by: Side) -> Option<Side> {
        match self {
            Self::Open => Some(opened_by.other()),
            Self::Agreed | Self::NotAgreed => Some(opened_by),
            Self::Closed | Self::Withdrawn => None,
        }
    }

    /// Where a dispute stands after a side has done something.
    ///
    /// # Errors
    /// [`Refused`] when that side cannot do it now.
    pub fn after(self, event: DisputeEvent, by: Side, opened_by: Side) -> Result<Self, Refused> {
        let is_own = by == opened_by;
        match (event, self) {
            (DisputeEvent::Open, _) => Err(Refused::IsOpen),
            (_, Self::Closed | Self::Withdrawn) => Err(Refused::Over),
            (DisputeEvent::Write, _) => Ok(self),
            (DisputeEvent::Agree | DisputeEvent::Disagree, _) if is_own => Err(Refused::OwnDispute),
            // whoever did not agree may come round
            (DisputeEvent::Agree, Self::Open | Self::NotAgreed) => Ok(Self::Agreed),
            (DisputeEvent::Disagree, Self::Open) => Ok(Self::NotAgreed),
            (DisputeEvent::Agree | DisputeEvent::Disagree, _) => Err(Refused::Answered),
            (DisputeEvent::AnswerBack | DisputeEvent::Close | DisputeEvent::Withdraw, _) if !is_own => {
                Err(Refused::NotYours)
            }
            (DisputeEvent::AnswerBack | DisputeEvent::Close, Self::Open) => Err(Refused::NotAnswered),
            (DisputeEvent::AnswerBack, _) => Ok(Self::Open),
            (DisputeEvent::Close, _) => Ok(Self::Closed),
            (DisputeEvent::Withdraw, Self::Agreed) => Err(Refused::Agreed),
            (DisputeEvent::Withdraw, _) => Ok(Self::Withdrawn),
        }
    }
}

impl DisputeEvent {
    /// What may happen after the opening, in the order in which pages offer it.
    pub const LATER: [Self; 6] =
        [Self::Agree, Self::Disagree, Self::AnswerBack, Self::Close, Self::Withdraw, Self::Write];

    /// As it is stored, and as forms send it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Write => "write",
            Self::Agree => "agree",
            Self::Disagree => "disagree",
            Self::AnswerBack => "answer_back",
            Self::Close => "close",
            Self::Withdraw => "withdraw",
        }
    }

    /// What somebody did, for people to read.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Open => "opened the dispute",
            Self::Write => "wrote",
            Self::Agree => "agreed",
            Self::Disagree => "did not agree",
            Self::AnswerBack => "answered back",
            Self::Close => "closed the dispute",
            Self::Withdraw => "withdrew the dispute",
        }
    }

    /// Whether it says nothing without words: to agree, to close and to withdraw are enough by themselves.
    #[must_use]
    pub const fn needs_words(self) -> bool {
        matches!(self, Self::Open | Self::Write | Self::Disagree | Self::AnswerBack)
    }

    /// Whether the other side then has to answer by a deadline.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::Open | Self::AnswerBack)
    }
}

/// What a dispute is about, in the words of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeReason {
    /// What was delivered.
    Quantity,
    /// What it costs.
    Rate,
    /// What was commissioned.
    PlannedHours,
    /// What the council holds or does not pay.
    SuspendedOrRejected,
    /// What should have come.
    NotPaid,
    /// What should not have come.
    PaidTooMuch,
    /// Something else, which its message says.
    Other,
}

impl DisputeReason {
    /// Every reason, in the order of the form.
    pub const ALL: [Self; 7] = [
        Self::Quantity,
        Self::Rate,
        Self::PlannedHours,
        Self::SuspendedOrRejected,
        Self::NotPaid,
        Self::PaidTooMuch,
        Self::Other,
    ];

    /// As it is stored, and as forms and addresses name it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Quantity => "quantity",
            Self::Rate => "rate",
            Self::PlannedHours => "planned_hours",
            Self::SuspendedOrRejected => "suspended_or_rejected",
            Self::NotPaid => "not_paid",
            Self::PaidTooMuch => "paid_too_much",
            Self::Other => "other",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Quantity => "Quantity",
            Self::Rate => "Rate or price",
            Self::PlannedHours => "Planned hours",
            Self::SuspendedOrRejected => "Suspended or rejected line",
            Self::NotPaid => "Not paid",
            Self::PaidTooMuch => "Paid too much",
            Self::Other => "Something else",
        }
    }
}

/// When the other side has to have answered: 5pm in London on the last of so many working days after the day on which it
/// was asked.
#[must_use]
pub fn respond_by(asked_at: DateTime<Utc>, days: u16, working: WorkingDays<'_>) -> DateTime<Utc> {
    let five = NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default();
    let last = working.add_working_days(clock::local_time(asked_at).date(), i32::from(days));
    clock::deadline(last, five)
}
