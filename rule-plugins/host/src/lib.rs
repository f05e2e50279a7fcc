//! Prices claims by a council's rule, which is a WebAssembly component: the sandbox around code that is not ours.
//!
//! Before this stands `counterfoil_core::pricing` (the facts of a claim, and the [`Pricer`] trait that this crate
//! implements); after it the core's checks on the answer, and tolerance. This is the only crate that knows
//! wasmtime. In the order in which a rule meets them:
//!
//! - [`abi`]: which version of the interface the bytes speak, read before anything of them runs, and an adapter for each;
//! - [`class`]: whether it is under the ordinary limits or under those for rules with an interpreter inside;
//! - [`compile`]: machine code made in a separate process under limits, or in this one for packs of the repository;
//! - [`engine`]: how the code may run: deterministically, with fuel, without imports;
//! - [`registry`]: the rules that are loaded, by digest, each in the sandbox of its class;
//! - [`instance`]: one claim in a fresh instance, under [`limits`];
//! - [`fault`]: what went wrong, in an administrator's words;
//! - [`mod@lend`] and [`convert`]: the core's facts and answer in the interface's shapes and back;
//! - [`packs`]: the components that come with the repository, and [`configuration`]: settings for them;
//! - [`case`]: claims with what they must come to;
//! - [`sources`]: which sources a component was built from.
//!
//! ```
//! use counterfoil_core::pricing::Pricer;
//! use counterfoil_rules::{Limits, RuleEngine, packs};
//!
//! let engine = RuleEngine::new(Limits::default())?;
//! let standard = engine.load(packs::standard().component)?;
//! assert_eq!(engine.describe(&standard)?.name, "standard");
//! # Ok::<(), counterfoil_core::pricing::Fault>(())
//! ```

pub mod abi;
pub mod case;
pub mod class;
pub mod compile;
pub mod configuration;
pub mod convert;
pub mod engine;
pub mod fault;
pub mod instance;
pub mod lend;
pub mod limits;
pub mod packs;
pub mod registry;
mod sandbox;
pub mod sources;

pub use class::Class;
pub use compile::{Compiler, WorkerCommand};
pub use counterfoil_core::pricing::{Pricer, RuleDigest};
pub use limits::Limits;
pub use registry::RuleEngine;
pub use sandbox::KeptInstance;

#[doc(hidden)]
pub use bumpalo::Bump;
#[doc(hidden)]
pub use counterfoil_core::pricing as core_pricing;
