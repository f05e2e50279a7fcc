//! What sessions leave in Redis, and what becomes of them when it is away, hangs, or is flushed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use axum::Router;
use axum::http::StatusCode;
use counterfoil_services::PrivateRedis;
use counterfoil_web::session::{SessionError, SessionHandle, Stage, Transport};
use redis::{AsyncCommands as _, aio::MultiplexedConnection};
use sha2::{Digest as _, Sha256};
use support::{Browser, Place, login, person, start};

async fn connect(place: &Place) -> MultiplexedConnection {
    let (url, _) = place.redis.as_ref().unwrap();
    redis::Client::open(url.as_str()).unwrap().get_multiplexed_async_connection().await.unwrap()
}

/// All that Redis holds of a place: keys without their prefix, and values as text.
async fn dump(place: &Place) -> Vec<(String, String)> {
    let mut redis = connect(place).await;
    let prefix = &place.redis.as_ref().unwrap().1;
    let keys: Vec<String> = redis.keys(format!("{prefix}*")).await.unwrap();
    let mut all = Vec::new();
    for key in keys {
        let kind: String = redis::cmd("TYPE").arg(&key).query_async(&mut redis).await.unwrap();
        let value = match kind.as_str() {
            "hash" => redis.hgetall::<_, Vec<String>>(&key).await.unwrap().join(" "),
            _ => redis.get(&key).await.unwrap(),
        };
        all.push((key.strip_prefix(prefix).unwrap().to_owned(), value));
    }
    all.sort();
    all
}

async fn is_in(browser: &mut Browser) -> bool {
    browser.page(async |session| session.login(start()).await.unwrap()).await.is_some()
}

/// The status of a page of one's own, and how long it took.
async fn own_page(browser: &mut Browser) -> (StatusCode, Duration) {
    let page = async |session: SessionHandle| {
        let login = session.login(start()).await?;
        Ok::<_, SessionError>(if login.is_some() { StatusCode::OK } else { StatusCode::UNAUTHORIZED })
    };
    let asked = Instant::now();
    let response = browser.send(Router::new().fallback(page)).await;
    (response.status(), asked.elapsed())
}

#[tokio::test]
async fn a_dump_of_redis_signs_nobody_in() {
    let place = Place::redis(counterfoil_testkit::redis()).await;
    let mut visitor = Browser::new(&place);
    visitor.page(async |session| session.put("asked for", "/norfolk").await.unwrap()).await;
    let ana = Browser::signed_in(&place, "Ana").await;
    let all = dump(&place).await;
    assert_eq!(all.len(), 4, "{all:?}");
    for browser in [&visitor, &ana] {
        let token = browser.cookie().unwrap();
        let digest = hex::encode(Sha256::digest(token));
        assert!(all.iter().any(|(key, _)| *key == format!("session:{digest}")), "{all:?}");
        assert!(all.iter().all(|(key, value)| !key.contains(token) && !value.contains(token)), "{all:?}");
        // Nor is what is stored a token itself.
        assert!(!is_in(&mut Browser::with_cookie(&place, &digest)).await);
    }
}

#[tokio::test]
async fn nothing_stays_for_ever() {
    let place = Place::redis(counterfoil_testkit::redis()).await;
    let mut ana = Browser::signed_in(&place, "Ana").await;
    ana.page(async |session| session.put("challenge", 1).await.unwrap()).await;
    ana.page(async |session| session.touch(start()).await.unwrap()).await;
    let mut redis = connect(&place).await;
    for (key, _) in dump(&place).await {
        let longest = match key.split(':').next().unwrap() {
            "session" => 31 * 60,
            "flow" => 10 * 60,
            "person" => (12 * 60 + 5) * 60,
            other => panic!("{other}"),
        };
        let left: i64 = redis.ttl(format!("{}{key}", place.redis.as_ref().unwrap().1)).await.unwrap();
        assert!((longest - 5..=longest).contains(&left), "{key} stays for {left} s");
    }
}

#[tokio::test]
async fn what_comes_too_late_leaves_nothing_behind() {
    let place = Place::redis(counterfoil_testkit::redis()).await;
    let mut ana = Browser::signed_in(&place, "Ana").await;
    let sessions = place.sessions.clone();
    ana.page(async move |session| {
        session.switch(start(), None).await.unwrap();
        sessions.end_all(person("Ana"), None).await.unwrap();
        session.touch(start()).await.unwrap();
        // And when the handler is done, tower-sessions saves the session once more.
    })
    .await;
    assert_eq!(dump(&place).await, []);
}

