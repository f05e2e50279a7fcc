//! Passkeys, from adding one to signing in with it, and every answer that must not be believed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod authenticator;

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_web::passkey::{Answer, Claimed, PasskeyError, Passkeys, Registrant, StoredPasskey, UsedPasskey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use authenticator::Authenticator;

const AMINA: Uuid = Uuid::from_u128(0x0a);
const BEN: Uuid = Uuid::from_u128(0x0b);

fn passkeys() -> Passkeys {
    Passkeys::new(&Url::parse("https://counterfoil.example/").unwrap()).unwrap()
}

fn nine() -> DateTime<Utc> {
    "2025-03-25T09:00:00Z".parse().unwrap()
}

fn later(seconds: i64) -> DateTime<Utc> {
    nine() + TimeDelta::seconds(seconds)
}

/// Into the session and out of it.
fn kept<T: Serialize + DeserializeOwned>(state: &T) -> T {
    serde_json::from_str(&serde_json::to_string(state).unwrap()).unwrap()
}

fn registrant(person: Uuid, existing: &[Vec<u8>]) -> Registrant<'_> {
    Registrant { person, email: "amina.khan@brightwater.example", name: "Amina Khan", existing }
}

/// Adds the device's passkey to the person.
fn added(person: Uuid, device: &mut Authenticator) -> Result<StoredPasskey, PasskeyError> {
    let (question, state) = passkeys().start_registration(&registrant(person, &[]), nine()).unwrap();
    passkeys().finish_registration(kept(&state), &device.create(&question), later(20))
}

/// Asks for Amina's second factor, lets `answer` make an answer to the question, and checks it.
fn second_factor(stored: &[StoredPasskey], answer: impl FnOnce(&Value) -> Value) -> Result<UsedPasskey, PasskeyError> {
    let (question, state) = passkeys().start_second_factor(AMINA, stored, nine()).unwrap();
    assert_eq!(state.person(), AMINA);
    passkeys().finish_second_factor(kept(&state), &answer(&question), stored, later(10))
}

#[test]
fn a_person_adds_a_passkey_and_uses_it_as_second_factor() {
    let mut phone = Authenticator::new(1);
    let (question, state) = passkeys().start_registration(&registrant(AMINA, &[]), nine()).unwrap();
    let options = &question["publicKey"];
    assert_eq!(options["rp"], json!({ "id": "counterfoil.example", "name": "Counterfoil" }));
    assert_eq!(options["user"]["name"], "amina.khan@brightwater.example");
    assert_eq!(options["user"]["displayName"], "Amina Khan");
    assert_eq!(options["authenticatorSelection"]["residentKey"], "preferred");
    assert_eq!(options["authenticatorSelection"]["requireResidentKey"], false);
    assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["attestation"], "none");
    assert_eq!(state.person(), AMINA);

    let posted = json!({ "name": "Amina's phone", "credential": phone.create(&question) });
    let answer: Answer = serde_json::from_value(posted).unwrap();
    assert_eq!(answer.name.as_deref(), Some("Amina's phone"));
    let stored = passkeys().finish_registration(kept(&state), &answer.credential, later(20)).unwrap();
    assert_eq!(stored.credential_id, [1; 32]);

    let (question, _) = passkeys().start_second_factor(AMINA, std::slice::from_ref(&stored), nine()).unwrap();
    assert_eq!(question["publicKey"]["userVerification"], "required");
    assert_eq!(question["publicKey"]["allowCredentials"].as_array().unwrap().len(), 1);

    let used = second_factor(std::slice::from_ref(&stored), |question| phone.get(question)).unwrap();
    assert_eq!((used.counter, used.changed), (2, true));
    assert_eq!(used.passkey.credential_id, stored.credential_id);
    // What is stored now is good for the next time.
    let again = second_factor(&[used.passkey], |question| phone.get(question)).unwrap();
    assert_eq!(again.counter, 3);
}

#[test]
fn a_device_may_leave_out_whose_passkey_it_is_and_keep_no_counter() {
    let mut phone = Authenticator::new(1);
    (phone.counter, phone.names_person) = (0, false);
    let stored = added(AMINA, &mut phone).unwrap();
    for _ in 0..2 {
        let used = second_factor(std::slice::from_ref(&stored), |question| phone.get(question)).unwrap();
        assert_eq!((used.counter, used.changed), (0, false));
    }
}

