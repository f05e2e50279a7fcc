//! Tables with filters, sorting and paging, all of which the address carries: it can be kept, sent to a
//! colleague, and gone back to.
//!
//! A page declares a [`TableSpec`]; [`TableQuery`] reads the address by it; the page asks the database for one
//! [`Window`]; [`TableShown`] is what `table.html` shows. What an address asks for and the page does not have
//! is left out, never an error: addresses are typed, shortened and bookmarked for years.

mod query;
mod shown;
mod spec;

pub(crate) use query::{TableQuery, Window};
pub(crate) use shown::TableShown;
pub(crate) use spec::{Column, Direction, Filter, FilterKind, TableSpec};
