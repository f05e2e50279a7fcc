//! Passkeys, as far as they are kept here.

use counterfoil_tenants::Error;
use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::sign_in::Next;
use counterfoil_testkit::{PASSWORD, TestPerson, asked};
use serde_json::json;

use crate::support::{HOME, World, at_once, kinds, minutes, morning};

#[tokio::test(flavor = "multi_thread")]
async fn the_last_second_factor_stays_whatever_it_is() {
    let World { db, identity } = World::new().await;
    let (ann, email) = TestPerson::invited(&db, "Ann Smith", morning()).await;
    let token = db.link_for(&email, LetterKind::Invitation, morning()).await;
    let at = asked(morning(), HOME);
    identity.choose_password(&at, &token, PASSWORD).await.unwrap().unwrap();
    let codes = identity.enrol_passkey(&at, ann, b"phone", " Ann\u{2019}s phone \n", &json!({ "counter": 1 })).await;
    assert_eq!(codes.unwrap().len(), 10);
    assert_eq!(identity.enrol_passkey(&at, ann, b"key", "", &json!({})).await.unwrap(), Vec::<String>::new());
    let taken = identity.enrol_passkey(&at, ann, b"phone", "Again", &json!({})).await;
    assert!(matches!(taken, Err(Error::Conflict(words)) if words == "That passkey is set up already."));

    let passkeys = identity.passkeys(ann).await.unwrap();
    let names: Vec<&str> = passkeys.iter().map(|passkey| passkey.name.as_str()).collect();
    assert_eq!(names, ["Ann\u{2019}s phone", "Passkey"]);
    let other = TestPerson::new(&db, "Bob Jones", morning()).await;
    assert!(matches!(identity.remove_passkey(&at, other.id, passkeys[0].id).await, Err(Error::NotFound)));
    db.post(at.at).await;
    identity.remove_passkey(&at, ann, passkeys[0].id).await.unwrap();
    let letters = db.post(at.at).await;
    assert_eq!(kinds(&letters), [LetterKind::FactorChanged]);
    assert_eq!(letters[0].letter.context["what"], "passkey_removed");
    let Err(Error::Refused(words)) = identity.remove_passkey(&at, ann, passkeys[1].id).await else { panic!("refused") };
    assert_eq!(words, "This is your only second factor. Set up another one before you remove it.");
    assert_eq!(identity.passkeys(ann).await.unwrap().len(), 1);
    assert_eq!(kinds(&db.post(at.at).await), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_are_removed_at_once_one_stays() {
    for _ in 0..5 {
        let World { db, identity } = World::new().await;
        let (ann, _) = TestPerson::invited(&db, "Ann Smith", morning()).await;
        let at = asked(morning(), HOME);
        for id in [b"phone", b"piano"] {
            identity.enrol_passkey(&at, ann, id, "", &json!({})).await.unwrap();
        }
        let passkeys = identity.passkeys(ann).await.unwrap();
        let outcomes = at_once(2, |number| {
            let (identity, id, at) = (identity.clone(), passkeys[number].id, at.clone());
            async move { identity.remove_passkey(&at, ann, id).await }
        })
        .await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(identity.passkeys(ann).await.unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_enters_for_its_owner_and_no_longer_once_it_is_gone() {
    let World { db, identity } = World::new().await;
    let (ann, bob) =
        (TestPerson::new(&db, "Ann Smith", morning()).await, TestPerson::new(&db, "Bob Jones", morning()).await);
    let at = asked(morning() + minutes(5), HOME);
    identity.enrol_passkey(&at, ann.id, b"phone", "Phone", &json!({ "counter": 1 })).await.unwrap();
    let used = json!({ "counter": 2 });
    assert_eq!(identity.passkey_shown(&at, ann.id, b"phone", &used).await.unwrap(), Next::SecondFactor);
    let kept = identity.passkeys(ann.id).await.unwrap().remove(0);
    assert_eq!((kept.person, &kept.stored, kept.last_used_at), (ann.id, &used, Some(at.at)));
    assert!(matches!(identity.passkey_shown(&at, bob.id, b"phone", &used).await, Err(Error::NotFound)));
    // removed between question and answer
    identity.remove_passkey(&at, ann.id, kept.id).await.unwrap();
    assert!(matches!(identity.passkey_shown(&at, ann.id, b"phone", &used).await, Err(Error::NotFound)));
    assert!(matches!(identity.passkey_used(at.at, ann.id, b"phone", &used).await, Err(Error::NotFound)));
    assert_eq!(identity.passkeys(ann.id).await.unwrap(), []);
}
