//! Documents of contracts that providers agree or reject. `provider` is
//! `/organisations/{organisation}/councils/{council}/documents`, `council` is `/councils/{council}/documents`, where they
//! are published; `shown` is what both show of them.

pub(crate) mod council;
pub(crate) mod provider;
mod shown;

pub(in crate::pages) use shown::Row;
