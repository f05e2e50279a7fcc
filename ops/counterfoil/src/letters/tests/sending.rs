//! Letters on their way: each arrives once and its link works, whatever the mail server does and whoever crashes.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use counterfoil_core::ids::{OrganisationId, PersonId};
use counterfoil_services::{Refusal, SmtpSink};
use counterfoil_tenants::identity::letter::MOST_ATTEMPTS;
use counterfoil_tenants::identity::link::{LinkKind, Token};
use counterfoil_tenants::identity::sign_in::{Factor, Next};
use counterfoil_tenants::identity::{Identity, OrganisationRole};
use counterfoil_testkit::{PASSWORD, TestDatabase, TestPerson, asked, instant, master_key};
use mail_parser::MessageParser;
use tokio_util::sync::CancellationToken;

use super::super::{Done, Letters};
use crate::post::Post;

const HOME: &str = "198.51.100.7";

fn morning() -> DateTime<Utc> {
    instant(2025, 3, 3, 9)
}

fn minutes(minutes: i64) -> TimeDelta {
    TimeDelta::minutes(minutes)
}

/// A letter as its reader sees it.
struct Arrived {
    to: String,
    subject: String,
    id: String,
    text: String,
}

impl Arrived {
    fn of(data: &[u8]) -> Self {
        let mail = MessageParser::default().parse(data).unwrap();
        Self {
            to: mail.to().unwrap().first().unwrap().address().unwrap().to_owned(),
            subject: mail.subject().unwrap().to_owned(),
            id: mail.message_id().unwrap().to_owned(),
            text: mail.body_text(0).unwrap().replace("\r\n", "\n"),
        }
    }

    /// What is in the address of its link, as whoever opens it does.
    fn token(&self) -> Option<Token> {
        let (_, rest) = self.text.split_once("https://pay.example/link/")?;
        Some(Token::typed(rest.split_whitespace().next()?))
    }
}

struct World {
    db: TestDatabase,
    identity: Identity,
    sink: SmtpSink,
    letters: Arc<Letters>,
}

impl World {
    async fn new() -> Self {
        let db = TestDatabase::new().await;
        let sink = SmtpSink::start().await.unwrap();
        let letters = Arc::new(over(&db, &sink));
        Self { identity: db.identity(), db, sink, letters }
    }

    /// Sends all that is due, and gives what has arrived since.
    async fn post(&self, now: DateTime<Utc>) -> Vec<Arrived> {
        let before = self.sink.messages().len();
        while self.letters.one(now).await.unwrap().is_some() {}
        self.arrived().split_off(before)
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.sink.messages().iter().map(|mail| Arrived::of(&mail.data)).collect()
    }
}

