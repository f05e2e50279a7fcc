//! Sessions as a browser meets them, in Redis and in the memory of one process alike.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use chrono::TimeDelta;
use counterfoil_core::ids::TenantId;
use counterfoil_web::session::{SessionError, Stage};
use support::{Browser, Place, login, person, start};
use uuid::Uuid;

/// Runs each test twice: with sessions in memory, and in Redis under keys of the test's own.
macro_rules! on_both {
    ($($test:ident;)*) => {
        mod in_memory {$(
            #[tokio::test]
            async fn $test() {
                super::$test(super::support::Place::memory()).await;
            }
        )*}
        mod in_redis {$(
            #[tokio::test]
            async fn $test() {
                super::$test(super::support::Place::redis(counterfoil_testkit::redis()).await).await;
            }
        )*}
    };
}

on_both! {
    a_visitor_about_whom_nothing_is_remembered_has_no_cookie;
    whoever_signs_in_is_known_on_the_next_page;
    each_change_of_a_login_invalidates_the_token_before_at_once;
    a_login_keeps_its_id_and_its_beginning_whatever_changes;
    both_limits_hold_to_the_second;
    only_pages_that_were_asked_for_keep_a_login_alive;
    a_person_sees_their_own_sessions_and_ends_one_from_elsewhere;
    signing_out_everywhere_is_seen_by_every_replica_at_once;
    nobody_ends_the_session_of_somebody_else;
    a_login_that_was_ended_cannot_be_carried_on;
    of_two_requests_that_change_a_login_at_once_one_succeeds;
    a_page_that_saves_late_does_not_bring_an_old_token_back;
    a_login_that_ends_while_it_begins_has_ended;
    a_login_is_in_at_every_moment_while_its_token_changes;
    of_a_hundred_takers_one_gets_the_value;
    what_was_asked_for_before_signing_in_is_there_afterwards;
    forms_are_good_for_their_session_and_their_council_only;
    a_form_from_before_signing_in_is_worth_nothing_afterwards;
    signing_in_again_ends_the_login_before;
    signing_out_removes_the_cookie_and_the_session;
    an_unknown_token_is_nobodys_and_its_cookie_is_left_alone;
}

async fn a_visitor_about_whom_nothing_is_remembered_has_no_cookie(place: Place) {
    let mut browser = Browser::new(&place);
    let found = browser.page(async |session| session.login(start()).await.unwrap()).await;
    assert_eq!(found, None);
    let taken: Option<String> = browser.page(async |session| session.take("asked for").await.unwrap()).await;
    assert_eq!(taken, None);
    assert!(!browser.page(async |session| session.csrf_matches("account", "").await.unwrap()).await);
    assert_eq!(browser.cookie(), None);
}

async fn whoever_signs_in_is_known_on_the_next_page(place: Place) {
    let mut browser = Browser::new(&place);
    let begun = browser.page(async |session| session.begin(login("Ana")).await.unwrap()).await;
    let found = browser.page(async |session| session.login(start()).await.unwrap()).await;
    assert_eq!(found, Some(begun));
}

async fn each_change_of_a_login_invalidates_the_token_before_at_once(place: Place) {
    let mut browser = Browser::new(&place);
    browser.page(async |session| session.csrf("account").await.unwrap()).await;
    let mut tokens = vec![browser.cookie().unwrap().to_owned()];

    browser.page(async |session| session.begin(login("Ana")).await.unwrap()).await;
    tokens.push(browser.cookie().unwrap().to_owned());
    browser.page(async |session| session.promote(start(), |login| login.stage = Stage::Full).await.unwrap()).await;
    tokens.push(browser.cookie().unwrap().to_owned());
    let council = Some(TenantId::from_uuid(Uuid::from_u128(3)));
    browser.page(async move |session| session.switch(start(), council).await.unwrap()).await;

    for old in tokens {
        assert_ne!(browser.cookie(), Some(old.as_str()));
        let mut thief = Browser::with_cookie(&place, &old);
        assert_eq!(thief.page(async |session| session.login(start()).await.unwrap()).await, None);
    }
    let found = browser.page(async |session| session.login(start()).await.unwrap()).await.unwrap();
    assert_eq!((found.stage, found.council), (Stage::Full, council));
}

