//! What a provider asks about care, and what the council answers: `provider` and `council` are the pages of both sides,
//! `shown` what they have in common.

pub(crate) mod council;
pub(crate) mod provider;
mod shown;
