//! What replicas tell one another.

pub(crate) mod link;

pub use link::LinkError;