#[tokio::test]
async fn a_session_that_has_run_out_is_not_listed_and_is_cleared_at_the_next_login() {
    let place = Place::redis(counterfoil_testkit::redis()).await;
    let ana = Browser::signed_in(&place, "Ana").await;
    let mut redis = connect(&place).await;
    let prefix = &place.redis.as_ref().unwrap().1;
    let digest = hex::encode(Sha256::digest(ana.cookie().unwrap()));
    let removed: i64 = redis.del(format!("{prefix}session:{digest}")).await.unwrap();
    assert_eq!(removed, 1);
    assert!(place.sessions.of(person("Ana"), start()).await.unwrap().is_empty());

    let list = format!("{prefix}person:{}", person("Ana").uuid());
    assert_eq!(redis.hlen::<_, i64>(&list).await.unwrap(), 1);
    Browser::signed_in(&place, "Ana").await;
    assert_eq!(redis.hlen::<_, i64>(&list).await.unwrap(), 1);
    assert_eq!(place.sessions.of(person("Ana"), start()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn while_redis_is_away_nobody_is_signed_in_or_out_and_pages_work_again_when_it_is_back() {
    let mut redis = PrivateRedis::start().unwrap();
    let place = Place::redis(&redis.url()).await;
    let mut ana = Browser::signed_in(&place, "Ana").await;
    let token = ana.cookie().unwrap().to_owned();
    let mut visitor = Browser::new(&place);
    assert_eq!(own_page(&mut ana).await.0, StatusCode::OK);

    redis.kill_hard().unwrap();
    for _ in 0..3 {
        let (status, took) = own_page(&mut ana).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(took < Duration::from_secs(3), "{took:?}");
        assert_eq!(ana.cookie(), Some(token.as_str()));
        assert_eq!(ana.cookies_set(), 1);
    }
    let begun = visitor.page(async |session| session.begin(login("Bea")).await).await;
    assert!(matches!(begun, Err(SessionError::Unavailable(_))), "{begun:?}");
    assert_eq!((visitor.cookie(), visitor.status()), (None, 200));
    // A page for which the session does not matter is given.
    assert_eq!(ana.send(Router::new().fallback(async || "help")).await.status(), StatusCode::OK);

    redis.restart().unwrap();
    // The first request of each finds Redis again. What this one holds is lost: everybody signs in again.
    assert_eq!(own_page(&mut ana).await.0, StatusCode::UNAUTHORIZED);
    ana.page(async |session| session.begin(login("Ana")).await.unwrap()).await;
    assert_eq!(own_page(&mut ana).await.0, StatusCode::OK);
    assert_eq!(own_page(&mut visitor).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_redis_that_hangs_is_waited_for_two_seconds_and_has_forgotten_nothing() {
    let redis = PrivateRedis::start().unwrap();
    let place = Place::redis(&redis.url()).await;
    let mut ana = Browser::signed_in(&place, "Ana").await;
    let pid = redis.process_id().unwrap().to_string();
    let signal = |signal: &str| assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());

    signal("-STOP");
    let (status, took) = own_page(&mut ana).await;
    signal("-CONT");
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert_eq!(own_page(&mut ana).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_flush_signs_everybody_out_and_does_nothing_else() {
    let redis = PrivateRedis::start().unwrap();
    let place = Place::redis(&redis.url()).await;
    let mut ana = Browser::signed_in(&place, "Ana").await;
    let mut bea = Browser::signed_in(&place, "Bea").await;
    let flushed: String = redis::cmd("FLUSHALL").query_async(&mut connect(&place).await).await.unwrap();
    assert_eq!(flushed, "OK");

    // Not even a page that was under way when it happened brings a session back.
    let address = redis.url();
    assert!(!is_in(&mut ana).await);
    ana.page(async |session| session.begin(login("Ana")).await.unwrap()).await;
    let outcome = ana
        .page(async move |session| {
            session.login(start()).await.unwrap().unwrap();
            let client = redis::Client::open(address).unwrap();
            let mut redis = client.get_multiplexed_async_connection().await.unwrap();
            let _: String = redis::cmd("FLUSHALL").query_async(&mut redis).await.unwrap();
            session.promote(start(), |login| login.stage = Stage::Full).await
        })
        .await;
    assert!(matches!(outcome, Err(SessionError::Ended)), "{outcome:?}");
    assert_eq!(dump(&place).await, []);

    for browser in [&mut ana, &mut bea] {
        assert!(!is_in(browser).await);
        browser.page(async |session| session.begin(login("Bea")).await.unwrap()).await;
        assert!(is_in(browser).await);
    }
}

#[tokio::test]
async fn the_cookie_demands_what_the_address_allows() {
    let mut place = Place::memory();
    let mut http = Browser::new(&place);
    http.page(async |session| session.csrf("account").await.unwrap()).await;
    assert_eq!(set_cookie(&http), format!("counterfoil={}; HttpOnly; SameSite=Lax; Path=/", http.cookie().unwrap()));

    place.transport = Transport::of("https://counterfoil.example");
    let mut https = Browser::signed_in(&place, "Ana").await;
    let token = https.cookie().unwrap().to_owned();
    assert_eq!(token.len(), 22, "128 bits");
    assert_eq!(set_cookie(&https), format!("__Host-counterfoil={token}; HttpOnly; SameSite=Lax; Secure; Path=/"));
    https.page(async |session| session.end().await.unwrap()).await;
    assert_eq!(
        set_cookie(&https),
        "__Host-counterfoil=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure",
        "a browser heeds it only if it is marked secure"
    );
}

fn set_cookie(browser: &Browser) -> &str {
    browser.headers()["set-cookie"].to_str().unwrap()
}
