//! The queue of letters: each is lent to one at a time, tried again after a while, and given up in the end.

use std::time::Duration;

use counterfoil_tenants::identity::letter::{LetterKind, MOST_ATTEMPTS};
use counterfoil_testkit::{TestPerson, asked};

use crate::support::{HOME, World, at_once, minutes, morning};
use chrono::TimeDelta;

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_lent_to_one_at_a_time_and_for_twice_as_long_each_time() {
    let World { db, identity } = World::new().await;
    let (_, email) = TestPerson::invited(&db, "Ann Smith", morning()).await;
    let lent = at_once(10, |_| {
        let identity = identity.clone();
        async move { identity.next_letter(morning()).await.unwrap() }
    })
    .await;
    let letters: Vec<_> = lent.into_iter().flatten().collect();
    let [letter] = &letters[..] else { panic!("one of ten has it") };
    assert_eq!((letter.email.as_str(), letter.attempt), (email.as_str(), 1));

    // whoever had it never said what came of it
    let mut at = morning();
    for attempt in 2..=MOST_ATTEMPTS {
        let loan = minutes(1 << (attempt - 2));
        assert_eq!(identity.next_letter(at + loan - TimeDelta::seconds(1)).await.unwrap(), None);
        at += loan;
        assert_eq!(identity.next_letter(at).await.unwrap().unwrap().attempt, attempt);
    }
    assert_eq!(identity.lost_letters(10).await.unwrap(), [], "the last loan is not over yet");
    at += minutes(1 << (MOST_ATTEMPTS - 1));
    assert_eq!(identity.next_letter(at).await.unwrap(), None);
    let lost = identity.lost_letters(10).await.unwrap();
    assert_eq!((lost.len(), lost[0].id, lost[0].kind), (1, letter.id, LetterKind::Invitation));
    assert_eq!((lost[0].email.as_str(), lost[0].last_error.as_deref()), (&*email, Some("nobody said what came of it")));

    // an operator tries it again
    identity.send_letter_again(letter.id, at).await.unwrap();
    assert!(identity.send_letter_again(letter.id, at).await.is_err());
    assert_eq!(identity.next_letter(at).await.unwrap().unwrap().attempt, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_tried_again_and_what_always_will_is_given_up() {
    let World { db, identity } = World::new().await;
    TestPerson::invited(&db, "Ann Smith", morning()).await;
    let letter = identity.next_letter(morning()).await.unwrap().unwrap();
    identity.letter_failed(&letter, "busy", false).await.unwrap();
    assert_eq!(identity.next_letter(morning()).await.unwrap(), None);
    let again = identity.next_letter(morning() + minutes(1)).await.unwrap().unwrap();
    assert_eq!((again.id, again.attempt), (letter.id, 2));
    identity.letter_failed(&again, "no such mailbox", true).await.unwrap();
    assert_eq!(identity.next_letter(morning() + minutes(60)).await.unwrap(), None);
    assert_eq!(identity.lost_letters(10).await.unwrap()[0].last_error.as_deref(), Some("no such mailbox"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_after_their_loan_does_not_undo_what_another_did() {
    let World { db, identity } = World::new().await;
    TestPerson::invited(&db, "Ann Smith", morning()).await;
    let slow = identity.next_letter(morning()).await.unwrap().unwrap();
    let quick = identity.next_letter(morning() + minutes(1)).await.unwrap().unwrap();
    identity.letter_failed(&slow, "no such mailbox", true).await.unwrap();
    assert_eq!(identity.lost_letters(10).await.unwrap(), [], "it is lent to somebody else");
    identity.letter_sent(quick.id, morning() + minutes(1)).await.unwrap();
    identity.letter_failed(&slow, "too slow", false).await.unwrap();
    assert_eq!(identity.next_letter(morning() + minutes(60)).await.unwrap(), None, "it was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_waits_at_a_page_does_not_wait_for_a_councils_thousand_invitations() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    for number in 0..20 {
        TestPerson::invited(&db, &format!("Invited {number}"), morning() + minutes(1)).await;
    }
    identity.send_unlock(&asked(morning() + minutes(2), HOME), &ann.email).await.unwrap();
    let first = identity.next_letter(morning() + minutes(3)).await.unwrap().unwrap();
    assert_eq!(first.kind, LetterKind::Unlock);
    assert_eq!(db.post(morning() + minutes(3)).await.len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_letters_is_woken_by_one_that_is_committed_and_by_nothing_else() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let moment = Duration::from_millis(200);
    let woken = async || tokio::time::timeout(moment, identity.letter_written()).await.is_ok();
    assert!(woken().await, "by what was written before");
    assert!(!woken().await);
    let at = asked(morning() + minutes(10), HOME);
    ann.signs_in(&identity, &at, None).await;
    assert!(!woken().await, "signing in writes none");
    identity.send_unlock(&at, &ann.email).await.unwrap();
    assert!(woken().await);
    assert!(identity.remove_passkey(&at, ann.id, counterfoil_core::ids::PasskeyId::from_uuid(db.id())).await.is_err());
    assert!(!woken().await);
}
