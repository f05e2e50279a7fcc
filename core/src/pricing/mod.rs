//! What goes into a council's rule and what comes out: before the rule stands the [`statement`](crate::statement),
//! after it [`tolerance`](crate::tolerance) and [`disposition`](crate::disposition).
//!
//! - [`facts`]: everything that a rule may know of one claim, integers and codes only.
//! - [`answer`]: the charges, findings and verdicts that it gives back.
//! - [`mod@check`]: why an answer is believed: every line accounted for once, every sum recomputed.
//! - [`pricer`]: the trait that steps call, and the faults that a rule can have.
//! - [`upload`]: what is known of a component that somebody uploaded, once it was checked.
//! - [`canonical`]: the bytes that are stored, digested, and replayed.
//! - [`words`]: reasons and arithmetic as people read them.

pub mod answer;
pub mod canonical;
pub mod check;
pub mod facts;
pub mod pricer;
pub mod upload;
pub mod words;

pub use answer::{Answer, Arg, Charge, Finding, FindingLevel, LineVerdict, Reason, Verdict};
pub use check::{AnswerError, check};
pub use facts::ClaimFacts;
pub use pricer::{Description, Fault, Priced, Pricer, RuleDigest, UnitOfPricing, Wording};
pub use upload::{CaseOutcome, CheckedRule};
