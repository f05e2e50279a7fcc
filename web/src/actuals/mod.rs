//! Actuals as people write them, and back: values as they are typed into a form or a cell, the fields of a claim's form,
//! and a statement in words. Stands between [`form`](crate::form) and the domain's statement; whatever takes actuals from
//! people uses it.

mod fields;
mod read;
mod statement;
mod told;

pub(crate) use fields::{Mode, added, day, field, fields_of, visit};
pub(crate) use read::{
    ValueError, carers, clock, clock_words, hours_words, minutes, quantity, quantity_words, visits as visit_count,
};
pub(crate) use statement::{ADDED_AT_MOST, Read, read, typed_in};
pub(crate) use told::told;
