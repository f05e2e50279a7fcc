//! A form from the browser and back: what was typed, what is wrong with it, and both as `form.html` shows them.
//!
//! A handler takes [`Typed`], checks it into [`Errors`], and when there are any renders its page again with
//! [`FormShown`]: GOV.UK's error summary on top, each field's error beside it, and everything typed kept.
//! What is wrong is said by the server's words only; browsers' own checks are turned off.

mod day;
mod errors;
mod shown;
mod typed;

pub(crate) use day::{day, fields as day_fields};
pub(crate) use errors::Errors;
pub(crate) use shown::FormShown;
pub(crate) use typed::{MOST_BYTES, MOST_BYTES_OF_LONG, Typed};
