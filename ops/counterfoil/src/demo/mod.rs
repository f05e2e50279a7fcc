//! The demo: five councils, their providers and the people they care for, made up from one seed, and what happens
//! to them over some weeks of a simulated clock.
//!
//! [`world`] is what there is before the first claim, [`timeline`] what happens then, as data. Neither touches a
//! database or asks for the time, so that two runs of one seed give the same bytes. Everything is synthetic:
//! names are put together from lists, addresses end in `.example`, sort codes begin with 99.

pub(crate) mod agreed;
pub(crate) mod clock;
pub(crate) mod dates;
pub(crate) mod invoices;
pub(crate) mod load;
pub(crate) mod logins;
pub(crate) mod open;
pub(crate) mod outbox;
pub(crate) mod play;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod seed;
pub(crate) mod talk;
pub(crate) mod timeline;
pub(crate) mod trials;
pub(crate) mod world;

use seed::Seed;

/// The seed of the demo that `counterfoil demo` plays when it is given no other.
pub(crate) const SEED: Seed = Seed::new(20_241_222);
