//! Claims, as tables and one by one: a provider's at a council, a council's own. `table` is what both lists are made of,
//! `shown` how a claim explains its sum; `hub` what a provider can do about it, `actuals` and `confirming` where it does, `timesheet` the same for a
//! telephone, and `non_delivery` for many people and days at once.

pub(crate) mod actuals;
pub(crate) mod confirming;
pub(crate) mod council;
mod hub;
pub(crate) mod non_delivery;
pub(crate) mod provider;
pub(super) mod shown;
pub(super) mod table;
pub(crate) mod timesheet;