async fn a_login_keeps_its_id_and_its_beginning_whatever_changes(place: Place) {
    let mut browser = Browser::new(&place);
    let begun = browser.page(async |session| session.begin(login("Ana")).await.unwrap()).await;
    let later = start() + TimeDelta::minutes(9);
    let promoted = browser
        .page(async move |session| {
            let change = |login: &mut counterfoil_web::session::Login| {
                login.id = Uuid::from_u128(1);
                login.person = person("Bea");
                login.began = later;
                login.stage = Stage::Full;
                login.proven = Some(later);
            };
            session.promote(later, change).await.unwrap()
        })
        .await;
    assert_eq!((promoted.id, promoted.person, promoted.began), (begun.id, begun.person, begun.began));
    assert_eq!((promoted.seen, promoted.proven, promoted.stage), (later, Some(later), Stage::Full));
    let listed = place.sessions.of(person("Ana"), later).await.unwrap();
    assert_eq!(listed.iter().map(|session| session.id).collect::<Vec<_>>(), [begun.id]);
}

async fn both_limits_hold_to_the_second(place: Place) {
    let second = TimeDelta::seconds(1);
    let mut idle = Browser::signed_in(&place, "Ana").await;
    let last = start() + TimeDelta::minutes(30);
    assert!(idle.page(async move |session| session.login(last).await.unwrap()).await.is_some());
    assert!(place.sessions.of(person("Ana"), last + second).await.unwrap().is_empty());
    assert!(idle.page(async move |session| session.login(last + second).await.unwrap()).await.is_none());
    // And it does not come back, whatever the clock says.
    assert!(idle.page(async |session| session.login(start()).await.unwrap()).await.is_none());

    let mut busy = Browser::signed_in(&place, "Bea").await;
    for twenty_minutes in 1..=36 {
        let now = start() + TimeDelta::minutes(20 * twenty_minutes);
        assert!(busy.page(async move |session| session.touch(now).await.unwrap()).await.is_some());
    }
    let last = start() + TimeDelta::hours(12);
    assert!(busy.page(async move |session| session.login(last).await.unwrap()).await.is_some());
    assert!(busy.page(async move |session| session.login(last + second).await.unwrap()).await.is_none());
}

async fn only_pages_that_were_asked_for_keep_a_login_alive(place: Place) {
    let mut browser = Browser::signed_in(&place, "Ana").await;
    let token = browser.cookie().unwrap().to_owned();
    let question = start() + TimeDelta::minutes(20);
    browser.page(async move |session| session.login(question).await.unwrap()).await.unwrap();
    browser.page(async |session| session.csrf("norfolk").await.unwrap()).await;
    let page = start() + TimeDelta::minutes(25);
    let touched = browser.page(async move |session| session.touch(page).await.unwrap()).await.unwrap();
    assert_eq!(touched.seen, page);
    // A page that was asked for earlier and comes later does not turn the clock back.
    browser.page(async move |session| session.touch(question).await.unwrap()).await.unwrap();

    let last = page + TimeDelta::minutes(30);
    let found = browser.page(async move |session| session.login(last).await.unwrap()).await.unwrap();
    assert_eq!((found.seen, found.left(last)), (page, Some(TimeDelta::zero())));
    // Being seen sends no cookie: it could overwrite the one of another tab.
    assert_eq!(browser.cookie(), Some(token.as_str()));
    assert_eq!(browser.cookies_set(), 1);
}

async fn a_person_sees_their_own_sessions_and_ends_one_from_elsewhere(place: Place) {
    let mut office = Browser::signed_in(&place, "Ana").await;
    let mut home = Browser::signed_in(&place, "Ana").await;
    Browser::signed_in(&place, "Bea").await;
    let later = start() + TimeDelta::minutes(5);
    home.page(async move |session| session.touch(later).await.unwrap()).await;

    let listed = place.sessions.of(person("Ana"), later).await.unwrap();
    assert_eq!(listed.iter().map(|session| session.seen).collect::<Vec<_>>(), [later, start()]);
    assert_eq!((listed[1].address.as_str(), listed[1].agent.as_str()), ("192.0.2.7", "Firefox"));
    assert!(place.sessions.is_in(person("Ana"), listed[1].id, later).await.unwrap());

    assert!(place.sessions.end_one(person("Ana"), listed[1].id).await.unwrap());
    assert!(!place.sessions.end_one(person("Ana"), listed[1].id).await.unwrap());
    assert!(!place.sessions.is_in(person("Ana"), listed[1].id, later).await.unwrap());
    assert_eq!(office.page(async |session| session.login(start()).await.unwrap()).await, None);
    assert!(home.page(async move |session| session.login(later).await.unwrap()).await.is_some());
    assert_eq!(place.sessions.of(person("Ana"), later).await.unwrap(), listed[..1]);
    assert_eq!(place.sessions.of(person("Bea"), later).await.unwrap().len(), 1);
}

