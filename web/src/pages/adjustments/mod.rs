//! Changes of plans that providers ask for. `provider` is `/organisations/{organisation}/councils/{council}/adjustments`,
//! `council` is `/councils/{council}/adjustments`, where they are accepted or rejected; `shown` is what both show of them,
//! and `timetable` a week's visits as people type them.

pub(crate) mod council;
pub(crate) mod provider;
mod shown;
mod timetable;

pub(in crate::pages) use shown::Row;
