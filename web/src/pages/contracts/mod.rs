//! `/organisations/{organisation}/councils/{council}/contracts`: what a provider is to deliver, for whom, by which order
//! and at which rate. `list` is the table, `contract` one of them, `line` one service line; `words` says plans, rates and
//! terms as people say them.

pub(crate) mod contract;
pub(crate) mod line;
pub(crate) mod list;
mod words;
