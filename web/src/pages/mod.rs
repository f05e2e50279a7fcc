//! The pages, a file each.

pub(crate) mod front;
