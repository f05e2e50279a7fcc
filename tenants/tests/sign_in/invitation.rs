//! The first sign-in: a link in a letter, a password, a generator, recovery codes.

use counterfoil_tenants::Error;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::link::{LinkKind, Token};
use counterfoil_tenants::identity::password::Unfit;
use counterfoil_tenants::identity::recovery;
use counterfoil_tenants::identity::sign_in::{Next, Refusal};
use counterfoil_testkit::{PASSWORD, TestGenerator, TestPerson, asked, master_key};

use crate::support::{HOME, World, at_once, days, minutes, morning};

#[tokio::test(flavor = "multi_thread")]
async fn from_the_invitation_to_the_first_sign_in() {
    let World { db, identity } = World::new().await;
    let (ann, email) = TestPerson::invited(&db, "Ann Smith", morning()).await;
    let letters = db.post(morning()).await;
    let [letter] = &letters[..] else { panic!("one letter") };
    assert_eq!((&letter.letter.email, letter.letter.kind), (&email, LetterKind::Invitation));
    assert_eq!(letter.letter.good_until, Some(morning() + days(7)));
    let token = letter.token.clone().unwrap();

    // no password, no entrance, whatever is typed
    let at = asked(morning() + days(6), HOME);
    for typed in ["", "nobody has this password", PASSWORD] {
        assert_eq!(identity.first_factor(&at, &email, typed, None).await.unwrap(), Err(Refusal::Wrong));
    }
    // mail programs look at links before people do
    for _ in 0..3 {
        let link = identity.link(&token, at.at).await.unwrap().unwrap();
        assert_eq!((link.person, link.kind), (ann, LinkKind::Invitation));
    }
    // a password that will not do leaves the link as it is
    for (typed, why) in [
        ("", Unfit::Missing),
        ("Tugboat 47", Unfit::Short),
        ("Password12345", Unfit::Guessable),
        ("Ann Smith 2025", Unfit::AboutYou),
    ] {
        assert_eq!(identity.choose_password(&at, &token, typed).await.unwrap(), Err(why));
    }
    assert_eq!(identity.choose_password(&at, &token, PASSWORD).await.unwrap(), Ok(ann));
    assert_eq!(identity.link(&token, at.at).await.unwrap(), None);
    let again = identity.choose_password(&at, &token, "Another tugboat 47").await;
    assert!(matches!(again, Err(Error::NotFound)));

    // the password alone sets the second factor up, and enters nothing
    let first = identity.first_factor(&at, &email.to_uppercase(), PASSWORD, None).await.unwrap().unwrap();
    assert_eq!((first.person, first.next), (ann, Next::Enrol));
    let key = master_key();
    let setup = identity.code_setup(&key, ann, &email, at.at).await.unwrap();
    assert_eq!(identity.code_setup(&key, ann, &email, at.at).await.unwrap(), setup, "the page may be loaded again");
    assert!(setup.address.starts_with("otpauth://totp/Counterfoil:ann.smith%40care.example?"), "{}", setup.address);
    let generator = TestGenerator::of_key(&setup.key);
    assert!(!identity.access(ann).await.unwrap().unwrap().has_factor());
    let wrong = generator.code(at.at.timestamp() + 300);
    assert_eq!(identity.enrol_generator(&key, &at, ann, &wrong).await.unwrap(), None);
    let codes = identity.enrol_generator(&key, &at, ann, &generator.code(at.at.timestamp())).await.unwrap().unwrap();
    assert_eq!(codes.len(), recovery::HOW_MANY);
    assert!(identity.access(ann).await.unwrap().unwrap().has_factor());

    let next = identity.first_factor(&at, &email, PASSWORD, None).await.unwrap().unwrap().next;
    assert_eq!(next, Next::SecondFactor);
    identity.signed_in(&at, ann, "code", None).await.unwrap();
    let login = identity.login(ann).await.unwrap();
    assert_eq!((login.has_generator, login.recovery_codes, login.password_keeps_rule), (true, 10, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_used_a_hundred_times_at_once_works_once() {
    let World { db, identity } = World::new().await;
    let (ann, email) = TestPerson::invited(&db, "Ann Smith", morning()).await;
    let token = db.link_for(&email, LetterKind::Invitation, morning()).await;
    let outcomes = at_once(100, |number| {
        let (identity, token, at) = (identity.clone(), token.clone(), asked(morning(), HOME));
        async move { identity.choose_password(&at, &token, &format!("Correct tugboat {number:02}")).await }
    })
    .await;
    let chosen: Vec<usize> = (0..100).filter(|number| matches!(outcomes[*number], Ok(Ok(_)))).collect();
    assert_eq!(chosen.len(), 1, "{chosen:?}");
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(Ok(_)) | Err(Error::NotFound))));
    let password = format!("Correct tugboat {:02}", chosen[0]);
    let first = identity.first_factor(&asked(morning(), HOME), &email, &password, None).await.unwrap();
    assert_eq!(first.unwrap().person, ann);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_lasts_seven_days_and_can_be_asked_for_again() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let (_, email) = TestPerson::invited(db, "Ann Smith", morning()).await;
    let first = db.link_for(&email, LetterKind::Invitation, morning()).await;
    let last = morning() + days(7) - minutes(1);
    assert!(identity.link(&first, last).await.unwrap().is_some());
    assert!(identity.link(&first, morning() + days(7)).await.unwrap().is_none());

    // who invites stands in the new letter as well
    world.run(r#"UPDATE access_link SET context = '{"council": "Worcestershire"}'"#).await;
    identity.send_password_link(&asked(last, HOME), &email).await.unwrap();
    let letters = db.post(last).await;
    let [letter] = &letters[..] else { panic!("one letter") };
    assert_eq!(
        (letter.letter.kind, &letter.letter.context["council"]),
        (LetterKind::Invitation, &"Worcestershire".into())
    );
    assert!(identity.link(&first, last).await.unwrap().is_none(), "a newer one takes its place");
    assert!(identity.link(letter.token.as_ref().unwrap(), last).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_good_for_its_own_thing_only_and_nothing_else_is_a_link() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let at = asked(morning(), HOME);
    identity.send_unlock(&at, &ann.email).await.unwrap();
    let unlock = db.link_for(&ann.email, LetterKind::Unlock, morning()).await;
    for token in [unlock, Token::typed(""), Token::typed("%00"), Token::new().unwrap()] {
        let chosen = identity.choose_password(&at, &token, "Another tugboat 47").await;
        assert!(matches!(chosen, Err(Error::NotFound)));
        assert!(matches!(identity.lose_factor(&at, &token, &ann.password).await, Err(Error::NotFound)));
        assert!(matches!(identity.back(&at, &token).await, Err(Error::NotFound)));
    }
    // the digest of a token is no token: whoever reads the table opens nothing
    let world_token = Token::new().unwrap();
    assert!(matches!(identity.unlock(&at, &Token::typed("00"), &world_token).await, Err(Error::NotFound)));
}
