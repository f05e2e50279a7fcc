//! What takes minutes and is measured rather than decided: run with `--run-ignored only`. Times are reported, and only a
//! gap that a stranger could use fails.

use std::time::{Duration, Instant};

use counterfoil_tenants::identity::link::Token;
use counterfoil_tenants::identity::sign_in::Refusal;
use counterfoil_testkit::{PASSWORD, TestPerson, asked};

use crate::support::{HOME, World, minutes, morning};

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_stranger_cannot_tell_by_the_time_whether_an_address_has_a_login() {
    const TRIES: u32 = 2_000;
    let world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", morning()).await;
    // as many logins as tries, so that no limit is met; all with one hash, since making each takes as long as a try
    world
        .run(&format!(
            "INSERT INTO person (id, email, name, created_at, password_hash, password_set_at) \
             SELECT gen_random_uuid(), 'known' || n || '@care.example', 'Somebody', now(), \
                 (SELECT password_hash FROM person WHERE id = '{}'), now() FROM generate_series(0, {}) n; ANALYZE",
            ann.id.uuid(),
            TRIES + 100,
        ))
        .await;
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    let mut letters: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    for number in 0..TRIES + 100 {
        // in turns, and the first in turns as well: the machine is busy with other things too
        let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let email = format!("{}{number}@care.example", ["known", "nobody"][which]);
            let [_, a, b, c] = number.to_be_bytes();
            let at = asked(morning(), &format!("{}.{a}.{b}.{c}", 10 + which));
            let begun = Instant::now();
            let outcome = world.identity.first_factor(&at, &email, "Another tugboat 47", None).await.unwrap();
            let tried = begun.elapsed();
            assert_eq!(outcome, Err(Refusal::Wrong));
            let begun = Instant::now();
            world.identity.send_password_link(&at, &email).await.unwrap();
            let asked_for = begun.elapsed();
            // the first ones fill caches
            if number >= 100 {
                times[which].push(tried);
                letters[which].push(asked_for);
            }
        }
    }
    for (what, [known, unknown]) in [("first factor", &mut times), ("letter", &mut letters)] {
        let (known, unknown) = (median(known), median(unknown));
        println!("{what}: {TRIES} tries each, median {known:?} for known and {unknown:?} for unknown addresses");
        assert!(known.abs_diff(unknown) < Duration::from_millis(5), "{what}: {known:?} and {unknown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn five_thousand_tries_from_fifty_addresses_let_nobody_in_and_slow_nobody() {
    let world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", morning()).await;
    let bob = TestPerson::new(&world.db, "Bob Jones", morning()).await;
    let browser = Token::new().unwrap();
    ann.signs_in(&world.identity, &asked(morning() + minutes(1), HOME), Some(&browser)).await;
    let attack = morning() + minutes(10);
    let mut others = [Vec::new(), Vec::new()];
    for quiet in 0..100 {
        let at = asked(attack, &format!("192.0.2.{quiet}"));
        let begun = Instant::now();
        bob.password(&world.identity, &at, None).await.expect("Bob enters");
        others[0].push(begun.elapsed());
    }
    let guessing: Vec<_> = (0..50)
        .map(|address| {
            let (identity, email) = (world.identity.clone(), ann.email.clone());
            tokio::spawn(async move {
                let (mut wrong, mut refused) = (0_u32, 0_u32);
                for number in 0..100 {
                    let at = asked(attack, &format!("203.0.113.{address}"));
                    let typed = if number == 99 { PASSWORD.to_owned() } else { format!("Correct tugboat {number}") };
                    match identity.first_factor(&at, &email, &typed, None).await.unwrap() {
                        Ok(_) => panic!("somebody got in"),
                        Err(Refusal::Wrong) => wrong += 1,
                        Err(Refusal::TooMany(_)) => refused += 1,
                    }
                }
                (wrong, refused)
            })
        })
        .collect();
    for number in 0..100 {
        let at = asked(attack, &format!("192.0.2.{number}"));
        let begun = Instant::now();
        bob.password(&world.identity, &at, None).await.expect("Bob enters");
        others[1].push(begun.elapsed());
    }
    let (mut wrong, mut refused) = (0, 0);
    for guesser in guessing {
        let outcome = guesser.await.unwrap();
        (wrong, refused) = (wrong + outcome.0, refused + outcome.1);
    }
    assert_eq!((wrong, refused), (10, 4_990));
    ann.signs_in(&world.identity, &asked(attack, HOME), Some(&browser)).await;
    let [mut before, mut during] = others;
    println!(
        "5,000 tries: {wrong} compared, {refused} refused; others entered in {:?} before and {:?} meanwhile (medians)",
        median(&mut before),
        median(&mut during)
    );
}
