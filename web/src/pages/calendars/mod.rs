//! `/organisations/{organisation}/councils/{council}/calendars`: when one is paid, by every schedule that one's contracts
//! are on. `list` is all of them, `schedule` one with its dates and why they differ, for spreadsheets and diaries too;
//! `feed` a person's own address for a diary that keeps itself up to date.

pub(crate) mod billing;
pub(crate) mod feed;
pub(crate) mod list;
pub(crate) mod schedule;
