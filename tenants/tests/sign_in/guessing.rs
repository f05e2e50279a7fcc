//! Guessing: it does not get anybody in, does not lock the owner out, and slows nobody else.

use std::sync::Arc;

use counterfoil_tenants::Connections;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::link::Token;
use counterfoil_tenants::identity::login::NotChanged;
use counterfoil_tenants::identity::sign_in::{Factor, FirstFactor, Next, Refusal};
use counterfoil_testkit::{TestPerson, asked, master_key};

use crate::support::{HOME, World, at_once, kinds, minutes, morning};
use chrono::{DateTime, TimeDelta, Utc};

/// Who guesses sits behind fifty addresses.
fn somewhere(number: usize) -> String {
    format!("203.0.113.{}", number % 50)
}

type Outcome = Result<FirstFactor, Refusal>;

/// So many wrong passwords, each from another of the fifty addresses.
async fn guess(identity: &Identity, email: &str, times: usize, at: DateTime<Utc>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for number in 0..times {
        let (at, typed) = (asked(at, &somewhere(number)), format!("Correct tugboat {number:03}"));
        outcomes.push(identity.first_factor(&at, email, &typed, None).await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_tries_from_fifty_addresses_let_nobody_in_and_the_owner_at_once() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let (ann, bob) =
        (TestPerson::new(db, "Ann Smith", morning()).await, TestPerson::new(db, "Bob Jones", morning()).await);
    let browser = Token::new().unwrap();
    ann.signs_in(identity, &asked(morning() + minutes(1), HOME), Some(&browser)).await;

    let attack = morning() + minutes(10);
    let outcomes = guess(identity, &ann.email, 300, attack).await;
    let compared = outcomes.iter().filter(|outcome| **outcome == Err(Refusal::Wrong)).count();
    assert_eq!(compared, 10, "so many are compared with the password");
    let refused =
        outcomes.iter().filter(|outcome| matches!(outcome, Err(Refusal::TooMany(wait)) if *wait == minutes(10)));
    assert_eq!(refused.count(), 290);
    assert_eq!(world.recorded("person.sign_in_refused").await, 10, "the record is not flooded");

    // the right password is refused as well where strangers have none left: it would be an oracle
    let at = asked(attack, &somewhere(0));
    assert!(matches!(ann.password(identity, &at, None).await, Err(Refusal::TooMany(_))));
    let stranger = Token::new().unwrap();
    assert!(matches!(ann.password(identity, &at, Some(&stranger)).await, Err(Refusal::TooMany(_))));
    assert!(matches!(bob.password(identity, &at, Some(&browser)).await, Ok(FirstFactor { .. })), "another login");

    // the owner, from the browser of this morning, at once, and even from one of the fifty addresses
    for (minute, from) in [(0, HOME), (1, "203.0.113.0")] {
        ann.signs_in(identity, &asked(attack + minutes(minute), from), Some(&browser)).await;
    }

    // the owner, from a browser that is new, by a link to the mailbox
    let (new, at) = (Token::new().unwrap(), asked(attack + minutes(5), "198.51.100.99"));
    assert!(matches!(ann.password(identity, &at, Some(&new)).await, Err(Refusal::TooMany(_))));
    identity.send_unlock(&at, &ann.email).await.unwrap();
    let link = db.link_for(&ann.email, LetterKind::Unlock, at.at).await;
    assert_eq!(identity.unlock(&at, &link, &new).await.unwrap(), ann.id);
    assert!(identity.unlock(&at, &link, &stranger).await.is_err(), "once");
    ann.signs_in(identity, &at, Some(&new)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_letters_in_the_owners_name_does_not_use_up_the_link_that_lets_the_owner_in() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let attack = morning() + minutes(90);
    guess(&identity, &ann.email, 30, attack).await;
    for number in 0..60 {
        let at = asked(attack, &somewhere(number));
        identity.send_password_link(&at, &ann.email).await.unwrap();
        identity.send_unlock(&at, &ann.email).await.unwrap();
    }
    let letters = db.post(attack).await;
    assert_eq!(letters.len(), 6, "three of each");
    // she opens the newest one, whoever asked for it, in a browser of her own
    let newest = letters.into_iter().rfind(|one| one.letter.kind == LetterKind::Unlock).unwrap();
    let (browser, at) = (Token::new().unwrap(), asked(attack + minutes(15), HOME));
    identity.unlock(&at, &newest.token.unwrap(), &browser).await.unwrap();
    ann.signs_in(&identity, &at, Some(&browser)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_with_one_who_guesses_keeps_its_known_browsers_and_its_letters() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let (browser, office) = (Token::new().unwrap(), "192.0.2.80");
    ann.signs_in(&identity, &asked(morning() + minutes(1), office), Some(&browser)).await;
    let attack = morning() + minutes(10);
    let mut outcomes = Vec::new();
    for number in 0..100 {
        let email = format!("colleague{number}@care.example");
        outcomes.push(identity.first_factor(&asked(attack, office), &email, "Correct tugboat 1", None).await.unwrap());
    }
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Refusal::Wrong)).count(), 40);
    assert!(outcomes[40..].iter().all(|outcome| matches!(outcome, Err(Refusal::TooMany(_)))));

    ann.signs_in(&identity, &asked(attack, office), Some(&browser)).await;
    identity.send_unlock(&asked(attack, office), &ann.email).await.unwrap();
    assert_eq!(kinds(&db.post(attack).await), [LetterKind::Unlock]);
    // elsewhere nobody notices, and here there is another try each fifteen seconds
    assert!(ann.password(&identity, &asked(attack, "192.0.2.81"), None).await.is_ok());
    for (seconds, tries) in [(14, 0), (15, 1), (60, 3)] {
        let mut entered = 0;
        while ann.password(&identity, &asked(attack + TimeDelta::seconds(seconds), office), None).await.is_ok() {
            // a right one is given back: a wrong one in its place uses it up
            let at = asked(attack + TimeDelta::seconds(seconds), office);
            let email = format!("other{seconds}-{entered}@care.example");
            identity.first_factor(&at, &email, "Correct tugboat 1", None).await.unwrap().unwrap_err();
            entered += 1;
        }
        assert_eq!(entered, tries, "after {seconds} seconds");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_once_are_no_more_than_guesses_one_by_one() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let at = morning() + minutes(10);
    let email = Arc::new(ann.email.clone());
    let outcomes = at_once(200, |number| {
        let (identity, email) = (identity.clone(), email.clone());
        async move {
            let typed = format!("Correct tugboat {number:03}");
            // each from another address, so that the login's own limit is what counts
            let at = asked(at, &format!("203.0.{}.{}", 100 + number / 100, number % 100));
            identity.first_factor(&at, &email, &typed, None).await.unwrap()
        }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(Refusal::Wrong)).count(), 10);
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Err(Refusal::TooMany(_)))).count(), 190);

    let codes = at_once(100, |number| {
        let (identity, person) = (identity.clone(), ann.id);
        async move {
            let typed = format!("{number:06}");
            let factor = Factor::Code(&typed);
            identity.second_factor(&master_key(), &asked(at, HOME), person, factor, None).await.unwrap()
        }
    })
    .await;
    let compared = codes.iter().filter(|outcome| !matches!(outcome, Err(Refusal::TooMany(_)))).count();
    assert_eq!(compared, 10);
    // another one each ten minutes, and never more than ten, however long one waits
    let later = async |wait: TimeDelta| {
        let outcomes = guess(identity, &ann.email, 30, at + wait).await;
        outcomes.iter().filter(|outcome| **outcome == Err(Refusal::Wrong)).count()
    };
    assert_eq!(later(minutes(10) - TimeDelta::seconds(1)).await, 0);
    assert_eq!(later(minutes(10)).await, 1);
    assert_eq!(later(minutes(31)).await, 2);
    assert_eq!(later(TimeDelta::days(30)).await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_in_postgresql_and_nowhere_else() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let at = morning() + minutes(10);
    guess(identity, &ann.email, 10, at).await;
    // another process knows of them, and so does this one when all that it remembers is gone
    let other = Identity::new(&Connections::new(db.config()).unwrap());
    let stranger = asked(at, HOME);
    for identity in [&other, identity] {
        assert!(matches!(ann.password(identity, &stranger, None).await, Err(Refusal::TooMany(_))));
    }
    // what is kept tells nobody which addresses were tried
    let telling = "SELECT count(*) FROM guess_limit g WHERE g::text ILIKE '%ann%' OR g::text LIKE '%203.0%'";
    assert_eq!(world.count(telling).await, 0);
    world.run("DELETE FROM guess_limit").await;
    assert!(ann.password(identity, &stranger, None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_that_are_full_again_are_forgotten_and_others_are_not() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    world.run("DELETE FROM guess_limit").await;
    let at = morning() + minutes(10);
    guess(identity, &ann.email, 10, at).await;
    let kept = world.count("SELECT count(*) FROM guess_limit").await;
    assert_eq!(kept, 11, "ten addresses and one login");
    assert_eq!(identity.sweep_limits(at + TimeDelta::days(1)).await.unwrap(), 0);
    let bob = asked(at + TimeDelta::hours(12), HOME);
    identity.first_factor(&bob, "bob@care.example", "Correct tugboat 1", None).await.unwrap().unwrap_err();
    assert_eq!(identity.sweep_limits(at + TimeDelta::days(1) + minutes(1)).await.unwrap(), 11);
    assert_eq!(world.count("SELECT count(*) FROM guess_limit").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_one_login_however_it_is_typed() {
    let world = World::new().await;
    let World { db, identity } = &world;
    TestPerson::new(db, "Ann Smith", morning()).await;
    world.run("DELETE FROM guess_limit").await;
    let at = morning() + minutes(10);
    // whatever the database takes for her address is counted together: a capital letter, blanks, a dotted capital I
    let typed = [
        " ann.smith@care.example",
        "ANN.SMITH@CARE.EXAMPLE",
        "ann.sm\u{130}th@care.example",
        "Ann.Smith@care.example\t",
    ];
    let mut wrong = 0;
    for number in 0..40 {
        let (at, email) = (asked(at, &somewhere(number)), typed[number % typed.len()]);
        let outcome = identity.first_factor(&at, email, "Correct tugboat 1", None).await.unwrap();
        let hers =
            world.count(&format!("SELECT count(*) FROM person WHERE lower(email) = lower('{}')", email.trim())).await;
        wrong += i64::from(outcome == Err(Refusal::Wrong)) * hers;
    }
    assert_eq!(wrong, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_has_the_password_does_not_keep_the_owner_from_choosing_another() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let browser = Token::new().unwrap();
    ann.signs_in(&identity, &asked(morning() + minutes(1), HOME), Some(&browser)).await;
    let attack = morning() + minutes(10);
    for number in 0..60 {
        let at = asked(attack, &somewhere(number));
        assert_eq!(ann.password(&identity, &at, None).await.unwrap().next, Next::SecondFactor);
        let factor = Factor::Code("000000");
        assert!(identity.second_factor(&master_key(), &at, ann.id, factor, None).await.unwrap().is_err());
    }
    // the owner enters with a code from the known browser, and changes the password
    let at = asked(attack + minutes(1), HOME);
    ann.signs_in(&identity, &at, Some(&browser)).await;
    let new = "Another tugboat 47";
    assert_eq!(identity.change_password(&at, ann.id, &ann.password, new).await.unwrap(), Ok(()));
    assert_eq!(identity.first_factor(&at, &ann.email, &ann.password, None).await.unwrap(), Err(Refusal::Wrong));

    // in the account as well only so many tries: somebody may have sat down at an open page
    let mut outcomes = Vec::new();
    for number in 0..30 {
        let typed = format!("Correct tugboat {number:03}");
        outcomes.push(identity.change_password(&at, ann.id, &typed, "Yet another tugboat 47").await.unwrap());
    }
    let wrong = Err(NotChanged::Current(Refusal::Wrong));
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == wrong).count(), 10);
    let right = identity.change_password(&at, ann.id, new, "Yet another tugboat 47").await.unwrap();
    assert!(matches!(right, Err(NotChanged::Current(Refusal::TooMany(_)))), "{right:?}");
}
