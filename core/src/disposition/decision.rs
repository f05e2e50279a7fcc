//! An officer's decision on what is suspended: accept, part-accept in units (the rule reprices), reject, or an amount
//! in pence with a reason and a second person.

use serde::{Deserialize, Serialize};

use super::{DisposedCharge, Disposition};
use crate::ids::PersonId;
use crate::money::{Money, Overflow};
use crate::pricing::{Arg, Charge, Reason};

/// What an officer decided for one line of a claim. It holds for one version of the statement; another statement
/// asks again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The line's number within the claim.
    pub line: u32,
    /// What was decided.
    pub settlement: Settlement,
    /// Why, in the officer's words; the provider reads them.
    pub because: String,
    /// The officer.
    pub by: PersonId,
}

/// How a suspended line is settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "settled", rename_all = "snake_case")]
pub enum Settlement {
    /// All that is suspended is paid.
    Accept,
    /// All that is suspended is not paid.
    Reject,
    /// So much of delivered and frustrated care is accepted, and priced by the rule; the rest is rejected.
    Quantity {
        /// Thousandths of the unit; carer-minutes for a timetabled line.
        accepted: i64,
    },
    /// An amount by hand.
    Amount {
        /// What is paid for the line.
        amount: Money,
        /// The second person who agreed.
        second: PersonId,
    },
}

/// Why a decision cannot be taken, in words for the officer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionError {
    /// There is no such line.
    #[error("Line {line} is not part of this claim.")]
    UnknownLine {
        /// Its number.
        line: u32,
    },
    /// Nothing is suspended on the line.
    #[error("Nothing is suspended on line {line}: there is nothing to decide.")]
    NothingSuspended {
        /// Its number.
        line: u32,
    },
    /// No reason was given.
    #[error("Give a reason for this decision: the provider will read it.")]
    NoReason,
    /// The second person is the first.
    #[error("An amount set by hand needs a second person to agree to it.")]
    SamePerson,
    /// More than was claimed.
    #[error("{amount} is more than the {claimed} that was claimed for the line. Accept at most what was claimed.")]
    MoreThanClaimed {
        /// What the decision would pay.
        amount: Money,
        /// What was claimed.
        claimed: Money,
    },
    /// More units than were claimed, or fewer than none.
    #[error("Accept between 0 and what was claimed.")]
    Quantity,
    /// The sums do not fit.
    #[error("The amounts on this line are too large to be added up.")]
    Overflow,
}

impl From<Overflow> for DecisionError {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

impl Decision {
    /// Checks what can be checked without a price: a reason, a second person, a quantity that is not negative.
    ///
    /// # Errors
    /// [`DecisionError`] in words for the officer.
    pub fn check(&self) -> Result<(), DecisionError> {
        if self.because.trim().is_empty() {
            return Err(DecisionError::NoReason);
        }
        match self.settlement {
            Settlement::Amount { second, .. } if second == self.by => Err(DecisionError::SamePerson),
            Settlement::Amount { amount, .. } if amount.is_negative() => Err(DecisionError::Quantity),
            Settlement::Quantity { accepted } if accepted < 0 => Err(DecisionError::Quantity),
            _ => Ok(()),
        }
    }

    /// Settles the line's charges in place. `repriced` is the rule's price of the accepted quantity, for a
    /// decision on quantities.
    ///
    /// # Errors
    /// [`DecisionError`] when nothing is suspended there or more would be paid than was claimed.
    pub(super) fn settle(
        &self,
        charges: &mut Vec<DisposedCharge>,
        repriced: Option<Vec<DisposedCharge>>,
    ) -> Result<(), DecisionError> {
        let on_line = |charge: &DisposedCharge| charge.line == self.line;
        if !charges.iter().any(|charge| on_line(charge) && charge.disposition == Disposition::Suspended) {
            return Err(DecisionError::NothingSuspended { line: self.line });
        }
        match &self.settlement {
            Settlement::Accept => self.move_suspended(charges, Disposition::Payable, "officer-accepted"),
            Settlement::Reject => self.move_suspended(charges, Disposition::Rejected, "officer-rejected"),
            Settlement::Quantity { .. } => {
                let accepted = repriced.unwrap_or_default();
                self.replace(charges, accepted, "officer-part-accepted")?;
            }
            Settlement::Amount { amount, .. } => {
                let one = self.by_hand(charges, *amount);
                self.replace(charges, one, "officer-amount")?;
            }
        }
        Ok(())
    }