#[test]
fn a_person_of_several_passkeys_may_use_any() {
    let (mut phone, mut laptop) = (Authenticator::new(1), Authenticator::new(2));
    let stored = [added(AMINA, &mut phone).unwrap(), added(AMINA, &mut laptop).unwrap()];
    let used = second_factor(&stored, |question| laptop.get(question)).unwrap();
    assert_eq!(used.passkey.credential_id, [2; 32]);
}

#[test]
fn a_passkey_signs_in_without_an_address() {
    let mut phone = Authenticator::new(1);
    let stored = added(AMINA, &mut phone).unwrap();
    let (question, state) = passkeys().start_discoverable(nine()).unwrap();
    assert_eq!(question["publicKey"]["allowCredentials"], json!([]));
    assert_eq!(question["publicKey"]["userVerification"], "required");
    assert!(question.get("mediation").is_none(), "a button asks: {question}");

    let answer = phone.get(&question);
    assert_eq!(passkeys().identify(&answer).unwrap(), Claimed { person: AMINA, credential_id: vec![1; 32] });
    let used = passkeys().finish_discoverable(kept(&state), &answer, AMINA, &[stored], later(10)).unwrap();
    assert_eq!((used.counter, used.changed), (2, true));
}

#[test]
fn the_service_of_a_developer_can_have_passkeys_and_one_at_a_number_cannot() {
    let local = Passkeys::new(&Url::parse("http://localhost:8040/").unwrap()).unwrap();
    let mut phone = Authenticator::new(1);
    phone.origin = "http://localhost:8040".to_owned();
    let (question, state) = local.start_registration(&registrant(AMINA, &[]), nine()).unwrap();
    let stored = local.finish_registration(state, &phone.create(&question), nine()).unwrap();
    let (question, state) = local.start_second_factor(AMINA, std::slice::from_ref(&stored), nine()).unwrap();
    // Another port is another site.
    let answer = phone.at("http://localhost:8041").get(&question);
    let error = local.finish_second_factor(kept(&state), &answer, std::slice::from_ref(&stored), nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::AnotherSite(_)), "{error:?}");
    local.finish_second_factor(state, &phone.get(&question), &[stored], nine()).unwrap();

    let error = Passkeys::new(&Url::parse("http://127.0.0.1:8040/").unwrap()).unwrap_err();
    assert!(matches!(error, PasskeyError::Address(_)), "{error:?}");
    assert!(error.is_ours());
}

#[test]
fn an_answer_given_to_another_site_is_refused() {
    let mut phone = Authenticator::new(1);
    let stored = added(AMINA, &mut phone).unwrap();
    phone.origin = "https://counterfoil.example.evil.test".to_owned();
    let error = second_factor(&[stored], |question| phone.get(question)).unwrap_err();
    assert!(matches!(error, PasskeyError::AnotherSite(_)), "{error:?}");
    assert_eq!(error.words(), "That passkey was used on another website: check the web address, then try again");
    let error = added(AMINA, &mut phone).unwrap_err();
    assert!(matches!(error, PasskeyError::AnotherSite(_)), "{error:?}");
}

#[test]
fn a_replayed_answer_is_refused() {
    let mut phone = Authenticator::new(1);
    let stored = added(AMINA, &mut phone).unwrap();
    let mut first = Value::Null;
    let used = second_factor(std::slice::from_ref(&stored), |question| {
        first = phone.get(question);
        first.clone()
    });
    let used = used.unwrap().passkey;
    let error = second_factor(std::slice::from_ref(&used), |_| first.clone()).unwrap_err();
    assert!(matches!(error, PasskeyError::AnotherQuestion(_)), "{error:?}");
    assert_eq!(error.words(), "The browser did not answer the question that was asked: try again");

    // Nor does an answer to one kind of question do for another.
    let (_, state) = passkeys().start_discoverable(nine()).unwrap();
    let error = passkeys().finish_discoverable(state, &first, AMINA, &[used], nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::AnotherQuestion(_)), "{error:?}");
    let (earlier, _) = passkeys().start_registration(&registrant(AMINA, &[]), nine()).unwrap();
    let (_, state) = passkeys().start_registration(&registrant(AMINA, &[]), nine()).unwrap();
    let error = passkeys().finish_registration(state, &phone.create(&earlier), nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::AnotherQuestion(_)), "{error:?}");
}

