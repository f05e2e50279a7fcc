//! The chain that seals audit records, and the verifier that needs nothing but an export and an anchor: no database,
//! and none of this code either. What follows is enough to write another verifier.
//!
//! **Ledger.** Each council's records are one ledger, named `cnl_` and 32 hexadecimal digits; what happens to logins
//! and to the platform itself is the ledger `platform`.
//!
//! **Digest.** Records are numbered 1, 2, 3 as they are sealed. The digest of a record is the SHA-256 of the canonical
//! JSON of
//!
//! ```json
//! {"format":1,"ledger":"cnl_...","previous":"<digest of the record before>","record":{...},"sequence":7}
//! ```
//!
//! where `previous` of the first is 64 zeros and digests are written in lower-case hexadecimal. Canonical JSON has
//! keys in order of their code points and no two alike, no white space, strings with the shortest escapes (`\"`, `\\`,
//! `\b`, `\f`, `\n`, `\r`, `\t`, and `\u00xx` in lower case for other control characters; everything else stands for
//! itself in UTF-8), and numbers as the export writes them. In Python:
//!
//! ```text
//! whole = {"format": 1, "ledger": ledger, "previous": previous, "record": record, "sequence": sequence}
//! text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
//! digest = hashlib.sha256(text.encode()).hexdigest()
//! ```
//!
//! **Export.** Lines of JSON. The first is a [`Header`]; each other is
//! `{"sequence":7,"digest":"...","record":{...}}`, in order, and at the end come records that are not sealed yet, with
//! `null` for sequence and digest. A record that is gone while its place in the chain is left is `null` itself. Every
//! field of a record is in its digest; those of [`Record`] are always there, `null` where there is nothing.
//!
//! **Anchor.** Lines of JSON, each an [`Anchor`]: that the ledger's record of that number had that digest. Whoever can
//! rewrite the database can recompute a chain, but not what was written elsewhere before.
//!
//! [`canonical`](self::canonical()) and [`digest`] make the chain, [`Verifier`] checks it, line by line.

mod anchor;
mod canonical;
mod export;
mod fault;
mod link;
mod record;
mod verify;

#[cfg(test)]
mod mutations;

pub use anchor::{Anchor, Anchors};
pub use canonical::{NotCanonical, canonical};
pub use export::{Header, NotExport, sealed_line, unsealed_line};
pub use fault::Fault;
pub use link::{BadDigest, BadLedger, Digest, Head, Ledger, digest};
pub use record::{Of, Record};
pub use verify::{MOST_FAULTS, Verdict, Verifier, WrongAnchor};

/// The version of all this. Another would be for records sealed from then on.
pub const FORMAT: u32 = 1;
