//! Between replicas, over Redis: what is published here goes out, what others publish comes in.
//!
//! Listening has a connection of its own. When that is lost, events may be too; so once it is back, everybody
//! in this process is told that some were missed. And when something could not be sent, all replicas are told
//! so as soon as they can be reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use redis::aio::{ConnectionManager, PubSub};
use redis::{AsyncCommands as _, RedisError, RedisResult, Value};
use tokio::sync::broadcast;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::event::{Envelope, Event};
use super::link::{LIMIT, Link, LinkError, Repeat};

/// How often the listening connection is asked whether it lives: one that is idle would not tell.
const BEAT: Duration = Duration::from_secs(5);

/// How long to wait before connecting again, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The way to the other replicas.
#[derive(Clone)]
pub(super) struct Relay {
    link: Link,
    channel: Arc<str>,
    /// This process, so that it does not hear itself twice.
    replica: Uuid,
    /// Something was not sent, or not surely.
    untold: Arc<AtomicBool>,
}

impl Relay {
    /// Begins to listen, until `closed`.
    pub(super) async fn start(
        link: Link,
        here: broadcast::Sender<Event>,
        closed: CancellationToken,
    ) -> Result<Self, LinkError> {
        let channel = link.name("events").into();
        let relay = Self { link, channel, replica: Uuid::new_v4(), untold: Arc::default() };
        let connection = relay.connect().await.map_err(|source| relay.link.unreachable(source))?;
        tokio::spawn(Listener { relay: relay.clone(), here }.run(connection, closed));
        Ok(relay)
    }

    /// Sends an event, or remembers that one was not sent.
    pub(super) async fn tell(&self, event: &Event) {
        if let Err(error) = self.send(event).await {
            self.untold.store(true, Ordering::Relaxed);
            tracing::warn!(%error, ?event, "other replicas could not be told");
        }
    }

    async fn send(&self, event: &Event) -> RedisResult<()> {
        let envelope = Envelope { from: self.replica, event: event.clone() };
        let text = serde_json::to_string(&envelope).map_err(std::io::Error::other)?;
        // Heard twice is as good as once: whoever hears it looks in the database.
        let question = async |mut redis: ConnectionManager| redis.publish(&*self.channel, &text).await;
        self.link.ask(Repeat::Harmless, question).await
    }

    async fn make_up_for_untold(&self) {
        if self.untold.swap(false, Ordering::Relaxed) {
            self.tell(&Event::Missed).await;
        }
    }

    async fn connect(&self) -> RedisResult<PubSub> {
        let connecting = async {
            let mut connection = self.link.client().get_async_pubsub().await?;
            connection.subscribe(&*self.channel).await?;
            Ok(connection)
        };
        timeout(LIMIT, connecting).await.unwrap_or_else(|_| Err(timed_out()))
    }
}

fn timed_out() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

struct Listener {
    relay: Relay,
    here: broadcast::Sender<Event>,
}

impl Listener {
    async fn run(self, mut connection: PubSub, closed: CancellationToken) {
        let listening = async {
            loop {
                self.hear(connection).await;
                tracing::warn!("events of other replicas do not arrive; trying again");
                connection = self.reconnect().await;
                tracing::info!("events of other replicas arrive again");
                self.pass_on(Event::Missed);
            }
        };
        tokio::select! {
            () = closed.cancelled() => {}
            () = listening => {}
        }
    }

    /// Until the connection is lost.
    async fn hear(&self, connection: PubSub) {
        let (mut asking, mut messages) = connection.split();
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // The first beat is at once: what could not be told while the connection was away is told now.
            tokio::select! {
                message = messages.next() => match message {
                    Some(message) => self.receive(message.get_payload_bytes()),
                    None => return,
                },
                _ = beat.tick() => {
                    let alive = timeout(LIMIT, asking.ping::<Value>()).await;
                    if !matches!(alive, Ok(Ok(_))) {
                        return;
                    }
                    self.relay.make_up_for_untold().await;
                }
            }
        }
    }

    async fn reconnect(&self) -> PubSub {
        let mut pause = FIRST_PAUSE;
        loop {
            sleep(pause).await;
            match self.relay.connect().await {
                Ok(connection) => return connection,
                Err(error) => tracing::debug!(%error, "no connection yet"),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn receive(&self, bytes: &[u8]) {
        match serde_json::from_slice::<Envelope>(bytes) {
            Ok(envelope) if envelope.from == self.relay.replica => {}
            Ok(envelope) => self.pass_on(envelope.event),
            Err(error) => {
                // From a replica of another release: something has happened, so have it looked up.
                tracing::warn!(%error, "an event of another replica cannot be read");
                self.pass_on(Event::Missed);
            }
        }
    }

    fn pass_on(&self, event: Event) {
        // The error is that nobody in this process listens.
        let _ = self.here.send(event);
    }
}
