//! Sessions: who is signed in, from where, and until when.
//!
//! Stands before every page that is somebody's own. A handler takes a [`SessionHandle`]; beneath it
//! tower-sessions keeps the cookie and the token, and [`Sessions`] keeps what belongs to a token, in Redis
//! or, for one process alone, in its memory.
//!
//! - The token is 128 random bits in a cookie. Only its SHA-256 digest is stored: a dump of Redis signs
//!   nobody in.
//! - Whatever changes about a login changes the token with it, in one step: the old token is invalid from
//!   the instant at which the new one is valid, and of two requests that try at once one succeeds. So what
//!   is stored under a token never changes, but for the time at which the person was last seen.
//! - A visitor about whom nothing has to be remembered has neither session nor cookie.
//! - Where Redis does not answer, nobody is signed in and nobody is signed out: pages say that the service
//!   is unavailable, and work again when Redis does. What is lost with a flush is that everybody signs in
//!   again, and nothing else.

mod csrf;
mod error;
mod handle;
mod held;
mod layer;
mod login;
mod memory;
mod redis;
mod sessions;
mod shelf;
mod store;

pub use error::SessionError;
pub use handle::SessionHandle;
pub(crate) use held::{HELD, Held};
pub use layer::{Transport, attach};
pub use login::{ABSOLUTE_LIMIT, FLOW_LIMIT, IDLE_LIMIT, Login, Method, Stage};
pub use sessions::{SessionSeen, Sessions};
