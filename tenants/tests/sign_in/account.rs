//! One's own login: another password, other sessions, and what the record says of it.

use counterfoil_tenants::identity::letter::LetterKind;
use counterfoil_tenants::identity::link::Token;
use counterfoil_tenants::identity::login::NotChanged;
use counterfoil_tenants::identity::password::Unfit;
use counterfoil_tenants::identity::sign_in::Refusal;
use counterfoil_testkit::{TestPerson, asked};

use crate::support::{HOME, World, kinds, minutes, morning};

const NEW: &str = "Another tugboat 47";

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_the_other_sessions_and_tells_the_owner() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let browser = Token::new().unwrap();
    ann.signs_in(identity, &asked(morning() + minutes(1), HOME), Some(&browser)).await;
    let at = asked(morning() + minutes(10), HOME);

    let wrong = identity.change_password(&at, ann.id, "Wrong tugboat 47", NEW).await.unwrap();
    assert_eq!(wrong, Err(NotChanged::Current(Refusal::Wrong)));
    for (typed, why) in [("", Unfit::Missing), ("Tugboat 47", Unfit::Short), ("ann.smith 2025", Unfit::AboutYou)] {
        let unfit = identity.change_password(&at, ann.id, &ann.password, typed).await.unwrap();
        assert_eq!(unfit, Err(NotChanged::New(why)));
    }
    assert_eq!(kinds(&db.post(at.at).await), []);
    assert_eq!(identity.access(ann.id).await.unwrap().unwrap().sessions_after(), None);

    assert_eq!(identity.change_password(&at, ann.id, &ann.password, NEW).await.unwrap(), Ok(()));
    assert_eq!(identity.access(ann.id).await.unwrap().unwrap().sessions_after(), Some(at.at));
    let letters = db.post(at.at).await;
    assert_eq!((kinds(&letters), letters[0].letter.email.as_str()), (vec![LetterKind::PasswordChanged], &*ann.email));
    assert_eq!(identity.login(ann.id).await.unwrap().password_set_at, Some(at.at));
    // once when the login was made, and once now
    assert_eq!(world.recorded("person.set_password").await, 2);
    // the browser stays known: it was its owner who did this
    assert_eq!(world.count("SELECT count(*) FROM known_browser").await, 1);
    assert_eq!(ann.password(identity, &at, None).await, Err(Refusal::Wrong));
    assert!(identity.first_factor(&at, &ann.email, NEW, None).await.unwrap().is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_somebody_asked_for_before_does_not_undo_the_change() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let at = asked(morning() + minutes(10), HOME);
    identity.send_password_link(&at, &ann.email).await.unwrap();
    let token = db.link_for(&ann.email, LetterKind::ResetPassword, at.at).await;
    identity.change_password(&at, ann.id, &ann.password, NEW).await.unwrap().unwrap();
    assert!(identity.link(&token, at.at).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_everywhere_is_one_instant_for_all_sessions() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let at = asked(morning() + minutes(10), HOME);
    identity.end_sessions(&at, ann.id).await.unwrap();
    assert_eq!(identity.access(ann.id).await.unwrap().unwrap().sessions_after(), Some(at.at));
    for elsewhere in [true, false] {
        identity.session_ended(&at, ann.id, elsewhere).await.unwrap();
    }
    assert_eq!((world.recorded("session.end").await, world.recorded("person.sign_out").await), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_says_who_from_where_and_how_and_never_a_secret() {
    let world = World::new().await;
    let World { db, identity } = &world;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let at = asked(morning() + minutes(10), "2001:db8::7");
    identity.first_factor(&at, &ann.email, "Wrong tugboat 47", None).await.unwrap().unwrap_err();
    ann.signs_in(identity, &at, None).await;
    let hers = format!("subject_id = '{}' AND address = '2001:db8::7' AND request_id = 'test'", ann.id.uuid());
    let refused = format!(
        "SELECT count(*) FROM platform_record WHERE {hers} AND action = 'person.sign_in_refused' AND person_id IS NULL \
         AND detail = '{{\"what\": \"password\"}}'"
    );
    let entered = format!(
        "SELECT count(*) FROM platform_record WHERE {hers} AND action = 'person.sign_in' AND person_id = subject_id \
         AND detail = '{{\"method\": \"code\"}}'"
    );
    assert_eq!((world.count(&refused).await, world.count(&entered).await), (1, 1));
    let code = ann.code(at.at);
    for secret in ["tugboat", &code, &ann.recovery_codes[0]] {
        let kept = format!("SELECT count(*) FROM platform_record r WHERE r::text LIKE '%{secret}%'");
        assert_eq!(world.count(&kept).await, 0, "{secret}");
        let kept = format!("SELECT count(*) FROM letter l WHERE l::text LIKE '%{secret}%'");
        assert_eq!(world.count(&kept).await, 0, "{secret}");
    }
}
