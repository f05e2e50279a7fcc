//! A forgotten password: one letter for whoever has a login, none for others, and the same answer to both.

use counterfoil_tenants::Error;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::link::Token;
use counterfoil_tenants::identity::password::Unfit;
use counterfoil_tenants::identity::sign_in::{Next, Refusal};
use counterfoil_testkit::{TestPerson, asked};

use crate::support::{HOME, World, kinds, minutes, morning};
use chrono::TimeDelta;

const NEW: &str = "Another tugboat 47";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_by_a_link_that_lasts_an_hour() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let browser = Token::new().unwrap();
    ann.signs_in(identity, &asked(morning() + minutes(1), HOME), Some(&browser)).await;
    assert_eq!(identity.access(ann.id).await.unwrap().unwrap().sessions_after(), None);

    let sent = morning() + minutes(30);
    identity.send_password_link(&asked(sent, HOME), " ANN.Smith@care.example ").await.unwrap();
    let letters = db.post(sent + minutes(2)).await;
    let [letter] = &letters[..] else { panic!("one letter") };
    assert_eq!(letter.letter.kind, LetterKind::ResetPassword);
    // the hour runs from asking, however long the letter took
    assert_eq!(letter.letter.good_until, Some(sent + minutes(60)));
    let token = letter.token.clone().unwrap();
    let (last, over) = (sent + minutes(60) - TimeDelta::microseconds(1), sent + minutes(60));
    assert!(identity.link(&token, last).await.unwrap().is_some());
    assert!(identity.link(&token, over).await.unwrap().is_none());
    let late = identity.choose_password(&asked(over, HOME), &token, NEW).await;
    assert!(matches!(late, Err(Error::NotFound)));

    let at = asked(last, HOME);
    assert_eq!(identity.choose_password(&at, &token, "short").await.unwrap(), Err(Unfit::Short));
    assert_eq!(identity.choose_password(&at, &token, NEW).await.unwrap(), Ok(ann.id));

    // sessions that began before are over, and every browser is a stranger
    assert_eq!(identity.access(ann.id).await.unwrap().unwrap().sessions_after(), Some(last));
    assert_eq!(world.count("SELECT count(*) FROM known_browser").await, 0);
    assert_eq!(kinds(&db.post(last).await), [LetterKind::PasswordChanged]);
    assert_eq!(world.recorded("person.reset_password").await, 1);
    let old = identity.first_factor(&at, &ann.email, &ann.password, Some(&browser)).await.unwrap();
    assert_eq!(old, Err(Refusal::Wrong));
    // the second factor is what it was
    let new = identity.first_factor(&at, &ann.email, NEW, Some(&browser)).await.unwrap();
    assert_eq!(new.unwrap().next, Next::SecondFactor);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_learns_nothing_and_the_mailbox_gets_a_letter_or_none() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let at = morning() + minutes(30);
    for (number, email) in
        [ann.email.as_str(), "nobody@care.example", "", "no address", "\u{0}"].into_iter().enumerate()
    {
        // each answers `()`; what differs is the mailbox
        identity.send_password_link(&asked(at, HOME), email).await.unwrap();
        identity.send_unlock(&asked(at, HOME), email).await.unwrap();
        let expected: &[_] = if number == 0 { &[LetterKind::ResetPassword, LetterKind::Unlock] } else { &[] };
        assert_eq!(kinds(&db.post(at).await), expected, "{email:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_link_is_withdrawn_also_of_two_that_are_asked_for_at_once() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let at = morning() + minutes(30);
    identity.send_password_link(&asked(at, HOME), &ann.email).await.unwrap();
    let older = db.link_for(&ann.email, LetterKind::ResetPassword, at).await;
    let (one, two) =
        tokio::join!(async { identity.send_password_link(&asked(at, "203.0.113.1"), &ann.email).await }, async {
            identity.send_password_link(&asked(at, "203.0.113.2"), &ann.email).await
        },);
    one.unwrap();
    two.unwrap();
    let good: Vec<Token> = db.post(at).await.into_iter().filter_map(|letter| letter.token).collect();
    assert_eq!(good.len(), 1, "of the two that were asked for at once one is good");
    assert!(identity.link(&older, at).await.unwrap().is_none());
    assert!(identity.choose_password(&asked(at, HOME), &good[0], NEW).await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_sent_at_most_three_times_and_then_each_twenty_minutes() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let at = morning() + minutes(90);
    let mut brought = Vec::new();
    for number in 0..50 {
        // somebody asks in Ann's name, each time from elsewhere
        let from = format!("203.0.113.{number}");
        identity.send_password_link(&asked(at, &from), &ann.email).await.unwrap();
        brought.extend(db.post(at).await);
    }
    assert_eq!(brought.len(), 3);
    // that does not keep other kinds of letters from her, nor other people's
    identity.send_unlock(&asked(at, HOME), &ann.email).await.unwrap();
    assert_eq!(kinds(&db.post(at).await), [LetterKind::Unlock]);
    identity.send_password_link(&asked(at + minutes(19), HOME), &ann.email).await.unwrap();
    assert_eq!(kinds(&db.post(at + minutes(19)).await), []);
    identity.send_password_link(&asked(at + minutes(20), HOME), &ann.email).await.unwrap();
    assert_eq!(kinds(&db.post(at + minutes(20)).await), [LetterKind::ResetPassword]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_puts_every_other_link_out_of_use() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    // a day and more after the first password: the second factor may be reset by e-mail
    let at = morning() + TimeDelta::hours(25);
    identity.send_factor_link(&asked(at, HOME), ann.id).await.unwrap();
    let factor = db.link_for(&ann.email, LetterKind::LostFactor, at).await;
    identity.send_password_link(&asked(at, HOME), &ann.email).await.unwrap();
    let password = db.link_for(&ann.email, LetterKind::ResetPassword, at).await;
    identity.choose_password(&asked(at, HOME), &password, NEW).await.unwrap().unwrap();
    // else whoever reads the mailbox would have both by e-mail within the hour
    assert!(matches!(identity.lose_factor(&asked(at, HOME), &factor, NEW).await, Err(Error::NotFound)));
}