#[test]
fn another_persons_passkey_is_refused() {
    let (mut phone, mut bens) = (Authenticator::new(1), Authenticator::new(2));
    let amina = [added(AMINA, &mut phone).unwrap()];
    let ben = [added(BEN, &mut bens).unwrap()];
    let not_yours = |result: Result<_, PasskeyError>| {
        let error = result.map(|_: UsedPasskey| ()).unwrap_err();
        assert!(matches!(error, PasskeyError::NotYours), "{error:?}");
        assert_eq!(error.words(), "That passkey is not one of yours");
    };
    not_yours(second_factor(&amina, |question| bens.get(question)));
    not_yours(second_factor(&amina, |question| bens.claiming(AMINA).get(question)));
    not_yours(second_factor(&amina, |question| phone.claiming(BEN).get(question)));

    let discover = |device: &mut Authenticator, stored: &[StoredPasskey]| {
        let (question, state) = passkeys().start_discoverable(nine()).unwrap();
        let answer = device.get(&question);
        let person = passkeys().identify(&answer).unwrap().person;
        passkeys().finish_discoverable(state, &answer, person, stored, nine())
    };
    // Ben's device says that it is Amina's; then for a person of no passkeys, or who does not exist.
    not_yours(discover(&mut bens.claiming(AMINA), &amina));
    not_yours(discover(&mut bens.claiming(Uuid::from_u128(0x0c)), &[]));
    // The caller looked up another person than the answer names.
    let (question, state) = passkeys().start_discoverable(nine()).unwrap();
    not_yours(passkeys().finish_discoverable(state, &bens.get(&question), AMINA, &ben, nine()));
    // And the right ones do.
    discover(&mut bens, &ben).unwrap();
    discover(&mut phone, &amina).unwrap();
}

#[test]
fn a_forged_signature_is_refused() {
    let (mut phone, stranger) = (Authenticator::new(1), Authenticator::new(9));
    let stored = [added(AMINA, &mut phone).unwrap()];
    let error = second_factor(&stored, |question| stranger.posing_as(&phone).get(question)).unwrap_err();
    assert!(matches!(error, PasskeyError::Signature(_)), "{error:?}");
    let (question, state) = passkeys().start_discoverable(nine()).unwrap();
    let answer = stranger.posing_as(&phone).get(&question);
    let error = passkeys().finish_discoverable(state, &answer, AMINA, &stored, nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::Signature(_)), "{error:?}");
}

#[test]
fn a_counter_that_does_not_go_up_is_a_copied_key() {
    let mut phone = Authenticator::new(1);
    phone.counter = 7;
    let stored = added(AMINA, &mut phone).unwrap();
    let mut copy = phone.clone();
    let used = second_factor(&[stored], |question| phone.get(question)).unwrap();
    assert_eq!(used.counter, 8);
    let now = [used.passkey];
    let error = second_factor(&now, |question| copy.get(question)).unwrap_err();
    assert!(matches!(error, PasskeyError::Copied { stored: 8 }), "{error:?}");
    assert!(error.words().starts_with("That passkey may have been copied"));

    copy.counter = 5;
    let (question, state) = passkeys().start_discoverable(nine()).unwrap();
    let error = passkeys().finish_discoverable(state, &copy.get(&question), AMINA, &now, nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::Copied { stored: 8 }), "{error:?}");
}

#[test]
fn what_changed_while_the_browser_asked_counts() {
    let mut phone = Authenticator::new(1);
    let before = [added(AMINA, &mut phone).unwrap()];
    // Two sign-ins begin at the same stored counter, one with the phone and one with a copy of it.
    let mut copy = phone.clone();
    let (first, first_state) = passkeys().start_second_factor(AMINA, &before, nine()).unwrap();
    let (second, second_state) = passkeys().start_second_factor(AMINA, &before, nine()).unwrap();
    let used = passkeys().finish_second_factor(first_state, &phone.get(&first), &before, nine()).unwrap();
    let answer = copy.get(&second);
    let after = [used.passkey];
    let error = passkeys().finish_second_factor(kept(&second_state), &answer, &after, nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::Copied { stored: 2 }), "{error:?}");
    // And a passkey that was removed meanwhile is nobody's.
    let error = passkeys().finish_second_factor(second_state, &answer, &[], nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::NotYours), "{error:?}");
}

