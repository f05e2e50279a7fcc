//! The web: pages, sessions, health, assets. The only crate that knows axum.
//!
//! Stands at the end of the flow of a claim, where people look at what the steps have done. A handler extracts, calls one
//! step, renders. The way of a request: [`context`](self) gives it an id and catches what goes wrong; `routes` is the
//! table of all pages; `access` lets through whoever may see one, and nobody else; `pages` has a file for each; `shell`,
//! `form`, `table` and `templates` are what pages are made of.

mod access;
mod actuals;
mod assets;
pub mod bench;
mod context;
mod cookie;
mod download;
pub mod events;
mod export;
mod fault;
mod form;
#[cfg(test)]
mod gallery;
mod health;
mod kept;
mod london;
mod metrics;
mod pages;
pub mod passkey;
mod prose;
pub mod qr;
mod routes;
mod security;
mod server;
pub mod session;
mod shell;
pub mod spreadsheet;
pub mod sso;
mod table;
mod templates;

pub use access::{GateKind, GateSeen};
pub use assets::{ASSETS_VARIABLE, Assets, AssetsError};
pub use fault::Fault;
pub use metrics::METRICS_TOKEN_VARIABLE;
pub use routes::{RouteSeen, routes_seen};
pub use server::{App, AppError, Clock, Service, router, serve};
