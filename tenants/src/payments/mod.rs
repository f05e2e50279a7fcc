//! Payments as a provider sees them: the weeks of its contracts, one of them with its claims, and what is on its way to
//! the bank. Nothing here is stored: it is read from [`claim`](crate::claim) and what hangs on it.

mod list;
mod reports;
mod requests;
mod week;

pub use list::{WAITING, WeekListed, WeekSums, Weeks, WeeksWanted, list, waiting};
pub use reports::{AGES, Aged, Late, Made, Pending, Slice, aged, late, made as paid, pending};
pub use requests::{RequestSeen, Requestable, ToMake, request_seen, requestable};
pub(crate) use requests::{ask_for, check_contracts, made, to_make};
pub use week::{AssessedOfWeek, Blocked, ClaimOfWeek, ConfirmedOfWeek, LineOfWeek, WeekSeen, seen};
