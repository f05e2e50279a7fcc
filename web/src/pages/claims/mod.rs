//! Claims, as tables and one by one: a provider's at a council, a council's own. `table` is what both lists are made of,
//! `shown` how a claim explains its sum.

pub(crate) mod council;
pub(crate) mod provider;
pub(super) mod shown;
pub(super) mod table;