async fn signing_out_everywhere_is_seen_by_every_replica_at_once(place: Place) {
    let mut here = Browser::signed_in(&place, "Ana").await;
    let mut others = [Browser::signed_in(&place, "Ana").await, Browser::signed_in(&place, "Ana").await];
    let kept = here.page(async |session| session.login(start()).await.unwrap().unwrap().id).await;

    let replica = place.replica().await;
    let ended = replica.sessions.end_all(person("Ana"), Some(kept)).await.unwrap();
    assert_eq!(ended.len(), 2);
    for other in &mut others {
        assert_eq!(other.page(async |session| session.login(start()).await.unwrap()).await, None);
    }
    assert!(here.page(async |session| session.login(start()).await.unwrap()).await.is_some());
    let listed = replica.sessions.of(person("Ana"), start()).await.unwrap();
    assert_eq!(listed.iter().map(|session| session.id).collect::<Vec<_>>(), [kept]);

    replica.sessions.end_all(person("Ana"), None).await.unwrap();
    assert_eq!(here.page(async |session| session.login(start()).await.unwrap()).await, None);
    assert!(place.sessions.of(person("Ana"), start()).await.unwrap().is_empty());
}

async fn nobody_ends_the_session_of_somebody_else(place: Place) {
    let mut ana = Browser::signed_in(&place, "Ana").await;
    let id = ana.page(async |session| session.login(start()).await.unwrap().unwrap().id).await;
    assert!(!place.sessions.end_one(person("Bea"), id).await.unwrap());
    assert!(!place.sessions.is_in(person("Bea"), id, start()).await.unwrap());
    assert!(ana.page(async |session| session.login(start()).await.unwrap()).await.is_some());
}

async fn a_login_that_was_ended_cannot_be_carried_on(place: Place) {
    let mut browser = Browser::signed_in(&place, "Ana").await;
    let token = browser.cookie().unwrap().to_owned();
    let sessions = place.sessions.clone();
    let outcome = browser
        .page(async move |session| {
            // The page has read who it is; meanwhile an administrator removes the person.
            session.login(start()).await.unwrap().unwrap();
            sessions.end_all(person("Ana"), None).await.unwrap();
            session.switch(start(), None).await
        })
        .await;
    assert!(matches!(outcome, Err(SessionError::Ended)), "{outcome:?}");
    assert_eq!(browser.status(), 200, "what the page makes of it is for the page to say");
    assert_eq!(browser.page(async |session| session.login(start()).await.unwrap()).await, None);
    assert_eq!(browser.cookie(), Some(token.as_str()));
    assert!(place.sessions.of(person("Ana"), start()).await.unwrap().is_empty());
}

async fn of_two_requests_that_change_a_login_at_once_one_succeeds(place: Place) {
    for _ in 0..20 {
        let browser = Browser::signed_in(&place, "Ana").await;
        let (mut one, mut other) = (browser.clone(), browser.clone());
        let barrier = std::sync::Arc::new(tokio::sync::Barrier::new(2));
        let wait = barrier.clone();
        let outcomes = tokio::join!(
            one.page(async move |session| {
                session.login(start()).await.unwrap();
                barrier.wait().await;
                session.switch(start(), None).await
            }),
            other.page(async move |session| {
                session.login(start()).await.unwrap();
                wait.wait().await;
                session.switch(start(), None).await
            }),
        );
        let (mut winner, lost) = match outcomes {
            (Ok(_), Err(lost)) => (one, lost),
            (Err(lost), Ok(_)) => (other, lost),
            outcomes => panic!("{outcomes:?}"),
        };
        assert!(matches!(lost, SessionError::Ended), "{lost:?}");
        assert!(winner.page(async |session| session.login(start()).await.unwrap()).await.is_some());
        assert_eq!(place.sessions.of(person("Ana"), start()).await.unwrap().len(), 1);
        assert_eq!(place.sessions.end_all(person("Ana"), None).await.unwrap().len(), 1);
        assert!(winner.page(async |session| session.login(start()).await.unwrap()).await.is_none());
    }
}