    fn move_suspended(&self, charges: &mut [DisposedCharge], to: Disposition, code: &str) {
        for charge in charges {
            if charge.line == self.line && charge.disposition == Disposition::Suspended {
                charge.disposition = to;
                charge.moved_by = Some(Reason::plain(code));
            }
        }
    }

    fn by_hand(&self, charges: &[DisposedCharge], amount: Money) -> Vec<DisposedCharge> {
        let open = || charges.iter().filter(|charge| charge.line == self.line && is_open(charge));
        let (Some(from), Some(to)) = (open().map(|charge| charge.from).min(), open().map(|charge| charge.to).max())
        else {
            return Vec::new();
        };
        let reason = Reason { code: "officer-amount".to_owned(), args: vec![Arg::Pence(amount.pence())] };
        vec![DisposedCharge {
            line: self.line,
            from,
            to,
            visit: None,
            accounts_for: 0,
            units: 0,
            divisor: 1,
            rate: None,
            amount,
            disposition: Disposition::Payable,
            reason: reason.clone(),
            moved_by: Some(reason),
        }]
    }

    /// Replaces what is payable or suspended on the line by what was accepted, and one rejected charge for the rest,
    /// so that claimed stays the price of everything stated and every unit keeps one disposition.
    fn replace(
        &self,
        charges: &mut Vec<DisposedCharge>,
        accepted: Vec<DisposedCharge>,
        code: &str,
    ) -> Result<(), DecisionError> {
        let (mut open, kept): (Vec<_>, Vec<_>) =
            charges.drain(..).partition(|charge| charge.line == self.line && is_open(charge));
        *charges = kept;
        let claimed = Money::total(open.iter().map(|charge| charge.amount))?;
        let paid = Money::total(accepted.iter().map(|charge| charge.amount))?;
        if paid > claimed {
            let error = DecisionError::MoreThanClaimed { amount: paid, claimed };
            charges.append(&mut open);
            return Err(error);
        }
        let stated: i64 = open.iter().map(|charge| charge.accounts_for).sum();
        let taken: i64 = accepted.iter().map(|charge| charge.accounts_for).sum();
        let from = open.iter().map(|charge| charge.from).min();
        let to = open.iter().map(|charge| charge.to).max();
        charges.extend(accepted);
        if let (Some(from), Some(to)) = (from, to) {
            let rest = claimed.checked_sub(paid)?;
            charges.push(DisposedCharge {
                line: self.line,
                from,
                to,
                visit: None,
                accounts_for: stated - taken,
                units: 0,
                divisor: 1,
                rate: None,
                amount: rest,
                disposition: Disposition::Rejected,
                reason: Reason {
                    code: code.to_owned(),
                    args: vec![Arg::Pence(paid.pence()), Arg::Pence(claimed.pence())],
                },
                moved_by: Some(Reason::plain(code)),
            });
        }
        charges.sort_by(|a, b| {
            (a.line, a.from, a.to, a.visit, a.disposition).cmp(&(b.line, b.from, b.to, b.visit, b.disposition))
        });
        Ok(())
    }
}

fn is_open(charge: &DisposedCharge) -> bool {
    matches!(charge.disposition, Disposition::Payable | Disposition::Suspended)
}

/// The charges of one line that the rule would pay, as accepted.
pub(super) fn accepted(
    charges: &[Charge],
    line: u32,
    dispose: impl Fn(&Charge) -> Option<DisposedCharge>,
) -> Vec<DisposedCharge> {
    charges
        .iter()
        .filter(|charge| charge.line == line)
        .filter_map(dispose)
        .filter(is_open)
        .map(|charge| DisposedCharge {
            disposition: Disposition::Payable,
            moved_by: Some(Reason::plain("officer-part-accepted")),
            ..charge
        })
        .collect()
}
