//! Disputes about claims, for both sides: `provider` and `council` are their pages, `form` what opening and acting send,
//! `shown` what both see, `setting` how long an answer may take.

pub(crate) mod council;
mod form;
pub(crate) mod provider;
pub(crate) mod setting;
mod shown;
