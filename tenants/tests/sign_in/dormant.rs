//! A login that nobody has used for more than ninety days sleeps, and its owner wakes it without anybody's help.

use counterfoil_tenants::Error;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::sign_in::{Factor, Next, Refusal};
use counterfoil_testkit::{PASSWORD, TestPerson, asked, instant, master_key};

use crate::support::{HOME, World, days, kinds, minutes};

#[tokio::test(flavor = "multi_thread")]
async fn day_90_enters_and_day_91_returns_by_letter_and_code() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let last_seen = instant(2025, 1, 6, 9);
    let ann = TestPerson::new(db, "Ann Smith", last_seen).await;
    ann.signs_in(identity, &asked(last_seen + minutes(5), HOME), None).await;

    // the ninetieth day, to its end by London's clocks, which are on summer time by then
    let (last, day_91) = (instant(2025, 4, 6, 23) - minutes(1), instant(2025, 4, 6, 23));
    assert_eq!(ann.password(identity, &asked(last, HOME), None).await.unwrap().next, Next::SecondFactor);
    assert_eq!(kinds(&db.post(last).await), []);

    let first = ann.password(identity, &asked(day_91, HOME), None).await.unwrap();
    assert_eq!((first.person, first.next), (ann.id, Next::Return));
    // a wrong password answers as at any other login, and no letter is written
    let at = asked(day_91, HOME);
    let wrong = identity.first_factor(&at, &ann.email, "Another tugboat 47", None).await.unwrap();
    assert_eq!(wrong, identity.first_factor(&at, "nobody@care.example", "Another tugboat 47", None).await.unwrap());
    let letters = db.post(day_91).await;
    assert_eq!(kinds(&letters), [LetterKind::Return]);
    assert_eq!((&letters[0].letter.email, letters[0].letter.good_until), (&ann.email, Some(day_91 + minutes(60))));
    let token = letters[0].token.clone().unwrap();

    // the link alone does not wake it, and a wrong code leaves it good
    let (key, at) = (master_key(), asked(day_91 + minutes(10), HOME));
    let wrong = identity.return_from_dormancy(&key, &at, &token, Factor::Code("000000")).await.unwrap();
    assert_eq!(wrong, Err(Refusal::Wrong));
    assert_eq!(ann.password(identity, &at, None).await.unwrap().next, Next::Return);
    let newer = db.link_for(&ann.email, LetterKind::Return, at.at).await;
    let old = identity.return_from_dormancy(&key, &at, &token, Factor::Code(&ann.code(at.at))).await;
    assert!(matches!(old, Err(Error::NotFound)), "the newer one counts");

    let back = identity.return_from_dormancy(&key, &at, &newer, Factor::Code(&ann.code(at.at))).await.unwrap();
    assert_eq!(back, Ok(ann.id));
    assert!(matches!(identity.back(&at, &newer).await, Err(Error::NotFound)), "once");
    assert_eq!(world.recorded("person.return").await, 1);
    assert_eq!(ann.password(identity, &at, None).await.unwrap().next, Next::SecondFactor);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_sleeps_as_well_and_a_recovery_code_wakes() {
    let World { db, identity } = World::new().await;
    let begun = instant(2025, 1, 6, 9);
    let ann = TestPerson::new(&db, "Ann Smith", begun).await;
    let stored = serde_json::json!({ "counter": 1 });
    identity.enrol_passkey(&asked(begun, HOME), ann.id, b"phone", "Phone", &stored).await.unwrap();
    // never signed in: the days count from when the login was made
    let at = asked(begun + days(90), HOME);
    assert_eq!(identity.passkey_shown(&at, ann.id, b"phone", &stored).await.unwrap(), Next::SecondFactor);
    let at = asked(begun + days(91), HOME);
    db.post(at.at).await;
    assert_eq!(identity.passkey_shown(&at, ann.id, b"phone", &stored).await.unwrap(), Next::Return);
    let token = db.link_for(&ann.email, LetterKind::Return, at.at).await;
    let factor = Factor::Recovery(&ann.recovery_codes[3]);
    let back = identity.return_from_dormancy(&master_key(), &at, &token, factor).await.unwrap();
    assert_eq!(back, Ok(ann.id));
    assert_eq!(identity.passkey_shown(&at, ann.id, b"phone", &stored).await.unwrap(), Next::SecondFactor);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_the_password_can_neither_fill_the_mailbox_nor_use_up_the_owners_tries() {
    let World { db, identity } = World::new().await;
    let begun = instant(2025, 1, 6, 9);
    let ann = TestPerson::new(&db, "Ann Smith", begun).await;
    let at = begun + days(100);
    // somebody who has the password tries codes, from where it does not matter
    for number in 0..20 {
        let from = format!("203.0.113.{number}");
        assert_eq!(ann.password(&identity, &asked(at, &from), None).await.unwrap().next, Next::Return);
        let factor = Factor::Code("000000");
        let code = identity.second_factor(&master_key(), &asked(at, &from), ann.id, factor, None).await.unwrap();
        assert!(code.is_err());
    }
    let letters = db.post(at).await;
    assert_eq!(kinds(&letters), [LetterKind::Return; 3]);
    let token = letters[2].token.clone().expect("the last letter's link is good");
    let factor = Factor::Code(&ann.code(at));
    let back = identity.return_from_dormancy(&master_key(), &asked(at, HOME), &token, factor).await.unwrap();
    assert_eq!(back, Ok(ann.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_never_got_a_second_factor_sets_none_up_after_ninety_days() {
    let World { db, identity } = World::new().await;
    let begun = instant(2025, 1, 6, 9);
    let (ann, email) = TestPerson::invited(&db, "Ann Smith", begun).await;
    // whoever is invited and waits long is invited anew, and goes on
    let chosen = begun + days(120);
    identity.send_password_link(&asked(chosen, HOME), &email).await.unwrap();
    let token = db.link_for(&email, LetterKind::Invitation, chosen).await;
    identity.choose_password(&asked(chosen, HOME), &token, PASSWORD).await.unwrap().unwrap();
    let next = async |at| identity.first_factor(&asked(at, HOME), &email, PASSWORD, None).await.unwrap().unwrap().next;
    assert_eq!(next(chosen).await, Next::Enrol);
    assert_eq!(next(chosen + days(90)).await, Next::Enrol);
    assert_eq!(kinds(&db.post(chosen + days(90)).await), []);

    // a password that has lain about for longer asks the mailbox first
    let late = chosen + days(91);
    assert_eq!(next(late).await, Next::Return);
    let token = db.link_for(&email, LetterKind::ResetPassword, late).await;
    let new = "Another tugboat 47";
    assert_eq!(identity.choose_password(&asked(late, HOME), &token, new).await.unwrap(), Ok(ann));
    let first = identity.first_factor(&asked(late, HOME), &email, new, None).await.unwrap().unwrap();
    assert_eq!(first.next, Next::Enrol);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lost_the_second_factor_as_well_comes_back_with_password_and_mailbox() {
    let World { db, identity } = World::new().await;
    let begun = instant(2025, 1, 6, 9);
    let mut ann = TestPerson::new(&db, "Ann Smith", begun).await;
    let at = asked(begun + days(200), HOME);
    assert_eq!(ann.password(&identity, &at, None).await.unwrap().next, Next::Return);
    identity.send_factor_link(&at, ann.id).await.unwrap();
    let token = db.link_for(&ann.email, LetterKind::LostFactor, at.at).await;
    assert_eq!(identity.lose_factor(&at, &token, &ann.password).await.unwrap(), Ok(ann.id));
    assert_eq!(ann.password(&identity, &at, None).await.unwrap().next, Next::Enrol);
    ann.sets_generator_up(&identity, at.at).await;
    assert_eq!(ann.password(&identity, &at, None).await.unwrap().next, Next::SecondFactor);
}