async fn a_page_that_saves_late_does_not_bring_an_old_token_back(place: Place) {
    let mut browser = Browser::signed_in(&place, "Ana").await;
    let token = browser.cookie().unwrap().to_owned();
    let mut other_tab = browser.clone();
    let slow = browser.clone();
    slow.clone()
        .page(async move |session| {
            session.login(start()).await.unwrap().unwrap();
            other_tab.page(async |session| session.switch(start(), None).await.unwrap()).await;
            session.touch(start() + TimeDelta::minutes(1)).await.unwrap();
            session.put("asked for", "/norfolk").await.unwrap();
        })
        .await;
    let mut thief = Browser::with_cookie(&place, &token);
    assert_eq!(thief.page(async |session| session.login(start()).await.unwrap()).await, None);
    assert_eq!(browser.page(async |session| session.login(start()).await.unwrap()).await, None);
}

async fn a_login_that_ends_while_it_begins_has_ended(place: Place) {
    let mut browser = Browser::new(&place);
    let sessions = place.sessions.clone();
    browser
        .page(async move |session| {
            session.begin(login("Ana")).await.unwrap();
            sessions.end_all(person("Ana"), None).await.unwrap();
        })
        .await;
    assert_eq!(browser.page(async |session| session.login(start()).await.unwrap()).await, None);
    assert!(place.sessions.of(person("Ana"), start()).await.unwrap().is_empty());
}

async fn a_login_is_in_at_every_moment_while_its_token_changes(place: Place) {
    let mut browser = Browser::signed_in(&place, "Ana").await;
    let id = browser.page(async |session| session.login(start()).await.unwrap().unwrap().id).await;
    let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (replica, stop) = (place.replica().await, done.clone());
    let watching = tokio::spawn(async move {
        let mut asked = 0;
        while !stop.load(std::sync::atomic::Ordering::SeqCst) {
            assert!(replica.sessions.is_in(person("Ana"), id, start()).await.unwrap(), "after asking {asked} times");
            asked += 1;
            tokio::task::yield_now().await;
        }
        asked
    });
    for _ in 0..100 {
        browser.page(async |session| session.switch(start(), None).await.unwrap()).await;
        tokio::task::yield_now().await;
    }
    done.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(watching.await.unwrap() > 50);
}

async fn of_a_hundred_takers_one_gets_the_value(place: Place) {
    let mut browser = Browser::new(&place);
    browser.page(async |session| session.put("challenge", "nonce").await.unwrap()).await;
    let replica = place.replica().await;
    let mut takers = tokio::task::JoinSet::new();
    for number in 0..100 {
        let at = if number % 2 == 0 { &place } else { &replica };
        let mut browser = Browser::with_cookie(at, browser.cookie().unwrap());
        takers.spawn(
            async move { browser.page(async |session| session.take::<String>("challenge").await.unwrap()).await },
        );
    }
    let taken: Vec<String> = takers.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken, ["nonce"]);
}

async fn what_was_asked_for_before_signing_in_is_there_afterwards(place: Place) {
    let mut browser = Browser::new(&place);
    browser.page(async |session| session.put("asked for", "/devon/claims").await.unwrap()).await;
    browser.page(async |session| session.put("asked for", "/norfolk/claims").await.unwrap()).await;
    browser.page(async |session| session.begin(login("Ana")).await.unwrap()).await;
    browser.page(async |session| session.promote(start(), |login| login.stage = Stage::Full).await.unwrap()).await;
    let mut stranger = Browser::signed_in(&place, "Bea").await;
    assert_eq!(stranger.page(async |session| session.take::<String>("asked for").await.unwrap()).await, None);

    let asked = browser.page(async |session| session.take::<String>("asked for").await.unwrap()).await;
    assert_eq!(asked.as_deref(), Some("/norfolk/claims"));
    assert_eq!(browser.page(async |session| session.take::<String>("asked for").await.unwrap()).await, None);
}

