//! Events between replicas and on open pages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::BodyDataStream;
use axum::response::{IntoResponse as _, sse};
use counterfoil_core::ids::{OrganisationId, PersonId, TenantId};
use counterfoil_services::PrivateRedis;
use counterfoil_web::events::{Backplane, Event, Events, Standing, Subscriber, Watch, stream};
use futures_util::StreamExt as _;
use support::{Browser, Place, person, start};
use tokio::time::timeout;
use uuid::Uuid;

fn council(number: u128) -> TenantId {
    TenantId::from_uuid(Uuid::from_u128(number))
}

fn removed(person: PersonId, tenant: TenantId) -> Event {
    Event::AccessChanged { person: Some(person), tenant: Some(tenant), organisation: None }
}

/// The next event, where it comes within the time.
async fn within(milliseconds: u64, subscriber: &mut Subscriber) -> Option<Event> {
    timeout(Duration::from_millis(milliseconds), subscriber.next()).await.ok().flatten()
}

fn prefix() -> String {
    format!("test-{}:", Uuid::new_v4().simple())
}

#[tokio::test]
async fn every_replica_hears_of_everything_once() {
    let (url, prefix) = (counterfoil_testkit::redis(), prefix());
    let one = Events::redis_under(url, &prefix).await.unwrap();
    let two = Events::redis_under(url, &prefix).await.unwrap();
    let strangers = Events::redis_under(url, &self::prefix()).await.unwrap();
    let (mut at_one, mut at_two, mut elsewhere) = (one.subscribe(), two.subscribe(), strangers.subscribe());
    let organisation = Some(OrganisationId::from_uuid(Uuid::from_u128(9)));
    let told = [
        removed(person("Ana"), council(3)),
        Event::AccessChanged { person: None, tenant: None, organisation },
        Event::SettingsChanged { tenant: council(4) },
        Event::SessionEnded { person: person("Bea"), session: Uuid::from_u128(5) },
        Event::Progress { tenant: council(3), kind: "run".to_owned(), id: Uuid::from_u128(6), done: 7, of: 8 },
    ];
    let mut took = Vec::new();
    for (event, from) in told.iter().zip([&one, &two, &one, &two, &one]) {
        let published = Instant::now();
        from.publish(event.clone()).await;
        for subscriber in [&mut at_one, &mut at_two] {
            assert_eq!(within(3000, subscriber).await.as_ref(), Some(event));
        }
        took.push(published.elapsed());
    }
    // The median, since the machine may be busy with other tests.
    took.sort();
    assert!(took[2] < Duration::from_millis(200), "{took:?}");
    for subscriber in [&mut at_one, &mut at_two, &mut elsewhere] {
        assert_eq!(within(100, subscriber).await, None);
    }
}

#[tokio::test]
async fn while_redis_is_away_a_replica_hears_itself_and_afterwards_all_are_told_to_check() {
    let mut redis = PrivateRedis::start().unwrap();
    let one = Events::redis(&redis.url()).await.unwrap();
    let two = Events::redis(&redis.url()).await.unwrap();
    let (mut at_one, mut at_two) = (one.subscribe(), two.subscribe());

    redis.kill_hard().unwrap();
    let event = removed(person("Ana"), council(3));
    let begun = Instant::now();
    one.publish(event.clone()).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(within(10, &mut at_one).await, Some(event));
    assert_eq!(within(100, &mut at_two).await, None);

    redis.restart().unwrap();
    assert_eq!(within(6000, &mut at_one).await, Some(Event::Missed));
    assert_eq!(within(6000, &mut at_two).await, Some(Event::Missed));
    // One more or less, since the replica that could not tell says so too.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    while within(10, &mut at_one).await.is_some() || within(10, &mut at_two).await.is_some() {}

    let event = Event::SettingsChanged { tenant: council(4) };
    two.publish(event.clone()).await;
    assert_eq!(within(3000, &mut at_one).await, Some(event.clone()));
    assert_eq!(within(3000, &mut at_two).await, Some(event));
}

