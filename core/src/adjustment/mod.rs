//! Adjustments of a service line's plan that a provider asks for and the council decides on (Bradford's adjustment form):
//! what accepting one makes of the plan, and which extras it rules out. Stands between the [`plan`](crate::plan), of which
//! it makes further versions, and the [`statement`](crate::statement), in which it covers days.
//!
//! *Extra* is what is delivered above the plan as it stands. Accepting an adjustment raises or lowers the plan itself, and
//! from then on extras on the days that it covers cannot be stated.

mod cover;
mod varied;

pub use cover::{Covered, ExtraCovered, extra_covered};
pub use varied::{AdjustmentError, Becomes, check_days, held, varied, weekly};