async fn forms_are_good_for_their_session_and_their_council_only(place: Place) {
    let mut ana = Browser::signed_in(&place, "Ana").await;
    let mut bea = Browser::signed_in(&place, "Bea").await;
    let token = ana.page(async |session| session.csrf("norfolk").await.unwrap()).await;
    let matches = async |browser: &mut Browser, scope: &'static str| {
        let token = token.clone();
        browser.page(async move |session| session.csrf_matches(scope, &token).await.unwrap()).await
    };
    assert!(matches(&mut ana, "norfolk").await);
    assert!(!matches(&mut ana, "devon").await);
    assert!(!matches(&mut ana, "account").await);
    assert!(!matches(&mut bea, "norfolk").await);
    assert!(!matches(&mut Browser::new(&place), "norfolk").await);

    // A switch of council in another tab does not lose the form.
    let council = Some(TenantId::from_uuid(Uuid::from_u128(3)));
    ana.page(async move |session| session.switch(start(), council).await.unwrap()).await;
    assert!(matches(&mut ana, "norfolk").await);
}

async fn a_form_from_before_signing_in_is_worth_nothing_afterwards(place: Place) {
    let mut browser = Browser::new(&place);
    let before = browser.page(async |session| session.csrf("account").await.unwrap()).await;
    let mut first = login("Ana");
    first.stage = Stage::FirstFactor;
    let begun = {
        let (before, first) = (before.clone(), first.clone());
        browser.page(async move |session| {
            assert!(session.csrf_matches("account", &before).await.unwrap());
            session.begin(first).await.unwrap();
            assert!(!session.csrf_matches("account", &before).await.unwrap());
            session.csrf("account").await.unwrap()
        })
    }
    .await;
    let full = browser
        .page(async |session| {
            session.promote(start(), |login| login.stage = Stage::Full).await.unwrap();
            session.csrf("account").await.unwrap()
        })
        .await;
    assert_ne!(before, begun);
    assert_ne!(begun, full);
    for old in [before, begun] {
        assert!(!browser.page(async move |session| session.csrf_matches("account", &old).await.unwrap()).await);
    }
}

async fn signing_in_again_ends_the_login_before(place: Place) {
    let mut browser = Browser::signed_in(&place, "Ana").await;
    let before = browser.cookie().unwrap().to_owned();
    browser.page(async |session| session.begin(login("Bea")).await.unwrap()).await;
    assert!(place.sessions.of(person("Ana"), start()).await.unwrap().is_empty());
    let mut thief = Browser::with_cookie(&place, &before);
    assert_eq!(thief.page(async |session| session.login(start()).await.unwrap()).await, None);
    let found = browser.page(async |session| session.login(start()).await.unwrap()).await.unwrap();
    assert_eq!(found.person, person("Bea"));
}

async fn signing_out_removes_the_cookie_and_the_session(place: Place) {
    let mut browser = Browser::signed_in(&place, "Ana").await;
    let token = browser.cookie().unwrap().to_owned();
    browser.page(async |session| session.end().await.unwrap()).await;
    assert_eq!(browser.cookie(), None);
    assert!(place.sessions.of(person("Ana"), start()).await.unwrap().is_empty());
    let mut thief = Browser::with_cookie(&place, &token);
    assert_eq!(thief.page(async |session| session.login(start()).await.unwrap()).await, None);
}

async fn an_unknown_token_is_nobodys_and_its_cookie_is_left_alone(place: Place) {
    // Of another tab's request that was under way while this browser got a new token.
    let unknown = "AAAAAAAAAAAAAAAAAAAAAA";
    let mut browser = Browser::with_cookie(&place, unknown);
    assert_eq!(browser.page(async |session| session.login(start()).await.unwrap()).await, None);
    assert_eq!(browser.cookie(), Some(unknown));

    // Whoever is given something to remember is given a token of the server's making.
    browser.page(async |session| session.csrf("account").await.unwrap()).await;
    assert_ne!(browser.cookie(), Some(unknown));
}
