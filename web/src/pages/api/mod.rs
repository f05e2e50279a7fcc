//! `/api/v1/`: what pages show, for programs. Read only, in the session of whoever is signed in; faults are problem
//! documents (RFC 9457).

pub(crate) mod claims;
pub(crate) mod runs;
