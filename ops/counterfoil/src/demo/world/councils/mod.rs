//! The five published systems, one file each: what the council's calendars, rates, limits, reasons, rule and wording
//! are, and what it buys.

pub(crate) mod billing;
mod bradford;
mod calendars;
mod fenmere;
mod reasons;
mod south_tyneside;
mod worcestershire_2020;
mod worcestershire_2024;

use super::offer::Script;

/// The councils, in the order of the published systems.
///
/// # Errors
/// When a bundled table or rule configuration cannot be read.
pub(crate) fn all() -> anyhow::Result<Vec<Script>> {
    Ok(vec![
        worcestershire_2020::script()?,
        worcestershire_2024::script()?,
        bradford::script()?,
        south_tyneside::script()?,
        fenmere::script()?,
    ])
}
