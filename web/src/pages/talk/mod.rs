//! What both sides write to one another about a claim: `claim` is the conversation on a claim's page with the files in it,
//! `sent` what a form with files brought, `shown` a message as its page shows it. Disputes use the same parts.

pub(crate) mod claim;
pub(in crate::pages) mod sent;
pub(in crate::pages) mod shown;
