//! What an invoice says against what was planned, and against what the council's rule makes of it.

use crate::money::{Money, Overflow};

/// A line against its plan, in thousandths of its unit or in minutes of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against {
    /// As much as planned.
    Same,
    /// So much more than planned.
    Over(i64),
    /// So much less than planned, frustrated care counted as taken up.
    Under(i64),
}

impl Against {
    /// What was delivered and frustrated against what was planned.
    #[must_use]
    pub const fn plan(planned: i64, delivered: i64, frustrated: i64) -> Self {
        let difference = delivered.saturating_add(frustrated).saturating_sub(planned);
        match difference {
            0 => Self::Same,
            over if over > 0 => Self::Over(over),
            under => Self::Under(under.saturating_neg()),
        }
    }
}

/// What a provider invoices, and what the council's rule makes of the same care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// What is invoiced.
    pub expected: Money,
    /// The rule's price of what was stated.
    pub priced: Money,
}

impl Difference {
    /// How much more is invoiced than the rule makes of it; negative where it is less.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn over(self) -> Result<Money, Overflow> {
        self.expected.checked_sub(self.priced)
    }

    /// Whether both agree to the penny.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.expected == self.priced
    }

    /// Both added up.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn total(lines: impl IntoIterator<Item = Self>) -> Result<Self, Overflow> {
        let mut total = Self { expected: Money::ZERO, priced: Money::ZERO };
        for line in lines {
            total.expected = total.expected.checked_add(line.expected)?;
            total.priced = total.priced.checked_add(line.priced)?;
        }
        Ok(total)
    }
}
