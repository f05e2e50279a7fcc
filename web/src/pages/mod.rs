//! The pages, a file each.

pub(crate) mod account;
pub(crate) mod council;
pub(crate) mod events;
pub(crate) mod home;
pub(crate) mod session;
pub(crate) mod sign_in;
