//! An open page that hears of events, for as long as its person may.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{self, KeepAlive, Sse};
use counterfoil_core::ids::{PersonId, TenantId};
use futures_util::stream::{self, Stream};
use tokio::time::{Instant, sleep_until, timeout};
use uuid::Uuid;

use super::channel::Subscriber;
use super::event::Event;

/// What happens on an open page where nothing does.
#[derive(Clone, Copy)]
struct Pace {
    /// How often something is sent in any case, so that nothing on the way takes the connection for dead.
    ping: Duration,
    /// How often whoever listens is checked in any case: events say at once that something changed, unless
    /// they cannot.
    recheck: Duration,
}

const PACE: Pace = Pace { ping: Duration::from_secs(15), recheck: Duration::from_secs(30) };

/// The longest that a check may take.
const CHECK_LIMIT: Duration = Duration::from_secs(5);

/// How soon a browser comes back when a stream ends.
const RETURN: Duration = Duration::from_secs(2);

/// Who listens.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    /// The person.
    pub person: PersonId,
    /// The login's id.
    pub session: Uuid,
    /// The council whose page it is; nothing for a page across councils.
    pub council: Option<TenantId>,
}

/// What a check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// May go on.
    In,
    /// May not.
    Out,
    /// Cannot be said, since the database or Redis does not answer. The stream ends, and the browser, which
    /// comes back by itself, is asked who it is.
    Unknown,
}

impl From<bool> for Standing {
    fn from(is_in: bool) -> Self {
        if is_in { Self::In } else { Self::Out }
    }
}

impl Watch {
    /// Whether an event may have taken something from this person here.
    fn is_concerned(&self, event: &Event) -> bool {
        match event {
            Event::Missed => true,
            Event::AccessChanged { person, tenant, .. } => {
                let here = match (tenant, self.council) {
                    (Some(tenant), Some(council)) => *tenant == council,
                    _ => true,
                };
                person.map_or(here, |person| person == self.person)
            }
            Event::SessionEnded { person, .. } => *person == self.person,
            Event::SettingsChanged { .. } | Event::Progress { .. } => false,
        }
    }
}

/// The response of an event stream.
///
/// `authorise` looks whether the person may still listen: whether the login is in
/// ([`Sessions::is_in`](crate::session::Sessions::is_in)) and the permission stands. It is asked at the
/// start, within a moment of each event that may have changed the answer, and every 30 seconds in any case.
/// When the answer is no, or the session is ended, the browser gets the event `signed-out` and the
/// stream ends. `shows` puts the events that this page wants into words for it; all others it never sees.
///
/// A subscription has to be taken out before the person is looked up, so that nothing falls in between. The
/// process ends all streams with [`Events::close`](super::Events::close) before it waits for open requests.
pub fn stream<S, A, F>(
    subscriber: Subscriber,
    watch: Watch,
    shows: S,
    authorise: A,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>> + Send>
where
    S: Fn(&Event) -> Option<sse::Event> + Send + 'static,
    A: Fn() -> F + Send + 'static,
    F: Future + Send + 'static,
    F::Output: Into<Standing> + Send,
{
    stream_at(PACE, subscriber, watch, shows, authorise)
}

fn stream_at<S, A, F>(
    pace: Pace,
    subscriber: Subscriber,
    watch: Watch,
    shows: S,
    authorise: A,
) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>> + Send>
where
    S: Fn(&Event) -> Option<sse::Event> + Send + 'static,
    A: Fn() -> F + Send + 'static,
    F: Future + Send + 'static,
    F::Output: Into<Standing> + Send,
{
    let open = Open { pace, subscriber, watch, shows, authorise, recheck: Instant::now(), greeted: false };
    let events = stream::unfold(Some(open), async |open| {
        let (event, open) = open?.next().await?;
        Some((Ok(event), open))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(pace.ping).text("ping"))
}

struct Open<S, A> {
    pace: Pace,
    subscriber: Subscriber,
    watch: Watch,
    shows: S,
    authorise: A,
    recheck: Instant,
    greeted: bool,
}

impl<S, A, F> Open<S, A>
where
    S: Fn(&Event) -> Option<sse::Event>,
    A: Fn() -> F,
    F: Future,
    F::Output: Into<Standing>,
{
    /// What the browser is sent next; with it the stream, where that goes on.
    async fn next(mut self) -> Option<(sse::Event, Option<Self>)> {
        loop {
            let event = tokio::select! {
                biased;
                () = sleep_until(self.recheck), if self.greeted => None,
                event = self.subscriber.next(), if self.greeted => Some(event?),
                else => None,
            };
            if self.is_mine(event.as_ref()) {
                return Some((signed_out(), None));
            }
            if event.as_ref().is_none_or(|event| self.watch.is_concerned(event)) {
                // Asked before it is awaited: the stream is not lent out meanwhile.
                let asked = timeout(CHECK_LIMIT, (self.authorise)());
                match asked.await.map_or(Standing::Unknown, Into::into) {
                    Standing::In => self.recheck = Instant::now() + self.pace.recheck,
                    Standing::Out => return Some((signed_out(), None)),
                    Standing::Unknown => return None,
                }
            }
            if !self.greeted {
                self.greeted = true;
                return Some((sse::Event::default().comment("open").retry(RETURN), Some(self)));
            }
            if let Some(shown) = event.as_ref().and_then(&self.shows) {
                return Some((shown, Some(self)));
            }
        }
    }

    fn is_mine(&self, event: Option<&Event>) -> bool {
        matches!(event, Some(Event::SessionEnded { session, .. }) if *session == self.watch.session)
    }
}

/// The data is for the browser's sake, which does not pass on an event that has none.
fn signed_out() -> sse::Event {
    sse::Event::default().event("signed-out").data("signed-out")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use axum::response::IntoResponse as _;
    use futures_util::StreamExt as _;

    use super::*;
    use crate::events::Events;

    #[tokio::test]
    async fn a_page_that_hears_of_nothing_is_pinged_and_checked_all_the_same() {
        let events = Events::local();
        let is_in = Arc::new(AtomicBool::new(true));
        let answer = is_in.clone();
        let person = PersonId::from_uuid(Uuid::from_u128(7));
        let watch = Watch { person, session: Uuid::from_u128(8), council: None };
        let pace = Pace { ping: Duration::from_millis(100), recheck: Duration::from_millis(250) };
        let authorise = move || {
            let is_in = answer.load(Ordering::SeqCst);
            async move { is_in }
        };
        let response = stream_at(pace, events.subscribe(), watch, |_| None, authorise).into_response();
        let mut body = response.into_body().into_data_stream();
        let mut sent = Vec::new();
        let begun = Instant::now();
        while let Ok(Some(Ok(bytes))) = timeout(Duration::from_secs(5), body.next()).await {
            sent.push(String::from_utf8(bytes.to_vec()).unwrap());
            // Revoked without any event; the check after that finds it.
            if sent.len() == 5 {
                is_in.store(false, Ordering::SeqCst);
            }
        }
        assert_eq!(sent.first().map(String::as_str), Some(": open\nretry: 2000\n\n"));
        assert_eq!(sent.last().map(String::as_str), Some("event: signed-out\ndata: signed-out\n\n"));
        assert!(sent[1..sent.len() - 1].iter().all(|text| text == ": ping\n\n"), "{sent:?}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    }
}