#[tokio::test]
async fn what_could_not_be_told_is_made_up_for() {
    let redis = PrivateRedis::start().unwrap();
    let one = Events::redis(&redis.url()).await.unwrap();
    let two = Events::redis(&redis.url()).await.unwrap();
    let (mut at_one, mut at_two) = (one.subscribe(), two.subscribe());
    let client = redis::Client::open(redis.url()).unwrap();
    let mut operator = client.get_multiplexed_async_connection().await.unwrap();
    let mut allow = async |rule: &str| {
        let said: String =
            redis::cmd("ACL").arg(&["SETUSER", "default", rule]).query_async(&mut operator).await.unwrap();
        assert_eq!(said, "OK");
    };

    // Both go on listening.
    allow("-publish").await;
    let event = removed(person("Ana"), council(3));
    one.publish(event.clone()).await;
    assert_eq!(within(10, &mut at_one).await, Some(event));
    allow("+publish").await;
    assert_eq!(within(15_000, &mut at_two).await, Some(Event::Missed));
    assert_eq!(within(100, &mut at_one).await, None);
}

#[tokio::test]
async fn an_event_that_no_release_knows_makes_whoever_hears_it_check() {
    let (url, prefix) = (counterfoil_testkit::redis(), prefix());
    let events = Events::redis_under(url, &prefix).await.unwrap();
    let mut subscriber = events.subscribe();
    let client = redis::Client::open(url).unwrap();
    let mut redis = client.get_multiplexed_async_connection().await.unwrap();
    for text in ["{\"from\":\"00000000-0000-0000-0000-000000000000\",\"event\":\"of_the_future\"}", "", "\u{1}"] {
        let heard: i64 =
            redis::cmd("PUBLISH").arg(format!("{prefix}events")).arg(text).query_async(&mut redis).await.unwrap();
        assert_eq!(heard, 1);
        assert_eq!(within(3000, &mut subscriber).await, Some(Event::Missed));
    }
}

#[tokio::test]
async fn ending_a_session_closes_its_pages_on_every_replica() {
    let redis = PrivateRedis::start().unwrap();
    let one = Backplane::open(Some(&redis.url()), true).await.unwrap();
    let two = Backplane::open(Some(&redis.url()), true).await.unwrap();
    assert_eq!(one.describe(), format!("sessions and events: through Redis at {}", redis.url()));
    let mut place = Place::memory();
    place.sessions = one.sessions.clone();
    let mut office = Browser::signed_in(&place, "Ana").await;
    let mut home = Browser::signed_in(&place, "Ana").await;
    let of = |browser: &mut Browser| {
        let mut browser = browser.clone();
        async move { browser.page(async |session| session.login(start()).await.unwrap().unwrap().id).await }
    };
    let (at_office, at_home) = (of(&mut office).await, of(&mut home).await);

    let mut subscriber = two.events.subscribe();
    one.sessions.end_all(person("Ana"), Some(at_home)).await.unwrap();
    let ended = |session| Some(Event::SessionEnded { person: person("Ana"), session });
    assert_eq!(within(3000, &mut subscriber).await, ended(at_office));
    home.page(async |session| session.end().await.unwrap()).await;
    assert_eq!(within(3000, &mut subscriber).await, ended(at_home));
    assert!(!two.sessions.end_one(person("Ana"), at_home).await.unwrap());

    // Somebody else signs in on the same browser.
    let mut shared = Browser::signed_in(&place, "Ana").await;
    let before = of(&mut shared).await;
    shared.page(async |session| session.begin(support::login("Bea")).await.unwrap()).await;
    assert_eq!(within(3000, &mut subscriber).await, ended(before));
    assert_eq!(within(50, &mut subscriber).await, None);
}

/// Ana's open page at a council, and how often it was asked whether she may listen.
struct OpenPage {
    body: BodyDataStream,
    standing: Arc<std::sync::Mutex<Standing>>,
    asked: Arc<AtomicUsize>,
}

const MINE: Uuid = Uuid::from_u128(77);

impl OpenPage {
    async fn of(events: &Events) -> Self {
        let standing = Arc::new(std::sync::Mutex::new(Standing::In));
        let asked = Arc::new(AtomicUsize::new(0));
        let (answer, count) = (standing.clone(), asked.clone());
        let watch = Watch { person: person("Ana"), session: MINE, council: Some(council(3)) };
        let shows = |event: &Event| match event {
            Event::Progress { tenant, done, of, .. } if *tenant == council(3) => {
                Some(sse::Event::default().event("progress").data(format!("{done}/{of}")))
            }
            _ => None,
        };
        let authorise = move || {
            count.fetch_add(1, Ordering::SeqCst);
            let standing = *answer.lock().unwrap();
            async move { standing }
        };
        let response = stream(events.subscribe(), watch, shows, authorise).into_response();
        let mut page = Self { body: response.into_body().into_data_stream(), standing, asked };
        assert_eq!(page.next(1000).await.as_deref(), Some(": open\nretry: 2000\n\n"));
        assert_eq!(page.asked(), 1);
        page
    }

