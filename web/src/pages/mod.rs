//! The pages, a file each.

pub(crate) mod account;
pub(crate) mod actuals_file;
pub(crate) mod adjustments;
pub(crate) mod api;
pub(crate) mod calendars;
pub(crate) mod claims;
pub(crate) mod contracts;
pub(crate) mod council;
pub(crate) mod disputes;
pub(crate) mod documents;
pub(crate) mod events;
pub(crate) mod home;
pub(crate) mod invitations;
pub(crate) mod invoices;
pub(crate) mod notices;
pub(crate) mod operator;
pub(crate) mod organisation;
pub(crate) mod payment_files;
pub(crate) mod payments;
pub(crate) mod queries;
pub(crate) mod remittances;
pub(crate) mod rules;
pub(crate) mod runs;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod talk;
