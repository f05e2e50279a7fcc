//! `/metrics` in Prometheus' text: how many requests there were and how long they took, who got in and who did not, what
//! waits, and which build this is. Routes are named by their templates, so that neither a council nor anybody's id ever
//! becomes a label.
//!
//! It is for whoever operates the service: for the bearer of `COUNTERFOIL_METRICS_TOKEN`, or, where none is set and no
//! proxy of ours stands before us, for whoever asks from the same machine. For anybody else there is no such page.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts as _, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse as _, Response};
use metrics::{counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusRecorder};
use subtle::ConstantTimeEq as _;

use crate::fault::Fault;
use crate::server::App;

/// Environment variable with the token.
pub const METRICS_TOKEN_VARIABLE: &str = "COUNTERFOIL_METRICS_TOKEN";

const REQUESTS: &str = "counterfoil_http_requests_total";
const DURATION: &str = "counterfoil_http_request_duration_seconds";
const SIGN_INS: &str = "counterfoil_sign_ins_total";
const KEPT: &str = "counterfoil_kept_pages_total";
const LETTERS: &str = "counterfoil_letters_waiting";
const LOST: &str = "counterfoil_letters_lost";
const BUILD: &str = "counterfoil_build_info";

/// Upper ends, in seconds: a page should be below the third.
const BUCKETS: [f64; 10] = [0.005, 0.02, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// What came of a try to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// In.
    Done,
    /// Password, code or key was not right.
    Wrong,
    /// Too many tries.
    TooMany,
}

impl SignIn {
    const fn word(self) -> &'static str {
        match self {
            Self::Done => "signed_in",
            Self::Wrong => "refused",
            Self::TooMany => "too_many",
        }
    }
}

/// The figures of this process.
pub(crate) struct Metrics {
    recorder: PrometheusRecorder,
}

impl Metrics {
    pub(crate) fn new() -> Result<Self, BuildError> {
        let recorder = PrometheusBuilder::new().set_buckets(&BUCKETS)?.build_recorder();
        let metrics = Self { recorder };
        with_local_recorder(&metrics.recorder, || {
            metrics::describe_counter!(REQUESTS, "Requests by route, method and status");
            metrics::describe_histogram!(DURATION, metrics::Unit::Seconds, "Time until a request was answered");
            metrics::describe_counter!(SIGN_INS, "Tries to sign in by outcome and method");
            metrics::describe_counter!(KEPT, "Pages that may be kept, given again or made anew");
            metrics::describe_gauge!(LETTERS, "Letters that are due or will be tried again");
            metrics::describe_gauge!(LOST, "Letters that were given up");
            metrics::describe_gauge!(BUILD, "Which build this is");
            gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
        });
        Ok(metrics)
    }

    /// A request was answered. `route` is the template that it matched.
    pub(crate) fn answered(&self, route: Option<&str>, method: &Method, status: u16, took: Duration) {
        let route = route.unwrap_or("none").to_owned();
        let method = match *method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            _ => "other",
        };
        with_local_recorder(&self.recorder, || {
            let labels = [("route", route.clone()), ("method", method.to_owned()), ("status", status.to_string())];
            counter!(REQUESTS, &labels).increment(1);
            histogram!(DURATION, "route" => route, "method" => method).record(took);
        });
    }

    /// A page that may be kept was given again as it was, or had to be made.
    pub(crate) fn kept(&self, again: bool) {
        with_local_recorder(&self.recorder, || {
            counter!(KEPT, "given" => if again { "again" } else { "anew" }).increment(1);
        });
    }

    /// Somebody tried to sign in.
    pub(crate) fn sign_in(&self, method: &'static str, outcome: SignIn) {
        with_local_recorder(&self.recorder, || {
            counter!(SIGN_INS, "method" => method, "outcome" => outcome.word()).increment(1);
        });
    }
}

/// The page.
pub(crate) async fn show(State(app): State<App>, request: Request) -> Result<Response, Fault> {
    let (mut parts, _) = request.into_parts();
    let peer = ConnectInfo::<SocketAddr>::from_request_parts(&mut parts, &app).await.ok();
    if !may_see(&app, &parts.headers, peer.map(|ConnectInfo(address)| address)) {
        return Err(Fault::NotFound);
    }
    let metrics = app.metrics();
    // without a database there is still much to be told
    if let Ok(health) = app.identity().health().await {
        let number = |count: i64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        with_local_recorder(&metrics.recorder, || {
            gauge!(LETTERS).set(number(health.letters_waiting));
            gauge!(LOST).set(number(health.letters_lost));
        });
    }
    let handle = metrics.recorder.handle();
    handle.run_upkeep();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, handle.render()).into_response())
}

fn may_see(app: &App, headers: &HeaderMap, peer: Option<SocketAddr>) -> bool {
    match app.metrics_token() {
        Some(token) => {
            let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
            let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
            bool::from(given.as_bytes().ct_eq(token.as_bytes()))
        }
        // behind a proxy everybody comes from the same machine
        None => app.trusted_proxies() == 0 && peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_named_by_its_template() {
        let metrics = Metrics::new().unwrap();
        let took = Duration::from_millis(30);
        metrics.answered(Some("/councils/{council}/claims"), &Method::GET, 200, took);
        metrics.answered(None, &Method::from_bytes(b"BREW").unwrap(), 404, took);
        metrics.sign_in("password", SignIn::Wrong);
        let text = metrics.recorder.handle().render();
        for line in [
            "counterfoil_http_requests_total{route=\"/councils/{council}/claims\",method=\"GET\",status=\"200\"} 1",
            "counterfoil_http_requests_total{route=\"none\",method=\"other\",status=\"404\"} 1",
            "counterfoil_sign_ins_total{method=\"password\",outcome=\"refused\"} 1",
            "le=\"0.1\"} 1",
            "counterfoil_build_info{version=",
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
    }
}