    fn set(&self, standing: Standing) {
        *self.standing.lock().unwrap() = standing;
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// What the browser is sent next; nothing where the stream has ended.
    async fn next(&mut self, milliseconds: u64) -> Option<String> {
        let next = timeout(Duration::from_millis(milliseconds), self.body.next());
        next.await.expect("nothing came").map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap())
    }

    async fn is_signed_out(&mut self) {
        assert_eq!(self.next(1000).await.as_deref(), Some("event: signed-out\ndata: signed-out\n\n"));
        assert_eq!(self.next(1000).await, None);
    }
}

#[tokio::test]
async fn a_person_who_is_removed_is_thrown_out_of_an_open_page() {
    let events = Events::local();
    let mut page = OpenPage::of(&events).await;
    page.set(Standing::Out);
    events.publish(removed(person("Ana"), council(3))).await;
    page.is_signed_out().await;
}

#[tokio::test]
async fn a_page_that_misses_events_checks_and_goes_on() {
    let events = Events::local();
    let mut page = OpenPage::of(&events).await;
    let progress = |tenant, done| Event::Progress { tenant, kind: "run".to_owned(), id: MINE, done, of: 8 };
    events.publish(Event::Missed).await;
    events.publish(progress(council(4), 1)).await;
    events.publish(progress(council(3), 2)).await;
    assert_eq!(page.next(1000).await.as_deref(), Some("event: progress\ndata: 2/8\n\n"));
    assert_eq!(page.asked(), 2);

    page.set(Standing::Out);
    events.publish(Event::Missed).await;
    page.is_signed_out().await;
}

#[tokio::test]
async fn what_concerns_others_asks_nothing_and_what_concerns_all_does() {
    let events = Events::local();
    let mut page = OpenPage::of(&events).await;
    let changed = |person, tenant| Event::AccessChanged { person, tenant, organisation: None };
    events.publish(removed(person("Bea"), council(3))).await;
    events.publish(changed(None, Some(council(4)))).await;
    events.publish(Event::SettingsChanged { tenant: council(3) }).await;
    events.publish(Event::SessionEnded { person: person("Bea"), session: Uuid::from_u128(78) }).await;
    let progress = Event::Progress { tenant: council(3), kind: "run".to_owned(), id: MINE, done: 1, of: 8 };
    events.publish(progress.clone()).await;
    page.next(1000).await.unwrap();
    assert_eq!(page.asked(), 1);

    // What is taken at another council may be what made this person what they are here.
    for (times, event) in [
        (2, changed(None, Some(council(3)))),
        (3, changed(None, None)),
        (4, changed(Some(person("Ana")), Some(council(4)))),
        (5, Event::SessionEnded { person: person("Ana"), session: Uuid::from_u128(78) }),
    ] {
        events.publish(event).await;
        events.publish(progress.clone()).await;
        page.next(1000).await.unwrap();
        assert_eq!(page.asked(), times);
    }
}

#[tokio::test]
async fn signing_out_closes_the_pages_of_that_session() {
    let events = Events::local();
    let mut page = OpenPage::of(&events).await;
    // The check may still find the session that is just being ended.
    events.publish(Event::SessionEnded { person: person("Ana"), session: MINE }).await;
    page.is_signed_out().await;
    assert_eq!(page.asked(), 1);
}

#[tokio::test]
async fn when_it_cannot_be_said_the_page_closes_without_a_word() {
    let events = Events::local();
    let mut page = OpenPage::of(&events).await;
    page.set(Standing::Unknown);
    events.publish(Event::Missed).await;
    assert_eq!(page.next(1000).await, None);
}

#[tokio::test]
async fn open_pages_close_when_the_process_is_to_stop() {
    let events = Events::local();
    let mut page = OpenPage::of(&events).await;
    events.close();
    assert_eq!(page.next(1000).await, None);
}
