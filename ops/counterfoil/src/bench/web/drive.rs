//! The load generator: a thread of its own, which shares no runtime with what it asks, and so many connections, each of
//! which asks anew as soon as it has its answer.

use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use tokio::sync::oneshot;

use super::http::Connection;

/// What is asked for, as bytes.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) address: SocketAddr,
    pub(super) request: Vec<u8>,
}

/// What one measurement came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Driven {
    /// Answers in each second.
    pub(super) per_second: u64,
    /// Microseconds that half of the answers took at most.
    pub(super) p50: u64,
    /// Microseconds that ninety-nine in a hundred took at most.
    pub(super) p99: u64,
    /// Of one answer's body.
    pub(super) bytes: usize,
}

impl Target {
    /// A page, asked for with what a browser keeps.
    pub(super) fn page(address: SocketAddr, path: &str, cookie: &str) -> Self {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n");
        Self { address, request: request.into_bytes() }
    }
}

/// Asks for so long over so many connections.
///
/// # Errors
/// Where anything but 200 is answered.
pub(super) async fn drive(target: &Target, connections: usize, time: Duration) -> anyhow::Result<Driven> {
    let (target, (say, said)) = (target.clone(), oneshot::channel());
    let generator = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let driven = runtime.map_err(anyhow::Error::from).and_then(|own| own.block_on(all(&target, connections, time)));
        // whoever waited may have gone
        let _ = say.send(driven);
    };
    thread::Builder::new().name("load".to_owned()).spawn(generator).context("the load generator")?;
    said.await.context("the load generator stopped short")?
}

async fn all(target: &Target, connections: usize, time: Duration) -> anyhow::Result<Driven> {
    let opening = (0..connections).map(|_| Connection::open(target.address));
    let mut opened = try_join_all(opening).await?;
    let started = Instant::now();
    let asking = opened.iter_mut().map(|connection| one(connection, &target.request, started + time));
    let asked = try_join_all(asking).await?;
    let spent = started.elapsed();
    let bytes = asked.first().map(|(bytes, _)| *bytes).unwrap_or_default();
    let mut took: Vec<u64> = asked.into_iter().flat_map(|(_, took)| took).collect();
    took.sort_unstable();
    let at = |percent: usize| took.get((took.len() * percent / 100).min(took.len().saturating_sub(1))).copied();
    let per_second = took.len() as u128 * 1_000_000 / spent.as_micros().max(1);
    Ok(Driven {
        per_second: u64::try_from(per_second)?,
        p50: at(50).context("nothing was answered")?,
        p99: at(99).context("nothing was answered")?,
        bytes,
    })
}

/// One connection until an instant: bytes of an answer, and the microseconds that each took.
async fn one(connection: &mut Connection, request: &[u8], until: Instant) -> anyhow::Result<(usize, Vec<u64>)> {
    let (mut took, mut bytes) = (Vec::new(), 0);
    loop {
        let started = Instant::now();
        let answer = connection.ask(request).await?;
        let ended = Instant::now();
        ensure!(answer.status == 200, "the answer is {}: {}", answer.status, String::from_utf8_lossy(answer.body));
        bytes = answer.body.len().max(bytes);
        took.push(u64::try_from((ended - started).as_micros())?);
        if ended >= until {
            return Ok((bytes, took));
        }
    }
}
