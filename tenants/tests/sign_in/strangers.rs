//! What a stranger can tell of an address: nothing. The answer, the statements that the database is sent, and the rows
//! that are written are the same whether somebody has it or not.

use std::sync::Mutex;

use counterfoil_tenants::identity::link::Token;
use counterfoil_tenants::identity::sign_in::Refusal;
use counterfoil_tenants::{Config, Connections};
use counterfoil_testkit::{TestPerson, asked};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

use crate::support::{HOME, World, minutes, morning};

/// What the database was sent since somebody last looked. The test runner gives each test a process of its own.
static SENT: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn listen() -> Option<Box<dyn Instrumentation>> {
    let listening = |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            // without what is bound to it
            let statement = query.to_string();
            let statement = statement.split(" -- binds").next().unwrap_or_default().to_owned();
            SENT.lock().unwrap().push(statement);
        }
    };
    Some(Box::new(listening))
}

fn sent() -> Vec<String> {
    std::mem::take(&mut *SENT.lock().unwrap())
}

/// Rows in all the tables that signing in writes to.
async fn rows(world: &World) -> i64 {
    let tables = ["guess_limit", "platform_record", "access_link", "letter", "known_browser", "recovery_code"];
    let each: Vec<String> = tables.iter().map(|table| format!("(SELECT count(*) FROM {table})")).collect();
    world.count(&format!("SELECT {} AS count", each.join(" + "))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_answers_asks_and_writes_the_same_for_known_and_unknown_addresses() {
    set_default_instrumentation(listen).unwrap();
    let world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", morning()).await;
    let (_, invited) = TestPerson::invited(&world.db, "Bob Jones", morning()).await;
    let stranger = Token::new().unwrap();
    // one connection, so that every statement of it has been prepared before
    let connections = Connections::new(&Config::new(&world.db.url("postgres")).unwrap().pool_size(1)).unwrap();
    let identity = counterfoil_tenants::identity::Identity::new(&connections);

    for browser in [None, Some(&stranger)] {
        let mut seen = Vec::new();
        for (number, email) in ["warm@care.example", &ann.email, "nobody@care.example", &invited].iter().enumerate() {
            // each from an address where nobody has tried yet
            let at =
                asked(morning() + minutes(30), &format!("203.0.113.{}", number + 10 * usize::from(browser.is_some())));
            let before = rows(&world).await;
            sent();
            let outcome = identity.first_factor(&at, email, "Another tugboat 47", browser).await.unwrap();
            let statements = sent();
            let known = ann.email == **email || invited == **email;
            // the second time each address has a bucket of its own already
            let written = rows(&world).await - before;
            seen.push((outcome, written, statements, known));
        }
        let (_, measured) = seen.split_first().unwrap();
        for (outcome, written, statements, known) in measured {
            assert_eq!(*outcome, Err(Refusal::Wrong));
            assert_eq!(*written, measured[0].1, "rows, known: {known}");
            assert_eq!(statements, &measured[0].2, "known: {known}");
        }
        assert!(measured[0].2.len() >= 8, "{:#?}", measured[0].2);
        assert!(measured[0].1 >= 2, "a limit and a record at the least");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_letter_sends_the_same_statements_for_known_and_unknown_addresses() {
    set_default_instrumentation(listen).unwrap();
    let world = World::new().await;
    let ann = TestPerson::new(&world.db, "Ann Smith", morning()).await;
    let (_, invited) = TestPerson::invited(&world.db, "Bob Jones", morning()).await;
    let mut seen = Vec::new();
    for (number, email) in [&ann.email, "nobody@care.example", &invited].into_iter().enumerate() {
        let at = asked(morning() + minutes(90), &format!("203.0.113.{number}"));
        sent();
        world.identity.send_password_link(&at, email).await.unwrap();
        let password = sent();
        world.identity.send_unlock(&at, email).await.unwrap();
        seen.push((password, sent()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], seen[2]);
    assert!(seen[0].0.len() >= 6, "{:#?}", seen[0].0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_is_the_same_for_an_address_that_nobody_has() {
    let World { db, identity } = World::new().await;
    let ann = TestPerson::new(&db, "Ann Smith", morning()).await;
    let at = morning() + minutes(30);
    let mut seen = Vec::new();
    for email in [ann.email.as_str(), "nobody@care.example"] {
        let mut outcomes = Vec::new();
        for number in 0..15 {
            let at = asked(at, &format!("203.0.113.{number}"));
            outcomes.push(identity.first_factor(&at, email, "Another tugboat 47", None).await.unwrap());
        }
        seen.push(outcomes);
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0].iter().filter(|outcome| **outcome == Err(Refusal::Wrong)).count(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_as_an_address_is_kept_nowhere_and_may_be_anything() {
    let world = World::new().await;
    let long = "a".repeat(100_000);
    for email in ["", "\u{0}", "' OR 1=1 --", "my password by mistake", &long] {
        let at = asked(morning(), HOME);
        let outcome = world.identity.first_factor(&at, email, "Another tugboat 47", None).await.unwrap();
        assert_eq!(outcome, Err(Refusal::Wrong), "{email:.30}");
    }
    let by_mistake = "SELECT count(*) FROM platform_record r WHERE r::text LIKE '%mistake%'";
    assert_eq!(world.count(by_mistake).await, 0);
    assert_eq!(world.recorded("person.sign_in_refused").await, 5);
    let somebody = "SELECT count(*) FROM platform_record WHERE subject_id IS NOT NULL OR person_id IS NOT NULL";
    assert_eq!(world.count(somebody).await, 0);
}