fn over(db: &TestDatabase, sink: &SmtpSink) -> Letters {
    let post = Post::new(Some(&sink.url()), Path::new("/nowhere"), std::collections::BTreeMap::new()).unwrap();
    Letters {
        identity: db.identity(),
        post: Arc::new(post),
        public_address: "https://pay.example".to_owned(),
        sender: "Counterfoil <no-reply@pay.example>".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_letter_of_a_life_arrives_once_and_its_link_works() {
    let world = World::new().await;
    let (identity, key) = (&world.identity, master_key());
    let (id, email) = TestPerson::invited(&world.db, "Ann Smith", morning()).await;
    let one = async |at: DateTime<Utc>, subject: &str| {
        let mut arrived = world.post(at).await;
        assert_eq!(arrived.len(), 1, "{subject}");
        let letter = arrived.remove(0);
        assert_eq!((letter.to.as_str(), letter.subject.as_str()), (email.as_str(), subject));
        assert!(letter.text.starts_with("Hello Ann Smith,\n\n"), "{}", letter.text);
        letter
    };

    let mut at = asked(morning(), HOME);
    let invitation = one(at.at, "Choose a password for your login on Counterfoil").await;
    assert!(invitation.text.contains("until 9:00am on Monday 10 March 2025"), "{}", invitation.text);
    identity.choose_password(&at, &invitation.token().unwrap(), PASSWORD).await.unwrap().unwrap();
    let mut ann = TestPerson {
        id,
        email: email.clone(),
        name: "Ann Smith".to_owned(),
        password: PASSWORD.to_owned(),
        generator: counterfoil_testkit::TestGenerator::of_key(""),
        recovery_codes: Vec::new(),
    };
    ann.recovery_codes = ann.sets_generator_up(identity, at.at).await;
    one(at.at, "An authenticator app was set up").await;
    let codes = identity.second_factor(&key, &at, id, Factor::Recovery(&ann.recovery_codes[0]), None).await.unwrap();
    assert_eq!(codes, Ok(()));
    assert!(one(at.at, "A recovery code was used").await.text.contains("You have 9 left."));

    at.at += minutes(60);
    identity.send_unlock(&at, &email).await.unwrap();
    let unlock = one(at.at, "Sign in from this browser").await;
    assert_eq!(identity.unlock(&at, &unlock.token().unwrap(), &Token::new().unwrap()).await.unwrap(), id);
    identity.send_password_link(&at, &email).await.unwrap();
    let reset = one(at.at, "Choose a new password").await;
    identity.choose_password(&at, &reset.token().unwrap(), "Another tugboat 47").await.unwrap().unwrap();
    ann.password = "Another tugboat 47".to_owned();
    one(at.at, "Your password was changed").await;

    at.at += TimeDelta::days(100);
    assert_eq!(ann.password(identity, &at, None).await.unwrap().next, Next::Return);
    let come_back = one(at.at, "Open your login again").await.token().unwrap();
    let code = ann.code(at.at);
    identity.return_from_dormancy(&key, &at, &come_back, Factor::Code(&code)).await.unwrap().unwrap();
    identity.send_factor_link(&at, id).await.unwrap();
    let lost = one(at.at, "Set up a new second factor").await.token().unwrap();
    identity.lose_factor(&at, &lost, &ann.password).await.unwrap().unwrap();
    one(at.at, "Your second factor was removed").await;

    assert_eq!(world.arrived().len(), 9, "and none of them twice");
    let senders: Vec<String> = world.sink.messages().into_iter().map(|mail| mail.from).collect();
    assert!(senders.iter().all(|from| from == "no-reply@pay.example"), "{senders:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_of_administrators_arrive_with_the_names_in_them() {
    let world = World::new().await;
    let (db, identity) = (&world.db, &world.identity);
    let administrator = TestPerson::new(db, "Beth Lowe", morning()).await;
    let ann = TestPerson::new(db, "Ann Smith", morning()).await;
    let organisation = OrganisationId::from_uuid(db.id());
    identity.add_organisation(organisation, "Good Care Ltd", morning()).await.unwrap();
    let role = OrganisationRole::Administrator;
    identity.join_organisation(administrator.id, organisation, role, morning()).await.unwrap();
    let mut at = asked(morning() + minutes(5), HOME);
    at.by = Some(administrator.id);
    let sees = counterfoil_tenants::identity::people::Sees::Everything;
    let staff = OrganisationRole::Staff;
    identity.invite_person(&at, organisation, (&ann.email, "Ann Smith"), (staff, &sees)).await.unwrap();
    identity.remove_person(&at, organisation, ann.id).await.unwrap();
    let arrived = world.post(at.at).await;
    let subjects: Vec<&str> = arrived.iter().map(|letter| letter.subject.as_str()).collect();
    assert_eq!(subjects, ["You have access to Good Care Ltd", "You no longer have access to Good Care Ltd"]);
    let given = "Beth Lowe has given you access to Good Care Ltd on Counterfoil, as: Staff.";
    assert!(arrived[0].text.contains(given), "{}", arrived[0].text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_is_busy_gets_the_same_letter_later_under_the_same_id() {
    let world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", morning()).await;
    let at = asked(morning() + minutes(5), HOME);
    // a letter without a link is the same to the byte, however often it is tried
    world.identity.renew_recovery_codes(&at, ann.id).await.unwrap();
    world.sink.refuse(Some(Refusal::Temporary));
    let Done::Later(said) = world.letters.one(at.at).await.unwrap().unwrap() else { panic!("it is tried again") };
    assert!(said.contains("451"), "{said}");
    assert_eq!(world.letters.one(at.at + TimeDelta::seconds(59)).await.unwrap(), None);
    world.sink.refuse(None);
    assert_eq!(world.letters.one(at.at + minutes(1)).await.unwrap(), Some(Done::Sent));
    assert_eq!(world.letters.one(at.at + TimeDelta::days(1)).await.unwrap(), None);
    let messages = world.sink.messages();
    assert_eq!(messages.len(), 1);
    let arrived = Arrived::of(&messages[0].data);
    let id = arrived.id.strip_suffix("@pay.example").unwrap().to_owned();
    assert!(id.parse::<counterfoil_core::ids::LetterId>().is_ok(), "it says which letter, and not which attempt: {id}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_nobody_will_ever_take_is_given_up_and_so_is_one_that_nobody_takes_in_four_hours() {
    let world = World::new().await;
    TestPerson::invited(&world.db, "Ann Smith", morning()).await;
    world.sink.refuse(Some(Refusal::Permanent));
    assert!(matches!(world.letters.one(morning()).await.unwrap(), Some(Done::GivenUp(_))));
    let lost = world.identity.lost_letters(10).await.unwrap();
    assert_eq!(lost.len(), 1);
    assert!(lost[0].last_error.as_deref().unwrap().contains("no such mailbox"), "{lost:?}");

    let (_, email) = TestPerson::invited(&world.db, "Bob Jones", morning()).await;
    world.sink.refuse(Some(Refusal::Temporary));
    let (mut at, mut outcomes) = (morning(), Vec::new());
    while at < morning() + TimeDelta::hours(24) {
        outcomes.extend(world.letters.one(at).await.unwrap());
        at += minutes(1);
    }
    assert_eq!(outcomes.len(), usize::try_from(MOST_ATTEMPTS).unwrap());
    let (last, before) = outcomes.split_last().unwrap();
    assert!(matches!(last, Done::GivenUp(_)) && before.iter().all(|outcome| matches!(outcome, Done::Later(_))));
    let lost = world.identity.lost_letters(10).await.unwrap();
    assert_eq!((lost.len(), world.sink.messages().len()), (2, 0));

    // an operator has mended it, within the seven days of the invitation
    world.sink.refuse(None);
    let bobs = lost.iter().find(|letter| letter.email == email).unwrap();
    world.identity.send_letter_again(bobs.id, at).await.unwrap();
    let arrived = world.post(at).await;
    let link = world.identity.link(&arrived[0].token().unwrap(), at).await.unwrap().unwrap();
    assert_eq!(link.kind, LinkKind::Invitation);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_send_at_once_send_one_letter() {
    let world = World::new().await;
    for name in ["Ann Smith", "Bob Jones", "Cat Lee", "Dan Poe", "Eve Ray", "Fay Orr"] {
        TestPerson::invited(&world.db, name, morning()).await;
    }
    // slow enough that they meet
    world.sink.set_delay(Duration::from_millis(20));
    let senders: Vec<_> = (0..6)
        .map(|_| {
            let letters = Letters { ..over(&world.db, &world.sink) };
            tokio::spawn(async move {
                let mut sent = 0;
                while let Some(done) = letters.one(morning()).await.unwrap() {
                    assert_eq!(done, Done::Sent);
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    let mut sent = 0;
    for sender in senders {
        sent += sender.await.unwrap();
    }
    assert_eq!(sent, 6);
    let arrived = world.arrived();
    let mailboxes: std::collections::BTreeSet<&str> = arrived.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!((arrived.len(), mailboxes.len()), (6, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_a_letter_with_a_link_comes_again_as_another_message_whose_link_is_the_good_one() {
    let mut world = World::new().await;
    TestPerson::invited(&world.db, "Ann Smith", morning()).await;
    let first = crash_once_it_has_arrived(&mut world, morning(), 1).await;
    let dead = first.token().unwrap();
    assert!(world.identity.link(&dead, morning()).await.unwrap().is_some(), "until the letter is sent again");

    // nobody knows that it has arrived
    assert_eq!(world.letters.one(morning()).await.unwrap(), None);
    let again = world.post(morning() + minutes(1)).await.remove(0);
    let at = morning() + minutes(2);
    assert!(world.identity.link(&dead, at).await.unwrap().is_none());
    assert!(world.identity.link(&again.token().unwrap(), at).await.unwrap().is_some());
    // a mailbox that drops what it has had already keeps the good one
    assert_ne!(again.id, first.id);
    assert_eq!((&again.to, &again.subject), (&first.to, &first.subject));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_a_letter_without_a_link_comes_again_as_the_same_message() {
    let mut world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", morning()).await;
    world.identity.renew_recovery_codes(&asked(morning(), HOME), ann.id).await.unwrap();
    crash_once_it_has_arrived(&mut world, morning(), 1).await;
    world.post(morning() + minutes(1)).await;
    let messages = world.sink.messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].data, messages[1].data, "to the byte, so that whoever drops one drops nothing");
}

/// Sends one letter and dies between the mail server's having it and our recording it; gives what arrived.
async fn crash_once_it_has_arrived(world: &mut World, now: DateTime<Utc>, arrived: usize) -> Arrived {
    world.sink.set_delay(Duration::from_millis(300));
    let letters = world.letters.clone();
    let sending = tokio::spawn(async move { letters.one(now).await });
    while world.sink.messages().len() < arrived {
        assert!(!sending.is_finished(), "it was to be caught in the act");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sending.abort();
    assert!(sending.await.is_err_and(|error| error.is_cancelled()), "it was to die before it recorded anything");
    world.sink.set_delay(Duration::ZERO);
    // its connections died with it: what goes on is another process
    world.letters = Arc::new(over(&world.db, &world.sink));
    world.arrived().remove(arrived - 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_no_longer_good_is_not_sent_at_all() {
    let world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", morning()).await;
    let at = asked(morning() + minutes(5), HOME);
    for _ in 0..2 {
        world.identity.send_unlock(&at, &ann.email).await.unwrap();
    }
    // replaced by the second one, which is sent; and one that the mail server took too long for
    let mut outcomes = Vec::new();
    while let Some(done) = world.letters.one(at.at).await.unwrap() {
        outcomes.push(done);
    }
    assert_eq!(outcomes, [Done::Dropped, Done::Sent]);
    let later = asked(at.at + minutes(30), HOME);
    world.identity.send_unlock(&later, &ann.email).await.unwrap();
    let too_late = later.at + minutes(60);
    assert_eq!(world.letters.one(too_late).await.unwrap(), Some(Done::Dropped));
    assert_eq!(world.letters.one(too_late).await.unwrap(), None);
    assert_eq!(world.sink.messages().len(), 1);
    assert!(world.identity.lost_letters(10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_leave_within_a_second_whoever_writes_them() {
    let world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", Utc::now()).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn({
        let (letters, stop) = (world.letters.clone(), stop.clone());
        async move { letters.until(stop).await }
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let waited = async |identity: &Identity| {
        let (before, begun) = (world.sink.messages().len(), Instant::now());
        identity.send_unlock(&asked(Utc::now(), HOME), &ann.email).await.unwrap();
        while world.sink.messages().len() == before {
            assert!(begun.elapsed() < Duration::from_secs(20), "it never left");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        begun.elapsed()
    };
    // this process wakes its own senders; another process has to be looked for, each second
    let own = waited(&world.identity).await;
    let others = Identity::new(&counterfoil_tenants::Connections::new(world.db.config()).unwrap());
    let other = waited(&others).await;
    println!("{own:?} after this process wrote it, {other:?} after another did");
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(20), running).await.expect("it stops when it is told to").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_letters_are_files_in_a_folder_of_their_own() {
    let db = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let post = Post::new(None, folder.path(), std::collections::BTreeMap::new()).unwrap();
    let url = url::Url::parse("https://pay.example").unwrap();
    let letters = Letters::from_environment(db.identity(), Arc::new(post), &url);
    let (person, _): (PersonId, _) = TestPerson::invited(&db, "Ann Smith", morning()).await;
    assert_eq!(letters.one(morning()).await.unwrap(), Some(Done::Sent));
    let files: Vec<_> = std::fs::read_dir(folder.path().join("letters")).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 1);
    let arrived = Arrived::of(&std::fs::read(files[0].path()).unwrap());
    let link = db.identity().link(&arrived.token().unwrap(), morning()).await.unwrap().unwrap();
    assert_eq!((link.person, link.kind), (person, LinkKind::Invitation));
}
