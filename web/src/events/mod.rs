//! What replicas tell one another: that somebody's access changed, that a session ended, how far a job is.
//!
//! Stands beside the flow of a claim. A step writes to the database, and then says here what others may have
//! in memory or on an open page; whoever hears of it looks in the database. An event is never the truth and
//! may get lost, so whoever missed some is told so ([`Event::Missed`]) and looks again.
//!
//! With Redis, events go over one pub/sub channel to all replicas; a process alone is its own audience.

mod backplane;
mod channel;
mod event;
pub(crate) mod link;
mod relay;
mod stream;

pub use backplane::{Backplane, BackplaneError, REDIS_VARIABLE, REPLICAS_VARIABLE};
pub use channel::{Events, Subscriber};
pub use event::Event;
pub use link::LinkError;
pub use stream::{Standing, Watch, stream};
