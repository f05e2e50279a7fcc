//! Second factors: codes of a generator and recovery codes, each once.

use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::sign_in::{Factor, Refusal};
use counterfoil_testkit::{TestPerson, asked, master_key};

use crate::support::{HOME, World, at_once, kinds, minutes, morning};
use chrono::{DateTime, TimeDelta, Utc};

/// Types a code; whether it was right.
async fn types(world: &World, person: &TestPerson, code: &str, at: DateTime<Utc>) -> bool {
    let factor = Factor::Code(code);
    let outcome = world.identity.second_factor(&master_key(), &asked(at, HOME), person.id, factor, None).await.unwrap();
    assert!(matches!(outcome, Ok(()) | Err(Refusal::Wrong)), "{outcome:?}");
    outcome.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_code_that_is_used_a_hundred_times_at_once_enters_once() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let at = morning() + minutes(10);
    let code = ann.code(at);
    let outcomes = at_once(100, |_| {
        let (identity, code, person) = (identity.clone(), code.clone(), ann.id);
        async move {
            identity.second_factor(&master_key(), &asked(at, HOME), person, Factor::Code(&code), None).await.unwrap()
        }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    // the first was given back, nine were wrong, and the rest are too many
    let wrong = outcomes.iter().filter(|outcome| matches!(outcome, Err(Refusal::Wrong))).count();
    assert!((9..=10).contains(&wrong), "{wrong}");
    // once more, when tries are there again
    let later = asked(at + TimeDelta::seconds(20), HOME);
    let again = identity.second_factor(&master_key(), &later, ann.id, Factor::Code(&code), None).await.unwrap();
    assert!(again.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_code_from_a_hundred_browsers_with_limits_of_their_own_enters_once_as_well() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let mut browsers = Vec::new();
    for _ in 0..100 {
        let browser = counterfoil_tenants::identity::link::Token::new().unwrap();
        identity.signed_in(&asked(morning(), HOME), ann.id, "code", Some(&browser)).await.unwrap();
        browsers.push(browser);
    }
    let at = morning() + minutes(10);
    let code = ann.code(at);
    let outcomes = at_once(100, |number| {
        let (identity, code, person, browser) = (identity.clone(), code.clone(), ann.id, browsers[number].clone());
        async move {
            let factor = Factor::Code(&code);
            identity.second_factor(&master_key(), &asked(at, HOME), person, factor, Some(&browser)).await.unwrap()
        }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Refusal::Wrong)).count(), 99);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_step_before_and_after_are_taken_none_twice_and_none_older_than_the_last() {
    let world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", morning()).await;
    let step = TimeDelta::seconds(30);
    // the code with which the generator was set up has been used
    assert!(!types(&world, &ann, &ann.code(morning()), morning()).await);

    let at = morning() + minutes(10);
    assert!(!types(&world, &ann, &ann.code(at - step * 2), at).await);
    assert!(!types(&world, &ann, &ann.code(at + step * 2), at).await);
    let (before, now, after) = (ann.code(at - step), ann.code(at), ann.code(at + step));
    assert!(types(&world, &ann, &before, at).await, "typed slowly");
    assert!(!types(&world, &ann, &before, at).await);
    assert!(types(&world, &ann, &after, at).await, "a clock that is fast");
    assert!(!types(&world, &ann, &after, at).await);
    assert!(!types(&world, &ann, &now, at).await, "older than the last one that was used");
    let next = at + step * 2;
    assert!(types(&world, &ann, &ann.code(next), next).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_recovery_codes_once_each_and_a_letter_says_how_many_are_left() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let key = master_key();
    assert_eq!(ann.recovery_codes.len(), 10);
    let other = TestPerson::new(db, "Bob Jones", morning()).await;
    for (number, code) in ann.recovery_codes.iter().enumerate() {
        let at = asked(morning() + minutes(10 * i64::try_from(number).unwrap()), HOME);
        let typed = if number % 2 == 0 { code.clone() } else { code.replace('-', " ").to_uppercase() };
        // it is nobody else's
        let elsewhere = identity.second_factor(&key, &at, other.id, Factor::Recovery(&typed), None).await.unwrap();
        assert_eq!(elsewhere, Err(Refusal::Wrong));
        let entered = identity.second_factor(&key, &at, ann.id, Factor::Recovery(&typed), None).await.unwrap();
        assert_eq!(entered, Ok(()));
        let again = identity.second_factor(&key, &at, ann.id, Factor::Recovery(&typed), None).await.unwrap();
        assert_eq!(again, Err(Refusal::Wrong));
        let letters = db.post(at.at).await;
        assert_eq!(kinds(&letters), [LetterKind::FactorChanged]);
        assert_eq!(letters[0].letter.email, ann.email);
        assert_eq!(letters[0].letter.context, serde_json::json!({ "what": "recovery_code", "left": 9 - number }));
    }
    assert_eq!(identity.login(ann.id).await.unwrap().recovery_codes, 0);
    assert_eq!(world.recorded("person.use_recovery_code").await, 10);

    // new ones put the old ones out of use
    let at = asked(morning() + minutes(200), HOME);
    let first = identity.renew_recovery_codes(&at, ann.id).await.unwrap();
    let second = identity.renew_recovery_codes(&at, ann.id).await.unwrap();
    assert!(first.iter().all(|code| !second.contains(code)));
    for (code, entered) in [(&first[0], Err(Refusal::Wrong)), (&second[0], Ok(()))] {
        let outcome = identity.second_factor(&key, &at, ann.id, Factor::Recovery(code), None).await.unwrap();
        assert_eq!(outcome, entered);
    }
    assert_eq!(kinds(&db.post(at.at).await), [LetterKind::FactorChanged; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recovery_code_that_is_used_ten_times_at_once_enters_once() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let outcomes = at_once(10, |_| {
        let (identity, code, person) = (identity.clone(), ann.recovery_codes[0].clone(), ann.id);
        async move {
            let at = asked(morning(), HOME);
            identity.second_factor(&master_key(), &at, person, Factor::Recovery(&code), None).await.unwrap()
        }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(identity.login(ann.id).await.unwrap().recovery_codes, 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_page_showed_to_somebody_with_the_password_is_not_what_the_owner_sets_up_later() {
    let World { db, identity } = World::new().await;
    let key = master_key();
    let (ann, email) = TestPerson::invited(&db, "Ann Smith", morning()).await;
    let shown = async |at| identity.code_setup(&key, ann, &email, at).await.unwrap().key;
    let first = shown(morning()).await;
    assert_eq!(shown(morning() + minutes(59)).await, first);
    let second = shown(morning() + minutes(60)).await;
    assert_ne!(second, first);
    // a new password throws it away at once
    let token = db.link_for(&email, LetterKind::Invitation, morning()).await;
    identity.choose_password(&asked(morning(), HOME), &token, "Correct tugboat 47").await.unwrap().unwrap();
    assert_ne!(shown(morning() + minutes(61)).await, second);
}
