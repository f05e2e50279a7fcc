//! The identity that every statement keeps: delivered + frustrated + missed = planned + extra.

use serde::{Deserialize, Serialize};

/// Quantities of one day or visit: thousandths of the unit, carer-minutes for a visit. None is negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantities {
    /// Commissioned.
    pub planned: i64,
    /// Delivered, extra included.
    pub delivered: i64,
    /// Planned, but missed by the service user.
    pub frustrated: i64,
    /// Planned, but missed by the provider.
    pub missed: i64,
    /// Delivered above the plan.
    pub extra: i64,
}

impl Quantities {
    /// What follows from the plan, what was delivered, and what was frustrated: whatever is short of the plan was
    /// missed, whatever is above it is extra. None when a figure is negative or more is frustrated than was planned.
    ///
    /// # Examples
    /// ```
    /// # use counterfoil_core::statement::Quantities;
    /// let day = Quantities::settle(4_000, 2_500, 1_000).expect("figures that hold");
    /// assert_eq!((day.missed, day.extra), (500, 0));
    /// ```
    #[must_use]
    pub fn settle(planned: i64, delivered: i64, frustrated: i64) -> Option<Self> {
        if planned < 0 || delivered < 0 || frustrated < 0 || frustrated > planned {
            return None;
        }
        let difference = delivered.checked_add(frustrated)?.checked_sub(planned)?;
        Some(Self { planned, delivered, frustrated, missed: (-difference).max(0), extra: difference.max(0) })
    }

    /// Whether anything differs from the plan.
    #[must_use]
    pub const fn differs(&self) -> bool {
        self.frustrated != 0 || self.missed != 0 || self.extra != 0
    }
}