#[test]
fn a_device_has_to_check_who_uses_it() {
    let mut phone = Authenticator::new(1);
    let stored = [added(AMINA, &mut phone).unwrap()];
    phone.verifies = false;
    for error in
        [second_factor(&stored, |question| phone.get(question)).unwrap_err(), added(AMINA, &mut phone).unwrap_err()]
    {
        assert!(matches!(error, PasskeyError::NotVerified(_)), "{error:?}");
        assert!(error.words().starts_with("Your device did not check that it is you"));
    }
}

#[test]
fn a_device_is_added_once() {
    let mut phone = Authenticator::new(1);
    let stored = added(AMINA, &mut phone).unwrap();
    let existing = [stored.credential_id];
    let (question, state) = passkeys().start_registration(&registrant(AMINA, &existing), nine()).unwrap();
    let excluded = question["publicKey"]["excludeCredentials"].as_array().unwrap();
    assert_eq!(excluded.len(), 1, "the browser is not told of the passkey: {question}");
    let error = passkeys().finish_registration(kept(&state), &phone.create(&question), nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::AlreadyYours), "{error:?}");
}

#[test]
fn a_question_waits_for_five_minutes() {
    let mut phone = Authenticator::new(1);
    let stored = [added(AMINA, &mut phone).unwrap()];
    let (question, state) = passkeys().start_second_factor(AMINA, &stored, nine()).unwrap();
    let answer = phone.get(&question);
    let error = passkeys().finish_second_factor(kept(&state), &answer, &stored, later(301)).unwrap_err();
    assert!(matches!(error, PasskeyError::TooLate), "{error:?}");
    assert_eq!(error.words(), "That took longer than 5 minutes: try again");
    passkeys().finish_second_factor(state, &answer, &stored, later(300)).unwrap();

    let (question, state) = passkeys().start_discoverable(nine()).unwrap();
    let answer = phone.get(&question);
    let error = passkeys().finish_discoverable(state, &answer, AMINA, &stored, later(301)).unwrap_err();
    assert!(matches!(error, PasskeyError::TooLate), "{error:?}");
    let (question, state) = passkeys().start_registration(&registrant(AMINA, &[]), nine()).unwrap();
    let error = passkeys().finish_registration(state, &phone.create(&question), later(301)).unwrap_err();
    assert!(matches!(error, PasskeyError::TooLate), "{error:?}");
}

#[test]
fn what_no_browser_sends_is_refused_in_words() {
    let stored = [added(AMINA, &mut Authenticator::new(1)).unwrap()];
    for nonsense in [json!(null), json!({}), json!({ "id": "x", "rawId": "*", "type": "public-key" }), json!([1])] {
        let error = second_factor(&stored, |_| nonsense.clone()).unwrap_err();
        assert!(matches!(error, PasskeyError::Unreadable(_)), "{error:?}");
        assert!(!error.is_ours());
        assert!(matches!(passkeys().identify(&nonsense), Err(PasskeyError::Unreadable(_))));
    }
    // An answer that names nobody, to a question that nobody's address went with.
    let mut nameless = Authenticator::new(1);
    nameless.names_person = false;
    let (question, _) = passkeys().start_discoverable(nine()).unwrap();
    assert!(matches!(passkeys().identify(&nameless.get(&question)), Err(PasskeyError::NotYours)));
}

#[test]
fn a_passkey_that_was_stored_wrongly_is_our_fault() {
    let stored = [StoredPasskey { credential_id: vec![1; 32], json: json!({ "cred": {} }) }];
    let error = passkeys().start_second_factor(AMINA, &stored, nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::Stored(_)) && error.is_ours(), "{error:?}");
    assert_eq!(error.words(), "Sorry, passkeys cannot be used at the moment: sign in another way");
    let error = passkeys().start_second_factor(AMINA, &[], nine()).unwrap_err();
    assert!(matches!(error, PasskeyError::NotYours), "{error:?}");
}
