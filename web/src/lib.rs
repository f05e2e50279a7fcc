//! The web: pages, health, assets. The only crate that knows axum.
//!
//! Stands at the end of the flow of a claim, where people look at what the steps have done. A handler
//! extracts, calls one step, renders. Around every handler stands `context`, which gives the request an
//! id, catches what goes wrong, and puts it into plain words. What the pages show comes through
//! [`RunsSource`], so that this crate needs to know neither connections nor rules.

mod assets;
mod context;
mod fault;
#[allow(dead_code, unused_imports, reason = "what later pages are made of")]
mod form;
#[cfg(test)]
mod gallery;
mod health;
#[allow(dead_code, unused_imports, reason = "what later pages are made of")]
mod london;
mod pages;
mod security;
mod server;
#[allow(dead_code, unused_imports, reason = "what later pages are made of")]
mod shell;
mod source;
#[allow(dead_code, unused_imports, reason = "what later pages are made of")]
mod table;
mod templates;

pub use assets::{ASSETS_VARIABLE, Assets, AssetsError};
pub use fault::{Fault, Sentence};
pub use server::{App, router, serve};
pub use source::{Answer, NotReady, RunRow, RunsSource, SourceError};
