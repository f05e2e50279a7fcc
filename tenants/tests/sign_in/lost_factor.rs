//! A lost second factor: the password and the mailbox together set up a new one, without anybody's help.

use counterfoil_tenants::Error;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::sign_in::{Factor, Next, Refusal};
use counterfoil_testkit::{TestPerson, asked, instant, master_key};

use crate::support::{HOME, World, kinds, minutes};
use chrono::TimeDelta;

#[tokio::test(flavor = "multi_thread")]
async fn the_password_and_the_mailbox_set_up_a_new_one() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let begun = instant(2025, 3, 3, 9);
    let mut ann = TestPerson::new(db, "Ann Smith", begun).await;
    identity.enrol_passkey(&asked(begun, HOME), ann.id, b"phone", "Phone", &serde_json::json!({})).await.unwrap();
    let at = asked(begun + TimeDelta::days(30), HOME);
    db.post(at.at).await;
    identity.send_factor_link(&at, ann.id).await.unwrap();
    let token = db.link_for(&ann.email, LetterKind::LostFactor, at.at).await;

    // the mailbox alone is not enough
    for typed in ["", "Another tugboat 47"] {
        assert_eq!(identity.lose_factor(&at, &token, typed).await.unwrap(), Err(Refusal::Wrong));
    }
    assert!(identity.access(ann.id).await.unwrap().unwrap().has_factor());
    let over = asked(at.at + minutes(60), HOME);
    assert!(matches!(identity.lose_factor(&over, &token, &ann.password).await, Err(Error::NotFound)));

    assert_eq!(identity.lose_factor(&at, &token, &ann.password).await.unwrap(), Ok(ann.id));
    assert!(matches!(identity.lose_factor(&at, &token, &ann.password).await, Err(Error::NotFound)), "once");
    let access = identity.access(ann.id).await.unwrap().unwrap();
    assert_eq!((access.has_factor(), access.sessions_after()), (false, Some(at.at)));
    assert_eq!(identity.passkeys(ann.id).await.unwrap(), []);
    assert_eq!(identity.login(ann.id).await.unwrap().recovery_codes, 0);
    let letters = db.post(at.at).await;
    assert_eq!(kinds(&letters), [LetterKind::FactorChanged]);
    assert_eq!(letters[0].letter.context["what"], "lost");
    assert_eq!(world.recorded("person.lose_factor").await, 1);

    // nothing that was lost opens anything
    let key = master_key();
    for factor in [Factor::Code(&ann.code(at.at)), Factor::Recovery(&ann.recovery_codes[0])] {
        let outcome = identity.second_factor(&key, &at, ann.id, factor, None).await.unwrap();
        assert_eq!(outcome, Err(Refusal::Wrong));
    }
    let first = ann.password(identity, &at, None).await.unwrap();
    assert_eq!(first.next, Next::Enrol);
    let old = ann.generator.clone();
    assert_eq!(ann.sets_generator_up(identity, at.at).await.len(), 10);
    assert_ne!(ann.generator, old);
    let later = asked(at.at + minutes(1), HOME);
    ann.signs_in(identity, &later, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_has_just_reset_the_password_has_to_wait_a_day_for_the_second_factor() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", instant(2025, 1, 3, 9)).await;
    // on the day on which the clocks go forward: a day is 24 hours all the same
    let reset = instant(2025, 3, 29, 14);
    identity.send_password_link(&asked(reset, HOME), &ann.email).await.unwrap();
    let token = db.link_for(&ann.email, LetterKind::ResetPassword, reset).await;
    identity.choose_password(&asked(reset, HOME), &token, "Another tugboat 47").await.unwrap().unwrap();
    db.post(reset).await;

    let day = TimeDelta::hours(24);
    for early in [reset, reset + day - TimeDelta::microseconds(1)] {
        let Err(Error::Refused(words)) = identity.send_factor_link(&asked(early, HOME), ann.id).await else {
            panic!("it is refused")
        };
        assert_eq!(
            words,
            "Your password was set less than 24 hours ago. To protect your login, the second factor can be reset by \
             email from 3:00pm on Sunday 30 March 2025. You can still use a recovery code."
        );
    }
    assert_eq!(kinds(&db.post(reset + day).await), []);
    identity.send_factor_link(&asked(reset + day, HOME), ann.id).await.unwrap();
    assert_eq!(kinds(&db.post(reset + day).await), [LetterKind::LostFactor]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_password_cannot_fill_the_mailbox_with_links() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", instant(2025, 1, 3, 9)).await;
    let at = asked(instant(2025, 3, 3, 9), HOME);
    for _ in 0..20 {
        identity.send_factor_link(&at, ann.id).await.unwrap();
    }
    let letters = db.post(at.at).await;
    assert_eq!(kinds(&letters), [LetterKind::LostFactor; 3]);
    assert!(letters[2].token.is_some(), "the last one is good");
}
