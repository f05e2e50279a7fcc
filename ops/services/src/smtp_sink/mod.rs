//! A real, small SMTP server that keeps what it is sent, for tests of what leaves by mail.
//!
//! It speaks the protocol of RFC 5321 as far as a sender uses it, on a free port of the loopback
//! address, and can be told to refuse or to be slow. Stands after the mailer, in place of a relay.

mod session;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

/// A message as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// The envelope's sender, without brackets.
    pub from: String,
    /// The envelope's recipients, in the order given.
    pub to: Vec<String>,
    /// Headers and body as sent, dots unstuffed, lines ended by CR LF.
    pub data: Vec<u8>,
}

/// How the sink answers a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `451`: try again later. Given after the message was sent, as a busy relay does.
    Temporary,
    /// `550`: never. Given for every recipient, as for an address that does not exist.
    Permanent,
}

/// What sessions share with the sink's owner.
#[derive(Debug, Default)]
struct Shared {
    mail: Vec<ReceivedMail>,
    refusal: Option<Refusal>,
    delay: Duration,
}

type State = Arc<Mutex<Shared>>;

fn lock(state: &State) -> MutexGuard<'_, Shared> {
    // A panic elsewhere cannot leave these plain values half-written.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The running sink; it stops listening, and drops its sessions, when dropped.
#[derive(Debug)]
pub struct SmtpSink {
    address: SocketAddr,
    state: State,
    listening: JoinHandle<()>,
}

impl SmtpSink {
    /// Listens on a free port of the loopback address. Needs a tokio runtime.
    ///
    /// # Errors
    /// Where no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let state = State::default();
        let listening = tokio::spawn(listen(listener, Arc::clone(&state)));
        Ok(Self { address, state, listening })
    }

    /// The address to set as `SMTP_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The socket address, for a client of a test's own.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was accepted so far, in the order of arrival.
    #[must_use]
    pub fn messages(&self) -> Vec<ReceivedMail> {
        lock(&self.state).mail.clone()
    }

    /// Refuses messages from now on, or takes them again.
    pub fn refuse(&self, refusal: Option<Refusal>) {
        lock(&self.state).refusal = refusal;
    }

    /// Waits this long before every reply, from now on.
    pub fn set_delay(&self, delay: Duration) {
        lock(&self.state).delay = delay;
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, state: State) {
    let mut sessions = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                sessions.spawn(session::run(stream, Arc::clone(&state)));
            }
            Err(error) => tracing::warn!(%error, "SMTP sink could not accept a connection"),
        }
        // Ended sessions are let go here; live ones end with this task.
        while sessions.try_join_next().is_some() {}
    }
}
