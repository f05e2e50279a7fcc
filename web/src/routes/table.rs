//! The table of routes, and what it asks of a handler: that its first argument is a [`Permit`], and, where something is
//! changed, that its last is what was posted. Neither can be forgotten: it would not compile.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{get, post};

use crate::access::{
    Gate, GateSeen, Permit, Posted, PostedDocument, PostedFile, PostedFiles, PostedJson, PostedLong, PostedRule,
    PostedSheet,
};
use crate::server::App;

/// A route, as tests list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteSeen {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its path, with names in braces.
    pub path: &'static str,
    /// Who passes.
    pub gate: GateSeen,
}

/// Routes, as they are put together.
pub(crate) struct Routes {
    router: Router<App>,
    seen: Vec<RouteSeen>,
}

/// Arguments of a handler that begin with a permit.
pub(crate) trait Guarded {
    type Gate: Gate;
}

/// Arguments of a handler that end with what was posted.
pub(crate) trait Posting: Guarded {}

macro_rules! guarded {
    ($($argument:ident),*) => {
        impl<M, G: Gate, $($argument,)*> Guarded for (M, Permit<G>, $($argument,)*) {
            type Gate = G;
        }
        impl<M, G: Gate, $($argument,)*> Posting for (M, Permit<G>, $($argument,)* Posted) {}
        impl<M, G: Gate, $($argument,)*> Posting for (M, Permit<G>, $($argument,)* PostedDocument) {}
        impl<M, G: Gate, $($argument,)*> Posting for (M, Permit<G>, $($argument,)* PostedFile) {}
        impl<M, G: Gate, $($argument,)*> Posting for (M, Permit<G>, $($argument,)* PostedFiles) {}
        impl<M, G: Gate, $($argument,)*> Posting for (M, Permit<G>, $($argument,)* PostedJson) {}
        impl<M, G: Gate, $($argument,)*> Posting for (M, Permit<G>, $($argument,)* PostedLong) {}
        impl<M, G: Gate, $($argument,)*> Posting for (M, Permit<G>, $($argument,)* PostedRule) {}
        impl<M, G: Gate, $($argument,)*> Posting for (M, Permit<G>, $($argument,)* PostedSheet) {}
    };
}
guarded!();
guarded!(A);
guarded!(A, B);
guarded!(A, B, C);

impl<M, G: Gate, A, B, C, D> Guarded for (M, Permit<G>, A, B, C, D) {
    type Gate = G;
}

impl Routes {
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), seen: Vec::new() }
    }

    /// A page.
    pub(crate) fn get<T: Guarded + 'static, H: Handler<T, App>>(mut self, path: &'static str, handler: H) -> Self {
        self.seen.push(RouteSeen { method: "GET", path, gate: T::Gate::SEEN });
        self.router = self.router.route(path, get(handler));
        self
    }

    /// What changes something.
    pub(crate) fn post<T: Posting + 'static, H: Handler<T, App>>(mut self, path: &'static str, handler: H) -> Self {
        self.seen.push(RouteSeen { method: "POST", path, gate: T::Gate::SEEN });
        self.router = self.router.route(path, post(handler));
        self
    }

    /// Those of a part of the service.
    pub(crate) fn and(mut self, part: fn(Self) -> Self) -> Self {
        self = part(self);
        self
    }

    pub(crate) fn into_parts(self) -> (Router<App>, Vec<RouteSeen>) {
        (self.router, self.seen)
    }
}
