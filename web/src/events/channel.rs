//! Publishing and subscribing.

use std::sync::Arc;

use futures_util::stream::{self, Stream};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

use super::event::Event;
use super::link::{Link, LinkError, PREFIX};
use super::relay::Relay;

/// How many events a subscriber may be behind before the oldest are dropped for it.
const BACKLOG: usize = 1024;

/// The events. Clones share them.
#[derive(Clone)]
pub struct Events {
    shared: Arc<Shared>,
}

struct Shared {
    here: broadcast::Sender<Event>,
    /// To the other replicas, where there can be any.
    relay: Option<Relay>,
    closed: CancellationToken,
    described: String,
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.closed.cancel();
    }
}

impl Events {
    /// Shared by all replicas that name the same Redis. Listening has begun when this returns.
    ///
    /// # Errors
    /// Where the address is none, or nothing answers there.
    pub async fn redis(url: &str) -> Result<Self, LinkError> {
        Self::redis_under(url, PREFIX).await
    }

    /// As [`redis`](Self::redis), on a channel whose name begins with `prefix`.
    ///
    /// # Errors
    /// Where the address is none, or nothing answers there.
    pub async fn redis_under(url: &str, prefix: &str) -> Result<Self, LinkError> {
        Self::over(Link::open(url, prefix).await?).await
    }

    pub(super) async fn over(link: Link) -> Result<Self, LinkError> {
        let (here, _) = broadcast::channel(BACKLOG);
        let closed = CancellationToken::new();
        let described = format!("events: through Redis at {}", link.at());
        let relay = Some(Relay::start(link, here.clone(), closed.clone()).await?);
        Ok(Self { shared: Arc::new(Shared { here, relay, closed, described }) })
    }

    /// Within this process only.
    #[must_use]
    pub fn local() -> Self {
        let (here, _) = broadcast::channel(BACKLOG);
        let described = "events: in this process only, since REDIS_URL is not set".to_owned();
        Self { shared: Arc::new(Shared { here, relay: None, closed: CancellationToken::new(), described }) }
    }

    /// Where they go, for the log at start.
    #[must_use]
    pub fn describe(&self) -> String {
        self.shared.described.clone()
    }

    /// Tells everybody: this process at once and in any case, the other replicas before this returns. Where
    /// Redis does not answer within two seconds that is logged, and the others are told to check again as
    /// soon as it does.
    pub async fn publish(&self, event: Event) {
        // The error is that nobody in this process listens.
        let _ = self.shared.here.send(event.clone());
        if let Some(relay) = &self.shared.relay {
            relay.tell(&event).await;
        }
    }

    /// All events from now on, each once.
    #[must_use]
    pub fn subscribe(&self) -> Subscriber {
        Subscriber { here: self.shared.here.subscribe(), closed: self.shared.closed.clone() }
    }

    /// Ends all subscriptions, and with them all open event streams, for when the process is to stop.
    pub fn close(&self) {
        self.shared.closed.cancel();
    }
}

/// Hears of events.
pub struct Subscriber {
    here: broadcast::Receiver<Event>,
    closed: CancellationToken,
}

impl Subscriber {
    /// The next event; nothing once there will be no more. Loses nothing when dropped while it waits.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::select! {
            biased;
            () = self.closed.cancelled() => None,
            received = self.here.recv() => match received {
                Ok(event) => Some(event),
                Err(RecvError::Lagged(missed)) => {
                    tracing::debug!(missed, "a subscriber is too slow");
                    Some(Event::Missed)
                }
                Err(RecvError::Closed) => None,
            },
        }
    }

    /// The same as a stream.
    pub fn into_stream(self) -> impl Stream<Item = Event> + Send {
        stream::unfold(self, async |mut subscriber| subscriber.next().await.map(|event| (event, subscriber)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_is_too_slow_is_told_so_and_goes_on() {
        let events = Events::local();
        let mut slow = events.subscribe();
        for _ in 0..BACKLOG + 6 {
            events.publish(Event::Missed).await;
        }
        let tenant = counterfoil_core::ids::TenantId::from_uuid(uuid::Uuid::from_u128(3));
        events.publish(Event::SettingsChanged { tenant }).await;
        let mut heard = 0;
        while slow.next().await != Some(Event::SettingsChanged { tenant }) {
            heard += 1;
        }
        // What fits, less the last, and one word about the rest.
        assert_eq!(heard, BACKLOG);
    }

    #[tokio::test]
    async fn nobody_waits_for_events_once_the_process_stops() {
        let events = Events::local();
        let (mut early, mut other) = (events.subscribe(), events.subscribe());
        events.close();
        assert_eq!(early.next().await, None);
        assert_eq!(events.subscribe().next().await, None);
        drop(events);
        assert_eq!(other.next().await, None);
    }
}
